"""Where a parcel was last seen, and how long others took from there that had waited as long without a new scan.

A stage begins with a scan (or with the parcel's creation) and ends with the next one. For each stage and
each waiting time w of `WAITED_DAYS`, the trips are those of parcels that had seen no further scan w days
into the stage; their clock starts at that moment. The odds depend on the last scan and the time
since, not on the scans before it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from tradewind.engine.transit.outcomes import CREATED, ENDED, LANE, PARCEL, STAGES, days_between

STAGE: Final = ["stage", "waited_days"]
WAITED_DAYS: Final = (0, 1, 2, 4, 7, 12, 20, 35)


def stage_trips(trips: pl.DataFrame, scans: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Trips from every stage and waiting time on: lane and stage (their numbers), waited_days, days, arrived, weight.

    `trips` are the parcels that count (row, lane, created_at, delivered_at, arrived, weight).
    """
    until = pl.col("delivered_at").fill_null(as_of)
    stages = (
        _stages(trips.select("row", "created_at"), scans)
        .join(trips.select("row", "lane", "delivered_at", "arrived", "weight"), on="row", maintain_order="left")
        .with_columns(
            total=days_between("since", until),
            stay=days_between("since", pl.min_horizontal(pl.col("next_at").fill_null(as_of), until)),
        )
    )
    return pl.concat(
        stages.filter(pl.col("stay") > wait).select(
            "lane",
            pl.col("stage").to_physical().cast(pl.Int16),
            pl.lit(wait, pl.Int16).alias("waited_days"),
            (pl.col("total") - wait).alias("days"),
            "arrived",
            "weight",
        )
        for wait in WAITED_DAYS
    )


def open_stages(judged: pl.DataFrame, scans: pl.DataFrame) -> pl.DataFrame:
    """Parcels neither delivered nor given up, and where each was last seen: key, lane, dates, stage, since."""
    ended = scans.filter(pl.col("milestone").is_in(["delivered", *ENDED])).select("row")
    still = judged.join(ended, on="row", how="anti")
    last = _stages(still.select("row", "created_at"), scans).filter(pl.col("next_at").is_null())
    return (
        still.join(last.select("row", "stage", "since"), on="row", how="left", maintain_order="left")
        .select(*PARCEL, *LANE, "created_at", "promised_at", "stage", "since")
        .sort(PARCEL)
    )


def _stages(parcels: pl.DataFrame, scans: pl.DataFrame) -> pl.DataFrame:
    """Every stage of every parcel in order: row, stage, since, next_at (null for the last).

    Delivery and giving up end a stage and begin none. Scans dated before the parcel's creation count as
    made at creation; of scans of the same moment the one later on the way comes last.
    """
    begun = parcels.select("row", stage=pl.lit(CREATED, STAGES), since="created_at")
    scanned = scans.join(parcels, on="row").select(
        "row", stage="milestone", since=pl.max_horizontal("happened_at", "created_at").cast(begun.schema["since"])
    )
    ordered = pl.concat([begun, scanned]).sort("row", "since", "stage")
    same = pl.col("row").shift(-1) == pl.col("row")
    return ordered.with_columns(next_at=pl.when(same).then(pl.col("since").shift(-1))).filter(
        ~pl.col("stage").is_in(["delivered", *ENDED])
    )
