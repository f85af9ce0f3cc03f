"""What a planner may set about transit times, with the ranges that make sense."""

from __future__ import annotations

from dataclasses import dataclass

from tradewind.core.errors import ParameterError


@dataclass(frozen=True)
class TransitParams:
    """Settings of `fit_transit`.

    half_life_days        of the life tables: a parcel created so many days before `as_of` counts half (> 0)
    drift_half_life_days  of the drift: a day on the way that lies so far back counts half (> 0); see drift.py
    history_days          older parcels are left out altogether (> 0)
    pseudo_parcels        a lane's table counts as if this many parcels had travelled on it exactly as on the
                          wider group it belongs to (>= 0): with 20 real ones, half its weight is the service's
    pseudo_arrivals       the same for the drift, in arrivals (>= 1)
    overdispersion        standard deviation of the logarithm of the next weeks' drift, before a service has shown its
                          own (0 to 1); see overdispersion.py. At 0.2 one month in six is slower than expected by more
                          than a fifth, as peaks and strikes are; at 0 recent drift is taken to stay for certain
    pseudo_months         ... counts as if that had been seen in so many months (> 2)
    never_after_days      a parcel not delivered by this age counts as never arriving (7 to 365)
    """

    half_life_days: float = 120.0
    drift_half_life_days: float = 14.0
    history_days: float = 365.0
    pseudo_parcels: float = 20.0
    pseudo_arrivals: float = 50.0
    overdispersion: float = 0.2
    pseudo_months: float = 4.0
    never_after_days: float = 120.0

    def __post_init__(self) -> None:
        for name in ("half_life_days", "drift_half_life_days", "history_days"):
            _require(name, getattr(self, name), getattr(self, name) > 0, "above 0")
        _require("pseudo_parcels", self.pseudo_parcels, self.pseudo_parcels >= 0, "0 or more")
        _require("pseudo_arrivals", self.pseudo_arrivals, self.pseudo_arrivals >= 1, "1 or more")
        _require("overdispersion", self.overdispersion, 0 <= self.overdispersion <= 1, "between 0 and 1")
        _require("pseudo_months", self.pseudo_months, self.pseudo_months > 2, "above 2")
        _require("never_after_days", self.never_after_days, 7 <= self.never_after_days <= 365, "between 7 and 365")


def _require(name: str, value: float, good: bool, allowed: str) -> None:
    if not good:
        raise ParameterError("parameter_range", name=name, value=value, allowed=allowed)
