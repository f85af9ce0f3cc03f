"""The generated world in one piece: what is drawn once, before any day of trading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from tradewind.data.simulated.exchange import Exchange, exchange
from tradewind.data.simulated.goods import Goods, goods
from tradewind.data.simulated.occasions import Occasion, occasions
from tradewind.data.simulated.randomness import stream
from tradewind.data.simulated.scales import FUTURE_WEEKS, Scale
from tradewind.data.simulated.storing import Storing, storing
from tradewind.data.simulated.visits import Visits, visits


@dataclass(frozen=True)
class World:
    """Scale and seed, and what they decide: the calendar, exchange rates, goods, visits, and where goods lie."""

    scale: Scale
    seed: int
    listed: list[Occasion]
    exchange: Exchange
    goods: Goods
    visits: Visits
    places: Storing

    def stream(self, cause: str) -> np.random.Generator:
        """The random stream of `cause` in this world."""
        return stream(self.seed, cause)


def world(scale: Scale, seed: int) -> World:
    """Draw the world of `scale` and `seed`."""
    listed = occasions(scale.first_week, scale.last_day + timedelta(weeks=FUTURE_WEEKS), scale.markets)
    assortment = goods(scale, seed)
    drawn = visits(scale, assortment, listed, seed)
    places = storing(scale, assortment, drawn)
    return World(scale, seed, listed, exchange(scale, seed), assortment, drawn, places)
