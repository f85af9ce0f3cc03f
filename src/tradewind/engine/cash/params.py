"""What a planner may set about the cash calendar, with the ranges that make sense."""

from __future__ import annotations

from dataclasses import dataclass

from tradewind.core.errors import ParameterError


@dataclass(frozen=True)
class CashParams:
    """Settings of `cash_calendar`.

    weeks        length of the calendar (>= 1)
    scenarios    draws per week (>= 10)
    seed         names the draws
    fx_spread    share a bank keeps of a conversion (0 to 1)
    min_payouts  payouts a market needs for a lag of its own (>= 1)
    """

    weeks: int = 13
    scenarios: int = 200
    seed: int = 0
    fx_spread: float = 0.005
    min_payouts: int = 30

    def __post_init__(self) -> None:
        for name, value, least in (
            ("weeks", self.weeks, 1),
            ("scenarios", self.scenarios, 10),
            ("min_payouts", self.min_payouts, 1),
        ):
            if value < least:
                raise ParameterError("parameter_range", name=name, value=value, allowed=f">= {least}")
        if not 0 <= self.fx_spread < 1:
            raise ParameterError("parameter_range", name="fx_spread", value=self.fx_spread, allowed="0 to 1")
