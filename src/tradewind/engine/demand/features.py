"""The features of each series at a forecast origin: how often it had sold, how much at a time, how regularly.

Demand for one SKU in one market is rare and lumpy, so it is described in two parts: is there a sale in a
week, and how large is it. Both are smoothed exponentially at several speeds, leave out weeks that were
not observed, are freed from season and events, and are shrunk to what the SKU does elsewhere and its
market does on average as far as own evidence is thin. The trend of the SKU over all its markets is added
(see `trend_features`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from tradewind.engine.demand.last_year import RunningTotals, running_totals
from tradewind.engine.demand.panel import Floats, Ints, Panel
from tradewind.engine.demand.trend import capped_units, trend_features

HALF_LIVES = (3.0, 8.0, 26.0, 1e6)
"""Weeks after which a week counts half, from quick to never forgetting."""
QUICK, LONG, EVER = 1, 2, 3
MIN_RATE, MAX_RATE = 1e-4, 0.97
CLUSTERING = 0.8
CENTRE = -3.0
"""Log odds of a sale in a typical market's week: where the market's own odds change nothing."""
ACTIVE = 0.3
"""Smoothed weeks with a sale, at 26 weeks, above which a series still counts as selling."""

MISSED_LIMIT = 6.0

LAST_SALES = 16
RECENCY_WEEKS = 30.0


@dataclass(frozen=True)
class Groups:
    """Numbers (n,) of each series' market, SKU and category: the groups it is shrunk to."""

    market: Ints
    sku: Ints
    category: Ints


@dataclass(frozen=True)
class Features:
    """Features of `n` series as known just before week number `origin`.

    occurrence     (n, f)   features of the odds of a sale, on the logit scale, the first one constant
    sale_size      (n, f)   features of log size relative to the market's, `usual`
    usual          (n,)     the market's mean log size
    rate           (n,)     share of weeks with a sale, and
    mean_log_size  (n,)     both smoothed at 26 weeks
    scatter        (n,)     standard deviation of log size around the series' own mean, shrunk
    totals                  running totals, for what last year says of each SKU's own season
    recent         (n, 16)  log sizes of the last weeks with a sale; `recency` their weights, 0 where none
    active         (n,)     recent weeks with a sale, smoothed at 26 weeks; hits (n,) all of them
    """

    origin: int
    occurrence: Floats
    sale_size: Floats
    usual: Floats
    rate: Floats
    mean_log_size: Floats
    scatter: Floats
    totals: RunningTotals
    recent: Floats
    recency: Floats
    active: Floats
    hits: Floats

    def take(self, rows: Ints) -> Features:
        """The features of the chosen series."""
        arrays = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in {"origin", "totals"}}
        totals = replace(self.totals, rows=self.totals.rows[rows])
        return Features(origin=self.origin, totals=totals, **{name: array[rows] for name, array in arrays.items()})

    def occurrence_at(self, target: int) -> Floats:
        """Features of the odds of a sale in week number `target`: (n, f)."""
        return np.concatenate([self.occurrence, self.last_year(target)], axis=1)

    def sale_size_at(self, target: int) -> Floats:
        """Features of log size in week number `target`: (n, f)."""
        return np.concatenate([self.sale_size, self.last_year(target)], axis=1)

    def last_year(self, target: int) -> Floats:
        """What last year says of week number `target`: (n, f)."""
        return self.totals.last_year(self.origin, target, self.rate, self.mean_log_size)


def log_size(units: Floats, uniform: Floats) -> Floats:
    """Size on the scale it is forecast on: log(Y + 1/2), where Y in (units - 1, units] spreads the count evenly."""
    return np.log(np.maximum(units - uniform, 0.0) + 0.5)


def odds_shift(buyers: Floats, factor: Floats) -> Floats:
    """How much the log odds of a sale grow when `factor` times as many buyers come as the usual `buyers` a week.

    Poisson buyers would give P(none) = exp(-buyers); real ones come in clusters, so that only CLUSTERING of
    that growth is seen in the odds and the rest in the size of a sale.
    """
    return CLUSTERING * (_logit_any(np.minimum(buyers * factor, 30.0)) - _logit_any(np.minimum(buyers, 30.0)))


def size_shift(buyers: Floats, factor: Floats) -> Floats:
    """How much log size grows with `factor`, so that odds times size grow by `factor`: a rare seller sells
    more often, not more at a time; a daily seller only more at a time."""
    usual = _logit_any(np.minimum(buyers, 30.0))
    more = usual + odds_shift(buyers, factor)
    return np.log(factor) + np.log1p(np.exp(-more)) - np.log1p(np.exp(-usual))


