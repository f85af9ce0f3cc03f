"""The figures a platform judges a shop by, counted from the shop's own tables as they stood at a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import polars as pl

from tradewind.engine.metrics import METRICS, Metric

SHOP = ["platform", "shop"]
ORDER = [*SHOP, "order_id"]
CARRIERS = (
    "handed_over", "collected", "received_at_hub", "export_cleared", "departed", "arrived", "import_cleared",
    "out_for_delivery", "at_pickup_point", "delivered",
)  # fmt: skip
_COUNTED = {"platform": pl.String, "shop": pl.String, "cases": pl.Int64, "of": pl.Int64}


@dataclass(frozen=True)
class ShopFacts:
    """The tables a shop's figures are counted from, and the faults of claims' reasons (reason -> who)."""

    order_lines: pl.DataFrame
    listings: pl.DataFrame
    traffic: pl.DataFrame
    parcels: pl.DataFrame
    events: pl.DataFrame
    inbounds: pl.DataFrame
    returns: pl.DataFrame
    fines: pl.DataFrame
    faults: tuple[tuple[str, str], ...] = ()
    within_days: float = 5.0


@dataclass(frozen=True)
class Figure:
    """A watched metric: `rule` holds its threshold, a bound on the side `bound`; `count` gives cases and of what, per
    shop, over a window, from facts of the table and moment `source`; None where no table has it: the seller states it.
    """

    metric: Metric
    rule: str
    bound: Literal["least", "most"]
    count: Callable[[ShopFacts, datetime, timedelta], pl.DataFrame] | None
    window: str = "shop_health.window"
    source: tuple[str, str] = ("order_lines", "ordered_at")

    @property
    def name(self) -> str:
        return self.metric.name


def sold_listings(facts: ShopFacts, at: datetime, window: timedelta) -> pl.DataFrame:
    """Sell-through 动销率: listings with a sale among those of the shop; without listings, SKUs that were looked at."""
    lines = _within(facts.order_lines, "ordered_at", at, window)
    listed = facts.listings.filter((pl.col("known_at") <= at).fill_null(True)).select(*SHOP, item="listing_id").unique()
    sold = lines.select(*SHOP, item="listing_id").drop_nulls().unique()
    seen = facts.traffic.filter((pl.col("on_date") < at.date()) & (pl.col("on_date") >= (at - window).date()))
    looked_at = seen.select(*SHOP, item="sku").unique().join(listed, on=SHOP, how="anti")
    sold_skus = lines.select(*SHOP, item="sku").unique()
    offered = pl.concat(
        [listed.join(sold, on=[*SHOP, "item"], how="left").with_columns(by="item"), looked_at.with_columns(by="item")]
    )
    is_sold = pl.concat([sold, sold_skus]).unique().with_columns(sold=True)
    found = offered.join(is_sold, on=[*SHOP, "item"], how="left")
    return _counted(found, pl.col("sold").fill_null(False))


def late_shipments(facts: ShopFacts, at: datetime, window: timedelta) -> pl.DataFrame:
    """Orders the seller sends himself, old enough to be judged, without a carrier's scan in time."""
    if facts.events.is_empty():
        return pl.DataFrame(schema=_COUNTED)
    within = timedelta(days=facts.within_days)
    lines = _within(facts.order_lines, "ordered_at", at - within, window)
    own = lines.filter(pl.col("mode").cast(pl.String).is_in(["pop", "own"]) & ~_called_off(at))
    orders = own.group_by(ORDER).agg(pl.col("ordered_at").min())
    scans = facts.events.filter(
        pl.col("milestone").cast(pl.String).is_in(list(CARRIERS)) & (pl.col("happened_at") <= at)
    )
    first = (
        facts.parcels.drop_nulls("order_id")
        .join(orders, on=ORDER, how="semi")
        .join(scans, on=[*SHOP, "parcel_id"])
        .group_by(ORDER)
        .agg(pl.col("happened_at").min())
    )
    found = orders.join(first, on=ORDER, how="left")
    return _counted(found, (pl.col("happened_at") - pl.col("ordered_at") > within).fill_null(True))


def late_inbounds(facts: ShopFacts, at: datetime, window: timedelta) -> pl.DataFrame:
    """Consignments due in the window that were received late, or are still missing."""
    due = _within(facts.inbounds.filter(pl.col("due_at").is_not_null()), "due_at", at, window)
    by = due.group_by(*SHOP, "inbound_id").agg(late=(pl.col("received_at") > pl.col("due_at")).fill_null(True).any())
    return _counted(by, pl.col("late"))


def not_sold(facts: ShopFacts, at: datetime, window: timedelta) -> pl.DataFrame:
    """Orders fined as out of stock, against all orders; unknown where no fines are loaded."""
    if facts.fines.is_empty():
        return pl.DataFrame(schema=_COUNTED)
    fined = _within(facts.fines, "fined_at", at, window).filter(pl.col("kind").cast(pl.String) == "out_of_stock")
    return _against_orders(fined.filter(_stands()).select(*SHOP, case="fine_id"), facts, at, window)


