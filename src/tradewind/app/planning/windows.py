"""How far back a plan looks."""

from __future__ import annotations

from typing import Final

from tradewind.core.weeks import WEEKS_A_MONTH

RECENT_WEEKS: Final = 13
"""What counts as recent: margins, deliveries, savings."""
RECENT_MONTHS: Final = RECENT_WEEKS / WEEKS_A_MONTH
ACCOUNT_WEEKS: Final = 26
"""How far back accounts go: older orders are settled, or never will be."""
