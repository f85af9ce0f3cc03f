"""How the shop stands, what the seller said of it, and how complete its data are."""

from __future__ import annotations

from typing import Final

from tradewind.core.plan_tables.columns import (
    Column,
    count,
    day,
    flag,
    identifier,
    json_text,
    message,
    number,
    position,
    text,
    whole_days,
)
from tradewind.core.plan_tables.table import PlanTable

_SHOP: Final[dict[str, Column]] = {"platform": identifier(), "shop": identifier()}

SHOP_TABLES: Final = (
    PlanTable("freshness", ("platform", "shop"), {**_SHOP, "last_order_on": day(), "days_old": whole_days()}),
    PlanTable(
        "corrections",
        (),
        {
            "table": identifier(),
            "layout": identifier(nullable=True),
            "file": text(nullable=True),
            "row": position(nullable=True),
            "line_no": position(nullable=True),
            "column": text(nullable=True),
            "value": text(nullable=True),
            "problem": identifier(),
            "raw": json_text(nullable=True),
            "import_id": identifier(nullable=True),
        },
    ),
    PlanTable(
        "shop_health",
        ("platform", "shop", "figure"),
        {
            **_SHOP,
            "figure": identifier(),
            "value": number(nullable=True),
            "cases": count("cases", nullable=True),
            "of": count("cases", nullable=True),
            "threshold": number(),
            "bound": identifier(),
            "state": identifier(),
            "per_week": number(nullable=True),
            "break_on": day(nullable=True),
            "days_left": whole_days(nullable=True),
            "asked": flag(),
            "rule": identifier(),
            "source": text(),
            "confidence": identifier(),
            "reason": message(),
        },
    ),
    PlanTable("shop_file", ("said",), {"said": text()}),
)
