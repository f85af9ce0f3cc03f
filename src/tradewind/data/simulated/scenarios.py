"""Named disturbances of the generated world: each changes a mechanism from a stated Monday on, never the tables.

port_closure    nothing bound for Spain lands for four weeks, parcels or containers; then the backlog clears
viral_spike     one good of the middle is wanted fifteen times as much in every market, less each week
duty_change     buyers in one market pay a new duty on top of the price, for good
carrier_strike  one carrier's last mile in one market stands still for two weeks
supplier_stop   the supplier who sells most ships nothing for eight weeks, open orders included

Same scale and seed without the scenario: the same world before that Monday, the same draws after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from tradewind.core.errors import ParameterError
from tradewind.core.weeks import WEEK
from tradewind.data.simulated.scales import Scale

SCENARIOS = ("port_closure", "viral_spike", "duty_change", "carrier_strike", "supplier_stop")

WEEKS_BEFORE_END = 5
"""A scenario starts this many weeks before the last day, so that the files show its beginning."""

ARRIVAL, DELIVERY = 5, 8
_PORT_WEEKS, _STRIKE_WEEKS, _STOP_WEEKS = 4, 2, 8
_SPIKE, _DUTY = 14.0, 0.20


class Hold(NamedTuple):
    """No parcel for `market` (of `carrier`; None: of any) passes milestone `leg` in [first_day, last_day)."""

    leg: int
    market: str
    carrier: str | None
    first_day: float
    last_day: float


@dataclass(frozen=True)
class Scenario:
    """What changes from week `week` (index) on; the neutral values change nothing.

    `landing`: market whose overseas warehouse receives nothing for `landing_weeks`; `spike`: added to the pulse of
    one SKU; `duty`: share of the price buyers in `duty_market` pay on top; `stop_weeks`: the biggest supplier's stop.
    """

    name: str
    week: int
    holds: tuple[Hold, ...] = ()
    landing: str = ""
    landing_weeks: int = 0
    spike: float = 0.0
    duty_market: str = ""
    duty: float = 0.0
    stop_weeks: int = 0

    def starts_on(self, scale: Scale) -> date:
        return scale.first_week + WEEK * self.week


NONE = Scenario("", 10**6)


def scenario_named(name: str | None, scale: Scale) -> Scenario:
    """The scenario of that name at `scale`; None: the undisturbed world. Raises ParameterError for another name."""
    if name is None:
        return NONE
    week = scale.weeks - WEEKS_BEFORE_END
    first, port = week * 7.0, scale.markets[0]
    far = "US" if "US" in scale.markets else scale.markets[-1]
    hold = Hold(ARRIVAL, port, None, first, first + _PORT_WEEKS * 7)
    strike = Hold(DELIVERY, port, "Silk Post", first, first + _STRIKE_WEEKS * 7)
    known = {
        "port_closure": Scenario(name, week, holds=(hold,), landing=port, landing_weeks=_PORT_WEEKS),
        "viral_spike": Scenario(name, week, spike=_SPIKE),
        "duty_change": Scenario(name, week, duty_market=far, duty=_DUTY),
        "carrier_strike": Scenario(name, week, holds=(strike,)),
        "supplier_stop": Scenario(name, week, stop_weeks=_STOP_WEEKS),
    }
    if name not in known:
        raise ParameterError("parameter_range", name="scenario", value=name, allowed=" / ".join(SCENARIOS))
    return known[name]
