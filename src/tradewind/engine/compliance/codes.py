"""What a platform's failure code means: `explain`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tradewind.core.rules import RuleRow, Rules

_PREFIX = "failure."


@dataclass(frozen=True)
class Cause:
    """What a code stands for: `cause` is the message id (`failure_cause.<cause>`), `row` the rule that says so."""

    code: str
    cause: str
    row: RuleRow


def known_codes(rules: Rules, on: date) -> tuple[str, ...]:
    """The codes the rules can explain on a day."""
    return tuple(row.id.removeprefix(_PREFIX) for row in rules.in_force(on, _PREFIX))


def explain(code: str, rules: Rules, *, on: date) -> Cause | None:
    """What `code` stands for, written large or small; None where the rules do not know it.

    Only two codes of semi-managed are published, "for example": an unknown code is nothing unusual.
    """
    folded = code.strip().casefold()
    for row in rules.in_force(on, _PREFIX):
        known = row.id.removeprefix(_PREFIX)
        if known.casefold() == folded:
            return Cause(known, str(row.value), row)
    return None
