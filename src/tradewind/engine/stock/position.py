"""The stock position: what lies where, and is on its way there, at the moment of the plan."""

from __future__ import annotations

from datetime import datetime

import polars as pl

COLUMNS = ("node", "sku", "available_units", "on_the_way_units", "on_the_way_due_on")


def stock_position(stock: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """The latest count per (node, sku) taken at or before `as_of`, sorted; columns as in the stock table."""
    seen = stock.filter(pl.col("taken_at") <= as_of)
    latest = seen.sort("node", "sku", "taken_at").unique(["node", "sku"], keep="last", maintain_order=True)
    return latest.select(pl.col("node", "sku").cast(pl.String), *COLUMNS[2:], "taken_at").sort("node", "sku")
