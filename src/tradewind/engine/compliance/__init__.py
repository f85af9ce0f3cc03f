"""May this shop, and may these goods, go in: which condition or document fails, and what would be refused at the door?

eligible(facts, rules, on=day)
preflight(goods, rules, at=moment)
explain("E102", rules, on=day)
"""

from tradewind.engine.compliance.codes import Cause, explain, known_codes
from tradewind.engine.compliance.eligibility import FACTS, Fact, eligible
from tradewind.engine.compliance.goods import GOODS, goods_frame
from tradewind.engine.compliance.preflight import at_stake, preflight

__all__ = [
    "FACTS",
    "GOODS",
    "Cause",
    "Fact",
    "at_stake",
    "eligible",
    "explain",
    "goods_frame",
    "known_codes",
    "preflight",
]
