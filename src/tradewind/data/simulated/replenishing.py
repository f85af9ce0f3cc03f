"""The seller's own reordering: naive on purpose, since its stock-outs are what a better plan has to beat.

Reorder when stock and what is on the way fall below two weeks of sales and what sells on the way (of which the
supplier's part is half forgotten), a month of sales at a time, in whole cartons and not under the minimum.
Suppliers stand still in closures and are slow for a fortnight after the long one; each is late in his own way, slower
still when asked for more than he can make, and some of what he sends is rejected. A full warehouse lets arrivals wait
outside until there is room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from tradewind.data.simulated.events import events_between, open_days
from tradewind.data.simulated.markets import NODES
from tradewind.data.simulated.randomness import Flags, Floats, Ints, Numbers
from tradewind.data.simulated.scales import FUTURE_WEEKS, Scale
from tradewind.data.simulated.suppliers import RAMP, RAMP_DAYS
from tradewind.data.simulated.world import World

_ALERT_WEEKS, _LOT_WEEKS = 2.0, 4.0
_MEMORY = 0.25
_LEAD_REMEMBERED = 0.5
_FIRST_COVER_WEEKS = 4.0
_FORESIGHT_WEEKS, _FORESIGHT = 6, 1.5
_BOUNCE_ODDS = 0.02


@dataclass(frozen=True)
class Bought:
    """Orders to suppliers, one entry each: the stock point, days ordered and ready (from the first Monday), the Monday
    (index) it is due at the node, units.
    """

    point: Ints
    ordered_day: Floats
    ready_day: Floats
    due_week: Ints
    units: Ints
    rejected: Ints


@dataclass(frozen=True)
class PutAway:
    """Units that came on the shelf of a stock point on the Monday of a week; where `bounced`, the warehouse refused the
    consignment for its labels, and it came again a week later.
    """

    point: Ints
    week: Ints
    units: Ints
    bounced: Flags


class Replenishing:
    """Stock and orders under way of every stock point; `on_hand` (P,) is lowered by whoever sells."""

    def __init__(self, world: World) -> None:
        scale, goods, places = world.scale, world.goods, world.places
        self._goods, self._places, self._world = goods, places, world
        self._supplier = goods.supplier[places.sku]
        self._rng = world.stream("replenishing")
        self._inbound_days = np.array([NODES[n].inbound_days for n in scale.nodes])[places.node]
        supplier_days = goods.supplier_lead_days[places.sku]
        self._way_weeks = (self._inbound_days + _LEAD_REMEMBERED * supplier_days) / 7.0
        self._volume = goods.volume_m3[places.sku]
        horizon = scale.weeks + FUTURE_WEEKS
        self._work = np.cumsum(_work(scale, horizon * 7))
        self._open = np.cumsum(_open(scale, horizon * 7))
        self._prudence = _prudence(scale, self._open)
        self._due = np.zeros((len(places.sku), horizon + 1), np.int64)
        self._spoiled = np.zeros_like(self._due)
        self._labelled = np.array([NODES[n].kind in ("preferred", "origin") for n in scale.nodes])[places.node]
        self._sales = places.usual_units * np.exp(self._rng.normal(0.0, 0.2, len(places.sku)))
        self.on_hand = np.zeros(len(places.sku), np.int64)
        self._bought: list[list[Ints | Floats]] = []
        self._put_away: list[tuple[Ints, Ints, Ints, Flags]] = []
        self._lead_days = supplier_days
        self._stock_up_for_launch(scale)
        self.receive(0)

    def state(self, week: int) -> tuple[Ints, Ints, Ints]:
        """Before `week` begins: units on hand, on the way, and the Monday (index) the next of them come, -1: none."""
        coming = self._due[:, week:]
        return self.on_hand.copy(), coming.sum(axis=1), np.where(coming.any(axis=1), coming.argmax(axis=1) + week, -1)

    def receive(self, week: int) -> None:
        """What is due comes in on Monday, as far as the node has room; the rest waits for next week."""
        self._disturb(week)
        arriving = self._due[:, week] - self._spoiled[:, week]
        self._due[:, week] = 0
        bounced = self._bounced(week, arriving)
        self._due[:, week + 1] += np.where(bounced, arriving, 0)
        self._log(week, arriving * bounced, True)
        arriving = np.where(bounced, 0, arriving)
        nodes = len(self._places.capacity_m3)
        used = np.bincount(self._places.node, self.on_hand * self._volume, nodes)
        wanted = np.bincount(self._places.node, arriving * self._volume, nodes)
        room = np.maximum(self._places.capacity_m3 - used, 0.0)
        share = np.divide(room, wanted, out=np.ones(nodes), where=wanted > room)
        share = np.where(wanted > room, np.minimum(share, 1.0), 1.0)
        accepted = np.where(share[self._places.node] < 1.0, np.floor(arriving * share[self._places.node]), arriving)
        self.on_hand += accepted.astype(np.int64)
        self._log(week, accepted.astype(np.int64), False)
        self._due[:, week + 1] += arriving - accepted.astype(np.int64)

    def reorder(self, week: int, sold: Numbers, called_off: Numbers) -> None:
        """Close `week`: cancelled units go back on the shelf, sales are remembered, orders are placed."""
        self.on_hand += called_off.astype(np.int64)
        self._sales += _MEMORY * (sold - self._sales)
        alert = self._sales * (_ALERT_WEEKS + self._way_weeks)
        position = self.on_hand + self._due[:, week + 1 :].sum(axis=1)
        listed = self._goods.alive(week)[self._places.sku]
        short = listed & ((position < alert * self._prudence[week]) | (position == 0))
        lot = self._lot(_LOT_WEEKS * self._prudence[week] * self._sales)
        arrival, ready = self._arrival_week(week, lot)
        odds = self._world.suppliers.reject_odds[self._supplier]
        bad = self._world.stream(f"quality {week}").binomial(lot, odds)
        at = np.flatnonzero(short)
        self._due[at, arrival[short]] += lot[short]
        self._spoiled[at, arrival[short]] += bad[short]
        placed = np.full(len(at), (week + 1) * 7.0)
        self._bought.append([at, placed, ready[short], arrival[short], lot[short], bad[short]])

    def history(self) -> tuple[Bought, PutAway]:
        """All orders to suppliers and all arrivals on the shelf so far."""
        bought = Bought(*(np.concatenate(c) for c in zip(*self._bought, strict=True)))
        return bought, PutAway(*(np.concatenate(c) for c in zip(*self._put_away, strict=True)))

    def _log(self, week: int, units: Ints, bounced: bool) -> None:
        came = np.flatnonzero(units)
        self._put_away.append((came, np.full(len(came), week), units[came], np.full(len(came), bounced)))

    def _bounced(self, week: int, arriving: Ints) -> Flags:
        """Consignments a designated or origin warehouse refuses for their labels; they come again a week later."""
        odds = np.where(self._labelled & (week > 0), 0.0 if self._world.scale.weekly_rates else _BOUNCE_ODDS, 0.0)
        return (arriving > 0) & (self._world.stream(f"labels {week}").random(len(odds)) < odds)

    def _disturb(self, week: int) -> None:
        """On the scenario's Monday: what the stopped supplier holds, what is at sea to a closed port, comes later."""
        scenario, scale = self._world.scenario, self._world.scale
        if week != scenario.week:
            return
        if scenario.stop_weeks:
            open_days = np.ceil(self._inbound_days / 7.0).astype(np.int64)
            self._postpone(self._supplier == self._world.suppliers.biggest, week + open_days, scenario.stop_weeks)
        if scenario.landing_weeks:
            abroad = np.array(
                [NODES[n].kind == "overseas" and NODES[n].market == scenario.landing for n in scale.nodes]
            )
            closed = np.full(len(self._supplier), week)
            self._postpone(abroad[self._places.node], closed, scenario.landing_weeks, week + scenario.landing_weeks)

    def _postpone(self, points: Flags, first: Ints, weeks: int, last: int | None = None) -> None:
        """Move arrivals of `points` due from week `first` (each) on, before `last`, `weeks` later."""
        stop = self._due.shape[1]
        index = np.arange(stop)
        moved = points[:, None] & (index >= first[:, None]) & (index < (stop if last is None else last))
        for name in ("_due", "_spoiled"):
            table = getattr(self, name)
            shifted = np.where(moved, table, 0)
            kept = table - shifted
            kept[:, weeks:] += shifted[:, : stop - weeks]
            kept[:, -1] += shifted[:, stop - weeks :].sum(axis=1)
            setattr(self, name, kept)
        for order in self._bought:
            point, due = order[0].astype(np.int64), order[3].astype(np.int64)
            late = moved[point, np.minimum(due, stop - 1)]
            order[2] = np.where(late, order[2] + 7.0 * weeks, order[2])
            order[3] = np.where(late, np.minimum(due + weeks, stop - 1), due)

    def _lot(self, units: Floats) -> Ints:
        carton, moq = self._goods.carton_units[self._places.sku], self._goods.moq_units[self._places.sku]
        lot: Ints = (np.ceil(np.maximum(units, moq) / carton) * carton).astype(np.int64)
        return lot

    def _arrival_week(self, week: int, lot: Ints) -> tuple[Ints, Floats]:
        """The Monday an order placed at the end of `week` is in the node, and the day the supplier has it ready.

        Lead time is in working days, drawn from the supplier's own distribution; what exceeds a week's
        capacity takes longer.
        """
        placed, suppliers, scenario = (week + 1) * 7, self._world.suppliers, self._world.scenario
        shape = suppliers.spread[self._supplier]
        stretch = suppliers.lateness[self._supplier] * self._rng.gamma(shape, 1.0 / shape)
        over = 7.0 * np.maximum(lot / suppliers.capacity[self._supplier] - 1.0, 0.0)
        needed = self._work[placed - 1] + self._goods.supplier_lead_days[self._places.sku] * stretch + over
        if week >= scenario.week and scenario.stop_weeks:
            left = np.maximum((scenario.week + scenario.stop_weeks) * 7.0 - placed, 0.0)
            needed = needed + np.where(self._supplier == suppliers.biggest, left, 0.0)
        finished = np.minimum(np.searchsorted(self._work, needed), len(self._work) - 1)
        arrival = np.ceil((finished + 1 + self._inbound_days) / 7.0).astype(np.int64)
        if scenario.landing_weeks and week >= scenario.week:
            arrival = self._landed(arrival)
        return np.clip(arrival, week + 2, self._due.shape[1] - 1), finished + 1.0

    def _landed(self, arrival: Ints) -> Ints:
        """Containers that would land while the port is closed land when it opens."""
        scenario, nodes = self._world.scenario, self._world.scale.nodes
        abroad = np.array([NODES[n].kind == "overseas" and NODES[n].market == scenario.landing for n in nodes])
        opens = scenario.week + scenario.landing_weeks
        return np.where(abroad[self._places.node], np.maximum(arrival, opens), arrival)

    def _stock_up_for_launch(self, scale: Scale) -> None:
        """First stock comes with the launch, or is there when the history begins; the seller guesses how much."""
        launch = np.maximum(self._goods.launch_week[self._places.sku], 0)
        guess = self._sales * np.exp(self._rng.normal(0.0, 0.4, len(self._sales)))
        units = self._lot(guess * (_FIRST_COVER_WEEKS + self._way_weeks))
        listed = self._goods.life[self._places.sku, launch] > 0
        self._due[np.arange(len(launch)), launch] = np.where(listed & (launch < scale.weeks), units, 0)
        at = np.flatnonzero(listed & (launch < scale.weeks))
        ready = launch[at] * 7.0 - self._inbound_days[at]
        self._bought.append([at, ready - self._lead_days[at], ready, launch[at], units[at], np.zeros_like(at)])


