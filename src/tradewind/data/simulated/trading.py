"""The history, week by week: purchases, what stock could serve of them, and the seller's reordering.

The seller learns from sales, not from demand, so that stock-outs feed on themselves. This loop over weeks is
the only one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tradewind.data.simulated.buying import Ordered, Purchases, first_choices, into_orders, look_alikes, serve
from tradewind.data.simulated.randomness import Flags, Floats, Ints
from tradewind.data.simulated.replenishing import Bought, PutAway, Replenishing
from tradewind.data.simulated.world import World

_LAST_DAY = 6.0 / 7.0

Counts = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Sold:
    """Served lines of all weeks, one entry each, in order of week, order, line; `order` numbers the orders."""

    week: Ints
    lines: Purchases
    order: Ints
    cancelled: Flags


@dataclass(frozen=True)
class Trading:
    """What happened: lines sold; by week (weeks, N, M) first-choice and sold units; by week and stock point
    (weeks + 1, P) units at the end of the week (row 0: before the first), locked, on the way and the Monday index
    of the next arrival (-1: none); (weeks, P) share of the week's visits before the point was empty.
    """

    sold: Sold
    first_choice: Counts
    sold_units: Counts
    on_hand: Ints
    locked: Ints
    on_the_way: Ints
    next_arrival: Ints
    in_stock_share: Floats
    bought: Bought
    put_away: PutAway


def trade(world: World, progress: Callable[[float], None] | None = None) -> Trading:
    """Run the history; `progress` is called with the share done after each week."""
    weeks, pairs, p = world.scale.weeks, world.places.point_of.shape, len(world.places.sku)
    first_choice, sold_units = np.zeros((weeks, *pairs), np.int32), np.zeros((weeks, *pairs), np.int32)
    on_hand, locked, way, due = (np.zeros((weeks + 1, p), np.int64) for _ in range(4))
    share = np.zeros((weeks, p))
    supply, mates = Replenishing(world), look_alikes(world.goods.look_alike)
    on_hand[0], way[0], due[0] = supply.state(0)
    history: list[Ordered] = []
    for week in range(weeks):
        rng = world.stream(f"week {week}")
        supply.receive(week)
        opening = supply.on_hand.copy()
        wanted = first_choices(world, week, rng)
        ordered = into_orders(world, serve(world, mates, supply.on_hand, week, wanted, rng), rng)
        lines = ordered.lines
        first_choice[week], sold_units[week] = _by_pair(wanted, pairs), _by_pair(lines, pairs)
        share[week] = _until_empty(opening, supply.on_hand, lines)
        locked[week + 1] = np.bincount(lines.point, lines.units * (lines.moment > _LAST_DAY), p)
        called_off = np.bincount(lines.point, lines.units * ordered.cancelled, p)
        supply.reorder(week, np.bincount(lines.point, lines.units, p), called_off)
        on_hand[week + 1], way[week + 1], due[week + 1] = supply.state(week + 1)
        history.append(ordered)
        if progress is not None:
            progress((week + 1) / weeks)
    return Trading(_together(history), first_choice, sold_units, on_hand, locked, way, due, share, *supply.history())


def _together(history: list[Ordered]) -> Sold:
    sizes = [len(o.order) for o in history]
    orders = [int(o.order[-1]) + 1 if len(o.order) else 0 for o in history]
    before = np.repeat(np.cumsum([0, *orders[:-1]]), sizes)
    columns = zip(*(vars(o.lines).values() for o in history), strict=True)
    return Sold(
        week=np.repeat(np.arange(len(history)), sizes),
        lines=Purchases(*(np.concatenate(c) for c in columns)),
        order=before + np.concatenate([o.order for o in history]),
        cancelled=np.concatenate([o.cancelled for o in history]),
    )


def _until_empty(opening: Ints, closing: Ints, lines: Purchases) -> Floats:
    """Share of the week's visits before each stock point was empty: 1 where it never was, 0 where it always was."""
    last = np.zeros(len(opening))
    np.maximum.at(last, lines.point, lines.moment)
    return np.where(opening <= 0, 0.0, np.where(closing > 0, 1.0, last))


def _by_pair(bought: Purchases, pairs: tuple[int, ...]) -> Counts:
    n, m = pairs
    return np.bincount(bought.sku * m + bought.market, bought.units, n * m).reshape(n, m).astype(np.int32)
