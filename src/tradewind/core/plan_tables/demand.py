"""What was sold, and what will be."""

from __future__ import annotations

from typing import Final

from tradewind.core.plan_tables.columns import (
    day,
    distribution,
    expected_units,
    identifier,
    message,
    number,
    odds,
    units,
)
from tradewind.core.plan_tables.table import PlanTable

_PAIR: Final = {"sku": identifier(), "market": identifier()}
_GROUP: Final = {"group": identifier(), "key": identifier(), "week": day()}

DEMAND_TABLES: Final = (
    PlanTable(
        "sales",
        ("sku", "market", "week"),
        {**_PAIR, "week": day(), "units": units(), "in_stock_share": odds(nullable=True)},
    ),
    PlanTable(
        "demand",
        ("sku", "market", "week"),
        {
            **_PAIR,
            "week": day(),
            **distribution("units"),
            "level": expected_units(),
            "season": number(),
            "demand_class": identifier(),
            "size": number(),
            "basis": message(),
        },
    ),
    PlanTable(
        "demand_totals",
        ("group", "key", "week"),
        {**_GROUP, "mean": expected_units(), "p10": expected_units(), "p90": expected_units()},
    ),
    PlanTable("past_totals", ("group", "key", "week"), {**_GROUP, "units": units()}),
)
