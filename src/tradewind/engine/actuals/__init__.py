"""What did a sale really earn, once it was settled, and why is that not what was expected?

found = actual_margin(expected, settlements, base="CNY", fx=fx, as_of=as_of, parcels=parcels)
margin_difference(found.lines, by="mode")
"""

from tradewind.engine.actuals.actual import Actuals, actual_margin
from tradewind.engine.actuals.difference import CAUSES, GROUPS, margin_difference, margin_lines

__all__ = ["CAUSES", "GROUPS", "Actuals", "actual_margin", "margin_difference", "margin_lines"]
