"""What was known about each parcel at a moment: delivered after so many days, still on its way, or lost."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from tradewind.core.errors import MissingColumnError
from tradewind.core.tables import MILESTONES

PARCEL: Final = ["platform", "shop", "parcel_id"]
LANE: Final = ["service", "node", "market", "region"]
CREATED: Final = "created"
STAGES: Final = pl.Enum([CREATED, *MILESTONES])
"""What was seen last, in the order it happens in."""

ENDED: Final = ["returned", "lost", "destroyed"]

_NEEDED: Final = {
    "parcels": [*PARCEL, "service", "node", "market", "created_at"],
    "events": [*PARCEL, "milestone", "happened_at"],
}


def known_parcels(parcels: pl.DataFrame | pl.LazyFrame, as_of: datetime) -> pl.DataFrame:
    """The parcels that existed and were known at `as_of`, numbered by `row` in the order of their keys.

    Returns row, parcel key, lane (`region` null where there is none), created_at, promised_at, known_at (null: always
    known). Raises MissingColumnError.
    """
    frame = _known(parcels, "parcels", as_of).filter(pl.col("created_at") <= as_of)
    if "region" not in frame.columns:
        frame = frame.with_columns(region=pl.lit(None, pl.String))
    if "promised_at" not in frame.columns:
        frame = frame.with_columns(promised_at=pl.lit(None, frame.schema["created_at"]))
    return frame.select(*PARCEL, *LANE, "created_at", "promised_at", "known_at").sort(PARCEL).with_row_index("row")


def known_scans(events: pl.DataFrame | pl.LazyFrame, parcels: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """The scans of `parcels` that had happened and were known at `as_of`: row, milestone, happened_at, known_at."""
    frame = _known(events, "events", as_of).filter(pl.col("happened_at") <= as_of)
    return frame.join(parcels.select(*PARCEL, "row"), on=PARCEL).select(
        "row", pl.col("milestone").cast(pl.String).cast(STAGES), "happened_at", "known_at"
    )


def earlier(known: pl.DataFrame, scans: pl.DataFrame, at: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of parcels and scans known now, those that had happened and were known at the moment `at` before."""
    reported = pl.col("known_at").is_null() | (pl.col("known_at") <= at)
    then = known.filter(reported & (pl.col("created_at") <= at))
    return then, scans.filter(reported & (pl.col("happened_at") <= at)).join(then.select("row"), on="row", how="semi")


def outcomes(parcels: pl.DataFrame, scans: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """What became of each parcel: `parcels` and

    delivered_at   first delivery (null: not delivered as far as known)
    ended          given up: returned to the sender, lost or destroyed; it can no longer arrive
    days           elapsed from creation to delivery, or to `as_of`

    A parcel found again after "lost" counts as delivered; one delivered after "returned" went back to its
    sender, so never arrived.
    """
    seen = [
        scans.filter(pl.col("milestone") == end).group_by("row").agg(pl.col("happened_at").min().alias(end))
        for end in ("delivered", *ENDED)
    ]
    ends = parcels
    for end in seen:
        ends = ends.join(end, on="row", how="left", maintain_order="left")
    went_back = (pl.col("returned") < pl.col("delivered")).fill_null(False)
    return (
        ends.with_columns(delivered_at=pl.when(~went_back).then("delivered"))
        .with_columns(
            ended=pl.col("delivered_at").is_null() & pl.any_horizontal(pl.col(ENDED).is_not_null()),
            days=days_between("created_at", pl.col("delivered_at").fill_null(as_of)),
        )
        .drop("delivered", *ENDED)
    )


def judgeable(judged: pl.DataFrame) -> pl.DataFrame:
    """The parcels of `outcomes` that say something about transit times.

    Left out are those delivered before they were created (one of the two dates is wrong), and those of a service
    none of whose parcels in that shop was ever seen delivered: it is not tracked there.
    """
    tracked = pl.col("delivered_at").is_not_null().any().over("platform", "shop", "service")
    return judged.filter(tracked & (pl.col("days") >= 0))


def days_between(start: str | pl.Expr, end: str | pl.Expr) -> pl.Expr:
    """Elapsed days, fractions included."""
    start = pl.col(start) if isinstance(start, str) else start
    end = pl.col(end) if isinstance(end, str) else end
    return (end - start).dt.total_microseconds() / 86_400e6


def _known(table: pl.DataFrame | pl.LazyFrame, name: str, as_of: datetime) -> pl.DataFrame:
    lazy = table.lazy()
    columns = lazy.collect_schema().names()
    missing = [c for c in _NEEDED[name] if c not in columns]
    if missing:
        raise MissingColumnError("transit_column_missing", table=name, columns=", ".join(missing))
    if "known_at" not in columns:
        return lazy.with_columns(known_at=pl.lit(None, pl.Datetime("us", "UTC"))).collect()
    return lazy.filter(pl.col("known_at").is_null() | (pl.col("known_at") <= as_of)).collect()
