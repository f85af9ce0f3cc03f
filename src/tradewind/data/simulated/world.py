"""The generated world in one piece: what is drawn once, before any day of trading."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from tradewind.data.simulated.buyers import Buyers, buyers
from tradewind.data.simulated.events import Event, events_between
from tradewind.data.simulated.exchange import Exchange, exchange
from tradewind.data.simulated.goods import Goods, goods
from tradewind.data.simulated.randomness import stream
from tradewind.data.simulated.scales import FUTURE_WEEKS, Scale
from tradewind.data.simulated.scenarios import NONE, Scenario
from tradewind.data.simulated.storing import Storing, storing
from tradewind.data.simulated.suppliers import Suppliers, draw_suppliers
from tradewind.data.simulated.visits import Visits, visits
from tradewind.data.simulated.weather import Weather, weather


@dataclass(frozen=True)
class World:
    """Scale, seed and scenario, and what they decide: events, exchange rates, weather, suppliers, goods, buyers,
    visits, and where goods are stored.
    """

    scale: Scale
    seed: int
    scenario: Scenario
    events: list[Event]
    exchange: Exchange
    weather: Weather
    suppliers: Suppliers
    goods: Goods
    buyers: Buyers
    visits: Visits
    places: Storing

    def stream(self, cause: str) -> np.random.Generator:
        """The random stream of `cause` in this world, another one in each shard."""
        return stream(self.seed, cause, self.scale.shard)

    def shared_stream(self, cause: str) -> np.random.Generator:
        """The random stream of `cause`, the same in all shards: weather, promises, congestion."""
        return stream(self.seed, cause)


def world(scale: Scale, seed: int, scenario: Scenario = NONE) -> World:
    """Draw the world of `scale` and `seed`; `scenario` changes it from its Monday on."""
    events = events_between(scale.first_week, scale.last_day + timedelta(weeks=FUTURE_WEEKS), scale.markets)
    assortment = goods(scale, seed)
    drawn = visits(scale, assortment, events, seed)
    places = storing(scale, assortment, drawn)
    return World(
        scale=scale,
        seed=seed,
        scenario=scenario,
        events=events,
        exchange=exchange(scale, seed),
        weather=weather(scale, seed),
        suppliers=draw_suppliers(scale, assortment, drawn, seed),
        goods=with_duty(scale, assortment, scenario),
        buyers=buyers(scale, seed),
        visits=with_spike(assortment, drawn, scenario),
        places=places,
    )


def with_duty(scale: Scale, goods: Goods, scenario: Scenario) -> Goods:
    """Buyers of one market see the duty in the price from the scenario's Monday on."""
    if not scenario.duty:
        return goods
    landed = goods.landed.copy()
    landed[scale.markets.index(scenario.duty_market), scenario.week :] *= 1.0 + scenario.duty
    return replace(goods, landed=landed)


def with_spike(goods: Goods, drawn: Visits, scenario: Scenario) -> Visits:
    """One SKU of the middle, on sale then, goes viral on the scenario's Monday; the pulse fades as every pulse does."""
    if not scenario.spike:
        return drawn
    chosen, pulse = spiked(goods, scenario), drawn.pulse.copy()
    weeks = np.arange(pulse.shape[1] - scenario.week)
    pulse[chosen, scenario.week :] += scenario.spike * drawn.pulse_kept**weeks
    return replace(drawn, pulse=pulse)


def spiked(goods: Goods, scenario: Scenario) -> int:
    """Index of the SKU that goes viral: a fifth of the way down by appeal, on sale for two months."""
    listed = goods.alive(scenario.week) & goods.alive(max(scenario.week - 8, 0))
    appeal = np.where(listed, goods.strength, -np.inf)
    return int(np.argsort(-appeal, kind="stable")[len(appeal) // 5])
