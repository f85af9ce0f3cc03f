"""Whose clock is wrong? A parcel cannot arrive before it left: many such parcels prove a wrong time zone.

A clock is what a tracker showed for one place, or, where it names none, for its scans abroad (or at home) towards one
market. Two scans of different clocks, one further on the way than the other, bound how far the first
clock may be off: set by h hours its scan must not come before what was before it, nor after what was after it,

    max(t of earlier steps - t) <= h <= min(t of later steps - t)      over the parcel's scans on other clocks.

A clock is set when at least 20 of its parcels, and a fifth of those that tell anything, are impossible as they
stand, and one whole number of hours, at most 14 either way, makes 95 % of those that tell possible; of several the
least. Clocks abroad are looked at first, since a seller's own files are on one clock. What no offset mends is
left to the rule of order. The least offset is a lower bound: a clock that is off by eleven hours while nobody
took less than three shows as eight.
"""

from __future__ import annotations

from typing import Final

import polars as pl

MOST_HOURS: Final = 14
LEAST_PARCELS: Final = 20
LEAST_SHARE: Final = 0.2
MENDED_SHARE: Final = 0.95
_ABROAD: Final = 4
_HOUR_US: Final = 3_600_000_000
_SLACK_US: Final = 60_000_000

CLOCK: Final = ["tracker", "where", "abroad"]

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


def hours_to_set(mine: pl.DataFrame) -> pl.DataFrame:
    """`mine` with `happened_at` on clocks set right, and by how many hours (`hours_set`).

    It has parcel, milestone, rank (null: may come anywhere), happened_at, place, code and market.
    """
    told = mine.with_columns(hours_set=pl.lit(0, pl.Int64))
    for abroad in (True, False):
        told = _set(told, _wrong_clocks(told, abroad=abroad))
    return told


def _set(mine: pl.DataFrame, clocks: pl.DataFrame) -> pl.DataFrame:
    if not clocks.height:
        return mine
    by = pl.col("hours").fill_null(0)
    return (
        _clocked(mine)
        .join(clocks, on=CLOCK, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(
            happened_at=pl.col("happened_at") + pl.duration(hours=by), hours_set=pl.col("hours_set") + by
        )
        .select(mine.columns)
    )  # fmt: skip


def _clocked(mine: pl.DataFrame) -> pl.DataFrame:
    abroad = pl.col("rank").fill_null(0) >= _ABROAD
    return mine.with_columns(
        tracker=TRACKER, where=pl.coalesce("place", pl.lit("→ ") + pl.col("market")), abroad=abroad
    )


def _wrong_clocks(mine: pl.DataFrame, *, abroad: bool) -> pl.DataFrame:
    """The clocks on that side that can only be wrong, and by how many hours."""
    # A clearance may be declared ahead, at any hour: it proves nothing about clocks.
    ranked = mine.filter(pl.col("rank").is_not_null() & (pl.col("milestone") != "import_cleared"))
    late = ranked.filter(_out_of_order()).select("parcel").unique()
    if late.height < LEAST_PARCELS:
        return pl.DataFrame(schema={"tracker": pl.String, "where": pl.String, "abroad": pl.Boolean, "hours": pl.Int64})
    clocked = _clocked(ranked).select("parcel", "rank", "happened_at", *CLOCK)
    suspects = clocked.join(late, on="parcel", how="semi").filter(abroad=abroad).group_by(CLOCK)
    suspected = suspects.agg(parcels=pl.col("parcel").n_unique()).filter(pl.col("parcels") >= LEAST_PARCELS)
    of_suspects = clocked.join(suspected.select(CLOCK), on=CLOCK, how="semi", nulls_equal=True)
    return _offsets(_bounds(of_suspects, clocked))


def _out_of_order() -> pl.Expr:
    """Scans before which one further on the way was made, in the parcel's order of time."""
    before = pl.col("rank").cum_max().over("parcel", order_by=pl.struct("happened_at", "rank"))
    return before > pl.col("rank")


def _bounds(of_suspects: pl.DataFrame, clocked: pl.DataFrame) -> pl.DataFrame:
    """Per clock and parcel the offsets that make the parcel's order possible: least and most, in microseconds."""
    others = clocked.join(of_suspects.select("parcel").unique(), on="parcel", how="semi")
    pairs = of_suspects.join(others, on="parcel", suffix="_other").filter(
        (pl.col("tracker") != pl.col("tracker_other"))
        | pl.col("where").ne_missing(pl.col("where_other"))
        | (pl.col("abroad") != pl.col("abroad_other"))
    )
    apart = (pl.col("happened_at_other") - pl.col("happened_at")).dt.total_microseconds()
    least = apart.filter(pl.col("rank_other") < pl.col("rank")).max() - _SLACK_US
    most = apart.filter(pl.col("rank_other") > pl.col("rank")).min() + _SLACK_US
    bounds = pairs.group_by(*CLOCK, "parcel").agg(least=least, most=most)
    return bounds.filter(pl.any_horizontal(pl.col("least", "most").is_not_null()))


def _offsets(bounds: pl.DataFrame) -> pl.DataFrame:
    hours = sorted(range(-MOST_HOURS, MOST_HOURS + 1), key=lambda h: (abs(h), h))

    def possible(h: int) -> pl.Expr:
        at = h * _HOUR_US
        return ((pl.col("least") <= at).fill_null(True) & (pl.col("most") >= at).fill_null(True)).sum()

    counts = bounds.group_by(CLOCK).agg(pl.len().alias("all"), *[possible(h).alias(str(h)) for h in hours])
    wrong = pl.col("all") - pl.col("0")
    proven = counts.filter((wrong >= LEAST_PARCELS) & (wrong >= LEAST_SHARE * pl.col("all")))
    mended = [pl.when(pl.col(str(h)) >= MENDED_SHARE * pl.col("all")).then(pl.lit(h, pl.Int64)) for h in hours]
    return proven.select(*CLOCK, hours=pl.coalesce(mended)).drop_nulls("hours")
