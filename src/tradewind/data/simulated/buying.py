"""One week at the counter: what visitors want first, what stock can serve of it, and the orders they place.

A purchase whose first choice is out goes to a look-alike in stock, with stated odds, or is lost. Buyers are
served in order of time; the last one takes what is left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradewind.data.simulated.randomness import Flags, Floats, Ints
from tradewind.data.simulated.visits import draw_units, realised_rates
from tradewind.data.simulated.world import World

SWITCH_ODDS = 0.35
"""Odds that a buyer whose first choice is out takes a look-alike that is there."""

CANCEL_ODDS = 0.022
"""Odds that an order is called off before it is sent."""

_NEW_ORDER_ODDS, _LINES_MAX = 0.74, 3


@dataclass(frozen=True)
class Purchases:
    """One entry per purchase: `point` the stock point that serves it, `moment` in [0, 1) the share of the week's
    visits before it.
    """

    sku: Ints
    market: Ints
    point: Ints
    moment: Floats
    units: Ints

    def take(self, rows: Flags | Ints) -> Purchases:
        return Purchases(self.sku[rows], self.market[rows], self.point[rows], self.moment[rows], self.units[rows])


@dataclass(frozen=True)
class Ordered:
    """Served purchases as lines of orders: `order` counts the week's orders from 0, `cancelled` those called off.

    Lines of one order share market, node, mode and shop, and the moment of its earliest line.
    """

    lines: Purchases
    order: Ints
    cancelled: Flags


def first_choices(world: World, week: int, rng: np.random.Generator) -> Purchases:
    """The purchases that would happen if everything were in stock."""
    rates = realised_rates(world.goods, world.visits, week)
    counts = rng.poisson(rates).ravel()
    pair = np.repeat(np.arange(len(counts)), counts)
    sku, market = pair // rates.shape[1], pair % rates.shape[1]
    moment, units = rng.random(len(pair)), draw_units(world.goods.pack_odds[sku], rng)
    return Purchases(sku, market, world.places.point_of[sku, market], moment, units)


def serve(world: World, mates: Ints, stock: Ints, week: int, wanted: Purchases, rng: np.random.Generator) -> Purchases:
    """What is sold: first choices by time, then those who switch, out of what is left. `stock` (P,) goes down in place.

    `mates` (N, 4) are each SKU's look-alikes, padded with -1.
    """
    first = _hand_out(stock, wanted)
    goes_on = (first.units == 0) & (rng.random(len(first.sku)) < SWITCH_ODDS)
    missed = wanted.take(goes_on)
    other = _look_alike(world, mates, stock, week, missed, rng)
    missed, other = missed.take(other >= 0), other[other >= 0]
    point = world.places.point_of[other, missed.market]
    second = _hand_out(stock, Purchases(other, missed.market, point, missed.moment, missed.units))
    pairs = zip(vars(first).values(), vars(second).values(), strict=True)
    both = Purchases(*(np.concatenate(pair) for pair in pairs))
    return both.take(both.units > 0)


def first_come(stock: Ints, point: Ints, moment: Floats, units: Ints) -> Ints:
    """Units each purchase gets when its stock point serves in order of time; the last one takes what is left."""
    order = np.lexsort((moment, point))
    before = np.cumsum(units[order]) - units[order]
    first = np.searchsorted(point[order], point[order], side="left")
    before = before - before[first]
    got = np.empty_like(units)
    got[order] = np.clip(stock[point[order]] - before, 0, units[order])
    return got


def into_orders(world: World, served: Purchases, rng: np.random.Generator) -> Ordered:
    """Bundle purchases that follow each other at one market, node, mode and shop into orders of one to three lines."""
    places, shops = world.places, len(world.scale.shops)
    place = places.node[served.point] * 16 + places.mode_of[served.sku, served.market]
    group = (served.market * 4096 + place) * shops + world.goods.shop[served.sku]
    by_time = np.lexsort((served.moment, group))
    lines, group = served.take(by_time), group[by_time]
    starts = rng.random(len(group)) < _NEW_ORDER_ODDS
    starts[:1] = True
    starts[1:] |= group[1:] != group[:-1]
    starts |= _place_in_run(starts) % _LINES_MAX == 0
    order = np.cumsum(starts) - 1
    cancelled = rng.random(int(starts.sum())) < CANCEL_ODDS
    together = Purchases(lines.sku, lines.market, lines.point, lines.moment[starts][order], lines.units)
    return Ordered(together, order, cancelled[order])


def look_alikes(group: Ints) -> Ints:
    """The other members of each SKU's look-alike group of at most four, (N, 4), padded with -1."""
    order = np.argsort(group, kind="stable")
    start = np.searchsorted(group[order], group, side="left")
    stop = np.searchsorted(group[order], group, side="right")
    members = start[:, None] + np.arange(4)[None, :]
    who = np.where(members < stop[:, None], order[np.minimum(members, len(order) - 1)], -1)
    return np.where(who == np.arange(len(order))[:, None], -1, who)


def _hand_out(stock: Ints, wanted: Purchases) -> Purchases:
    got = first_come(stock, wanted.point, wanted.moment, wanted.units)
    stock -= np.bincount(wanted.point, got, len(stock)).astype(np.int64)
    return Purchases(wanted.sku, wanted.market, wanted.point, wanted.moment, got)


def _look_alike(world: World, mates: Ints, stock: Ints, week: int, missed: Purchases, rng: np.random.Generator) -> Ints:
    """The look-alike each buyer takes instead, by appeal among those in stock; -1 where there is none."""
    options, market = mates[missed.sku], missed.market[:, None]
    there = (options >= 0) & (stock[world.places.point_of[options, market]] > 0)
    weight = np.where(there, world.goods.appeal[options, market] * world.goods.life[options, week], 0.0)
    reach = np.cumsum(weight, axis=1)
    pick = (reach < (rng.random(len(options)) * reach[:, -1])[:, None]).sum(axis=1)
    chosen = np.take_along_axis(options, np.minimum(pick, options.shape[1] - 1)[:, None], 1)[:, 0]
    return np.where(reach[:, -1] > 0, chosen, -1)


def _place_in_run(starts: Flags) -> Ints:
    index = np.arange(len(starts))
    return index - np.maximum.accumulate(np.where(starts, index, 0))
