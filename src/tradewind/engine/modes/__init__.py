"""Which SKUs are hot, potential or long tail, and in which mode does each earn most in a month?

tiers = rank_tiers(tier_facts(economics, month, present), previous=last_tiers)
choice = choose_mode(ModeFacts(economics, month, present, tiers, fx), rules, on=day)
"""

from tradewind.engine.modes.choice import ModeChoice, ModeParams, choose_mode
from tradewind.engine.modes.control import control_matrix, within_control
from tradewind.engine.modes.facts import ModeFacts
from tradewind.engine.modes.month import MIXED, MonthDemand, present_modes, tier_facts
from tradewind.engine.modes.offers import probe_prices, supply_offers
from tradewind.engine.modes.parity import CLASHES, price_parity
from tradewind.engine.modes.speed import delivery_days
from tradewind.engine.modes.tiers import TierParams, rank_tiers, tier_policies

__all__ = [
    "CLASHES",
    "MIXED",
    "ModeChoice",
    "ModeFacts",
    "ModeParams",
    "MonthDemand",
    "TierParams",
    "choose_mode",
    "control_matrix",
    "delivery_days",
    "present_modes",
    "price_parity",
    "probe_prices",
    "rank_tiers",
    "supply_offers",
    "tier_facts",
    "tier_policies",
    "within_control",
]
