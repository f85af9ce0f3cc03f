"""Which SKUs are hot, potential or long tail, and in which mode does each earn most in a month?

tiers = rank_tiers(tier_facts(economics, month, present), previous=last_tiers)
choice = choose_mode(economics, month, rules, on=day, tiers=tiers, previous=present)
"""

from tradewind.engine.modes.choice import ModeChoice, ModeParams, choose_mode
from tradewind.engine.modes.month import MonthDemand, present_modes, tier_facts
from tradewind.engine.modes.tiers import TierParams, rank_tiers

__all__ = [
    "ModeChoice",
    "ModeParams",
    "MonthDemand",
    "TierParams",
    "choose_mode",
    "present_modes",
    "rank_tiers",
    "tier_facts",
]
