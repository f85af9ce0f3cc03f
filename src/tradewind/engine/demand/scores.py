"""How good were the odds: loss, bias and calibration against what then happened.

None of these looks at a mean alone: for goods sold now and then the best single number is often zero, so
the whole distribution is scored.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tradewind.engine.demand.panel import Floats

LEVELS_99: Floats = np.round(np.arange(1, 100) / 100, 2)
"""The levels 0.01 to 0.99 that forecasts are scored at."""


def pinball(units: npt.ArrayLike, quantiles: npt.ArrayLike, levels: npt.ArrayLike = LEVELS_99) -> Floats:
    """Loss per row, averaged over the levels: units (n,), quantiles (n, levels).

    A quantile q at level a costs a (y - q) below the outcome y and (1 - a)(q - y) above it; the average over
    evenly spaced levels is half the CRPS. Source: Gneiting and Raftery (2007), section 6.
    """
    y, q = np.asarray(units, float)[:, None], np.asarray(quantiles, float)
    short = y - q
    return np.maximum(np.asarray(levels, float) * short, (np.asarray(levels, float) - 1.0) * short).mean(axis=1)


def bias(units: npt.ArrayLike, mean: npt.ArrayLike) -> float:
    """Forecast over actual units in total, minus one; NaN where nothing was sold."""
    total = float(np.sum(np.asarray(units, float)))
    return float(np.sum(np.asarray(mean, float))) / total - 1.0 if total > 0 else float("nan")


def randomised_pit(
    units: npt.ArrayLike, quantiles: npt.ArrayLike, uniform: npt.ArrayLike, levels: npt.ArrayLike = LEVELS_99
) -> Floats:
    """Where each outcome fell in its forecast, uniform on (0, 1) if the odds were right.

    Counts have atoms, so the place is drawn evenly between P(X < y) and P(X <= y) with `uniform` (n,).
    The odds are read off the quantiles: exact to one step of the levels. Source: Czado, Gneiting and
    Held (2009), Predictive model assessment for count data.
    """
    y, q = np.asarray(units, float)[:, None], np.asarray(quantiles, float)
    edges = np.concatenate([[0.0], np.asarray(levels, float), [1.0]])
    middle = (edges[1:] + edges[:-1]) / 2
    below, upto = (q < y).sum(axis=1), (q <= y).sum(axis=1)
    low = np.where(below == 0, 0.0, middle[below])
    high = np.where(upto == q.shape[1], 1.0, middle[upto])
    return low + np.asarray(uniform, float) * (high - low)


def coverage(pit: npt.ArrayLike, share: float = 0.8) -> float:
    """Share of outcomes inside the central band that should hold `share` of them."""
    u = np.asarray(pit, float)
    half = (1.0 - share) / 2
    return float(((u >= half) & (u <= 1.0 - half)).mean()) if len(u) else float("nan")
