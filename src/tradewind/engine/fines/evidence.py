"""What is on record about each fine: the parcel's scans, the consignment's times, the order, the claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

ORDER = ["platform", "shop", "order_id"]
FINE = ["platform", "shop", "fine_id"]
_INBOUND = ["platform", "shop", "inbound_id"]
_PARCEL = ["platform", "shop", "parcel_id"]
_STEPS = ("booked_at", "due_at", "sent_at", "received_at", "inspected_at", "put_away_at")
MOVED = (
    "handed_over", "collected", "received_at_hub", "export_cleared", "departed", "arrived", "import_cleared",
    "out_for_delivery", "at_pickup_point", "delivered",
)  # fmt: skip
"""Scans that only a carrier who has the parcel can make."""


@dataclass(frozen=True)
class FineFacts:
    """The tables fines are judged by."""

    fines: pl.DataFrame
    parcels: pl.DataFrame
    events: pl.DataFrame
    inbounds: pl.DataFrame
    order_lines: pl.DataFrame
    returns: pl.DataFrame
    fx: pl.DataFrame


def evidence(facts: FineFacts, *, as_of: datetime) -> pl.DataFrame:
    """Every dated fact known by `as_of` that bears on a fine: platform, shop, fine_id, what, at, of, detail; by time.

    `what` is ordered, cancelled, parcel_sent, scan.<milestone>, inbound.<step> (booked, due, sent, received, inspected,
    put_away) or claim.<kind>; `of` the order, parcel, consignment or return; `detail` the place, SKU or reason.
    """
    named = facts.fines.select(*FINE, "order_id", "inbound_id")
    sent = _known(facts.parcels, as_of).filter(pl.col("created_at") <= as_of).join(named, on=ORDER)
    scans = _known(facts.events, as_of).filter(pl.col("happened_at") <= as_of)
    scans = scans.join(sent.select(*FINE, "parcel_id"), on=_PARCEL)
    lines = _known(facts.order_lines, as_of).join(named, on=ORDER)
    claims = _known(facts.returns, as_of).filter(pl.col("opened_at") <= as_of).join(named, on=ORDER)
    moved_in = _known(facts.inbounds, as_of).join(named, on=_INBOUND)
    parts = [
        _facts(lines, pl.lit("ordered"), "ordered_at", "order_id", pl.col("sku")),
        _facts(lines, pl.lit("cancelled"), "cancelled_at", "order_id", pl.col("sku")),
        _facts(sent, pl.lit("parcel_sent"), "created_at", "parcel_id", pl.col("service")),
        _facts(scans, "scan." + pl.col("milestone").cast(pl.String), "happened_at", "parcel_id", pl.col("place")),
        _facts(claims, "claim." + pl.col("kind").cast(pl.String), "opened_at", "return_id", pl.col("reason")),
        *(
            _facts(moved_in, pl.lit(f"inbound.{s[:-3]}"), s, "inbound_id", pl.col("sku"), due=s == "due_at")
            for s in _STEPS
        ),
    ]
    known = pl.concat(parts).filter(pl.col("at").is_not_null() & ((pl.col("at") <= as_of) | pl.col("due")))
    return known.drop("due").unique().sort(*FINE, "at", "what", "of", "detail", nulls_last=True)


def _known(frame: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    return frame.filter((pl.col("known_at") <= as_of).fill_null(True))


def _facts(rows: pl.DataFrame, what: pl.Expr, at: str, of: str, detail: pl.Expr, due: bool = False) -> pl.DataFrame:
    return rows.select(
        *FINE, what=what, at=pl.col(at), of=pl.col(of).cast(pl.String), detail=detail.cast(pl.String), due=pl.lit(due)
    )
