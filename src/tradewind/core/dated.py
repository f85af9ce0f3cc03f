"""Dated values: a fee, a rate, a threshold holds from one day up to, not including, another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from tradewind.core.errors import RuleError

T = TypeVar("T")


@dataclass(frozen=True)
class Dated(Generic[T]):
    """One value with its half-open span of validity; `valid_to=None` means still in force."""

    value: T
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def value_on(rule: str, values: Sequence[Dated[T]], day: date) -> T:
    """The one value of `rule` that holds on `day`.

    Raises RuleError where none holds, or more than one: a rule is never guessed.
    """
    holding = [v.value for v in values if v.holds_on(day)]
    if len(holding) != 1:
        raise RuleError("rule_count", rule=rule, count=len(holding), day=day.isoformat())
    return holding[0]
