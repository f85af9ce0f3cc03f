"""From parcels and scans to the odds of transit time."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import log

import polars as pl

from tradewind.core.distribution import Floats
from tradewind.core.errors import ParameterError
from tradewind.engine.transit.drift import observed_drift
from tradewind.engine.transit.life_table import age_edges, hazards, tally
from tradewind.engine.transit.model import NODE_LEVELS, ROWS_AT_ONCE, TransitModel, drifted_curves, lane_hazards
from tradewind.engine.transit.outcomes import (
    LANE,
    days_between,
    earlier,
    judgeable,
    known_parcels,
    known_scans,
    outcomes,
)
from tradewind.engine.transit.overdispersion import COHORT_DAYS, cohort_stretch, overdispersion_of
from tradewind.engine.transit.params import TransitParams
from tradewind.engine.transit.regions import region_factors
from tradewind.engine.transit.stages import STAGE, open_stages, stage_trips

_DEFAULT = TransitParams()
_WEIGHT_UNIT = 2.0**-24
"""Weights are whole multiples of this, so that their sums are exact and do not depend on the order of rows."""
_MIN_ARRIVALS = 100
"""With fewer arrivals known, a service's transit times were not yet known: the error then made was ignorance, not
drift."""
_NO_ERRORS = pl.DataFrame(
    schema={"service": pl.String, "log_stretch": pl.Float64, "error": pl.Float64, "age": pl.Float64}
)
_BACKTEST_PARCELS = 50_000
"""So many, spread evenly over all, are enough to measure overdispersion."""


def fit_transit(
    parcels: pl.DataFrame | pl.LazyFrame,
    events: pl.DataFrame | pl.LazyFrame,
    *,
    as_of: datetime,
    params: TransitParams = _DEFAULT,
) -> TransitModel:
    """How long parcels take from creation to delivery, per service and lane, as known at `as_of`.

    `parcels` and `events` are the tables of core/tables.py; of both only rows known, created and
    happened by `as_of` are looked at. Parcels still on their way count for the days they have lived through;
    recent ones count more (params.half_life_days), the drift of the last weeks sets the level (drift_half_life_days),
    and past forecast errors widen the distribution (overdispersion); thin lanes are shrunk to their
    market, service and to all services (params.pseudo_parcels); those returned, lost or older than
    params.never_after_days never arrive. See life_table.py, drift.py and overdispersion.py for the equations.

    Raises MissingColumnError, and ParameterError for an `as_of` without a time zone. No parcels at all
    give a model that knows nothing and says so. Not promised: times of a service that changes
    overnight; delays of the scans' own reporting, which make a lane look that much slower.
    """
    if as_of.tzinfo is None:
        raise ParameterError("transit_naive_as_of", value=as_of.isoformat())
    known = known_parcels(parcels, as_of)
    scans = known_scans(events, known, as_of)
    judged = outcomes(known, scans, as_of)
    trips, lanes = _numbered(_trips(judged, as_of, params))
    edges = age_edges(params.never_after_days)
    lane_tally, regions, drift = _lane_tables(trips, lanes, edges, params)
    stages = tally(stage_trips(trips, scans, as_of), ["lane", *STAGE], edges, "weight")
    return TransitModel(
        as_of=as_of,
        params=params,
        edges=edges,
        lane_tally=lane_tally,
        stages=_named(stages, lanes),
        regions=regions,
        drift=drift,
        overdispersion=overdispersion_of(_drift_errors(known, scans, as_of, edges, params), params),
        evidence=_evidence(trips, params),
        open_parcels=open_stages(judged, scans),
    )


def _trips(judged: pl.DataFrame, as_of: datetime, params: TransitParams) -> pl.DataFrame:
    """The parcels that count, and how much."""
    age = days_between("created_at", pl.lit(as_of))
    return (
        judgeable(judged)
        .with_columns(arrived=pl.col("delivered_at").is_not_null(), age=age)
        .filter(pl.col("age") <= params.history_days)
        .with_columns(weight=_halving(params.half_life_days), recent_weight=_halving(params.drift_half_life_days))
    )


def _numbered(trips: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    lanes = trips.select(LANE).unique().sort(LANE, nulls_last=True).with_row_index("lane")
    return trips.join(lanes, on=LANE, how="left", nulls_equal=True, maintain_order="left"), lanes


def _lane_tables(
    trips: pl.DataFrame, lanes: pl.DataFrame, edges: Floats, params: TransitParams
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The tally of trips by lane, the regions' factors and recent drift."""
    lane_tally = _named(tally(trips, ["lane"], edges, "weight"), lanes)
    regions = _regions(lane_tally, lanes, edges, params)
    recent = tally(trips, ["lane"], edges, "recent_weight")
    return lane_tally, regions, _drift(recent, lane_tally, regions, lanes, edges, params)


