"""What was sold each week, and for how much of the week it could be sold at all."""

from __future__ import annotations

from datetime import date

import polars as pl

from tradewind.core.errors import MissingColumnError
from tradewind.core.weeks import week_expr
from tradewind.engine.demand.censoring import in_stock_shares

SALES_SCHEMA = pl.Schema(
    {"sku": pl.String, "market": pl.String, "week": pl.Date, "units": pl.Int64, "in_stock_share": pl.Float64}
)


def weekly_sales(
    order_lines: pl.DataFrame | pl.LazyFrame,
    stock: pl.DataFrame | None = None,
    *,
    first_week: date,
    nodes: pl.DataFrame | None = None,
    serving: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Units ordered per SKU, market and complete week before `first_week`, cancelled lines left out.

    Returns sku, market, week (Monday), units, in_stock_share (0 to 1; null = unknown, treated as in
    stock), sorted by key. Only weeks with something to say appear: a sale, or stock missing for part of the
    week. Between a pair's first sale and `first_week` a missing week means nothing sold, in stock.
    `stock` holds snapshots (node, sku, taken_at, available_units); `serving` (sku, market, node) says which node
    serves a pair, since it has the goods; else it follows from the pair's mode and `nodes`. Without a stock table
    every week counts as in stock, and so do pairs no stock is known of.
    """
    lines = order_lines.lazy()
    _need(lines, {"sku", "market", "ordered_at", "units", "status"})
    kept = lines.filter(pl.col("status").cast(pl.String) != "cancelled").with_columns(week=week_expr("ordered_at"))
    kept = kept.filter(pl.col("week") < first_week)
    sold = kept.group_by("sku", "market", "week").agg(pl.col("units").cast(pl.Int64).sum()).collect()
    if stock is None or stock.is_empty() or sold.is_empty():
        return _sorted(sold.with_columns(in_stock_share=pl.lit(None, pl.Float64)))
    starts = sold.group_by("sku", "market").agg(pl.col("week").min().alias("first_sale"))
    shares = in_stock_shares(stock, _modes(kept), first_week=first_week, nodes=nodes, serving=serving)
    short = shares.join(starts, on=["sku", "market"]).filter(
        (pl.col("week") >= pl.col("first_sale")) & (pl.col("in_stock_share") < 1.0)
    )
    return _sorted(
        sold.join(short.drop("first_sale"), on=["sku", "market", "week"], how="full", coalesce=True)
        .join(shares.rename({"in_stock_share": "known"}), on=["sku", "market", "week"], how="left")
        .with_columns(pl.col("in_stock_share").fill_null(pl.col("known")), pl.col("units").fill_null(0))
    )


def _modes(kept: pl.LazyFrame) -> pl.DataFrame:
    """The mode most units of a pair were sold in: sku, market, mode (null where unknown)."""
    if "mode" not in kept.collect_schema().names():
        kept = kept.with_columns(mode=pl.lit(None, pl.String))
    by_mode = kept.group_by("sku", "market", pl.col("mode").cast(pl.String)).agg(pl.col("units").sum())
    return (
        by_mode.sort("sku", "market", -pl.col("units"), "mode", nulls_last=True)
        .unique(["sku", "market"], keep="first", maintain_order=True)
        .select("sku", "market", "mode")
        .collect()
    )


def _sorted(sales: pl.DataFrame) -> pl.DataFrame:
    return sales.select(SALES_SCHEMA.names()).cast(SALES_SCHEMA).sort("sku", "market", "week")


def _need(lines: pl.LazyFrame, columns: set[str]) -> None:
    missing = sorted(columns - set(lines.collect_schema().names()))
    if missing:
        raise MissingColumnError(
            "column_missing", table="order_lines", columns=", ".join(missing), purpose="weekly sales"
        )
