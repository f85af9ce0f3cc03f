"""Which of the scans loaded count? One history per parcel, by one stated rule.

    scans = resolved(events, parcels, as_of=as_of); scans.used, scans.unused, scans.unknown

Scans come from shops and from several trackers, late, twice, in the wrong order, on wrong clocks. The rule, in order:

1. Whose scan. One of a shop belongs to the parcel of its key. One of a tracker (platform "*") belongs to every parcel
   whose tracking number, or else parcel_id, is that number, ignoring white space and case. A scan more than 30 days
   before the parcel was created, or 400 after, belongs to an earlier or later use of the number.
2. Clocks. Where the order of the scans of many parcels can only be had by setting one clock some whole hours
   forward or back, it is set (see clocks.py).
3. Twice. Of scans of one milestone that follow each other within 12 hours the first counts, and "in transit" at the
   very moment of a more specific scan adds nothing.

4. Declared ahead. Import clearance before the parcel left (or, where no departure was seen, before the last scan
   of the export side) was declared ahead: it is neither a clearance nor an arrival.
5. Pickup points. "Delivered" within ten minutes of the arrival at a pickup point is the point's signature.
6. Ways back. Out of a later "returning", "returned", "lost" or "destroyed" follows that the parcel was not delivered
   before; who signs after "returning" or "returned" is the sender. "Lost" is withdrawn by any later scan on its way.
7. Order. Two scans contradict each other when the one further on the way is more than an hour earlier. Of a parcel's
   scans the one that contradicts most others is left out, again and again until none contradicts. Of equals it is
   first one that came again later (a first "delivered" before another round of delivery), then the one less far on
   the way (steps are reported late rather than ahead).

What is not seen is not made up: a history may lack steps. Steps of equal standing (a clearance while the
aircraft is in the air, export customs before or after the hub) do not contradict each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from tradewind.core.tables import MILESTONES
from tradewind.engine.transit.clocks import correct_clocks
from tradewind.engine.transit.outcomes import PARCEL

RANK: Final = {
    "handed_over": 1, "collected": 1, "received_at_hub": 2, "export_cleared": 2, "departed": 3, "arrived": 4,
    "import_cleared": 4, "out_for_delivery": 5, "at_pickup_point": 5, "delivered": 6,
}  # fmt: skip
"""How far on the way a milestone is; the others may come anywhere."""

_BACK: Final = ["returning", "returned"]
_LOST: Final = ["lost", "destroyed"]
_OUT: Final = ["out_for_delivery", "at_pickup_point", "delivered", "arrived", "import_cleared", "departed", *_BACK]
_EXPORT_SIDE: Final = ["collected", "received_at_hub", "export_cleared"]
_BEFORE: Final = timedelta(days=30)
_AFTER: Final = timedelta(days=400)
_TWICE_WITHIN: Final = timedelta(hours=12)
_SIGNED_WITHIN: Final = timedelta(minutes=10)
_SLACK: Final = timedelta(hours=1)
_COLUMNS: Final = [*PARCEL, "milestone", "happened_at", "place", "code", "known_at"]


@dataclass(frozen=True)
class Scans:
    """What `resolved` found, each frame sorted by parcel and time.

    used     the columns of events under the parcel's own key, and hours_set (whole hours a clock was set by, 0 mostly)
    unused   the same and `reason` (catalogue id `scan_reason.*`)
    unknown  events of parcels and numbers that are not in `parcels`, as they came
    """

    used: pl.DataFrame
    unused: pl.DataFrame
    unknown: pl.DataFrame


def resolved(events: pl.DataFrame, parcels: pl.DataFrame, *, as_of: datetime | None = None) -> Scans:
    """The history of each parcel by the rule above, from `events` and `parcels` of core/tables.

    With `as_of` only what had happened and was known by then is looked at. The order of rows does not matter, and every
    scan is in one of the three frames (one of a tracker once for each parcel under its number).
    """
    if as_of is not None:
        known = pl.col("known_at").is_null() | (pl.col("known_at") <= as_of)
        events = events.filter(known & (pl.col("happened_at") <= as_of))
        parcels = parcels.filter(pl.col("known_at").is_null() | (pl.col("known_at") <= as_of))
    named = _named(parcels)
    mine, unknown = matched(events, named)
    mine = correct_clocks(_ranked(mine, named))
    unused: list[pl.DataFrame] = []
    for rule in (_of_another, _twice, _declared_ahead, _signed_by_the_point, _gone_back, _found_again):
        mine = _without(mine, rule(mine), unused)
    while (doubtful := _most_doubtful(mine)).height:
        mine = _without(mine, doubtful, unused)
    out = [_put_back(mine, named), _put_back(pl.concat(unused), named)] if unused else [_put_back(mine, named)] * 2
    return Scans(out[0].drop("reason"), out[1] if unused else out[1].clear(), unknown)


def _put_back(mine: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Parcel numbers as keys again."""
    if "reason" not in mine.columns:
        mine = mine.with_columns(reason=pl.lit(None, pl.String))
    order = [*PARCEL, "happened_at", "rank", "milestone", "code", "place"]
    columns = [*_COLUMNS, "hours_set", "reason"]
    frame = mine.join(named.select("parcel", *PARCEL), on="parcel", how="left")
    return frame.sort(order, nulls_last=True).select(columns)


