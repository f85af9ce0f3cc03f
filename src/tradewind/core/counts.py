"""Negative-binomial odds for counts, without looping over rows.

For a given size r the dequantised quantiles of the positive part are a smooth function of the mean,
so they are computed on a grid of means and interpolated in the logarithm; mean and odds of zero are exact.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tradewind.core.distribution import LEVELS, Distribution, Floats

_GRID = np.exp(np.linspace(np.log(1e-4), np.log(2000.0), 220))
_SIZE_STEP = 0.05
_POISSON_SIZE = 1e4


def negative_binomial(mean: npt.ArrayLike, size: npt.ArrayLike) -> Distribution:
    """Count distributions with this mean and variance mean + mean^2 / size; size >= 1e4 is taken as Poisson.

    `mean` (n,) >= 0, `size` (n,) or scalar > 0. P(0) = (size / (size + mean))^size. Above a mean of
    2,000 the quantiles grow in proportion. Source: Hilbe, Negative Binomial Regression, NB2.
    """
    mean = np.asarray(mean, float)
    size = np.broadcast_to(np.asarray(size, float), mean.shape)
    steps = np.round(np.log(np.clip(size, 1e-3, _POISSON_SIZE)) / _SIZE_STEP).astype(int)
    quantiles = np.zeros((len(mean), len(LEVELS)))
    for step in np.unique(steps):
        rows = steps == step
        quantiles[rows] = _interpolated(mean[rows], _table(int(step)))
    p_zero = np.where(size >= _POISSON_SIZE, np.exp(-mean), np.exp(-size * np.log1p(mean / size)))
    return Distribution.from_quantiles(mean, p_zero, quantiles, "count")


def _interpolated(mean: Floats, table: Floats) -> Floats:
    at = np.interp(np.log(np.clip(mean, _GRID[0], _GRID[-1])), np.log(_GRID), np.arange(len(_GRID)))
    low = np.minimum(at.astype(int), len(_GRID) - 2)
    share = (at - low)[:, None]
    quantiles = table[low] * (1 - share) + table[low + 1] * share
    return quantiles * np.maximum(mean / _GRID[-1], 1.0)[:, None]


@lru_cache(maxsize=512)
def _table(step: int) -> Floats:
    """Dequantised positive-part quantiles (grid of means, levels) for size exp(step * 0.05)."""
    size = float(np.exp(step * _SIZE_STEP))
    return np.vstack([_positive_quantiles(m, size) for m in _GRID])


def _positive_quantiles(mean: float, size: float) -> Floats:
    sd = np.sqrt(mean + mean**2 / size)
    k = np.arange(1, int(mean + 14 * sd + 12) + 1)
    log_ratio = np.log((k - 1 + size) / k) + np.log(mean / (mean + size))
    log_p = -size * np.log1p(mean / size) + np.cumsum(log_ratio)
    cdf = np.concatenate([[0.0], np.cumsum(np.exp(log_p))])
    cdf /= cdf[-1]
    return np.interp(LEVELS, cdf, np.arange(len(cdf), dtype=float))
