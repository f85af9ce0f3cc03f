"""What a normal week sells: exponentially smoothed, deseasonalised, blind to what was not observed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tradewind.engine.demand.panel import Floats, Ints


@dataclass(frozen=True)
class Smoothed:
    """Discounted sums at one moment for each half-life: sold (n, k) and due in normal weeks (n, k)."""

    sold: Floats
    due: Floats


def smooth(sold: Floats, due: Floats, half_lives: Sequence[float], moments: Sequence[int]) -> list[Smoothed]:
    """Discounted sums of `sold` and `due` (n, weeks) just before each of the week numbers `moments`.

    A week `a` weeks back weighs 0.5^(a / half-life). The ratio of the sums is exponential smoothing with
    missing weeks and seasons taken care of (West and Harrison, Bayesian Forecasting, 10.8, for a
    Poisson level with discounting).
    """
    keep = 0.5 ** (1.0 / np.asarray(half_lives, float))
    a = np.zeros((sold.shape[0], len(keep)))
    b = np.zeros_like(a)
    at = {}
    wanted = set(moments)
    for t in range(sold.shape[1] + 1):
        if t in wanted:
            at[t] = Smoothed(a.copy(), b.copy())
        if t < sold.shape[1]:
            a = a * keep + sold[:, t, None]
            b = b * keep + due[:, t, None]
    return [at[t] for t in moments]


def credible(state: Smoothed, group: Ints, lumpiness: Floats) -> Floats:
    """Levels (n, k): own evidence, pulled to the group's mean as far as own evidence is thin.

    With levels spread as a gamma law of mean m and squared coefficient of variation c, and weekly variance
    `lumpiness` (groups,) times the mean, the group's mean weighs as much as lumpiness / (m c) weeks of
    own sales (Buehlmann credibility). No level is zero: a listed SKU can sell again.
    """
    groups = int(group.max()) + 1
    count = np.maximum(np.bincount(group, minlength=groups), 1.0)[:, None]
    seen = np.minimum(state.due / 4.0, 1.0)
    own = state.sold / np.maximum(state.due, 1e-9) * seen
    total = _by(group, seen, groups)
    mean = np.maximum(_by(group, own, groups) / np.maximum(total, 1e-9), 1e-3)
    spread = _by(group, own**2 * seen, groups) / np.maximum(total, 1e-9) / mean**2 - 1.0
    weeks = lumpiness[:, None] / (mean * np.clip(spread, 0.5, 10.0))
    del count
    return (state.sold + weeks[group] * mean[group]) / (state.due + weeks[group])


def _by(group: Ints, values: Floats, groups: int) -> Floats:
    return np.column_stack([np.bincount(group, values[:, k], groups) for k in range(values.shape[1])])
