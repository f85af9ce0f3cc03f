"""What to order now, for which warehouse, and what is one more cubic metre there worth?

facts = StockFacts(network, stock_position(stock, as_of), products, nodes, economics)
plan = plan_stock(paths, facts, as_of=as_of, first_week=monday, base="CNY"); plan.orders, plan.capacity
"""

from tradewind.engine.stock.deliveries import on_the_way
from tradewind.engine.stock.facts import StockFacts
from tradewind.engine.stock.network import serving_network, shipped_from, stocked_units, warehouses_left
from tradewind.engine.stock.params import StockParams
from tradewind.engine.stock.plan import StockPlan, plan_stock, share_to_come
from tradewind.engine.stock.policy_simulation import PolicyCosts, Sampling, simulate_policy
from tradewind.engine.stock.position import stock_position
from tradewind.engine.stock.supply import WEEKS_SHOWN, SupplyParams, supply_outlook, unit_contribution

__all__ = [
    "WEEKS_SHOWN",
    "PolicyCosts",
    "Sampling",
    "StockFacts",
    "StockParams",
    "StockPlan",
    "SupplyParams",
    "on_the_way",
    "plan_stock",
    "serving_network",
    "share_to_come",
    "shipped_from",
    "simulate_policy",
    "stock_position",
    "stocked_units",
    "supply_outlook",
    "unit_contribution",
    "warehouses_left",
]
