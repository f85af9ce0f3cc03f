"""Which warehouse serves which market, what to order for it, and how full it will be."""

from __future__ import annotations

from typing import Final

from tradewind.core.plan_tables.columns import (
    count,
    day,
    days,
    expected_units,
    identifier,
    measure,
    message,
    money,
    names,
    odds,
    units,
)
from tradewind.core.plan_tables.table import PlanTable

STOCK_TABLES: Final = (
    PlanTable(
        "network",
        ("sku", "market"),
        {"sku": identifier(), "market": identifier(), "node": identifier(), "mode": identifier(nullable=True)},
    ),
    PlanTable(
        "orders",
        ("node", "sku"),
        {
            "node": identifier(),
            "sku": identifier(),
            "order_units": units(nullable=True),
            "order_up_to": units(nullable=True),
            "available_units": units(nullable=True),
            "on_the_way_units": units(nullable=True),
            "arrives_week": day(nullable=True),
            "stockout_week": day(nullable=True),
            "expected_gain": money(nullable=True),
            "missed_gain": money(nullable=True),
            "stockout_odds_before": odds(),
            "stockout_odds_after": odds(nullable=True),
            "order_cost": money(nullable=True),
            "volume_m3": measure("m3", nullable=True),
            "critical_ratio": odds(nullable=True),
            "wanted_units": units(nullable=True),
            "least_units": units(),
            "lead_time_days": days(nullable=True),
            "currency": identifier(),
            "unknown": names(),
            "reason": message(),
        },
    ),
    PlanTable(
        "supply",
        ("sku",),
        {
            "sku": identifier(),
            "supplier": identifier(nullable=True),
            "sold_units": units(),
            "expected_units": expected_units(),
            "available_units": units(nullable=True),
            "on_the_way_units": units(nullable=True),
            "weeks_of_cover": measure("weeks", nullable=True),
            "stockout_odds": odds(nullable=True),
            "buy_units": units(nullable=True),
            "lost_units": expected_units(nullable=True),
            "unit_contribution": money(nullable=True),
            "contribution_lost": money(nullable=True),
            "lead_time_days": days(nullable=True),
            "currency": identifier(),
            "reason": message(),
        },
    ),
    PlanTable(
        "capacity",
        ("node", "week"),
        {
            "node": identifier(),
            "week": day(),
            "demand_m3": measure("m3"),
            "stock_m3": measure("m3"),
            "capacity_m3": measure("m3", nullable=True),
            "value_per_m3": money("m3", nullable=True),
            "skus_without_size": count("SKUs"),
        },
    ),
)
