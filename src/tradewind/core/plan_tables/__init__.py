"""Every table a plan consists of: its columns with type and unit, what one row is, and what identifies it.

One list for whoever shows, exports, serves or describes a plan; `conform` refuses a frame that differs from it.

    PLAN_TABLES["orders"].columns["expected_gain"].unit     # "base currency"
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from tradewind.core.plan_tables.actions import ACTION_TABLES
from tradewind.core.plan_tables.actuals import ACTUAL_TABLES
from tradewind.core.plan_tables.columns import Column, Kind
from tradewind.core.plan_tables.delivery import DELIVERY_TABLES
from tradewind.core.plan_tables.demand import DEMAND_TABLES
from tradewind.core.plan_tables.estimates import ESTIMATE_TABLES
from tradewind.core.plan_tables.finance import FINANCE_TABLES
from tradewind.core.plan_tables.margin import MARGIN_TABLES
from tradewind.core.plan_tables.modes import MODE_TABLES
from tradewind.core.plan_tables.schema import json_schema
from tradewind.core.plan_tables.shop import SHOP_TABLES
from tradewind.core.plan_tables.stock import STOCK_TABLES
from tradewind.core.plan_tables.table import PlanTable, PlanTableError

PLAN_TABLES: Final[dict[str, PlanTable]] = {
    table.name: table
    for table in (
        *DEMAND_TABLES,
        *DELIVERY_TABLES,
        *MARGIN_TABLES,
        *ESTIMATE_TABLES,
        *MODE_TABLES,
        *STOCK_TABLES,
        *ACTUAL_TABLES,
        *FINANCE_TABLES,
        *SHOP_TABLES,
        *ACTION_TABLES,
    )
}


def conform(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` itself, once it is known to keep the contract `name`. Raises PlanTableError saying what differs."""
    if name not in PLAN_TABLES:
        raise PlanTableError(f"{name}: no such table in PLAN_TABLES")
    PLAN_TABLES[name].check(frame)
    return frame


def conform_plan(frames: Mapping[str, pl.DataFrame]) -> None:
    """Raises PlanTableError unless `frames` are all the tables of a plan and no others, each as its contract says."""
    missing = sorted(PLAN_TABLES.keys() - frames.keys())
    if missing:
        raise PlanTableError(f"tables missing from the plan: {', '.join(missing)}")
    for name, frame in frames.items():
        conform(name, frame)


__all__ = ["PLAN_TABLES", "Column", "Kind", "PlanTable", "PlanTableError", "conform", "conform_plan", "json_schema"]
