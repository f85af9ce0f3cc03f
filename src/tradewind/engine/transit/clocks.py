"""Whose clock is wrong? A parcel cannot arrive before it left: many such parcels prove a wrong time zone.

A clock is what a tracker showed for one place, or, where it names none, for its scans abroad (or at home) towards one
market. Two scans of different clocks, one further on the way than the other, bound how far the first
clock may be off: set by h hours its scan must not come before what was before it, nor after what was after it,

    max(t of earlier steps - t) <= h <= min(t of later steps - t)      over the parcel's scans on other clocks.

A clock is set when at least 20 of its parcels, and a fifth of those that bound it, are impossible as they
stand, and one whole number of hours, at most 14 either way, makes 95 % of those that bound it possible; of several
the least. Clocks abroad are looked at first, since a seller's own files are on one clock. What no offset corrects is
left to the rule of order. The least offset is a lower bound: a clock that is off by eleven hours while nobody
took less than three shows as eight.
"""

from __future__ import annotations

from typing import Final

import polars as pl

MOST_HOURS: Final = 14
LEAST_PARCELS: Final = 20
LEAST_SHARE: Final = 0.2
CORRECTED_SHARE: Final = 0.95
_ABROAD: Final = 4
_MIDWAY: Final = 3.5
_HOUR_US: Final = 3_600_000_000
_SLACK_US: Final = 60_000_000

_CLOCK: Final = "clock"

TRACKER: Final = (
    pl.when(pl.col("code").str.contains(r"^E[MDX][A-Z]$")).then(pl.lit("upu"))
    .when(pl.col("code").str.contains(r"^[A-Z][A-Za-z]+_\d{3}$")).then(pl.lit("aftership"))
    .when(pl.col("code").str.contains(r"^[A-Z_]+_\d{2}$")).then(pl.lit("track123"))
    .when(pl.col("code").str.contains(r"^[A-Z]{2,}(_[A-Z]+)*$")).then(pl.lit("cainiao"))
    .when(pl.col("code").str.contains(r"^[A-Z][a-z]+[A-Z]?[A-Za-z]*(_[A-Za-z]+)?$")).then(pl.lit("17track"))
    .when(pl.col("code").str.contains(r"^\d+$")).then(pl.lit("kuaidi100"))
    .otherwise(pl.lit("words"))
)  # fmt: skip
"""The tracker, from the style its codes are written in."""


def correct_clocks(mine: pl.DataFrame) -> pl.DataFrame:
    """`mine` with `happened_at` on clocks set right, and by how many hours (`hours_set`).

    It has parcel, milestone, rank (null: may come anywhere), happened_at, place, code and market.
    """
    scans = _clocked(mine).with_columns(hours_set=pl.lit(0, pl.Int64))
    for abroad in (True, False):
        scans = _corrected(scans, _wrong_clocks(scans, abroad=abroad))
    return scans.drop(_CLOCK, "abroad")


def _corrected(scans: pl.DataFrame, clocks: pl.DataFrame) -> pl.DataFrame:
    if not clocks.height:
        return scans
    by = pl.col("hours").fill_null(0)
    at_right = pl.col("happened_at") + pl.duration(hours=by)
    matched = scans.join(clocks, on=_CLOCK, how="left", maintain_order="left")
    return matched.with_columns(happened_at=at_right, hours_set=pl.col("hours_set") + by).drop("hours")


def _clocked(mine: pl.DataFrame) -> pl.DataFrame:
    """`mine` and the number of each scan's clock, and whether it stands abroad.

    A place stands where most of the steps seen there belong; without a place, the step itself says it.
    """
    seen = ["code", "place", "market"]
    kinds = mine.group_by(seen).agg(steps=pl.col("rank").count(), ranks=pl.col("rank").cast(pl.Int64).sum())
    kinds = kinds.with_columns(tracker=TRACKER, where=pl.coalesce("place", pl.lit("→ ") + pl.col("market")))
    there = pl.col("ranks").sum().over("tracker", "where") >= _MIDWAY * pl.col("steps").sum().over("tracker", "where")
    number = pl.struct("tracker", "where").rank("dense").cast(pl.UInt32) * 2
    kinds = kinds.select(*seen, number.alias(_CLOCK), abroad=pl.when(pl.col("place").is_not_null()).then(there))
    scans = mine.join(kinds, on=seen, how="left", nulls_equal=True, maintain_order="left")
    abroad = pl.coalesce("abroad", pl.col("rank") >= _ABROAD).fill_null(False)
    return scans.with_columns(pl.col(_CLOCK) + abroad.cast(pl.UInt32), abroad=abroad)


def _wrong_clocks(scans: pl.DataFrame, *, abroad: bool) -> pl.DataFrame:
    """The clocks on that side that can only be wrong, and by how many hours."""
    # A clearance may be declared ahead, at any hour: it proves nothing about clocks.
    proves = pl.col("rank").is_not_null() & (pl.col("milestone") != "import_cleared")
    steps = scans.filter(proves).select("parcel", "rank", "happened_at", _CLOCK, "abroad")
    late = steps.sort("parcel", "happened_at", "rank").filter(_after_a_further_step()).select("parcel").unique()
    if late.height < LEAST_PARCELS:
        return pl.DataFrame(schema={_CLOCK: pl.UInt32, "hours": pl.Int64})
    doubted = steps.join(late, on="parcel", how="semi").filter(abroad=abroad).group_by(_CLOCK)
    suspects = doubted.agg(parcels=pl.col("parcel").n_unique()).filter(pl.col("parcels") >= LEAST_PARCELS)
    return _offsets(_bounds(steps.join(suspects, on=_CLOCK, how="semi"), steps))


def _after_a_further_step() -> pl.Expr:
    return pl.col("rank").cum_max().over("parcel") > pl.col("rank")


def _bounds(of_suspects: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Per clock and parcel the offsets that make the parcel's order possible: least and most, in microseconds."""
    others = steps.join(of_suspects.select("parcel"), on="parcel", how="semi")
    pairs = of_suspects.join(others, on="parcel", suffix="_other").filter(pl.col(_CLOCK) != pl.col(f"{_CLOCK}_other"))
    gap = (pl.col("happened_at_other") - pl.col("happened_at")).dt.total_microseconds()
    least = gap.filter(pl.col("rank_other") < pl.col("rank")).max() - _SLACK_US
    most = gap.filter(pl.col("rank_other") > pl.col("rank")).min() + _SLACK_US
    bounds = pairs.group_by(_CLOCK, "parcel").agg(least=least, most=most)
    return bounds.filter(pl.any_horizontal(pl.col("least", "most").is_not_null()))


def _offsets(bounds: pl.DataFrame) -> pl.DataFrame:
    hours = sorted(range(-MOST_HOURS, MOST_HOURS + 1), key=lambda h: (abs(h), h))

    def possible(h: int) -> pl.Expr:
        at = h * _HOUR_US
        return ((pl.col("least") <= at).fill_null(True) & (pl.col("most") >= at).fill_null(True)).sum()

    counts = bounds.group_by(_CLOCK).agg(pl.len().alias("all"), *[possible(h).alias(str(h)) for h in hours])
    wrong = pl.col("all") - pl.col("0")
    proven = counts.filter((wrong >= LEAST_PARCELS) & (wrong >= LEAST_SHARE * pl.col("all")))
    corrected = [pl.when(pl.col(str(h)) >= CORRECTED_SHARE * pl.col("all")).then(pl.lit(h, pl.Int64)) for h in hours]
    return proven.select(_CLOCK, hours=pl.coalesce(corrected)).drop_nulls("hours")
