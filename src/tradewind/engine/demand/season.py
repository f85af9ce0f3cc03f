"""The shape of the year and the lift of events, learnt together from many series.

Of one series there are one or two Novembers, so the year is read from pools: all sales, then each
market against all, then each category of a market against its market. Each pool's weekly ratio of sales
to what its series usually sell is split, in logarithms, by Gaussian-process regression:

    log ratio = level and slope + smooth yearly curve + single weeks of the year + events + week noise

Every part has a prior spread around nothing, so thin evidence shrinks to the pool above and no
evidence to a flat year. Source: Rasmussen and Williams, Gaussian Processes for Machine Learning, 2.2 and 2.7.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from tradewind.core.weeks import WEEK
from tradewind.engine.demand.panel import Floats, Ints, Panel, cohorts_of

WEEKS_FOR_A_SEASON = 52
YEAR_DAYS = 365.2425
MOST_USUAL_WEEKS = 8.0


@dataclass(frozen=True)
class Prior:
    """Prior standard deviations, in logarithms, of each part of a pool's weekly ratio."""

    level: float = 1.0
    slope_per_year: float = 0.3
    curve: float = 0.4
    curve_weeks: float = 4.0
    single_week: float = 0.12
    event: float = 0.7
    week_noise: float = 0.05
    shock: float = 0.12
    shock_kept: float = 0.7
    drift: float = 0.15
    drift_weeks: float = 20.0


TOP = Prior()
COHORT = Prior(curve=0.25, single_week=0.05, event=0.3, week_noise=0.1)
MARKET = Prior(curve=0.12, single_week=0.03, event=0.2, week_noise=0.1, shock=0.15)
CATEGORY = Prior(curve=0.25, curve_weeks=6.0, single_week=0.03, event=0.12, week_noise=0.1, shock=0.15)


@dataclass(frozen=True)
class Season:
    """Multipliers of a normal week. `factors` is (groups, weeks), `rows` maps series to groups."""

    weeks: list[date]
    factors: Floats
    rows: Ints
    known: bool

    def of(self, first: int, count: int) -> Floats:
        """Multipliers of `count` weeks from number `first` on, one row per series."""
        return self.factors[:, first : first + count][self.rows]


def fit_season(panel: Panel, horizon_weeks: int, calendar: pl.DataFrame | None = None) -> Season:
    """Seasonal multipliers for the panel's weeks and `horizon_weeks` more.

    With less than 52 weeks of sales the year is not knowable: the season is flat (`known` False) and only
    events are learnt. Over the last year multipliers are 1 on (geometric) average.
    """
    weeks = [panel.weeks[0] + WEEK * i for i in range(len(panel.weeks) + horizon_weeks)]
    known = len(panel.weeks) >= WEEKS_FOR_A_SEASON
    rows, groups = panel.codes("market", "category")
    markets = groups["market"].unique().sort()
    names = list(dict.fromkeys(calendar["event"].sort().to_list())) if calendar is not None else []
    shares = {market: event_shares(calendar, names, market, weeks) for market in markets}
    levels = _pool_levels(panel, rows, groups)
    by_group = np.zeros((groups.height, len(weeks)))
    for _ in range(2):  # series seen for part of a year: their usual week is read again without the season
        evidence = _evidence(panel, np.exp(by_group[:, : len(panel.weeks)])[rows])
        by_pool = np.zeros((1, len(weeks)))
        for level in levels:
            events = [np.mean([shares[m] for m in of], axis=0) for of in level.markets]
            by_pool = _pool(evidence, level.rows, events, weeks, level.prior, known, by_pool[level.parents])
        by_group = by_pool
    past = len(panel.weeks)
    usual = by_group[:, max(past - WEEKS_FOR_A_SEASON, 0) : past].mean(axis=1, keepdims=True)
    return Season(weeks, np.exp(np.clip(by_group - usual, -4.0, 4.0)), rows, known)


@dataclass(frozen=True)
class PoolLevel:
    """One level of pools: the pool of each series, each pool's parent a level up, the markets in it."""

    prior: Prior
    rows: Ints
    parents: Ints
    markets: list[list[str]]


def _pool_levels(panel: Panel, rows: Ints, groups: pl.DataFrame) -> list[PoolLevel]:
    """All sales; large markets and the rest (see `cohorts_of`); each market; each category of a market."""
    cohorts, (market_rows, markets) = cohorts_of(panel), panel.codes("market")
    names = markets["market"].to_list()
    count = int(cohorts.max(initial=0)) + 1
    cohort_of_market = np.zeros(len(names), np.int64)
    cohort_of_market[market_rows] = cohorts
    market_of_group = np.zeros(groups.height, np.int64)
    market_of_group[rows] = market_rows
    in_cohort = [[names[m] for m in np.flatnonzero(cohort_of_market == h)] or names for h in range(count)]
    levels = [
        PoolLevel(TOP, np.zeros(len(panel), np.int64), np.zeros(1, np.int64), [names]),
        PoolLevel(COHORT, cohorts, np.zeros(count, np.int64), in_cohort),
        PoolLevel(MARKET, market_rows, cohort_of_market, [[name] for name in names]),
    ]
    if groups["category"].n_unique() > 1:
        levels.append(PoolLevel(CATEGORY, rows, market_of_group, [[names[m]] for m in market_of_group]))
    return levels


