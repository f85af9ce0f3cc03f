"""From parcels and scans to the odds of transit time."""

from __future__ import annotations

from datetime import datetime
from math import log

import polars as pl

from tradewind.core.distribution import Floats
from tradewind.core.errors import ParameterError
from tradewind.engine.transit.life_table import age_edges, hazards, tally
from tradewind.engine.transit.model import NODE_LEVELS, ROWS_AT_ONCE, TransitModel, lane_hazards
from tradewind.engine.transit.outcomes import LANE, days_between, judgeable, known_parcels, known_scans, outcomes
from tradewind.engine.transit.pace import observe_pace
from tradewind.engine.transit.params import TransitParams
from tradewind.engine.transit.regions import region_factors
from tradewind.engine.transit.stages import STAGE, open_stages, stage_trips

_DEFAULT = TransitParams()
_WEIGHT_UNIT = 2.0**-24
"""Weights are whole multiples of this, so that their sums are exact and do not depend on the order of rows."""


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
    recent ones count more (params.half_life_days) and the pace of the last weeks sets the level (pace_half_life_days);
    thin lanes lean on their market, service and on all services (params.pseudo_parcels); those returned, lost or
    older than params.never_after_days never arrive. See life_table.py and pace.py for the equations.

    Raises MissingColumnError, and ParameterError for an `as_of` without a time zone. No parcels at all
    give a model that knows nothing and says so. Not promised: times of a service that changes
    overnight; delays of the scans' own reporting, which make a lane look that much slower.
    """
    if as_of.tzinfo is None:
        raise ParameterError("transit_naive_as_of", value=as_of.isoformat())
    known = known_parcels(parcels, as_of)
    scans = known_scans(events, known, as_of)
    judged = outcomes(known, scans, as_of)
    trips = _trips(judged, as_of, params)
    edges = age_edges(params.never_after_days)
    lanes = trips.select(LANE).unique().sort(LANE, nulls_last=True).with_row_index("lane")
    trips = trips.join(lanes, on=LANE, how="left", nulls_equal=True, maintain_order="left")
    whole = _named(tally(trips, ["lane"], edges, "weight"), lanes)
    regions = _regions(whole, lanes, edges, params)
    recent = tally(trips, ["lane"], edges, "recent_weight")
    stages = tally(stage_trips(trips, scans, as_of), ["lane", *STAGE], edges, "weight")
    return TransitModel(
        as_of=as_of,
        params=params,
        edges=edges,
        whole=whole,
        stages=_named(stages, lanes),
        regions=regions,
        paces=_paces(recent, whole, regions, lanes, edges, params),
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
        .with_columns(weight=_halving(params.half_life_days), recent_weight=_halving(params.pace_half_life_days))
    )


def _halving(half_life_days: float) -> pl.Expr:
    weight = (-pl.col("age") / half_life_days * log(2)).exp()
    return (weight / _WEIGHT_UNIT).round() * _WEIGHT_UNIT


def _named(tallied: pl.DataFrame, lanes: pl.DataFrame) -> pl.DataFrame:
    return tallied.join(lanes, on="lane", how="left", maintain_order="left").drop("lane")


def _regions(whole: pl.DataFrame, lanes: pl.DataFrame, edges: Floats, params: TransitParams) -> pl.DataFrame:
    there = lanes.filter(pl.col("region").is_not_null())
    if not there.height:
        return pl.DataFrame()
    node = hazards(whole, there, NODE_LEVELS, edges, params.pseudo_parcels)
    return region_factors(whole, there, node, edges, params.pseudo_parcels)


def _paces(
    recent: pl.DataFrame,
    whole: pl.DataFrame,
    regions: pl.DataFrame,
    lanes: pl.DataFrame,
    edges: Floats,
    params: TransitParams,
) -> pl.DataFrame:
    parts = [
        observe_pace(recent, rows, lane_hazards(whole, regions, rows, edges, params), edges, params.pace_half_life_days)
        for rows in lanes.iter_slices(ROWS_AT_ONCE)
    ]
    return pl.concat(parts) if parts else pl.DataFrame()


def _evidence(trips: pl.DataFrame, params: TransitParams) -> pl.DataFrame:
    known = pl.col("arrived") | pl.col("ended") | (pl.col("age") >= params.never_after_days)
    return trips.filter(known).group_by(LANE).agg(parcels=pl.len().cast(pl.Int64)).sort(LANE, nulls_last=True)