def _logit_any(buyers: Floats) -> Floats:
    """Log odds of at least one of so many Poisson buyers."""
    return np.log(np.expm1(buyers))


def usual_buyers(panel: Panel) -> Floats:
    """Buyers in a normal week (n,) that would give the series' share of weeks with a sale."""
    seen = np.maximum((panel.exposure > 0).sum(axis=1), 1)
    hits = (panel.units > 0).sum(axis=1)
    share = np.clip(hits / seen, 0.2 / seen, 1.0 - 0.02 / seen)
    return -np.log1p(-share)


def features_at(panel: Panel, factor: Floats, uniform: Floats, origins: Sequence[int]) -> list[Features]:
    """Features just before each of the week numbers `origins`.

    `factor` (n, weeks) is season times events; `uniform` (n, weeks) spreads counts.
    """
    strength = np.clip(factor * panel.exposure, 0.05, 20.0)
    sale = (panel.units > 0).astype(float)
    shift = size_shift(usual_buyers(panel)[:, None], strength)
    size = np.where(sale > 0, log_size(panel.units, uniform) - shift, 0.0)
    plain = panel.units * np.exp(-shift)
    weeks_due = panel.exposure * factor
    sums = _discounted([sale, weeks_due, size, size**2, plain, capped_units(panel.units, weeks_due)], origins)
    gaps = _weeks_since_sale(sale, panel.exposure, origins)
    groups = Groups(panel.codes("market")[0], panel.codes("sku")[0], panel.codes("category")[0])
    totals = running_totals(sale, weeks_due, size, groups.sku)
    out = []
    for origin, (hits, due, total, squares, sold, units), gap in zip(origins, sums, gaps, strict=True):
        usual, usual_of_sku = _usual_size(total, hits, groups)
        recent, recency = _last_sales(size[:, :origin], sale[:, :origin])
        sale_size = _sale_size(total, hits, sold, usual, usual_of_sku)
        occurrence, rate = _occurrence(hits, due, gap, sale_size[:, LONG + 1], groups)
        trend = trend_features(units[:, QUICK:], due[:, QUICK:], groups.sku)
        out.append(
            Features(
                origin=origin,
                occurrence=np.concatenate([occurrence, trend], axis=1),
                sale_size=np.concatenate([sale_size, trend], axis=1),
                usual=usual,
                rate=rate,
                mean_log_size=usual + sale_size[:, LONG + 1],
                totals=totals,
                scatter=_scatter(total[:, EVER], squares[:, EVER], hits[:, EVER]),
                recent=recent,
                recency=recency,
                active=hits[:, LONG],
                hits=hits[:, EVER],
            )
        )
    return out


def _discounted(series: list[Floats], origins: Sequence[int]) -> list[list[Floats]]:
    """Sums (n, half-lives) of each series before each origin, a week `a` back weighing 0.5^(a / half-life)."""
    keep = 0.5 ** (1.0 / np.asarray(HALF_LIVES))
    wanted, at = set(origins), {}
    state = [np.zeros((len(x), len(keep))) for x in series]
    for t in range(series[0].shape[1] + 1):
        if t in wanted:
            at[t] = state
        if t < series[0].shape[1]:
            state = [s * keep + x[:, t, None] for s, x in zip(state, series, strict=True)]
    return [at[t] for t in origins]


def _weeks_since_sale(sale: Floats, exposure: Floats, origins: Sequence[int]) -> list[Floats]:
    gap, wanted, at = np.zeros(len(sale)), set(origins), {}
    for t in range(sale.shape[1] + 1):
        if t in wanted:
            at[t] = gap
        if t < sale.shape[1]:
            gap = np.where(sale[:, t] > 0, 0.0, gap + exposure[:, t])
    return [at[t] for t in origins]


