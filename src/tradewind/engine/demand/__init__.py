"""How much of each SKU will each market want, week by week, in odds rather than points?

demand = forecast(weekly_sales(order_lines, stock, first_week=monday), first_week=monday, calendar=calendar)
"""

from tradewind.engine.demand.forecast import ForecastParams, forecast
from tradewind.engine.demand.history import weekly_sales
from tradewind.engine.demand.paths import DemandPaths, sample_paths
from tradewind.engine.demand.shocks import shared_shocks

__all__ = ["DemandPaths", "ForecastParams", "forecast", "sample_paths", "shared_shocks", "weekly_sales"]
