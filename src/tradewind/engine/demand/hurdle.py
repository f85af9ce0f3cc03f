"""The odds themselves: learnt on the past at several distances, then applied to the future.

At past moments the traits of each series are set beside what then happened one, four and ten weeks on.
Pooled over all series they teach how odds of a sale and sizes follow from traits, and how sizes scatter around
their forecast, without any assumption about the shape of that scatter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from tradewind.core.distribution import LEVELS, Distribution
from tradewind.engine.demand.features import Traits
from tradewind.engine.demand.panel import Floats, Ints
from tradewind.engine.demand.regression import linear, logistic

DISTANCES = (1, 4, 10)
"""Weeks ahead at which laws are learnt; weeks 1-2 use the first, 3-6 the second, all later ones the third."""

NO_TREND = [0.0] * 4
OFTEN_PRIOR = np.array(
    [0.0, 0.1, 0.2, 0.5, 0.1, 0.1, 0.0, 0.0] + [0.0] * 11 + [-0.3, *NO_TREND] + [0.3, -0.2, 0.1, 0.3, 0.1]
)
LARGE_PRIOR = np.array([0.0, 0.1, 0.1, 0.3, 0.4, 0.1, *NO_TREND, 0.1, 0.0, 0.2, 0.1, 0.3])
PRIOR_STRENGTH = 20.0
HOME_STRENGTH = 300.0

GRID = np.concatenate([np.linspace(0.01, 0.97, 49), [0.98, 0.985, 0.99, 0.995, 0.998, 0.9995]])
_EDGES = np.concatenate([[0.0], (GRID[1:] + GRID[:-1]) / 2, [1.0]])
GRID_WEIGHTS = np.diff(_EDGES)

DEFAULT_SHAPE = ndtri((np.arange(60) + 0.5) / 60)
"""A log-normal scatter of sizes, worth 60 observations in each cell until there are more."""

OWN_SHARE = 0.4
OWN_HALF = 2.0
ROWS_PER_CELL = 400


@dataclass(frozen=True)
class Lesson:
    """What followed a past moment.

    home, often, odds_offset, sold   one row per series active then and observed in the target week
    large, usual, scatter, log_size   one row per those of them that sold; log_size is relative to `usual`
                  and freed from season
    """

    home: Ints
    often: Floats
    odds_offset: Floats
    sold: Floats
    large: Floats
    usual: Floats
    scatter: Floats
    log_size: Floats


@dataclass(frozen=True)
class Law:
    """What was learnt for one distance.

    often (homes, f): coefficients of the odds of a sale, in all markets and in each that learns its own.
    shapes (cells, grid): scatter of log size in units of own scatter, up to scatter_limit (cells,), by cells of
    predicted size and own scatter.
    """

    often: Floats
    large: Floats
    size_cuts: Floats
    scatter_cuts: Floats
    shapes: Floats
    scatter_limit: Floats


def bucket(weeks_ahead: int) -> int:
    """Which of DISTANCES a week ahead uses."""
    return 0 if weeks_ahead <= 2 else 1 if weeks_ahead <= 6 else 2


def learn(lessons: list[Lesson], homes: int) -> Law:
    """The law of one distance from all its lessons; without lessons, the rules of thumb.

    `homes` counts the markets that learn their own odds, plus one for all others.
    """

    def all_of(name: str) -> Floats:
        return np.concatenate([getattr(lesson, name) for lesson in lessons])

    often, large = np.tile(OFTEN_PRIOR, (homes, 1)), LARGE_PRIOR
    if lessons:
        often = _often(all_of("home").astype(int), all_of("often"), all_of("sold"), all_of("odds_offset"), homes)
        x, y = all_of("large"), all_of("log_size")
        large = linear(x, y, LARGE_PRIOR, PRIOR_STRENGTH)
        scatter = all_of("scatter")
        left = y - x @ large
        place = x @ large + all_of("usual")
    else:
        place, left, scatter = np.zeros(0), np.zeros(0), np.zeros(0)
    return Law(often, large, *_cells(place, left, scatter))


def _often(home: Ints, x: Floats, sold: Floats, offset: Floats, homes: int) -> Floats:
    everywhere = logistic(x, sold, offset, OFTEN_PRIOR, PRIOR_STRENGTH)
    out = np.tile(everywhere, (homes, 1))
    for h in range(1, homes):
        out[h] = logistic(x[home == h], sold[home == h], offset[home == h], everywhere, HOME_STRENGTH)
    return out


def _cells(place: Floats, left: Floats, scatter: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    bins = int(np.clip(np.sqrt(len(place) / ROWS_PER_CELL), 1, 5))
    size_cuts = np.quantile(place, np.arange(1, bins) / bins) if bins > 1 else np.zeros(0)
    scatter_cuts = np.quantile(scatter, np.arange(1, bins) / bins) if bins > 1 else np.zeros(0)
    cell = _cell(place, scatter, size_cuts, scatter_cuts)
    shapes, limit = np.empty((bins * bins, len(GRID))), np.full(bins * bins, np.inf)
    for c in range(bins * bins):
        here = cell == c
        if here.any():
            limit[c] = np.median(scatter[here])
        units = np.minimum(scatter[here], limit[c])
        shapes[c] = np.quantile(np.concatenate([left[here] / units, DEFAULT_SHAPE]), GRID)
    return size_cuts, scatter_cuts, shapes, limit


def _cell(place: Floats, scatter: Floats, size_cuts: Floats, scatter_cuts: Floats) -> Ints:
    return np.searchsorted(size_cuts, place) * (len(scatter_cuts) + 1) + np.searchsorted(scatter_cuts, scatter)


def sizes(law: Law, traits: Traits, own_share: float = OWN_SHARE) -> tuple[Floats, Floats]:
    """Log sizes given a sale in a normal week: quantiles at LEVELS (n, 23), and the log of the mean (n,).

    The pooled scatter around the predicted size, mixed with the series' own last sales: packs of twelve
    sell in twelves, whatever the average says.
    """
    place = traits.large @ law.large[: traits.large.shape[1]] + traits.usual
    cell = _cell(place, traits.scatter, law.size_cuts, law.scatter_cuts)
    pooled = place[:, None] + law.shapes[cell] * np.minimum(traits.scatter, law.scatter_limit[cell])[:, None]
    weight = own_share * traits.hits / (traits.hits + OWN_HALF)
    own_weights = traits.recency / np.maximum(traits.recency.sum(axis=1, keepdims=True), 1e-12) * weight[:, None]
    own = np.minimum(traits.recent, pooled[:, [-2]])
    points = np.concatenate([pooled, own], axis=1)
    weights = np.concatenate([(1.0 - weight)[:, None] * GRID_WEIGHTS, own_weights], axis=1)
    weights /= weights.sum(axis=1, keepdims=True)
    mean = np.log((np.exp(points) * weights).sum(axis=1))
    return weighted_quantiles(points, weights, LEVELS), mean


def own_season(law: Law, traits: Traits, target: int) -> Floats:
    """How much log size in week number `target` lies above a normal week's by the SKU's own last year."""
    return traits.last_year(target) @ law.large[traits.large.shape[1] :]


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


def odds_of_sale(law: Law, traits: Traits, target: int, home: Ints, offset: Floats) -> Floats:
    """P(at least one unit) in week number `target`, whose log odds are `offset` above a normal week's."""
    normal = (traits.often_at(target) * law.often[home]).sum(axis=1)
    return 1.0 / (1.0 + np.exp(-np.clip(normal + offset, -30.0, 30.0)))


def law_of(p_sale: Floats, log_quantiles: Floats, log_mean: Floats, shift: Floats) -> Distribution:
    """The count distribution of rows whose log size is `shift` above a normal week's."""
    size = np.maximum(np.exp(log_quantiles + shift[:, None]) - 0.5, 1e-6)
    mean = p_sale * np.maximum(np.exp(log_mean + shift), 1.0)
    return Distribution.from_quantiles(mean, 1.0 - p_sale, size, "count")
