"""What a cash calendar is told beside the facts."""

from __future__ import annotations

from dataclasses import dataclass

from tradewind.core.errors import ParameterError


@dataclass(frozen=True)
class CashParams:
    """`fx_spread`: the share a bank keeps of a conversion; `enough`: payouts a market needs for a lag of its own."""

    weeks: int = 13
    scenarios: int = 200
    seed: int = 0
    fx_spread: float = 0.005
    enough: int = 30

    def __post_init__(self) -> None:
        for name, value, least in (
            ("weeks", self.weeks, 1),
            ("scenarios", self.scenarios, 10),
            ("enough", self.enough, 1),
        ):
            if value < least:
                raise ParameterError("parameter_range", name=name, value=value, allowed=f">= {least}")
        if not 0 <= self.fx_spread < 1:
            raise ParameterError("parameter_range", name="fx_spread", value=self.fx_spread, allowed="0 to 1")