def disputes(facts: ShopFacts, at: datetime, window: timedelta) -> pl.DataFrame:
    """Claims opened, against the orders of the same days; unknown where no returns are loaded."""
    if facts.returns.is_empty():
        return pl.DataFrame(schema=_COUNTED)
    return _against_orders(_claims(facts, at, window), facts, at, window)


def sellers_faults(facts: ShopFacts, at: datetime, window: timedelta) -> pl.DataFrame:
    """Claims that are the seller's fault by their reason; unknown where no claim says a reason."""
    if facts.returns["reason"].drop_nulls().is_empty():
        return pl.DataFrame(schema=_COUNTED)
    whose = dict(facts.faults)
    mine = [reason for reason, who in whose.items() if who == "seller"]
    return _against_orders(_claims(facts, at, window).filter(pl.col("reason").is_in(mine)), facts, at, window)


def violations(facts: ShopFacts, at: datetime, window: timedelta) -> pl.DataFrame:
    """Violations fined in the window and not called off; which of them are serious no table says."""
    if facts.fines.is_empty():
        return pl.DataFrame(schema=_COUNTED)
    fined = _within(facts.fines, "fined_at", at, window).filter(
        (pl.col("kind").cast(pl.String) == "violation") & _stands()
    )
    return _against_orders(fined.select(*SHOP, case="fine_id"), facts, at, window)


_FINED, _CLAIMED, _BOOKED = ("fines", "fined_at"), ("returns", "opened_at"), ("inbounds", "booked_at")

FIGURES: Final[tuple[Figure, ...]] = (
    Figure(
        METRICS["sell_through"], "eligibility.sell_through", "least", sold_listings,
        window="eligibility.sell_through_window",
    ),
    Figure(METRICS["positive_rate"], "eligibility.positive_rate", "least", None),
    Figure(METRICS["dsr_described"], "shop_health.dsr", "least", None),
    Figure(METRICS["dsr_service"], "shop_health.dsr", "least", None),
    Figure(METRICS["dsr_delivery"], "shop_health.dsr", "least", None),
    Figure(
        METRICS["violations"], "eligibility.serious_violations", "most", violations,
        window="eligibility.serious_violations_window",
    ),
    Figure(METRICS["late_shipment_rate"], "shop_health.late_shipment_rate", "most", late_shipments),
    Figure(METRICS["late_inbound_rate"], "shop_health.late_inbound_rate", "most", late_inbounds, source=_BOOKED),
    Figure(METRICS["not_sold_rate"], "shop_health.not_sold_rate", "most", not_sold, source=_FINED),
    Figure(METRICS["dispute_rate"], "shop_health.dispute_rate", "most", disputes, source=_CLAIMED),
    Figure(METRICS["seller_fault_rate"], "shop_health.seller_fault_rate", "most", sellers_faults, source=_CLAIMED),
)  # fmt: skip


def _within(frame: pl.DataFrame, moment: str, at: datetime, window: timedelta) -> pl.DataFrame:
    """Rows known at `at` whose moment lies in [at - window, at)."""
    known = (pl.col("known_at") <= at).fill_null(True)
    return frame.filter(known & (pl.col(moment) < at) & (pl.col(moment) >= at - window))


def _called_off(at: datetime) -> pl.Expr:
    return (pl.col("cancelled_at") <= at).fill_null(False)


def _stands() -> pl.Expr:
    return (pl.col("status").cast(pl.String) != "cancelled").fill_null(True)


def _claims(facts: ShopFacts, at: datetime, window: timedelta) -> pl.DataFrame:
    opened = _within(facts.returns, "opened_at", at, window).filter(pl.col("kind").cast(pl.String) != "cancellation")
    return opened.select(*SHOP, "reason", case=pl.coalesce("order_id", "return_id")).unique([*SHOP, "case"], keep="any")


def _against_orders(cases: pl.DataFrame, facts: ShopFacts, at: datetime, window: timedelta) -> pl.DataFrame:
    orders = _within(facts.order_lines, "ordered_at", at, window).select(ORDER).unique().group_by(SHOP).agg(of=pl.len())
    counted = cases.group_by(SHOP).agg(cases=pl.len())
    return (
        orders.join(counted, on=SHOP, how="left")
        .select(*SHOP, pl.col("cases").fill_null(0), "of")
        .cast(pl.Schema({**dict(cases.select(SHOP).schema), "cases": pl.Int64(), "of": pl.Int64()}))
    )


def _counted(found: pl.DataFrame, case: pl.Expr) -> pl.DataFrame:
    return found.group_by(SHOP).agg(cases=case.sum().cast(pl.Int64), of=pl.len().cast(pl.Int64))
