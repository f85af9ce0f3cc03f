"""Demand: visits to a market's category, and what a visitor buys as a first choice.

    visits[m, c, t] = level[m, c] * trend[m, t] * season[m, c, t] * events[m, t]^sale[c] * X[m, t] * Y[c, t]
    share[i, m, t]  = a[i, m, t] / (a_leave[m, c] + sum of a over the category's living SKUs)
    a[i, m, t]      = exp(strength + taste) * life * (price * duty)^-1.6 * campaign[i, m, t] * Z[i, t] * (1 + P[i, t])

X, Y, Z are lognormal AR(1) shocks with mean 1, shared by a market's week, a category's week, and all
markets of a SKU; P is a rare pulse (a SKU goes viral) that fades. First choices are Poisson given these;
each takes one unit or a few. Stock does not enter here: this is demand, not sales. Numbers of units
are therefore no negative binomial, so that no forecaster is flattered by its own family.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tradewind.data.simulated.events import Event, daily_lift
from tradewind.data.simulated.goods import Goods
from tradewind.data.simulated.markets import CATEGORIES, MARKETS
from tradewind.data.simulated.randomness import Floats, Ints, stream
from tradewind.data.simulated.scales import FUTURE_WEEKS, Scale

_BUYERS_SHARE = 0.03
_PULSE_ODDS, _PULSE_SIZE, _PULSE_KEPT = 0.0025, 2.0, 0.6
_PACKS = np.array([2, 3, 4, 6, 10])
_PACK_SHARES = np.array([0.66, 0.17, 0.09, 0.05, 0.03])


@dataclass(frozen=True)
class Shock:
    """A lognormal AR(1) factor: standard deviation of the log in the long run, and what a week keeps of it."""

    sd: float
    kept: float


MARKET_WEEK = Shock(sd=0.12, kept=0.7)
CATEGORY_WEEK = Shock(sd=0.12, kept=0.7)
SERIES = Shock(sd=0.30, kept=0.95)


@dataclass(frozen=True)
class Visits:
    """`base` (M, C, weeks) structural visits, `leave` (M, C) appeal of buying nothing; shocks by week, future too."""

    base: Floats
    leave: Floats
    market: Floats
    category: Floats
    series: Floats
    pulse: Floats
    hour_of_week: Floats
    pulse_kept: float


def visits(scale: Scale, goods: Goods, events: list[Event], seed: int) -> Visits:
    """The visits of every market, category and week, at the level that gives the scale's lines a week."""
    weeks = scale.weeks + FUTURE_WEEKS
    lift = daily_lift(events, scale.first_week, weeks * 7, scale.markets).reshape(weeks, 7, -1)
    shape = _level(scale) * _trend(scale, weeks) * _season(scale, weeks) * _event_lift(scale, lift)
    appeal = goods.appeal
    total = np.zeros((scale.categories, len(scale.markets)))
    np.add.at(total, goods.category, appeal)
    leave = np.maximum(total.T, 1e-12) * (1.0 / _BUYERS_SHARE - 1.0)
    drawn = Visits(
        base=shape,
        leave=leave,
        market=_path(MARKET_WEEK, (len(scale.markets), weeks), stream(seed, "market-week")),
        category=_path(CATEGORY_WEEK, (scale.categories, weeks), stream(seed, "category-week")),
        series=_path(SERIES, (scale.skus, weeks), stream(seed, "series", scale.shard)),
        pulse=_pulses((scale.skus, weeks), stream(seed, "pulse", scale.shard)),
        hour_of_week=_hours(scale, lift),
        pulse_kept=_PULSE_KEPT,
    )
    return replace(drawn, base=shape * _scaling(scale, goods, drawn))


def purchase_rates(goods: Goods, visits: Visits, week: int, market: Floats, category: Floats, own: Floats) -> Floats:
    """Expected first choices (purchases, not units) of each SKU in each market, (N, M), under the given factors.

    `market` (M,), `category` (C,), `own` (N,) = Z * (1 + P).
    """
    pull = goods.appeal * (goods.life[:, week] * own)[:, None] * goods.price_pull(week) * goods.campaign[:, :, week]
    total = np.stack([np.bincount(goods.category, pull[:, m], len(category)) for m in range(pull.shape[1])])
    per_appeal = visits.base[:, :, week] * market[:, None] * category[None, :] / (visits.leave + total)
    rates: Floats = pull * per_appeal.T[goods.category]
    return rates


def realised_rates(goods: Goods, visits: Visits, week: int) -> Floats:
    """Expected purchases (N, M) given the shocks of that very week."""
    own = visits.series[:, week] * (1.0 + visits.pulse[:, week])
    return purchase_rates(goods, visits, week, visits.market[:, week], visits.category[:, week], own)


def structural_rates(goods: Goods, visits: Visits, week: int) -> Floats:
    """Expected purchases (N, M) with every shock at its long-run mean."""
    n, (m, c, _) = len(goods.sku), visits.base.shape
    usual_pulse = _PULSE_ODDS * _PULSE_SIZE / (1.0 - _PULSE_KEPT)
    return purchase_rates(goods, visits, week, np.ones(m), np.ones(c), np.full(n, 1.0 + usual_pulse))


