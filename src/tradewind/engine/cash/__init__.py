"""How much cash will there be, week by week, with odds, and when is it lowest?

plan = cash_calendar(outlook, as_of=as_of, base="CNY", params=CashParams(weeks=13, seed=0))
plan.weeks, plan.low, plan.notes
"""

from tradewind.engine.cash.calendar import (
    FLOWS,
    CashPaths,
    CashPlan,
    CashTerms,
    Outlook,
    calendar_of,
    cash_calendar,
    cash_notes,
    cash_paths,
)
from tradewind.engine.cash.lags import Lags, payout_lags
from tradewind.engine.cash.params import CashParams
from tradewind.engine.cash.purchases import later_purchases, open_purchases, planned_purchases

__all__ = [
    "FLOWS",
    "CashParams",
    "CashPaths",
    "CashPlan",
    "CashTerms",
    "Lags",
    "Outlook",
    "calendar_of",
    "cash_calendar",
    "cash_notes",
    "cash_paths",
    "later_purchases",
    "open_purchases",
    "payout_lags",
    "planned_purchases",
]
