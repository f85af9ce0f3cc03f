"""Which fines can still be appealed, what do we hold against them, and what is owed back to us?

facts = FineFacts(fines, parcels, events, inbounds, order_lines, returns, fx)
judged = judge_fines(facts, rules, as_of=as_of, base="CNY")
fees_to_recover(returns, order_lines, settlements, rules, as_of=as_of, base="CNY", fx=fx)
"""

from tradewind.engine.fines.evidence import FineFacts, evidence
from tradewind.engine.fines.recovery import fees_to_recover
from tradewind.engine.fines.verdict import VERDICTS, judge_fines

__all__ = ["VERDICTS", "FineFacts", "evidence", "fees_to_recover", "judge_fines"]