def _drift_errors(
    known: pl.DataFrame, scans: pl.DataFrame, as_of: datetime, edges: Floats, params: TransitParams
) -> pl.DataFrame:
    """Every COHORT_DAYS back: how much slower than then expected the next cohort has been, as known now."""
    if params.overdispersion == 0:
        return _NO_ERRORS
    some = known.gather_every(known.height // _BACKTEST_PARCELS + 1)
    their = scans.join(some.select("row"), on="row", how="semi")
    now = judgeable(outcomes(some, their, as_of)).with_columns(arrived=pl.col("delivered_at").is_not_null())
    errors = [_NO_ERRORS]
    for back in range(COHORT_DAYS, int(params.history_days) + 1, COHORT_DAYS):
        then = as_of - timedelta(days=back)
        trips, lanes = _numbered(_trips(outcomes(*earlier(some, their, then), then), then, params))
        created = pl.col("created_at").is_between(then, then + timedelta(days=COHORT_DAYS), closed="right")
        cohort = now.filter(created & pl.col("service").is_in(_services_known(trips)))
        if not cohort.height:
            continue
        cohort_lanes = cohort.select(LANE).unique().sort(LANE, nulls_last=True).with_row_index("number")
        at = cohort.join(cohort_lanes, on=LANE, how="left", nulls_equal=True, maintain_order="left")[
            "number"
        ].to_numpy()
        curves = drifted_curves(*_lane_tables(trips, lanes, edges, params), cohort_lanes.drop("number"), edges, params)
        errors.append(cohort_stretch(cohort, curves[at], edges).with_columns(age=pl.lit(float(back))))
    return pl.concat(errors)


def _services_known(trips: pl.DataFrame) -> list[str]:
    arrivals = trips.group_by("service").agg(pl.col("arrived").sum())
    return arrivals.filter(pl.col("arrived") >= _MIN_ARRIVALS)["service"].to_list()


def _halving(half_life_days: float) -> pl.Expr:
    weight = (-pl.col("age") / half_life_days * log(2)).exp()
    return (weight / _WEIGHT_UNIT).round() * _WEIGHT_UNIT


def _named(tallied: pl.DataFrame, lanes: pl.DataFrame) -> pl.DataFrame:
    return tallied.join(lanes, on="lane", how="left", maintain_order="left").drop("lane")


def _regions(lane_tally: pl.DataFrame, lanes: pl.DataFrame, edges: Floats, params: TransitParams) -> pl.DataFrame:
    there = lanes.filter(pl.col("region").is_not_null())
    if not there.height:
        return pl.DataFrame()
    node = hazards(lane_tally, there, NODE_LEVELS, edges, params.pseudo_parcels)
    return region_factors(lane_tally, there, node, edges, params.pseudo_parcels)


def _drift(
    recent: pl.DataFrame,
    lane_tally: pl.DataFrame,
    regions: pl.DataFrame,
    lanes: pl.DataFrame,
    edges: Floats,
    params: TransitParams,
) -> pl.DataFrame:
    parts = [
        observed_drift(
            recent, rows, lane_hazards(lane_tally, regions, rows, edges, params), edges, params.drift_half_life_days
        )
        for rows in lanes.iter_slices(ROWS_AT_ONCE)
    ]
    return pl.concat(parts) if parts else pl.DataFrame()


def _evidence(trips: pl.DataFrame, params: TransitParams) -> pl.DataFrame:
    known = pl.col("arrived") | pl.col("ended") | (pl.col("age") >= params.never_after_days)
    return trips.filter(known).group_by(LANE).agg(parcels=pl.len().cast(pl.Int64)).sort(LANE, nulls_last=True)
