"""Overdispersion: how far transit times of the next weeks may drift from today's, judged by past forecast errors.

All parcels of a service share the drift of their weeks, and nobody knows next month's. Every four weeks back, the
distributions are fitted again with what was known then, and compared with the parcels created in the four weeks
after. The cohort's stretch c makes them arrive as often as expected (Cox and Snell 1968: cumulative hazards at the
end of follow-up add up to the arrivals; in flight ones included):

    sum over parcels of L(x / c) = arrivals,   L(x) = -log(1 - P(arrived by x)),   se(log c) = sqrt(arrivals) / slope

The standard deviation tau of log c is a scaled inverse chi-square estimate (Gelman et al., Bayesian Data Analysis,
3rd ed., section 2.6): where history is short or thin, the prior prevails (`params.overdispersion`, as if seen in
`params.pseudo_months`); sampling error is taken off:

    tau^2 = (n0 tau0^2 + sum w max(log(c)^2 - se^2, 0)) / (n0 + n),   n = sum w,
    w = 2^(-age / half life) tau0^2 / (tau0^2 + se^2)

The predictive distribution is today's mixed over the drift to come, P(T <= t) = E[F(t / c)], where log c has a t
distribution with n0 + n degrees of freedom, scale tau and median 0, as predicted of a normal of unknown variance. Its
mean is longer by about tau^2 / 2: a slow month costs more days than a fast one saves. The odds of ever arriving stay.
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
"""As far ahead as orders placed now are planned; also the time between two origins looked back to."""
_LONGEST_LOG_STRETCH = 1.5
_HALVINGS = 30
_LEVELS = (np.arange(21) + 0.5) / 21
"""Levels of the equally likely drifts that are mixed."""


def cohort_stretch(cohort: pl.DataFrame, curves: Floats, edges: Floats) -> pl.DataFrame:
    """The factor by which each service's parcels of a cohort took longer than expected.

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


def overdispersion_of(errors: pl.DataFrame, params: TransitParams) -> pl.DataFrame:
    """tau of each service: service, overdispersion (tau), freedom (degrees of), sorted by service.

    `errors` has service, log_stretch, error and age (days before the fit at which it was looked ahead).
    """
    prior, months = params.overdispersion**2, params.pseudo_months
    noise = pl.col("error") ** 2
    weight = prior / (prior + noise) * (-pl.col("age") / params.half_life_days * np.log(2.0)).exp()
    seen = weight * (pl.col("log_stretch") ** 2 - noise).clip(0.0)
    return (
        errors.sort("service", "age")
        .group_by("service", maintain_order=True)
        .agg(seen=seen.sum(), freedom=weight.sum() + months)
        .select(
            "service", overdispersion=((months * prior + pl.col("seen")) / pl.col("freedom")).sqrt(), freedom="freedom"
        )
    )


def with_overdispersion(
    curves: Floats, lanes: pl.DataFrame, overdispersion: pl.DataFrame, edges: Floats, params: TransitParams
) -> Floats:
    """The curves of `lanes`, one row each, mixed over the drift to come; a service without a row in `overdispersion`
    has the prior."""
    known = {service: (tau, freedom) for service, tau, freedom in overdispersion.iter_rows()}
    out = curves.copy()
    for service in lanes["service"].unique().sort():
        rows = np.flatnonzero((lanes["service"] == service).to_numpy())
        tau, freedom = known.get(service, (params.overdispersion, params.pseudo_months))
        if tau > 0:
            out[rows] = _mixed(curves[rows], edges, tau * stdtrit(freedom, _LEVELS))
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
