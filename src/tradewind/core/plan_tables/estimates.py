"""What margins and modes rest on, estimated from the record; kept, so that questions about a plan need no new ones."""

from __future__ import annotations

from typing import Final

from tradewind.core.plan_tables.columns import expected_units, identifier, money, number, odds, odds_by_day, units
from tradewind.core.plan_tables.table import PlanTable

_PAIR: Final = {"sku": identifier(), "market": identifier()}

ESTIMATE_TABLES: Final = (
    PlanTable(
        "returns_rates",
        ("sku",),
        {
            "sku": identifier(),
            "returns_rate": odds(),
            "sold_units": units(),
            "returned_units": units(),
            "category_rate": odds(),
        },
    ),
    PlanTable("returns_by_market", ("market",), {"market": identifier(), "returns_factor": number()}),
    PlanTable(
        "ad_costs", ("sku", "market"), {**_PAIR, "ad_per_unit": money("unit"), "conversion": odds(nullable=True)}
    ),
    PlanTable(
        "routes",
        ("mode", "market", "service", "node"),
        {
            "mode": identifier(),
            "market": identifier(),
            "service": identifier(),
            "node": identifier(),
            "share": odds(),
        },
    ),
    PlanTable(
        "late_inbound",
        ("sku", "late_t", "late_days"),
        {
            "sku": identifier(nullable=True),
            "late_t": identifier(),
            "late_days": identifier(),
            "late_by": odds_by_day(),
            "sent_units": units(),
        },
    ),
    PlanTable("last_paid", ("sku", "market"), {**_PAIR, "currency": identifier()}),
    PlanTable("shared_shocks", ("shock",), {"shock": identifier(), "share": odds()}),
    PlanTable("readings", ("rule",), {"rule": identifier(), "reading": identifier()}),
    PlanTable("month_units", ("sku", "market"), {**_PAIR, "monthly_units": expected_units("month")}),
)
