"""What sales are expected to have left and will leave, what is not known of it, and what would cost less."""

from __future__ import annotations

from typing import Final

from tradewind.core.plan_tables.columns import (
    Column,
    count,
    day,
    expected_units,
    identifier,
    measure,
    message,
    moment,
    money,
    names,
    odds,
    position,
    text,
    units,
)
from tradewind.core.plan_tables.table import PlanTable
from tradewind.core.tables.words import MODES

COSTS: Final = (
    "base_service_fee", "operation_fee", "oversize_fee", "commission", "affiliate_cost", "freight", "surcharges",
    "duty", "tax", "fx_cost", "product_cost", "inbound_cost", "late_cost", "returns_cost", "capital_cost", "ad_cost",
)  # fmt: skip


def _costs(per: str = "") -> dict[str, Column]:
    return {name: money(per, nullable=True) for name in COSTS}


MARGIN_TABLES: Final = (
    PlanTable(
        "margin_by",
        ("mode", "market"),
        {
            "mode": identifier(MODES, nullable=True),
            "market": identifier(),
            "orders": count("orders"),
            "lines": count("lines"),
            "units": units(),
            "revenue": money(nullable=True),
            "known_revenue": money(),
            **_costs(),
            "margin": money(nullable=True),
            "known_share": odds(nullable=True),
        },
    ),
    PlanTable(
        "unknown_costs", ("component",), {"component": identifier(), "lines": count("lines"), "revenue": money()}
    ),
    PlanTable(
        "savings",
        ("kind", "sku", "market", "mode", "service", "step_g"),
        {
            "kind": identifier(),
            "sku": identifier(nullable=True),
            "market": identifier(nullable=True),
            "mode": identifier(nullable=True),
            "service": identifier(nullable=True),
            "other": identifier(nullable=True),
            "money": money("month"),
            "parcels": measure("parcels/month"),
            "per_parcel": money("parcel"),
            "billed_g": measure("g", nullable=True),
            "actual_g": measure("g", nullable=True),
            "step_g": measure("g", nullable=True),
            "over_g": measure("g", nullable=True),
            "currency": identifier(),
            "reason": message(),
        },
    ),
    PlanTable(
        "economics",
        ("sku", "market", "mode"),
        {
            "sku": identifier(),
            "market": identifier(),
            "mode": identifier(),
            "price": money("unit", nullable=True),
            "units_per_order": expected_units("order"),
            "revenue": money("unit", nullable=True),
            **_costs("unit"),
            "margin": money("unit", nullable=True),
            "margin_known_part": money("unit", nullable=True),
            "unknown": names(),
            "storage_month": money("unit and month", nullable=True),
            "service": identifier(nullable=True),
            "node": identifier(nullable=True),
            "billable_g": measure("g/unit", nullable=True),
            "last_sold_on": day(),
            "currency": identifier(),
            "break_even_price": money("unit", nullable=True),
            "target_price": money("unit", nullable=True),
        },
    ),
    PlanTable(
        "blocked",
        ("cause", "currency"),
        {
            "cause": identifier(),
            "lines": count("lines"),
            "money": money(unit="currency"),
            "currency": identifier(),
            "example": text(nullable=True),
        },
    ),
    PlanTable(
        "margin_lines",
        ("platform", "shop", "order_id", "line_no"),
        {
            "platform": identifier(),
            "shop": identifier(),
            "order_id": identifier(),
            "line_no": position(),
            "sku": identifier(),
            "market": identifier(),
            "mode": identifier(nullable=True),
            "ordered_at": moment(),
            "units": units(),
            "revenue": money(nullable=True),
            "margin": money(nullable=True),
        },
    ),
)
