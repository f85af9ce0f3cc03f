"""How far the pace of the next weeks may lie from today's, judged by how far it lay from what was expected before.

All parcels of a service share the pace of their weeks, and nobody knows next month's. Every four weeks back, the
laws are fitted again with what was known then, and the parcels created in the four weeks after are held against
them. The cohort's stretch c makes them arrive as often as expected (Cox and Snell 1968: cumulative hazards at the
end of follow-up add up to the arrivals; in flight ones included):

    sum over parcels of L(x / c) = arrivals,   L(x) = -log(1 - P(arrived by x)),   se(log c) = sqrt(arrivals) / slope

The spread tau of log c is a scaled inverse chi-square estimate (Gelman et al., Bayesian Data Analysis, 3rd ed.,
section 2.6), by which history that is short or thin says little and the prior (`pace_spread`, as if seen in
`pseudo_months`) much; sampling error is taken off:

    tau^2 = (n0 tau0^2 + sum w max(log(c)^2 - se^2, 0)) / (n0 + n),   n = sum w,
    w = 2^(-age / half life) tau0^2 / (tau0^2 + se^2)

The law predicted is the mix of today's over the pace to come, P(T <= t) = E[F(t / c)], where log c has a t law
with n0 + n degrees of freedom, scale tau and median 0: the predictive law of a normal of unknown variance. Its mean
is longer by about tau^2 / 2: a slow month costs more days than a fast one saves. The odds of ever arriving stay.
Not promised: a month slower than anything before is covered no better than its odds.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from scipy.special import stdtrit

from tradewind.core.distribution import Floats
from tradewind.engine.transit.drift import MOSTLY_LOST
from tradewind.engine.transit.life_table import ages_at, at_age
from tradewind.engine.transit.params import TransitParams

COHORT_DAYS: Final = 28
"""As far ahead as orders placed now are planned; also the distance between two looks back."""
_LONGEST_LOG_STRETCH = 1.5
_HALVINGS = 30
_PACES = (np.arange(21) + 0.5) / 21
"""Levels of the equally likely paces that are mixed."""


def stretch_of(cohort: pl.DataFrame, curves: Floats, edges: Floats) -> pl.DataFrame:
    """By how much each service's parcels of a cohort stretched the times expected of them.

    `cohort` has service, days and arrived, one row a parcel; `curves` (rows, edges) what was expected of each. Returns
    service, log_stretch, error (its standard error), sorted by service. They are followed until
    nine in ten of those that ever arrive were expected: older ones are mostly lost.
    """
    services = cohort.select("service").unique().sort("service").with_row_index("number")
    number = cohort.join(services, on="service", how="left", maintain_order="left")["number"].to_numpy()
    ever = curves[:, -1:]
    share = curves / np.where(ever > 0, ever, 1.0)
    until = ages_at(share, edges, np.array([MOSTLY_LOST]))[:, 0]
    hazard = -np.log1p(-np.minimum(curves, 1.0 - 1e-9))
    days = cohort["days"].to_numpy()
    followed = np.minimum(days, until)

    def expected(log_stretch: Floats) -> Floats:
        at = at_age(hazard, edges, followed * np.exp(-log_stretch[number]))
        return np.asarray(np.bincount(number, at, services.height), float)

    arrivals = np.bincount(number, cohort["arrived"].to_numpy() & (days < until), services.height).astype(float)
    low, high = (np.full(services.height, side * _LONGEST_LOG_STRETCH) for side in (-1.0, 1.0))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        too_short = expected(middle) > arrivals
        low, high = np.where(too_short, middle, low), np.where(too_short, high, middle)
    slope = (expected(low - 0.05) - expected(low + 0.05)) / 0.1
    return services.select("service").with_columns(
        log_stretch=pl.Series(low),
        error=pl.Series(np.sqrt(np.maximum(arrivals, 1.0)) / np.maximum(slope, 1e-9)),
    )


def spread_of(errors: pl.DataFrame, params: TransitParams) -> pl.DataFrame:
    """The spread tau of each service's log pace: service, spread, freedom (degrees), sorted by service.

    `errors` has service, log_stretch, error and age (days before the fit at which it was looked ahead).
    """
    prior, months = params.pace_spread**2, params.pseudo_months
    noise = pl.col("error") ** 2
    weight = prior / (prior + noise) * (-pl.col("age") / params.half_life_days * np.log(2.0)).exp()
    seen = weight * (pl.col("log_stretch") ** 2 - noise).clip(0.0)
    return (
        errors.sort("service", "age")
        .group_by("service", maintain_order=True)
        .agg(seen=seen.sum(), freedom=weight.sum() + months)
        .select("service", spread=((months * prior + pl.col("seen")) / pl.col("freedom")).sqrt(), freedom="freedom")
    )


def at_any_pace(
    curves: Floats, lanes: pl.DataFrame, spreads: pl.DataFrame, edges: Floats, params: TransitParams
) -> Floats:
    """The curves of `lanes`, one row each, mixed over the paces to come; a service not in `spreads` has the prior."""
    known = {service: (spread, freedom) for service, spread, freedom in spreads.iter_rows()}
    out = curves.copy()
    for service in lanes["service"].unique().sort():
        rows = np.flatnonzero((lanes["service"] == service).to_numpy())
        spread, freedom = known.get(service, (params.pace_spread, params.pseudo_months))
        if spread > 0:
            out[rows] = _mixed(curves[rows], edges, spread * stdtrit(freedom, _PACES))
    return out


def _mixed(curves: Floats, edges: Floats, log_stretches: Floats) -> Floats:
    """The mean of the curves with time stretched by each factor: one matrix does it for all rows."""
    mix = np.zeros((len(edges), len(edges)))
    column = np.arange(len(edges))
    for stretch in np.exp(log_stretches):
        at = np.minimum(edges / stretch, edges[-1])
        i = np.clip(np.searchsorted(edges, at, side="right") - 1, 0, len(edges) - 2)
        part = (at - edges[i]) / (edges[i + 1] - edges[i])
        np.add.at(mix, (i, column), (1.0 - part) / len(log_stretches))
        np.add.at(mix, (i + 1, column), part / len(log_stretches))
    mixed = curves @ mix
    return mixed * np.divide(curves[:, -1:], mixed[:, -1:], out=np.ones((len(curves), 1)), where=mixed[:, -1:] > 0)
