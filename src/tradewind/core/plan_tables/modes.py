"""In which tier a SKU is, in which mode it should be sold, and what stands beside that choice."""

from __future__ import annotations

from typing import Final

from tradewind.core.plan_tables.columns import (
    days,
    expected_units,
    flag,
    identifier,
    message,
    money,
    names,
    number,
    odds,
    share,
    text,
    units,
)
from tradewind.core.plan_tables.table import PlanTable

_MONTH: Final = money("month", nullable=True)
_PIECE: Final = money("unit", nullable=True)
_BAND: Final = {"monthly_margin": _MONTH, "monthly_margin_p10": _MONTH, "monthly_margin_p90": _MONTH}

MODE_TABLES: Final = (
    PlanTable(
        "tiers",
        ("sku",),
        {
            "sku": identifier(),
            "tier": identifier(),
            "contribution": _MONTH,
            "predictability": odds(),
            "previous_tier": identifier(nullable=True),
            "standing": odds(),
            "sales": money("month"),
            "currency": identifier(nullable=True),
            "reason": message(),
        },
    ),
    PlanTable(
        "modes",
        ("sku",),
        {
            "sku": identifier(),
            "mode": identifier(nullable=True),
            "previous_mode": identifier(nullable=True),
            **_BAND,
            "present_margin": _MONTH,
            "sales_to_keep": share(nullable=True),
            "runner_up": identifier(nullable=True),
            "runner_up_margin": _MONTH,
            "gain": _MONTH,
            "stranded_units": expected_units(nullable=True),
            "stranded_cost": money(nullable=True),
            "way_out": identifier(nullable=True),
            "currency": identifier(nullable=True),
            "reason": message(),
        },
    ),
    PlanTable(
        "mode_options",
        ("sku", "mode"),
        {
            "sku": identifier(),
            "mode": identifier(),
            **_BAND,
            "cautious_margin": _MONTH,
            "monthly_units": expected_units("month", nullable=True),
            "late_fines": _MONTH,
            "capital_tied": money(nullable=True),
            "margin_if_known": _MONTH,
            "best_odds": odds(nullable=True),
            "elsewhere": text(nullable=True),
            "allowed": flag(),
            "reason": message(),
            "currency": identifier(),
            "unit_margin": _PIECE,
            "switching_cost": money(),
            "wrong_costs": _MONTH,
            "break_even_multiplier": number(nullable=True),
        },
    ),
    PlanTable(
        "sold_in",
        ("sku", "market"),
        {"sku": identifier(), "market": identifier(), "mode": identifier(nullable=True)},
    ),
    PlanTable(
        "mode_offers",
        ("sku",),
        {
            "sku": identifier(),
            "retail_price": _PIECE,
            "floor_price": money("unit"),
            "walk_away_price": money("unit"),
            "platform_limit": _PIECE,
            "counter_offer": _PIECE,
            "counter_margin": _MONTH,
            "best_other_mode": identifier(nullable=True),
            "best_other_margin": _MONTH,
            "monthly_units": expected_units("month"),
            "currency": identifier(),
            "reason": message(),
        },
    ),
    PlanTable(
        "price_parity",
        ("sku", "market", "mode"),
        {
            "sku": identifier(),
            "market": identifier(),
            "mode": identifier(),
            "price": _PIECE,
            "units": units(),
            "reference": _PIECE,
            "gap_share": share(nullable=True),
            "currency": identifier(),
            "reason": message(),
        },
    ),
    PlanTable(
        "tier_policies",
        ("tier",),
        {
            "tier": identifier(),
            "policy": identifier(),
            "cover_days": days(),
            "review_days": days(),
            "modes": names(),
        },
    ),
    PlanTable(
        "mode_control",
        ("decision", "mode"),
        {
            "decision": identifier(),
            "mode": identifier(),
            "decided_by": identifier(),
            "source": text(),
            "confidence": identifier(),
        },
    ),
)
