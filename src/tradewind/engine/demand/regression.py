"""Two small regressions, penalised towards a prior."""

from __future__ import annotations

import numpy as np

from tradewind.engine.demand.panel import Floats


def logistic(x: Floats, hit: Floats, offset: Floats, prior: Floats, strength: float) -> Floats:
    """Coefficients of P(hit) = 1 / (1 + exp(-(x b + offset))), by penalised likelihood.

    Deviations from `prior` cost strength / 2 times their square. Newton steps, cut to size; at most 25.
    Source: McCullagh and Nelder, Generalized Linear Models, 4.4.
    """
    b = prior.copy()
    for _ in range(25):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ b + offset, -30.0, 30.0)))
        slope = x.T @ (hit - p) - strength * (b - prior)
        curve = (x * (p * (1.0 - p))[:, None]).T @ x + strength * np.eye(len(b))
        step = np.linalg.solve(curve, slope)
        b = b + step * min(1.0, 2.0 / max(np.abs(step).max(), 1e-9))
        if np.abs(step).max() < 1e-5:
            break
    return b


def linear(x: Floats, y: Floats, prior: Floats, strength: float) -> Floats:
    """Least squares whose coefficients are shrunk to `prior` with the weight of `strength` observations."""
    return np.asarray(np.linalg.solve(x.T @ x + strength * np.eye(len(prior)), x.T @ y + strength * prior), np.float64)
