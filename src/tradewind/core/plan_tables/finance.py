"""Fines, fees to get back, and the cash to come."""

from __future__ import annotations

from typing import Final

from tradewind.core.plan_tables.columns import (
    count,
    day,
    days,
    draws,
    flag,
    identifier,
    message,
    moment,
    money,
    odds,
    text,
)
from tradewind.core.plan_tables.table import PlanTable

_DRAWN: Final = (
    "payouts_open", "payouts_ahead", "purchases_open", "purchases_planned", "purchases_later", "selling",
)  # fmt: skip
_FLOWS: Final = (*_DRAWN, "running", "fx_spread")
SCENARIOS: Final = 200
"""Draws of each flow a plan keeps."""

FINANCE_TABLES: Final = (
    PlanTable(
        "fines",
        ("platform", "shop", "fine_id"),
        {
            "platform": identifier(),
            "shop": identifier(),
            "fine_id": identifier(),
            "kind": identifier(),
            "order_id": identifier(nullable=True),
            "inbound_id": identifier(nullable=True),
            "amount": money(unit="currency"),
            "currency": identifier(),
            "money": money(nullable=True),
            "currency_base": identifier(),
            "fined_at": moment(),
            "appeal_by": moment(nullable=True),
            "days_left": days(nullable=True),
            "open": flag(),
            "status": identifier(nullable=True),
            "verdict": identifier(),
            "facts": count("facts"),
            "reason": message(),
            "due_at": text(nullable=True),
            "received_at": text(nullable=True),
            "scanned_at": text(nullable=True),
            "ordered_at": text(nullable=True),
            "within_days": days(nullable=True),
            "claimed": text(nullable=True),
        },
    ),
    PlanTable(
        "fine_evidence",
        ("platform", "shop", "fine_id", "what", "at", "of", "detail"),
        {
            "platform": identifier(),
            "shop": identifier(),
            "fine_id": identifier(),
            "what": identifier(),
            "at": moment(),
            "of": identifier(),
            "detail": text(nullable=True),
        },
    ),
    PlanTable(
        "fees_back",
        ("platform", "shop", "order_id"),
        {
            "platform": identifier(),
            "shop": identifier(),
            "return_id": identifier(),
            "order_id": identifier(),
            "market": identifier(),
            "mode": identifier(),
            "opened_at": moment(),
            "fault": identifier(nullable=True),
            "due": money(nullable=True),
            "received": money(nullable=True),
            "rest": money(nullable=True),
            "reason_given": text(nullable=True),
            "reason": message(),
            "currency": identifier(),
        },
    ),
    PlanTable(
        "cash_weeks",
        ("week",),
        {
            "week": day(),
            **{flow: money() for flow in _FLOWS},
            "net": money(),
            "balance": money(),
            "balance_p10": money(),
            "balance_p50": money(),
            "balance_p90": money(),
            "odds_below_zero": odds(),
        },
    ),
    PlanTable(
        "cash_paths",
        ("week",),
        {
            "week": day(),
            "days_share": odds(),
            "running_ads": money("week"),
            "running_fines": money("week"),
            **{flow: draws(SCENARIOS) for flow in _DRAWN},
            "converted": draws(SCENARIOS),
        },
    ),
    PlanTable(
        "cash_low",
        ("low_week",),
        {
            "opening": money(nullable=True),
            "opening_known": flag(),
            "low_p10": money(),
            "low_p50": money(),
            "low_p90": money(),
            "low_week": day(),
            "odds_short": odds(),
            "short_money": money(),
        },
    ),
    PlanTable("cash_notes", ("note",), {"note": message(), "rows": count("rows"), "money": money(nullable=True)}),
    PlanTable(
        "payout_lags",
        ("start", "market"),
        {
            "start": identifier(),
            "market": identifier(),
            "payouts": count("payouts"),
            "days_p10": days(nullable=True),
            "days_p50": days(nullable=True),
            "days_p90": days(nullable=True),
            "wander_days": days(),
        },
    ),
)
