"""What to order now, for which warehouse, and what is one more cubic metre there worth?

facts = StockFacts(network, stock_position(stock, as_of), products, nodes, economics)
plan = plan_stock(paths, facts, as_of=as_of, first_week=monday, base="CNY"); plan.orders, plan.capacity
"""

from tradewind.engine.stock.deliveries import on_the_way
from tradewind.engine.stock.facts import StockFacts
from tradewind.engine.stock.network import serving_network, shipped_from, stocked_units, warehouses_left
from tradewind.engine.stock.params import StockParams
from tradewind.engine.stock.plan import StockPlan, plan_stock
from tradewind.engine.stock.policy_simulation import PolicyCosts, Sampling, simulate_policy
from tradewind.engine.stock.position import stock_position

__all__ = [
    "PolicyCosts",
    "Sampling",
    "StockFacts",
    "StockParams",
    "StockPlan",
    "on_the_way",
    "plan_stock",
    "serving_network",
    "shipped_from",
    "simulate_policy",
    "stock_position",
    "stocked_units",
    "warehouses_left",
]
