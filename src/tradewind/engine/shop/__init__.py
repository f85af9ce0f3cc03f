"""How does the shop stand against the platform's thresholds, and which would it break next?

shop_health(facts, rules, as_of=as_of, ratings=ratings)
"""

from tradewind.engine.shop.figures import FIGURES, Figure, ShopFacts
from tradewind.engine.shop.health import shop_health

__all__ = ["FIGURES", "Figure", "ShopFacts", "shop_health"]
