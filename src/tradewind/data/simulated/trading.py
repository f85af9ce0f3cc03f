"""Two years of trading, week by week: purchases, what stock could serve of them, and the seller's reordering.

A purchase whose first choice is out goes to a look-alike in stock, with stated odds, or is lost. The seller
follows the naive rule of the trade: reorder when less than two weeks of sales are there or on the way. It
learns from sales, not from demand, so that stock-outs feed on themselves. This loop over weeks is the only one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tradewind.data.simulated.goods import Goods
from tradewind.data.simulated.randomness import Flags, Floats, Ints, stream
from tradewind.data.simulated.replenishing import Replenishing
from tradewind.data.simulated.scales import Scale
from tradewind.data.simulated.storing import Storing
from tradewind.data.simulated.visits import Visits, draw_units, realised_rates

SWITCH_ODDS = 0.35
"""Odds that a buyer whose first choice is out takes a look-alike that is there."""

CANCEL_ODDS = 0.022
"""Odds that an order is called off before it is sent."""

_NEW_ORDER_ODDS, _LINES_MAX = 0.74, 3
_LAST_DAY = 6.0 / 7.0


Counts = npt.NDArray[np.int32]
Wanted = tuple[Ints, Ints, Floats, Ints]
Served = tuple[Ints, Ints, Ints, Floats, Ints]


@dataclass(frozen=True)
class Purchases:
    """Served lines, one entry each, in order of week, order, line: `moment` in [0, 1) is the share of the week's
    visits before it; `order` numbers the orders, lines of one order share market, stock point's node and shop.
    """

    week: Ints
    sku: Ints
    market: Ints
    point: Ints
    moment: Floats
    units: Ints
    order: Ints
    cancelled: Flags


@dataclass(frozen=True)
class Trading:
    """What happened: purchases; by week (weeks, N, M) first-choice and sold units; by week and stock point
    (weeks + 1, P) units at the end of the week (row 0: before the first), on the way, locked and the Monday index
    of the next arrival (-1: none); (weeks, P) share of the week's visits before the point was empty.
    """

    purchases: Purchases
    first_choice: Counts
    sold: Counts
    on_hand: Ints
    locked: Ints
    on_the_way: Ints
    next_arrival: Ints
    in_stock_share: Floats


def trade(
    scale: Scale,
    goods: Goods,
    visits: Visits,
    places: Storing,
    seed: int,
    progress: Callable[[float], None] | None = None,
) -> Trading:
    """Run the history of `scale`."""
    n, m, p = len(goods.sku), len(scale.markets), len(places.sku)
    supply = Replenishing(scale, goods, places, seed)
    mates = _mates(goods.look_alike)
    lines: list[tuple[Ints | Floats | Flags, ...]] = []
    first_choice, sold = np.zeros((scale.weeks, n, m), np.int32), np.zeros((scale.weeks, n, m), np.int32)
    on_hand, way, due = (np.zeros((scale.weeks + 1, p), np.int64) for _ in range(3))
    locked = np.zeros((scale.weeks + 1, p), np.int64)
    share = np.zeros((scale.weeks, p))
    on_hand[0], way[0], due[0] = supply.state(0)
    orders = 0
    for week in range(scale.weeks):
        rng = stream(seed, f"week {week}")
        supply.receive(week)
        start = supply.on_hand.copy()
        wanted = _first_choices(goods, visits, week, rng)
        first_choice[week] = _by_pair(wanted[0], wanted[1], wanted[3], n, m)
        served = _serve(goods, places, mates, supply.on_hand, week, wanted, rng)
        ordered = _into_orders(goods, scale, places, served, rng)
        sku, market, point, moment, units, order, cancelled = ordered
        sold[week] = _by_pair(sku, market, units, n, m)
        share[week] = _until_empty(start, supply.on_hand, point, moment)
        locked[week + 1] = np.bincount(point, units * (moment > _LAST_DAY), p)
        lines.append((np.full(len(sku), week), sku, market, point, moment, units, order + orders, cancelled))
        orders += int(order[-1]) + 1 if len(order) else 0
        supply.reorder(week, np.bincount(point, units, p), np.bincount(point, units * cancelled, p))
        on_hand[week + 1], way[week + 1], due[week + 1] = supply.state(week + 1)
        if progress is not None:
            progress((week + 1) / scale.weeks)
    columns = [np.concatenate(c) for c in zip(*lines, strict=True)]
    return Trading(Purchases(*columns), first_choice, sold, on_hand, locked, way, due, share)


def _first_choices(goods: Goods, visits: Visits, week: int, rng: np.random.Generator) -> Wanted:
    """SKU, market, moment, units of each purchase that would happen if everything were in stock."""
    rates = realised_rates(goods, visits, week)
    counts = rng.poisson(rates).ravel()
    pair = np.repeat(np.arange(len(counts)), counts)
    sku, market = pair // rates.shape[1], pair % rates.shape[1]
    return sku, market, rng.random(len(pair)), draw_units(goods.pack_odds[sku], rng)


def _serve(
    goods: Goods,
    places: Storing,
    mates: Ints,
    stock: Ints,
    week: int,
    wanted: Wanted,
    rng: np.random.Generator,
) -> Served:
    """Serve first choices in order of time, then those who switch from what is left; `stock` goes down in place."""
    sku, market, moment, units = wanted
    point = places.point_of[sku, market]
    got = first_come(stock, point, moment, units)
    stock -= np.bincount(point, got, len(stock)).astype(np.int64)
    goes_on = (got == 0) & (rng.random(len(sku)) < SWITCH_ODDS)
    other = _look_alike(goods, places, mates, stock, week, sku[goes_on], market[goes_on], rng)
    found = other >= 0
    to_sku, to_market = other[found], market[goes_on][found]
    to_point, to_moment = places.point_of[to_sku, to_market], moment[goes_on][found]
    to_got = first_come(stock, to_point, to_moment, units[goes_on][found])
    stock -= np.bincount(to_point, to_got, len(stock)).astype(np.int64)
    return (
        np.concatenate([sku[got > 0], to_sku[to_got > 0]]),
        np.concatenate([market[got > 0], to_market[to_got > 0]]),
        np.concatenate([point[got > 0], to_point[to_got > 0]]),
        np.concatenate([moment[got > 0], to_moment[to_got > 0]]),
        np.concatenate([got[got > 0], to_got[to_got > 0]]),
    )


def first_come(stock: Ints, point: Ints, moment: Floats, units: Ints) -> Ints:
    """Units each purchase gets when its stock point serves in order of time; the last one takes what is left."""
    order = np.lexsort((moment, point))
    taken = np.cumsum(units[order])
    first = np.searchsorted(point[order], point[order], side="left")
    before = taken - units[order]
    before = before - before[first] if len(before) else before
    got = np.empty_like(units)
    got[order] = np.clip(stock[point[order]] - before, 0, units[order])
    return got


def _look_alike(
    goods: Goods,
    places: Storing,
    mates: Ints,
    stock: Ints,
    week: int,
    sku: Ints,
    market: Ints,
    rng: np.random.Generator,
) -> Ints:
    """The look-alike each buyer takes instead, by appeal among those in stock; -1 where there is none."""
    options = mates[sku]
    there = (options >= 0) & (stock[places.point_of[options, market[:, None]]] > 0)
    weight = np.where(there, goods.appeal[options, market[:, None]] * goods.life[options, week], 0.0)
    reach = np.cumsum(weight, axis=1)
    total = reach[:, -1] if reach.shape[1] else np.zeros(len(sku))
    pick = (reach < (rng.random(len(sku)) * total)[:, None]).sum(axis=1)
    chosen = np.take_along_axis(options, np.minimum(pick, options.shape[1] - 1)[:, None], 1)[:, 0]
    return np.where(total > 0, chosen, -1)


def _into_orders(
    goods: Goods,
    scale: Scale,
    places: Storing,
    served: Served,
    rng: np.random.Generator,
) -> tuple[Ints, Ints, Ints, Floats, Ints, Ints, Flags]:
    """Bundle purchases that follow each other at one market, node, mode and shop into orders of one to three lines.

    An order takes the moment of its earliest line, so that nothing is sold after it ran out.
    """
    sku, market, point, moment, units = served
    place = places.node[point] * 16 + places.mode_of[sku, market]
    group = (market * 4096 + place) * len(scale.shops) + goods.shop[sku]
    by_time = np.lexsort((moment, group))
    sku, market, point, units, group = (a[by_time] for a in (sku, market, point, units, group))
    moment = moment[by_time]
    starts = rng.random(len(sku)) < _NEW_ORDER_ODDS
    starts[:1] = True
    starts[1:] |= group[1:] != group[:-1]
    starts |= _place_in_run(starts) % _LINES_MAX == 0
    order = np.cumsum(starts) - 1
    cancelled = rng.random(int(starts.sum())) < CANCEL_ODDS
    return sku, market, point, moment[starts][order], units, order, cancelled[order]


def _place_in_run(starts: Flags) -> Ints:
    index = np.arange(len(starts))
    return index - np.maximum.accumulate(np.where(starts, index, 0))


def _until_empty(start: Ints, end: Ints, point: Ints, moment: Floats) -> Floats:
    last = np.zeros(len(start))
    np.maximum.at(last, point, moment)
    return np.where(start <= 0, 0.0, np.where(end > 0, 1.0, last))


def _by_pair(sku: Ints, market: Ints, units: Ints, n: int, m: int) -> Counts:
    return np.bincount(sku * m + market, units, n * m).reshape(n, m).astype(np.int32)


def _mates(look_alike: Ints) -> Ints:
    """The other members of each SKU's look-alike group, (N, 3), padded with -1."""
    order = np.argsort(look_alike, kind="stable")
    start = np.searchsorted(look_alike[order], look_alike, side="left")
    stop = np.searchsorted(look_alike[order], look_alike, side="right")
    members = start[:, None] + np.arange(4)[None, :]
    who = np.where(members < stop[:, None], order[np.minimum(members, len(order) - 1)], -1)
    return np.where(who == np.arange(len(order))[:, None], -1, who)
