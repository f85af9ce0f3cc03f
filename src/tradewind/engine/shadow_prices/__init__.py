"""What is one more unit of something shared worth, when everybody who uses it decides alone?

found = shadow_prices(lambda prices: Response(value, usage), capacity, highest=highest); found.prices, found.bound
"""

from tradewind.engine.shadow_prices.prices import Priced, Response, shadow_prices

__all__ = ["Priced", "Response", "shadow_prices"]
