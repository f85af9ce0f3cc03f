"""The hurdle model of demand: P(a sale in a week), and the distribution of its size given a sale.

It is fitted at past forecast origins, on the features of each series there and what sold one, four and ten weeks on:
a logistic regression for the odds of a sale, a linear one for log size, and the empirical distribution of the residuals
for the scatter of sizes, pooled over all series.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from tradewind.core.distribution import LEVELS, Distribution
from tradewind.engine.demand.features import Features
from tradewind.engine.demand.panel import Floats, Ints
from tradewind.engine.demand.regression import linear, logistic

HORIZONS = (1, 4, 10)
"""Weeks ahead models are fitted for; weeks 1-2 use the first, 3-6 the second, all later ones the third."""

NO_TREND = [0.0] * 4
OCCURRENCE_PRIOR = np.array(
    [0.0, 0.1, 0.2, 0.5, 0.1, 0.1, 0.0, 0.0] + [0.0] * 11 + [-0.3, *NO_TREND] + [0.3, -0.2, 0.1, 0.3, 0.1]
)
SALE_SIZE_PRIOR = np.array([0.0, 0.1, 0.1, 0.3, 0.4, 0.1, *NO_TREND, 0.1, 0.0, 0.2, 0.1, 0.3])
PRIOR_STRENGTH = 20.0
COHORT_STRENGTH = 300.0

GRID = np.concatenate([np.linspace(0.01, 0.97, 49), [0.98, 0.985, 0.99, 0.995, 0.998, 0.9995]])
_EDGES = np.concatenate([[0.0], (GRID[1:] + GRID[:-1]) / 2, [1.0]])
GRID_WEIGHTS = np.diff(_EDGES)

DEFAULT_SHAPE = ndtri((np.arange(60) + 0.5) / 60)
"""A log-normal scatter of sizes, worth 60 observations in each cell until there are more."""

OWN_SHARE = 0.4
OWN_HALF = 2.0
ROWS_PER_CELL = 400


@dataclass(frozen=True)
class TrainingSample:
    """Features at one past origin and the outcomes a horizon later.

    cohort, occurrence, odds_offset, sold  one row per series active then and observed in the target week
    sale_size, usual, scatter, log_size    one row per those of them that sold; log_size is relative to `usual`
                                           and freed from season
    """

    cohort: Ints
    occurrence: Floats
    odds_offset: Floats
    sold: Floats
    sale_size: Floats
    usual: Floats
    scatter: Floats
    log_size: Floats


@dataclass(frozen=True)
class HurdleModel:
    """The fitted model of one horizon.

    occurrence (cohorts, f): coefficients of the odds of a sale, of small markets together and of each large one.
    sale_size (f,): coefficients of log size.
    shapes (cells, grid): quantiles of residual log size in units of own scatter, up to scatter_limit (cells,), by
    cells of predicted size and own scatter.
    """

    occurrence: Floats
    sale_size: Floats
    size_cuts: Floats
    scatter_cuts: Floats
    shapes: Floats
    scatter_limit: Floats


def bucket(weeks_ahead: int) -> int:
    """Which of DISTANCES a week ahead uses."""
    return 0 if weeks_ahead <= 2 else 1 if weeks_ahead <= 6 else 2


def fit_hurdle(samples: list[TrainingSample], cohorts: int) -> HurdleModel:
    """The model of one horizon from all its samples; without samples, its priors.

    `cohorts` counts the markets with odds of their own, plus one for all others.
    """

    def all_of(name: str) -> Floats:
        return np.concatenate([getattr(sample, name) for sample in samples])

    occurrence, sale_size = np.tile(OCCURRENCE_PRIOR, (cohorts, 1)), SALE_SIZE_PRIOR
    if samples:
        occurrence = _occurrence(
            all_of("cohort").astype(int), all_of("occurrence"), all_of("sold"), all_of("odds_offset"), cohorts
        )
        x, y = all_of("sale_size"), all_of("log_size")
        sale_size = linear(x, y, SALE_SIZE_PRIOR, PRIOR_STRENGTH)
        scatter = all_of("scatter")
        left = y - x @ sale_size
        predicted = x @ sale_size + all_of("usual")
    else:
        predicted, left, scatter = np.zeros(0), np.zeros(0), np.zeros(0)
    return HurdleModel(occurrence, sale_size, *_cells(predicted, left, scatter))


def _occurrence(cohort: Ints, x: Floats, sold: Floats, offset: Floats, cohorts: int) -> Floats:
    everywhere = logistic(x, sold, offset, OCCURRENCE_PRIOR, PRIOR_STRENGTH)
    out = np.tile(everywhere, (cohorts, 1))
    for h in range(1, cohorts):
        out[h] = logistic(x[cohort == h], sold[cohort == h], offset[cohort == h], everywhere, COHORT_STRENGTH)
    return out


def _cells(predicted: Floats, left: Floats, scatter: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    bins = int(np.clip(np.sqrt(len(predicted) / ROWS_PER_CELL), 1, 5))
    size_cuts = np.quantile(predicted, np.arange(1, bins) / bins) if bins > 1 else np.zeros(0)
    scatter_cuts = np.quantile(scatter, np.arange(1, bins) / bins) if bins > 1 else np.zeros(0)
    cell = _cell(predicted, scatter, size_cuts, scatter_cuts)
    shapes, limit = np.empty((bins * bins, len(GRID))), np.full(bins * bins, np.inf)
    for c in range(bins * bins):
        here = cell == c
        if here.any():
            limit[c] = np.median(scatter[here])
        units = np.minimum(scatter[here], limit[c])
        shapes[c] = np.quantile(np.concatenate([left[here] / units, DEFAULT_SHAPE]), GRID)
    return size_cuts, scatter_cuts, shapes, limit


def _cell(predicted: Floats, scatter: Floats, size_cuts: Floats, scatter_cuts: Floats) -> Ints:
    return np.searchsorted(size_cuts, predicted) * (len(scatter_cuts) + 1) + np.searchsorted(scatter_cuts, scatter)


def sizes(model: HurdleModel, features: Features, own_share: float = OWN_SHARE) -> tuple[Floats, Floats]:
    """Log sizes given a sale in a normal week: quantiles at LEVELS (n, 23), and the log of the mean (n,).

    The pooled scatter around the predicted size, mixed with the series' own last sales: packs of twelve
    sell in twelves, whatever the average says.
    """
    predicted = features.sale_size @ model.sale_size[: features.sale_size.shape[1]] + features.usual
    cell = _cell(predicted, features.scatter, model.size_cuts, model.scatter_cuts)
    pooled = predicted[:, None] + model.shapes[cell] * np.minimum(features.scatter, model.scatter_limit[cell])[:, None]
    weight = own_share * features.hits / (features.hits + OWN_HALF)
    own_weights = features.recency / np.maximum(features.recency.sum(axis=1, keepdims=True), 1e-12) * weight[:, None]
    own = np.minimum(features.recent, pooled[:, [-2]])
    points = np.concatenate([pooled, own], axis=1)
    weights = np.concatenate([(1.0 - weight)[:, None] * GRID_WEIGHTS, own_weights], axis=1)
    weights /= weights.sum(axis=1, keepdims=True)
    mean = np.log((np.exp(points) * weights).sum(axis=1))
    return weighted_quantiles(points, weights, LEVELS), mean


def own_season(model: HurdleModel, features: Features, target: int) -> Floats:
    """How much log size in week number `target` lies above a normal week's by the SKU's own last year."""
    return features.last_year(target) @ model.sale_size[features.sale_size.shape[1] :]


def weighted_quantiles(points: Floats, weights: Floats, levels: Floats) -> Floats:
    """Quantiles (n, levels) of weighted points (n, k), interpolated between the middles of their weights."""
    order = np.argsort(points, axis=1)
    x, w = np.take_along_axis(points, order, 1), np.take_along_axis(weights, order, 1)
    middle = np.cumsum(w, axis=1) - w / 2
    out = np.empty((len(x), len(levels)))
    rows = np.arange(len(x))
    last = x.shape[1] - 1
    for j, level in enumerate(levels):
        above = np.minimum((middle < level).sum(axis=1), last)
        below = np.maximum(above - 1, 0)
        a, b = middle[rows, below], middle[rows, above]
        share = np.clip((level - a) / np.maximum(b - a, 1e-12), 0.0, 1.0)
        out[:, j] = x[rows, below] + share * (x[rows, above] - x[rows, below])
    return out


def odds_of_sale(model: HurdleModel, features: Features, target: int, cohort: Ints, offset: Floats) -> Floats:
    """P(at least one unit) in week number `target`, whose log odds are `offset` above a normal week's."""
    normal = (features.occurrence_at(target) * model.occurrence[cohort]).sum(axis=1)
    return 1.0 / (1.0 + np.exp(-np.clip(normal + offset, -30.0, 30.0)))


def count_distribution(p_sale: Floats, log_quantiles: Floats, log_mean: Floats, shift: Floats) -> Distribution:
    """The count distribution of rows whose log size is `shift` above a normal week's."""
    size = np.maximum(np.exp(log_quantiles + shift[:, None]) - 0.5, 1e-6)
    mean = p_sale * np.maximum(np.exp(log_mean + shift), 1.0)
    return Distribution.from_quantiles(mean, 1.0 - p_sale, size, "count")
