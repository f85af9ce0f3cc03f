"""What sales really earned, beside what was expected."""

from __future__ import annotations

from typing import Final

from tradewind.core.plan_tables.columns import count, identifier, moment, money, names, position, units
from tradewind.core.plan_tables.margin import COSTS
from tradewind.core.plan_tables.table import PlanTable

CAUSES: Final = ("amounts", "fee_rates", "freight", "returns", "fines", "goods", "tax", "other", "fx")
PARTS: Final = ("revenue", *COSTS, "fines", "other", "storage", "margin")
VIEWS: Final = ("expected", "now", "then")
"""A part as expected; as settled, at the rates of the settlement; as settled, at the rates of the order's day."""

ACTUAL_TABLES: Final = (
    PlanTable(
        "margin_actual",
        ("mode",),
        {
            "mode": identifier(nullable=True),
            "orders": count("orders"),
            "units": units(),
            "expected_revenue": money(nullable=True),
            "revenue": money(nullable=True),
            "expected_margin": money(nullable=True),
            "margin": money(nullable=True),
            **{cause: money(nullable=True) for cause in CAUSES},
            "open_orders": count("orders"),
            "open_revenue": money(),
            "unknown_orders": count("orders"),
            "unknown_revenue": money(),
            "unknown": names(),
            "difference": money(nullable=True),
        },
    ),
    PlanTable(
        "actual_lines",
        (),
        {
            "platform": identifier(),
            "shop": identifier(),
            "order_id": identifier(nullable=True),
            "line_no": position(nullable=True),
            "sku": identifier(nullable=True),
            "market": identifier(nullable=True),
            "mode": identifier(nullable=True),
            "ordered_at": moment(),
            "units": units(),
            "state": identifier(("settled", "pending", "not_seen")),
            **{f"{view}_{part}": money(nullable=True) for view in VIEWS for part in PARTS},
            "unknown": names(),
        },
    ),
    PlanTable("strange_sums", ("kind",), {"kind": identifier(), "rows": count("rows"), "amount": money(nullable=True)}),
)
