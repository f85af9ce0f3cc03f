"""What a planner may set about promises, with the ranges that make sense."""

from __future__ import annotations

from dataclasses import dataclass

from tradewind.core.errors import ParameterError


@dataclass(frozen=True)
class PromiseParams:
    """How sure a promise must be.

    on_time_odds        a promised date is kept at least this often (0.5 to 0.999)
    min_parcels         fewer parcels with a known outcome on a line, and nothing is promised (>= 1)
    reachable_days      the tag "reachable in so many days" (1 to 60)
    reachable_odds      ... is given where parcels arrive within them at least this often (0.5 to 0.999)
    longest_days        a longer promise is none (1 to 365)
    late_costs_days     None: the earliest day that keeps `on_time_odds`. A number L > 0: a late parcel is as bad
                        as promising all buyers L days more, and the day k with the smallest
                        k + L * P(later than k) is promised instead
    """

    on_time_odds: float = 0.9
    min_parcels: int = 30
    reachable_days: int = 5
    reachable_odds: float = 0.9
    longest_days: int = 60
    late_costs_days: float | None = None

    def __post_init__(self) -> None:
        for name in ("on_time_odds", "reachable_odds"):
            _require(name, getattr(self, name), 0.5 <= getattr(self, name) <= 0.999, "between 0.5 and 0.999")
        _require("min_parcels", self.min_parcels, self.min_parcels >= 1, "1 or more")
        _require("reachable_days", self.reachable_days, 1 <= self.reachable_days <= 60, "between 1 and 60")
        _require("longest_days", self.longest_days, 1 <= self.longest_days <= 365, "between 1 and 365")
        if self.late_costs_days is not None:
            _require("late_costs_days", self.late_costs_days, self.late_costs_days > 0, "above 0")


def _require(name: str, value: float, good: bool, allowed: str) -> None:
    if not good:
        raise ParameterError("parameter_range", name=name, value=value, allowed=allowed)
