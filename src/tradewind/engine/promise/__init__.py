"""Which delivery date can be promised on each line, and kept? Whole calendar days at stated odds, or no promise.

promises = promise(model.predict(services), PromiseParams(on_time_odds=0.9))
"""

from tradewind.engine.promise.dates import promise
from tradewind.engine.promise.params import PromiseParams

__all__ = ["PromiseParams", "promise"]