def event_shares(calendar: pl.DataFrame | None, names: list[str], market: str, weeks: list[date]) -> Floats:
    """How much of each event of a market falls into each week: (events, weeks), 1 in its fullest week."""
    out = np.zeros((len(names), len(weeks)))
    if calendar is None or not names:
        return out
    here = calendar.filter(pl.col("market").is_in([market, "ZZ"]))
    first = weeks[0]
    for event, starts, ends in here.select("event", "starts_on", "ends_on").iter_rows():
        for day in _days(starts, ends):
            at = (day - first).days // 7
            if 0 <= at < len(weeks):
                out[names.index(event), at] += 1.0
    return out / np.maximum(out.max(axis=1, keepdims=True), 1.0)


def _days(starts: date, ends: date) -> Iterable[date]:
    return (starts + timedelta(days=i) for i in range((ends - starts).days))


def _evidence(panel: Panel, season: Floats) -> tuple[Floats, Floats, Floats]:
    """What each series adds to its pools: sold, due in normal weeks, and the variance of sold, in usual weeks.

    Neither one huge order nor the few SKUs that only sell at a peak may become everybody's season: a week counts at
    most eight usual weeks. The first week of a series is left out, since a series begins with a sale by
    definition. A series weighs by its usual sales, up to a limit, since a big seller's noise does not vanish.
    """
    age = np.cumsum(panel.exposure > 0, axis=1)
    seen = np.where(age > 1, panel.exposure, 0.0)
    units = np.where(seen > 0, panel.units, 0.0)
    usual = (units.sum(axis=1) + 0.5) / ((seen * season).sum(axis=1) + 1.0)
    weight = (usual / (1.0 + usual))[:, None]
    sold = np.minimum(units / usual[:, None], MOST_USUAL_WEEKS)
    off = seen * (sold - seen * season) ** 2
    variance = (off.sum(axis=1) + 1.0) / (seen.sum(axis=1) + 1.0)
    return sold * weight, seen * weight, seen * variance[:, None] * weight**2


def _pool(
    evidence: tuple[Floats, Floats, Floats],
    rows: Ints,
    events: list[Floats],
    weeks: list[date],
    prior: Prior,
    known: bool,
    base: Floats,
) -> Floats:
    """log multipliers (groups, weeks): the pool above (`base`) plus what each pool adds to it."""
    past = evidence[0].shape[1]
    sold = _sum_by(rows, evidence[0], len(base))
    due = _sum_by(rows, evidence[1], len(base)) * np.exp(base[:, :past])
    variance = _sum_by(rows, evidence[2], len(base)) / np.maximum(due, 1e-9) ** 2
    added = [_regress(sold[g], due[g], variance[g], events[g], weeks, prior, known) for g in range(len(base))]
    return base + np.array(added)


def _sum_by(rows: Ints, values: Floats, groups: int) -> Floats:
    out = np.zeros((groups, values.shape[1]))
    np.add.at(out, rows, values)
    return out


def _regress(
    got: Floats, due: Floats, variance: Floats, events: Floats, weeks: list[date], prior: Prior, known: bool
) -> Floats:
    """Season and events of one pool, in logarithms, for all `weeks`; the pool's own level and drift are left out."""
    past = len(got)
    seen = np.flatnonzero(due > 0)
    if not len(seen):
        return np.zeros(len(weeks))
    y = np.log((got[seen] + 0.5) / (due[seen] + 0.5))
    noise = max(prior.week_noise, _week_to_week(y)) ** 2 + variance[seen]
    signal = events.T @ events * prior.event**2
    if known:
        signal = signal + _yearly(weeks, prior)
    t = np.arange(past)[seen] / 52.0
    drift = prior.drift**2 * np.exp(-((52.0 * (t[:, None] - t[None, :])) ** 2) / (2 * prior.drift_weeks**2))
    shock = prior.shock**2 * prior.shock_kept ** np.abs(52.0 * (t[:, None] - t[None, :]))
    nuisance = shock + prior.level**2 + prior.slope_per_year**2 * np.outer(t - t.mean(), t - t.mean()) + drift
    covariance = signal[np.ix_(seen, seen)] + nuisance + np.diag(noise)
    return signal[:, seen] @ np.linalg.solve(covariance, y)


def _week_to_week(y: Floats) -> float:
    """Standard deviation of a single week's noise, from the typical step between neighbouring weeks.

    Buyers who order fifty SKUs at once make a pool far noisier than its count of sales says.
    """
    if len(y) < 8:
        return 0.5
    return float(1.4826 * np.median(np.abs(np.diff(y))) / np.sqrt(2.0))


def _yearly(weeks: list[date], prior: Prior) -> Floats:
    """Prior covariance of the yearly curve and of single weeks of the year."""
    angle = np.array([w.timetuple().tm_yday + 3 for w in weeks]) / YEAR_DAYS * 2 * np.pi
    width = 2 * np.pi * prior.curve_weeks / 52.1775
    gap = 2 * np.sin((angle[:, None] - angle[None, :]) / 2)
    same = np.abs((angle[:, None] - angle[None, :] + np.pi) % (2 * np.pi) - np.pi) < np.pi / 52
    return prior.curve**2 * np.exp(-(gap**2) / (2 * width**2)) + prior.single_week**2 * same