def foreseen_rates(goods: Goods, visits: Visits, week: int, last: int) -> Floats:
    """Expected purchases (N, M) in `week` given all shocks up to and including week `last`, none later.

    Each factor is at its exact conditional mean; the choice's denominator, where buying nothing weighs 97 %,
    is taken at those means, which moves the result by less than half a per cent.
    """
    ahead = week - last
    usual = _PULSE_ODDS * _PULSE_SIZE * (1.0 - _PULSE_KEPT**ahead) / (1.0 - _PULSE_KEPT)
    own = _foreseen(SERIES, visits.series[:, last], ahead) * (1.0 + visits.pulse[:, last] * _PULSE_KEPT**ahead + usual)
    market = _foreseen(MARKET_WEEK, visits.market[:, last], ahead)
    category = _foreseen(CATEGORY_WEEK, visits.category[:, last], ahead)
    return purchase_rates(goods, visits, week, market, category, own)


def units_per_purchase(pack_odds: Floats) -> Floats:
    """Expected units of a purchase for each SKU's odds of taking more than one."""
    mean: Floats = 1.0 + pack_odds * (float(_PACKS @ _PACK_SHARES) - 1.0)
    return mean


def draw_units(pack_odds: Floats, rng: np.random.Generator) -> Ints:
    """Units of each purchase, one entry per purchase."""
    several = rng.random(len(pack_odds)) < pack_odds
    return np.where(several, rng.choice(_PACKS, len(pack_odds), p=_PACK_SHARES), 1).astype(np.int64)


def _path(shock: Shock, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    z = rng.normal(size=shape)
    for week in range(1, shape[1]):
        z[:, week] = shock.kept * z[:, week - 1] + np.sqrt(1.0 - shock.kept**2) * z[:, week]
    out: Floats = np.exp(shock.sd * z - shock.sd**2 / 2.0)
    return out


def _foreseen(shock: Shock, value: Floats, ahead: int) -> Floats:
    log = np.log(value) + shock.sd**2 / 2.0
    kept = shock.kept**ahead
    out: Floats = np.exp(kept * log - kept**2 * shock.sd**2 / 2.0)
    return out


def _pulses(shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    pulse = np.where(rng.random(shape) < _PULSE_ODDS, _PULSE_SIZE, 0.0)
    for week in range(1, shape[1]):
        pulse[:, week] += _PULSE_KEPT * pulse[:, week - 1]
    return pulse


def _level(scale: Scale) -> Floats:
    size = np.array([MARKETS[m].size for m in scale.markets])
    return np.repeat(size[:, None], scale.categories, axis=1)[:, :, None]


def _trend(scale: Scale, weeks: int) -> Floats:
    growth = np.array([MARKETS[m].growth for m in scale.markets])
    trend: Floats = np.exp(np.log1p(growth)[:, None] * np.arange(weeks) / 52.0)[:, None, :]
    return trend


def _season(scale: Scale, weeks: int) -> Floats:
    """Yearly season of market x category: a first and a weaker second harmonic; markets differ a little in phase."""
    kinds = CATEGORIES[: scale.categories]
    week_of_year = scale.first_week.isocalendar().week + np.arange(weeks)
    top = np.array([k.top_week for k in kinds])[None, :, None]
    shift = np.linspace(-1.5, 1.5, len(scale.markets))[:, None, None]
    turn = 2.0 * np.pi * (week_of_year[None, None, :] - top - shift) / 52.18
    size = np.array([k.season for k in kinds])[None, :, None]
    log = size * (np.cos(turn) + 0.3 * np.cos(2.0 * turn))
    season: Floats = np.exp(log)
    return season


def _event_lift(scale: Scale, lift: Floats) -> Floats:
    answer = np.array([k.sale for k in CATEGORIES[: scale.categories]])
    week: Floats = lift.mean(axis=1).T[:, None, :] ** answer[None, :, None]
    return week


def _hours(scale: Scale, lift: Floats) -> Floats:
    """Cumulative share of a week's visits at the end of each of its 168 UTC hours, (weeks, M, 168)."""
    weekday = np.array([1.04, 1.03, 1.02, 1.0, 0.95, 0.95, 1.01])
    hour = np.arange(24)
    day_course = 0.25 + np.exp(-(((hour - 13.0) / 4.5) ** 2)) + 1.3 * np.exp(-(((hour - 20.5) / 2.6) ** 2))
    out = np.empty((lift.shape[0], len(scale.markets), 168))
    for j, market in enumerate(scale.markets):
        local = np.roll(day_course, -MARKETS[market].utc_hours)
        course = (weekday[None, :] * lift[:, :, j])[:, :, None] * local[None, None, :]
        total = np.cumsum(course.reshape(len(lift), 168), axis=1)
        out[:, j] = total / total[:, -1:]
    return out


def _scaling(scale: Scale, goods: Goods, drawn: Visits) -> float:
    """The level of visits at which the structural purchases of the history average to what the scale asks."""
    weekly = [structural_rates(goods, drawn, w).sum() for w in range(scale.weeks)]
    return scale.lines_per_week / float(np.mean(weekly))
