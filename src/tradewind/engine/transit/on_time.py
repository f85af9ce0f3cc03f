"""On-time performance of past deliveries, and what being late has cost."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

PARCEL = ["platform", "shop", "parcel_id"]
MIN_LATE_ORDERS = 30
"""Fewer late orders than this say nothing about what lateness costs."""


def delivered_parcels(parcels: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """`parcels` that were delivered, with `delivered_at` (the first delivered scan)."""
    first = (
        events.filter(pl.col("milestone") == "delivered").group_by(PARCEL).agg(delivered_at=pl.col("happened_at").min())
    )
    return parcels.join(first, on=PARCEL, how="inner").sort(PARCEL)


def deliveries(parcels: pl.DataFrame, events: pl.DataFrame, *, as_of: datetime, weeks: int = 13) -> pl.DataFrame:
    """Deliveries of the last `weeks` by service and market: parcels, on_time (share), days (mean).

    On time is on or before the calendar day promised; parcels without a promised date are left out.
    """
    recent = delivered_parcels(parcels, events).filter(
        pl.col("promised_at").is_not_null() & (pl.col("delivered_at") >= as_of - timedelta(weeks=weeks))
    )
    return (
        recent.group_by("service", "market", maintain_order=True)
        .agg(
            parcels=pl.len().cast(pl.Int64),
            on_time=_on_time().mean(),
            days=((pl.col("delivered_at") - pl.col("created_at")).dt.total_seconds() / 86_400).mean(),
        )
        .sort("service", "market")
    )


def cost_of_lateness(
    parcels: pl.DataFrame, events: pl.DataFrame, orders: pl.DataFrame, refunds: pl.DataFrame
) -> float | None:
    """Share of the paid amount that being late has cost so far: refunds of late orders over refunds of others.

    `orders` has platform, shop, order_id, paid; `refunds` platform, shop, order_id, refunded, both in one
    currency. Returns (refunded / paid of late orders) - (the same of orders on time), never below 0, or
    None with fewer than 30 late orders. Buyers who never come back are not in it: it is a floor.
    """
    key = ["platform", "shop", "order_id"]
    judged = (
        delivered_parcels(parcels, events)
        .filter(pl.col("promised_at").is_not_null() & pl.col("order_id").is_not_null())
        .group_by(key)
        .agg(on_time=_on_time().all())
        .join(orders, on=key)
        .join(refunds, on=key, how="left")
        .with_columns(pl.col("refunded").fill_null(0.0))
        .filter(pl.col("paid") > 0)
        .sort(key)
    )
    late, prompt = judged.filter(~pl.col("on_time")), judged.filter("on_time")
    if late.height < MIN_LATE_ORDERS or prompt.height == 0:
        return None
    share = [float(part["refunded"].sum()) / float(part["paid"].sum()) for part in (late, prompt)]
    return max(share[0] - share[1], 0.0)


def _on_time() -> pl.Expr:
    return pl.col("delivered_at").dt.date() <= pl.col("promised_at").dt.date()
