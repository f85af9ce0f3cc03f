"""What to do, and the plan's figures."""

from __future__ import annotations

from typing import Final

from tradewind.core.plan_tables.columns import identifier, json_text, message, money, number, position
from tradewind.core.plan_tables.table import PlanTable

ACTION_TABLES: Final = (
    PlanTable(
        "actions",
        ("rank",),
        {
            "rank": position(),
            "action": identifier(),
            "expected_money": money(nullable=True),
            "currency": identifier(),
            "sku": identifier(nullable=True),
            "market": identifier(nullable=True),
            "node": identifier(nullable=True),
            "service": identifier(nullable=True),
            "reason": message(),
            "args": json_text(),
            "evidence_table": identifier(),
            "evidence": json_text(),
        },
    ),
    PlanTable(
        "summary",
        ("metric",),
        {"metric": identifier(), "value": number(nullable=True), "unit": identifier(), "window": identifier()},
    ),
)
