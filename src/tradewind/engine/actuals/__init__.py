"""What did a sale really earn, once it was settled, and why is that not what was expected?

found = actual_margin(expected, ActualsFacts(settlements, fx, parcels), as_of=as_of, base="CNY")
margin_difference(found.lines, by="mode")
"""

from tradewind.engine.actuals.actual import Actuals, ActualsFacts, actual_margin
from tradewind.engine.actuals.difference import CAUSES, GROUPS, margin_difference, margin_lines

__all__ = ["CAUSES", "GROUPS", "Actuals", "ActualsFacts", "actual_margin", "margin_difference", "margin_lines"]
