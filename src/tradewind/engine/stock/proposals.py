"""What the stock plan proposes: orders to place, and room to find."""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.core.proposals import Frames, Proposer, decided_by_others, proposals


def order_stock(frames: Frames, currency: str) -> pl.DataFrame:
    """Place the orders of the stock plan, of goods whose quantity is the seller's to decide."""
    rows = frames["orders"].filter(pl.col("order_units") > 0)
    barred = decided_by_others(frames["mode_control"], "stock_quantity")
    if barred:
        kept = frames["network"].filter(~pl.col("mode").cast(pl.String).is_in(barred).fill_null(False))
        rows = rows.join(kept, on=["node", "sku"], how="semi", maintain_order="left")
    return proposals(rows, "order_stock", "expected_gain", currency, evidence_table="orders", by=("node", "sku"))


def buy_goods(frames: Frames, currency: str) -> pl.DataFrame:
    """Buy what runs short of goods the stock plan could not work out an order for: one purchase a supplier.

    Worth: what the sales expected to be lost would contribute, of the goods whose contribution is known.
    """
    worked_out = frames["orders"].filter(pl.col("order_units").is_not_null()).select("sku").unique()
    rows = (
        frames["supply"].filter(pl.col("buy_units") > 0).join(worked_out, on="sku", how="anti", maintain_order="left")
    )
    barred = decided_by_others(frames["mode_control"], "stock_quantity")
    theirs = frames["sold_in"].filter(pl.col("mode").cast(pl.String).is_in(barred)).select("sku").unique()
    urgent = ["contribution_lost", "lost_units", "sku"]
    rows = rows.join(theirs, on="sku", how="anti", maintain_order="left").sort(
        urgent, descending=[True, True, False], nulls_last=True
    )
    money = pl.col("contribution_lost")
    grouped = rows.group_by("supplier", maintain_order=True).agg(
        pl.when(money.is_not_null().any()).then(money.sum()).alias("money"),
        pl.col("buy_units").sum(),
        pl.col("sku", "weeks_of_cover", "stockout_odds").first().name.prefix("first_"),
        skus=pl.len(),
        unknown=money.is_null().sum(),
    )
    reason = (
        pl.when(pl.col("supplier").is_null()).then(pl.lit("supply_purchase")).otherwise(pl.lit("supply_purchase_from"))
    )
    return proposals(
        grouped.with_columns(reason=reason), "buy_goods", "money", currency, evidence_table="supply", by=("supplier",)
    )


def free_space(frames: Frames, currency: str) -> pl.DataFrame:
    """Find room where a warehouse is too small for what would be worth stocking; the reason names its dearest week."""
    rows = (
        frames["capacity"]
        .filter(pl.col("value_per_m3") > 0)
        .sort("value_per_m3", "week", descending=[True, False])
        .unique("node", keep="first", maintain_order=True)
        .with_columns(reason=pl.lit("stock_space"))
    )
    return proposals(rows, "free_space", "value_per_m3", currency, evidence_table="capacity", by=("node", "week"))


def put_off_deliveries(frames: Frames, currency: str) -> pl.DataFrame:
    """Put deliveries off, or find room, where what lies in a warehouse and is on its way exceeds it before any order.

    Worth: what the orders that find no room for that reason would have gained. The reason names the fullest week.
    """
    blocked = (
        frames["orders"]
        .filter(pl.col("reason") == "stock_overfull")
        .group_by("node", maintain_order=True)
        .agg(pl.col("missed_gain").sum())
    )
    rows = (
        frames["capacity"]
        .filter(pl.col("value_per_m3").is_null() & (pl.col("stock_m3") > pl.col("capacity_m3")))
        .sort(pl.col("stock_m3") / pl.col("capacity_m3"), "week", descending=[True, False])
        .unique("node", keep="first", maintain_order=True)
        .join(blocked, on="node", how="left", maintain_order="left")
        .with_columns(reason=pl.lit("stock_overfull_week"))
    )
    return proposals(
        rows, "put_off_deliveries", "missed_gain", currency, evidence_table="capacity", by=("node", "week")
    )


PROPOSERS: Final[tuple[Proposer, ...]] = (order_stock, buy_goods, free_space, put_off_deliveries)