def _work(scale: Scale, days: int) -> Floats:
    """Share of a day's work suppliers do: none in closures, part of it in the fortnight after Spring Festival."""
    out = _open(scale, days)
    for e in events_between(scale.first_week - timedelta(days=60), scale.first_week + timedelta(days=days), ()):
        if e.event == "Spring Festival":
            again = (e.ends_on - scale.first_week).days
            out[max(again, 0) : max(again + RAMP_DAYS, 0)] *= RAMP
    return out


def _open(scale: Scale, days: int) -> Floats:
    last = scale.first_week + timedelta(days=days)
    return open_days(events_between(scale.first_week, last, scale.markets), scale.first_week, days)


def _prudence(scale: Scale, work: Floats) -> Floats:
    """The seller orders half as much again in the weeks before 11.11 and before suppliers close."""
    out = np.ones(scale.weeks)
    for week in range(scale.weeks):
        ahead = scale.first_week + timedelta(weeks=week + 1)
        stop = min((week + 1 + _FORESIGHT_WEEKS) * 7, len(work) - 1)
        closed = (stop - (week + 1) * 7) - (work[stop] - work[(week + 1) * 7])
        peak = any(e.event == "11.11" for e in events_between(ahead, ahead + timedelta(weeks=5), ()))
        out[week] = _FORESIGHT if peak or closed > 14 else 1.0
    return out