def _named(parcels: pl.DataFrame) -> pl.DataFrame:
    """The parcels, numbered (`parcel`): key, created_at, market, tracking_no and own (parcel_id) in plain letters."""
    if "tracking_no" not in parcels.columns:
        parcels = parcels.with_columns(tracking_no=pl.lit(None, pl.String))
    keyed = parcels.select(*PARCEL, "created_at", "market", "tracking_no").sort(PARCEL).with_row_index("parcel")
    return keyed.with_columns(_plain("tracking_no"), own=_plain("parcel_id"))


def _plain(number: str) -> pl.Expr:
    cell = pl.col(number)
    return cell.str.replace_all(r"\s+", "").str.to_uppercase()


def matched(events: pl.DataFrame, named: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Events with the number (`parcel`) of each parcel they belong to, and those that belong to none."""
    events = _with_all_columns(events).with_row_index("event")
    keys = events.select(*PARCEL).unique()
    of_shops = keys.join(named.select("parcel", *PARCEL), on=PARCEL)
    trackers = keys.filter(pl.col("platform") == "*").with_columns(number=_plain("parcel_id"))
    by_number = trackers.join(named.select("parcel", number="tracking_no"), on="number")
    rest = trackers.join(by_number.select(PARCEL), on=PARCEL, how="anti")
    by_own = rest.join(named.select("parcel", number="own"), on="number")
    found = pl.concat([f.select(*PARCEL, "parcel") for f in (of_shops, by_number, by_own)]).unique()
    mine = events.join(found, on=PARCEL)
    unknown = events.join(found.select(PARCEL).unique(), on=PARCEL, how="anti")
    order = [*PARCEL, "happened_at", "milestone"]
    return mine.drop(PARCEL), unknown.select(_COLUMNS).sort(order)


def unknown_events(events: pl.DataFrame, parcels: pl.DataFrame) -> pl.DataFrame:
    """The events of parcels and tracking numbers that are not in `parcels`."""
    return matched(events, _named(parcels))[1]


def _with_all_columns(events: pl.DataFrame) -> pl.DataFrame:
    for name in ("place", "code"):
        if name not in events.columns:
            events = events.with_columns(pl.lit(None, pl.String).alias(name))
    if "known_at" not in events.columns:
        events = events.with_columns(known_at=pl.lit(None, events.schema["happened_at"]))
    return events.with_columns(pl.col("milestone").cast(pl.String).cast(pl.Enum(MILESTONES)))


def _ranked(mine: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    ranks = pl.Series([RANK.get(name) for name in MILESTONES], dtype=pl.Int8)
    rank = mine.select(pl.col("milestone").to_physical().cast(pl.UInt32)).to_series()
    facts = named.select("parcel", "created_at", "market")
    content = ["parcel", "happened_at", "milestone", "code", "place"]
    out = mine.drop("event").with_columns(ranks.gather(rank).alias("rank")).join(facts, on="parcel")
    return out.sort(content, nulls_last=True).with_row_index("scan")


def _without(mine: pl.DataFrame, doubtful: pl.DataFrame, unused: list[pl.DataFrame]) -> pl.DataFrame:
    """`mine` without the scans of `doubtful` (scan, reason), which go to `unused`."""
    if not doubtful.height:
        return mine
    unused.append(mine.join(doubtful, on="scan", how="inner"))
    return mine.join(doubtful, on="scan", how="anti")


def _because(scans: pl.DataFrame, reason: str) -> pl.DataFrame:
    return scans.select("scan", reason=pl.lit(f"scan_{reason}"))


def _of_another(mine: pl.DataFrame) -> pl.DataFrame:
    after = pl.col("happened_at") - pl.col("created_at")
    return _because(mine.filter((after < -_BEFORE) | (after > _AFTER)), "other_parcel")


def _twice(mine: pl.DataFrame) -> pl.DataFrame:
    """Scans of one milestone soon after another, and "in transit" at the moment of another."""
    order = ["parcel", "milestone", "happened_at", "known_at", "code", "place", "scan"]
    ordered = mine.select(order).sort(order)
    same = (pl.col("parcel") == pl.col("parcel").shift()) & (pl.col("milestone") == pl.col("milestone").shift())
    soon = pl.col("happened_at") - pl.col("happened_at").shift() <= _TWICE_WITHIN
    again = ordered.filter((same & soon).fill_null(False)).select("scan")
    vague = mine.filter(milestone="in_transit").select("scan", "parcel", "happened_at")
    specific = mine.filter(pl.col("milestone") != "in_transit").select("parcel", "happened_at")
    nothing_new = vague.join(specific, on=["parcel", "happened_at"], how="semi").select("scan")
    return _because(pl.concat([again, nothing_new]).unique(), "duplicate")


def _declared_ahead(mine: pl.DataFrame) -> pl.DataFrame:
    def moment(milestones: list[str], which: str) -> pl.DataFrame:
        times = mine.filter(pl.col("milestone").is_in(milestones)).group_by("parcel")
        return times.agg(getattr(pl.col("happened_at"), which)().alias(milestones[0]))

    cleared = mine.filter(milestone="import_cleared")
    if not cleared.height:
        return _because(cleared, "predeclared")
    left = moment(["departed"], "min")
    last = moment(_EXPORT_SIDE, "max")
    cleared = cleared.join(left, on="parcel", how="left").join(last, on="parcel", how="left")
    gone = pl.coalesce("departed", _EXPORT_SIDE[0])
    return _because(cleared.filter((pl.col("happened_at") < gone).fill_null(False)), "predeclared")


def _signed_by_the_point(mine: pl.DataFrame) -> pl.DataFrame:
    there = mine.filter(milestone="at_pickup_point").select("parcel", there="happened_at")
    signed = mine.filter(milestone="delivered").join(there, on="parcel")
    gap = (pl.col("happened_at") - pl.col("there")).abs()
    return _because(signed.filter(gap <= _SIGNED_WITHIN).unique("scan"), "pickup_signature")


def _gone_back(mine: pl.DataFrame) -> pl.DataFrame:
    """Deliveries before a way back or a loss, and signatures of the sender after it."""
    delivered = mine.filter(milestone="delivered")
    back = mine.filter(pl.col("milestone").is_in(_BACK)).group_by("parcel").agg(back=pl.col("happened_at").min())
    ended = mine.filter(pl.col("milestone").is_in([*_BACK, *_LOST]))
    last = ended.group_by("parcel").agg(ended=pl.col("happened_at").max())
    ends = delivered.join(back, on="parcel", how="left").join(last, on="parcel", how="left")
    to_sender = (pl.col("happened_at") >= pl.col("back")).fill_null(False)
    undone = (pl.col("happened_at") < pl.col("ended")).fill_null(False)
    sender, revoked = ends.filter(to_sender), ends.filter(undone & ~to_sender)
    return pl.concat([_because(sender, "back_to_sender"), _because(revoked, "revoked")])


def _found_again(mine: pl.DataFrame) -> pl.DataFrame:
    seen = mine.filter(pl.col("milestone").is_in(_OUT)).group_by("parcel").agg(seen=pl.col("happened_at").max())
    lost = mine.filter(milestone="lost").join(seen, on="parcel")
    return _because(lost.filter(pl.col("seen") > pl.col("happened_at")), "found_again")


def _most_doubtful(mine: pl.DataFrame) -> pl.DataFrame:
    """Of each parcel whose scans contradict each other, the one to leave out first."""
    on_the_way = mine.filter(pl.col("rank").is_not_null()).select("scan", "parcel", "happened_at", "rank", "code")
    ordered = on_the_way.sort("parcel", "happened_at", "rank")
    furthest = pl.col("rank").cum_max().over("parcel")
    suspects = ordered.filter(furthest > pl.col("rank")).select("parcel").unique()
    some = on_the_way.join(suspects, on="parcel", how="semi")
    pairs = some.join(some.select("scan", "parcel", "happened_at", "rank"), on="parcel", suffix="_other")
    ahead = (pl.col("rank") > pl.col("rank_other")) & (pl.col("happened_at") < pl.col("happened_at_other") - _SLACK)
    behind = (pl.col("rank") < pl.col("rank_other")) & (pl.col("happened_at") > pl.col("happened_at_other") + _SLACK)
    again = (pl.col("rank") == pl.col("rank_other")) & (pl.col("happened_at") < pl.col("happened_at_other"))
    doubts = (
        pairs.group_by("parcel", "scan", "rank", "happened_at", "code")
        .agg(against=(ahead | behind).sum(), again=(again & (pl.col("rank") == RANK["delivered"])).any())
        .filter(pl.col("against") > 0)
        .sort(
            "parcel", "against", "again", "rank", "happened_at", "code", "scan",
            descending=[False, True, True, False, True, False, False],
        )
        .unique("parcel", keep="first", maintain_order=True)
    )  # fmt: skip
    reason = pl.when("again").then(pl.lit("scan_superseded")).otherwise(pl.lit("scan_out_of_order"))
    return doubts.select("scan", reason=reason)