def _occurrence(hits: Floats, due: Floats, gap: Floats, size: Floats, groups: Groups) -> tuple[Floats, Floats]:
    """Features of the odds of a sale: own rate at each speed, the SKU's elsewhere, weeks since the last sale,
    age; the market's rate, which changes what all of these mean; the usual log size of a sale, since who sells
    a hundred a week sells every week; and how many sales were missed since the last one, since goods die.
    Second: the share of weeks with a sale, smoothed at 26 weeks."""
    normal = (_sum(hits, groups.market) / np.maximum(_sum(due, groups.market), 1e-9))[groups.market]
    h, d = hits[:, [LONG]], due[:, [LONG]]
    expected = d * normal[:, [LONG]]
    alike = (_sum(h, groups.category) + 5.0) / (_sum(expected, groups.category) + 5.0)
    elsewhere = (_sum(h, groups.sku)[groups.sku] + alike[groups.category]) / (
        _sum(expected, groups.sku)[groups.sku] + 1.0
    )
    pooled = np.clip(normal[:, [LONG]] * elsewhere, MIN_RATE, MAX_RATE)
    rates = np.clip((hits + normal) / (due + 1.0), MIN_RATE, MAX_RATE)
    shares = np.concatenate([rates, pooled], axis=1)
    own = np.column_stack([np.log(shares / (1.0 - shares)), np.log1p(gap), np.log1p(due[:, EVER]) - np.log(53.0)])
    active = (h > ACTIVE).astype(float)
    active_rate = _sum(h * active, groups.market) / np.maximum(_sum(d * active, groups.market), 1e-9)
    active_rate = np.clip(active_rate, 2 * MIN_RATE, MAX_RATE)[groups.market]
    market = np.log(active_rate / (1.0 - active_rate)) - CENTRE
    rate = own[:, LONG]
    missed = np.minimum(gap * shares[:, EVER], MISSED_LIMIT)
    features = [np.ones(len(hits)), own, market, own * market, rate**2 / 4, size, size * rate / 2, missed]
    return np.column_stack(features), shares[:, LONG]


def _usual_size(total: Floats, hits: Floats, groups: Groups) -> tuple[Floats, Floats]:
    """Mean log size of each series' market, and of its SKU wherever it sells, which leans on its category."""
    everywhere = total[:, LONG].sum() / max(hits[:, LONG].sum(), 1e-9)
    recent = _sum(np.column_stack([total[:, LONG], hits[:, LONG]]), groups.market)
    usual = ((recent[:, 0] + 5.0 * everywhere) / (recent[:, 1] + 5.0))[groups.market]
    off = np.column_stack([total[:, EVER] - hits[:, EVER] * usual, hits[:, EVER]])
    alike, own = _sum(off, groups.category), _sum(off, groups.sku)
    prior = (alike[:, 0] / (alike[:, 1] + 10.0))[groups.category]
    return usual, usual + (own[groups.sku, 0] + 2.0 * prior) / (own[groups.sku, 1] + 2.0)


def _sale_size(total: Floats, hits: Floats, units: Floats, usual: Floats, of_sku: Floats) -> Floats:
    """Features of log size, relative to the market's: the SKU anywhere, three speeds, the arithmetic mean."""
    means = (total[:, QUICK:] + of_sku[:, None]) / (hits[:, QUICK:] + 1.0)
    arithmetic = np.log((units[:, EVER] + np.exp(of_sku)) / (hits[:, EVER] + 1.0) + 0.5)
    return np.column_stack([np.ones(len(usual)), np.column_stack([of_sku, means, arithmetic]) - usual[:, None]])


def _scatter(total: Floats, squares: Floats, hits: Floats) -> Floats:
    around = np.maximum(squares - total**2 / np.maximum(hits, 1e-9), 0.0)
    spare = np.maximum(hits - 1.0, 0.0)
    normal = (around.sum() + 2.0) / (spare.sum() + 4.0)
    return np.sqrt((around + 4.0 * normal) / (spare + 4.0))


def _last_sales(size: Floats, sale: Floats) -> tuple[Floats, Floats]:
    """Log sizes of the last weeks with a sale, newest first, and their weights by recency."""
    weeks = size.shape[1]
    week = np.where(sale > 0, np.arange(weeks), -1)
    count = min(LAST_SALES, weeks)
    newest = -np.sort(-week, axis=1)[:, :count] if weeks else week
    found = newest >= 0
    recent = np.take_along_axis(size, np.maximum(newest, 0), axis=1) if weeks else size
    recency = np.where(found, 0.5 ** ((weeks - 1 - newest) / RECENCY_WEEKS), 0.0)
    pad = ((0, 0), (0, LAST_SALES - count))
    return np.pad(np.where(found, recent, 0.0), pad), np.pad(recency, pad)


def _sum(values: Floats, group: Ints) -> Floats:
    """Sums per group: (n, k) -> (groups, k)."""
    groups = int(group.max()) + 1
    return np.column_stack([np.bincount(group, values[:, k], groups) for k in range(values.shape[1])])
