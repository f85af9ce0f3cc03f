"""What every tracker's export has in common: a number, a moment, a code; and the rows of `events` they become.

Trackers know a parcel by its tracking number alone, so their events carry platform and shop "*" and the number as
parcel_id. A tracker's file adds scans to what is known of a number and never takes any away: the next
export may hold the last scan only, another tracker's file other ones. Its layout therefore merges.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from tradewind.data.intake.fields import text
from tradewind.data.intake.layout import Field, LeaveOut, Note, Output
from tradewind.data.intake.milestones import NO_SCAN, with_milestones

_STATED_ZONE: Final = r"(?i)(z|utc|gmt|[+-]\d{1,2}(:?\d{2})?)$"
_OFFSET: Final = r"^(?i:GMT|UTC)?\s*([+-])(\d{1,2}):?(\d{2})?$"
_EPOCH_MS: Final = r"^\d{12,13}$"
_NUMBER: Final = r"^\d{10,13}$"
_EPOCH_S: Final = r"^\d{10}$"


def _seen_before(rows: pl.Series) -> pl.Series:
    """All but the first (by code and place) of the scans of one number, milestone and moment. Few are alike."""
    key = ["number", "milestone", "happened_at"]
    frame = rows.struct.unnest()
    alike = frame.select(pl.struct(key).hash()).to_series().is_duplicated()
    suspects = frame.with_row_index("at").filter(alike).drop_nulls(key)
    first = suspects.sort("code", "place", "at", nulls_last=True).unique(key, keep="first", maintain_order=True)
    again = suspects.join(first, on="at", how="anti")["at"]
    return pl.Series([False]).new_from_index(0, frame.height).scatter(again, True)


DERIVED: Final[tuple[Field, ...]] = (text("milestone"), text("unknown"))
"""Fields no heading brings: `scans` fills them."""

LEFT_OUT: Final = (
    LeaveOut("status_no_scan", pl.col("milestone") == NO_SCAN),
    LeaveOut(
        "scan_same_moment",
        pl.struct("number", "milestone", "happened_at", "code", "place").map_batches(_seen_before, pl.Boolean),
    ),
)
NOTES: Final = (
    Note("scan_code_unknown", pl.col("unknown") == "code"),
    Note("scan_without_code", pl.col("unknown") == "none"),
)


def scans(vocabularies: tuple[str, ...], codes: tuple[str, ...]) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """The `split` of a tracker's feed: moments in a readable form, codes of `vocabularies` as milestones.

    `codes` are the fields that may hold a code, the most telling first. A field `zone` is put behind moments that state
    none, `local_at` stands in where `happened_at` is empty, and seconds or milliseconds since 1970 become a date.
    """

    def made(texts: pl.DataFrame) -> pl.DataFrame:
        if "zone" in texts.columns and texts["zone"].null_count() < texts.height:
            texts = texts.with_columns(happened_at=_zoned("happened_at"))
        if "local_at" in texts.columns:
            texts = texts.with_columns(happened_at=pl.coalesce("happened_at", "local_at"))
        if texts["happened_at"].str.contains(_NUMBER).any():
            texts = texts.with_columns(happened_at=_since_1970("happened_at"))
        return with_milestones(texts, vocabularies, codes)

    return made


def events(feed: str) -> Output:
    """The scans of a tracker that knows the number alone."""
    anywhere = pl.lit("*")
    return Output("events", feed, columns={"platform": anywhere, "shop": anywhere, "parcel_id": pl.col("number")})


def counted_only(feed: str) -> Output:
    """An output for rows that are counted and left out."""
    return Output("events", feed, where=pl.lit(False))


def _zoned(moment: str) -> pl.Expr:
    cell, zone = pl.col(moment), pl.col("zone").str.strip_chars()
    hours, minutes = zone.str.extract(_OFFSET, 2).str.zfill(2), zone.str.extract(_OFFSET, 3).fill_null("00")
    offset = pl.concat_str(zone.str.extract(_OFFSET, 1), hours, pl.lit(":"), minutes)
    offset = pl.when(zone.str.contains(r"^(?i:GMT|UTC|Z)$")).then(pl.lit("Z")).otherwise(offset)
    bare = ~cell.str.contains(_STATED_ZONE) | cell.str.contains(r"^\d{4}-\d{1,2}-\d{1,2}$")
    dated = ~cell.str.contains(_EPOCH_MS) & ~cell.str.contains(_EPOCH_S)
    return pl.when(bare & dated & offset.is_not_null()).then(cell + offset).otherwise(cell)


def _since_1970(moment: str) -> pl.Expr:
    cell = pl.col(moment)
    number = cell.cast(pl.Int64, strict=False)
    style = "%Y-%m-%d %H:%M:%S%.3fZ"
    return (
        pl.when(cell.str.contains(_EPOCH_MS))
        .then(pl.from_epoch(number, "ms").dt.to_string(style))
        .when(cell.str.contains(_EPOCH_S))
        .then(pl.from_epoch(number, "s").dt.to_string(style))
        .otherwise(cell)
    )
