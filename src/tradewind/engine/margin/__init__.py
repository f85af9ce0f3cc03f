"""What does a sale really earn, after fees, freight, goods, returns and capital, in every mode?

costing = Costing("CNY", products=products, services=services, fx=fx)
landed_margin(order_lines, rules, costing)
unit_economics(order_lines, rules, costing, as_of=as_of)
"""

from tradewind.engine.margin.advertising import ad_costs
from tradewind.engine.margin.costing import Costing
from tradewind.engine.margin.economics import EconomicsParams, unit_economics
from tradewind.engine.margin.late_inbound import LateInboundParams, late_inbound_odds
from tradewind.engine.margin.returns_rate import ReturnsParams, returns_by_market, returns_rates
from tradewind.engine.margin.routes import route_mix
from tradewind.engine.margin.statement import statement
from tradewind.engine.margin.value import COMPONENTS, COSTS
from tradewind.engine.margin.waterfall import landed_margin

__all__ = [
    "COMPONENTS",
    "COSTS",
    "Costing",
    "EconomicsParams",
    "LateInboundParams",
    "ReturnsParams",
    "ad_costs",
    "landed_margin",
    "late_inbound_odds",
    "returns_by_market",
    "returns_rates",
    "route_mix",
    "statement",
    "unit_economics",
]
