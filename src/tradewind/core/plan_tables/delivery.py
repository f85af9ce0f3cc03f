"""How long parcels take, what a buyer can be promised, and which parcels will be late."""

from __future__ import annotations

from typing import Final

from tradewind.core.plan_tables.columns import (
    count,
    days,
    distribution,
    flag,
    identifier,
    message,
    moment,
    money,
    odds,
    whole_days,
)
from tradewind.core.plan_tables.table import PlanTable
from tradewind.core.tables.words import MILESTONES

LANE: Final = ("service", "node", "market", "region")
_LANE: Final = {
    "service": identifier(),
    "node": identifier(),
    "market": identifier(),
    "region": identifier(nullable=True),
}

DELIVERY_TABLES: Final = (
    PlanTable(
        "lanes",
        LANE,
        {**_LANE, **distribution("days", nullable=True), "parcels": count("parcels"), "basis": message()},
    ),
    PlanTable(
        "promises",
        LANE,
        {
            **_LANE,
            "promise_days": whole_days(nullable=True),
            "on_time_odds": odds(nullable=True),
            "odds_5_days": odds(nullable=True),
            "reachable_5_days": flag(nullable=True),
            "parcels": count("parcels"),
            "reason": message(),
        },
    ),
    PlanTable(
        "deliveries",
        ("service", "market"),
        {
            "service": identifier(),
            "market": identifier(),
            "parcels": count("parcels"),
            "on_time": odds(),
            "days": days(),
        },
    ),
    PlanTable(
        "late_parcels",
        ("platform", "shop", "parcel_id"),
        {
            "platform": identifier(),
            "shop": identifier(),
            "parcel_id": identifier(),
            **_LANE,
            "stage": identifier(("created", *MILESTONES)),
            "promised_at": moment(),
            "days_so_far": days(),
            "p_late": odds(),
            "p_never": odds(),
            "expected_days_left": days(nullable=True),
            "basis": message(),
            "order_id": identifier(nullable=True),
            "paid_amount": money(nullable=True),
            "cost_if_late": money(nullable=True),
        },
    ),
)
