"""Which order lines are sales, what was paid for them, and which lines are one order."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from tradewind.core.errors import MissingColumnError
from tradewind.engine.margin.costing import loaded

KEY = ("platform", "shop", "order_id", "line_no")
_NEEDED = (*KEY, "sku", "market", "mode", "ordered_at", "units", "unit_price", "currency")


def sold_lines(order_lines: pl.DataFrame, on: date | None = None) -> pl.DataFrame:
    """Lines that were not called off, sorted by key, with `revenue` in their own currency and their order's number.

    Adds day (the order's own, or `on`) and order_no (0, 1, ... in order of the key). Raises MissingColumnError.
    """
    missing = [c for c in _NEEDED if c not in order_lines.columns]
    if missing:
        raise MissingColumnError(
            "column_missing", table="order_lines", columns=", ".join(missing), purpose="landed margin"
        )
    lines = loaded("order_lines", order_lines)
    paid = pl.coalesce("paid_amount", pl.col("units") * pl.col("unit_price") - pl.col("discount").fill_null(0.0))
    cancelled = pl.col("cancelled_at").is_not_null() | (pl.col("status").cast(pl.String) == "cancelled").fill_null(
        False
    )
    order = [pl.col(c) != pl.col(c).shift() for c in KEY[:3]]
    return (
        lines.filter(~cancelled)
        .select(*_NEEDED, "shipping_paid", revenue=paid, day=pl.lit(on) if on else pl.col("ordered_at").cast(pl.Date))
        .sort(KEY)
        .with_columns(order_no=pl.any_horizontal(order).fill_null(False).cum_sum().cast(pl.UInt32))
    )


def known_lines(order_lines: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """The lines as they were known at `as_of`: later orders are not there, later cancellations have not happened."""
    later = (pl.col("cancelled_at") > as_of).fill_null(False)
    status = pl.col("status").cast(pl.String)
    return (
        loaded("order_lines", order_lines)
        .filter((pl.col("ordered_at") < as_of) & (pl.col("known_at") <= as_of).fill_null(True))
        .with_columns(
            status=pl.when(later).then(pl.lit("paid")).otherwise(status),
            cancelled_at=pl.when(~later).then("cancelled_at"),
        )
    )
