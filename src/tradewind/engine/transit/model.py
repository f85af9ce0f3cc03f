"""What was learnt about transit times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from tradewind.core.distribution import LEVELS, Floats
from tradewind.core.errors import MissingColumnError
from tradewind.engine.transit.drift import with_drift
from tradewind.engine.transit.life_table import arrived_by, distributions, hazards, shrunk_to
from tradewind.engine.transit.outcomes import LANE
from tradewind.engine.transit.overdispersion import with_overdispersion
from tradewind.engine.transit.params import TransitParams
from tradewind.engine.transit.regions import stretched
from tradewind.engine.transit.stages import STAGE

NODE_LEVELS = ((), ("service",), ("service", "market"), ("service", "node", "market"))
ROWS_AT_ONCE = 10_000
_DISTRIBUTION: dict[str, pl.DataType | type[pl.DataType]] = {
    "mean": pl.Float64,
    "p_zero": pl.Float64,
    "quantiles": pl.Array(pl.Float64, len(LEVELS)),
    "tail": pl.Float64,
}


@dataclass(frozen=True)
class TransitModel:
    """Counts of arrivals by age, from which distributions are made on request.

    as_of           the moment whose knowledge it holds
    params          what it was fitted with
    edges           bounds of the life tables' stretches, days
    lane_tally      tally of trips, creation to delivery, by lane (service, node, market, region)
    stages          tally of the trips left from each stage on
    regions         factor on time of each region (regions.py)
    drift           recent arrivals and those expected (drift.py)
    overdispersion  how far the next weeks may drift from today, by service (overdispersion.py)
    evidence        lane, parcels: how many of its recent parcels have a known outcome
    open_parcels    parcels under way at `as_of` and where they were last seen
    """

    as_of: datetime
    params: TransitParams
    edges: Floats
    lane_tally: pl.DataFrame
    stages: pl.DataFrame
    regions: pl.DataFrame
    drift: pl.DataFrame
    overdispersion: pl.DataFrame
    evidence: pl.DataFrame
    open_parcels: pl.DataFrame

    def predict(self, shipments: pl.DataFrame) -> pl.DataFrame:
        """The lanes frame for every distinct lane of `shipments` (service, node, market[, region]).

        Without a region (or where it is null) a lane is judged over all its regions. mean (days from creation
        to delivery, given arrival), p_zero (odds of never arriving), quantiles and tail (Distribution of kind
        "time"); parcels: recent parcels with a known outcome on exactly this lane; basis: on whose
        parcels it rests. Where no parcel of any service was ever seen delivered, the distribution is null.
        Raises MissingColumnError.
        """
        lanes = _distinct_lanes(shipments)
        if self.lane_tally.height and lanes.height:
            parts = [distributions(self.curves(rows), self.edges).columns() for rows in lanes.iter_slices(ROWS_AT_ONCE)]
            distribution = [pl.concat(column) for column in zip(*parts, strict=True)]
        else:
            distribution = [pl.Series(c, [None] * lanes.height, dtype=t) for c, t in _DISTRIBUTION.items()]
        return self._with_evidence(lanes.with_columns(distribution)).select(*LANE, *_DISTRIBUTION, "parcels", "basis")

    def curves(self, lanes: pl.DataFrame) -> Floats:
        """P(arrived by each of `edges`) for each row of `lanes` (LANE columns), over all drift to come."""
        today = drifted_curves(self.lane_tally, self.regions, self.drift, lanes, self.edges, self.params)
        return with_overdispersion(today, lanes, self.overdispersion, self.edges, self.params)

    def stage_curves(self, stages: pl.DataFrame) -> Floats:
        """P(arrived within each of `edges` from now) for parcels seen last at a stage (LANE and STAGE columns)."""
        usual = lane_hazards(self.stages, self.regions, stages, self.edges, self.params, tuple(STAGE))
        return arrived_by(usual)

    def _with_evidence(self, lanes: pl.DataFrame) -> pl.DataFrame:
        """`lanes` with the count of parcels each rests on, and in what way."""
        per_lane = pl.concat(
            [
                self.evidence.filter(pl.col("region").is_not_null()),
                self.evidence.group_by("service", "node", "market")
                .agg(region=pl.lit(None, pl.String), parcels=pl.col("parcels").sum())
                .select(*LANE, "parcels"),
            ]
        )
        seen_service = pl.col("service").is_in(self.lane_tally["service"].unique().implode())
        return (
            lanes.join(per_lane, on=LANE, how="left", nulls_equal=True, maintain_order="left")
            .with_columns(pl.col("parcels").fill_null(0))
            .with_columns(
                basis=pl.when(pl.col("mean").is_null())
                .then(pl.lit("transit_nothing_known"))
                .when(~seen_service)
                .then(pl.lit("transit_other_services"))
                .when(pl.col("parcels") == 0)
                .then(pl.lit("transit_service_only"))
                .when(pl.col("parcels") < self.params.pseudo_parcels)
                .then(pl.lit("transit_lane_thin"))
                .otherwise(pl.lit("transit_lane"))
            )
        )


def lane_hazards(
    tallied: pl.DataFrame,
    regions: pl.DataFrame,
    lanes: pl.DataFrame,
    edges: Floats,
    params: TransitParams,
    within: tuple[str, ...] = (),
) -> Floats:
    """Long-run hazards of `lanes`: of service, market and node, stretched to the region, then the lane's own.

    `within` are further columns of `tallied` and `lanes` that every grouping has (a stage).
    """
    node = hazards(tallied, lanes, [(*within, *by) for by in NODE_LEVELS], edges, params.pseudo_parcels)
    regional = stretched(node, lanes, regions, edges)
    return shrunk_to(regional, tallied, lanes, [*within, *LANE], params.pseudo_parcels)


def drifted_curves(
    lane_tally: pl.DataFrame,
    regions: pl.DataFrame,
    drift: pl.DataFrame,
    lanes: pl.DataFrame,
    edges: Floats,
    params: TransitParams,
) -> Floats:
    """P(arrived by each of `edges`) for each row of `lanes` if recent drift stays as it is."""
    usual = lane_hazards(lane_tally, regions, lanes, edges, params)
    return arrived_by(with_drift(usual, lanes, drift, params.pseudo_arrivals))


def _distinct_lanes(shipments: pl.DataFrame) -> pl.DataFrame:
    missing = [c for c in LANE[:3] if c not in shipments.columns]
    if missing:
        raise MissingColumnError("transit_column_missing", table="shipments", columns=", ".join(missing))
    if "region" not in shipments.columns:
        shipments = shipments.with_columns(region=pl.lit(None, pl.String))
    return shipments.select(pl.col(LANE).cast(pl.String)).unique().sort(LANE, nulls_last=True)
