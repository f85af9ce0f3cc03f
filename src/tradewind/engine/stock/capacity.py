"""Orders of one warehouse that share its capacity, week by week.

Each week's space gets a price; every SKU orders what is best for itself at those prices; what still does not fit,
or leaves space unused, is repaired batch by batch in the order of value per priced cubic metre. The prices bound how
far the result can be from the best; where the options are few enough, the knapsack is solved exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradewind.engine.shadow_prices import Priced, Response, shadow_prices
from tradewind.engine.stock.allocation import TOLERANCE_M3, Allocation, Orders, allocation_of
from tradewind.engine.stock.knapsack import MAX_OPTIONS, options_count, solve_knapsack
from tradewind.engine.stock.projection import Floats, Ints
from tradewind.engine.stock.repair import fill, trim
from tradewind.engine.stock.value import Worth, best_units


@dataclass(frozen=True)
class CapacityFit:
    """Units per order that fit; the shadow price of space (weeks,) per m3; the orders' value, and a bound on any."""

    units: Ints
    value_per_m3: Floats
    value: float
    bound: float


def fit_capacity(orders: Orders, free_m3: Floats, *, goal: float = 1e-3, rounds: int = 80) -> CapacityFit:
    """Order within `free_m3` (weeks,), the space left by what is there anyway; inf where there is no limit.

    `orders.need` must reach from each arrival to the last of these weeks. A week without free space takes no order
    that is expected to lie there. Stops once the gap to the bound is at most `goal` (share of the value), or after
    `rounds` rounds of prices.
    """
    free_m3 = np.maximum(free_m3, 0.0)
    unconstrained = allocation_of(orders, best_units(orders.need, orders.worth, orders.batches), len(free_m3))
    if (unconstrained.space_m3.sum(axis=0) <= free_m3 + TOLERANCE_M3).all():
        total = float(unconstrained.value.sum())
        return CapacityFit(unconstrained.units, np.zeros(len(free_m3)), total, total)
    finite = np.flatnonzero(np.isfinite(free_m3))

    def at(prices: Floats) -> Allocation:
        by_week = np.zeros(len(free_m3))
        by_week[finite] = prices
        units = best_units(orders.need, _priced(orders, by_week), orders.batches)
        return allocation_of(orders, units, len(free_m3))

    def respond(prices: Floats) -> Response:
        allocation = at(prices)
        return Response(float(allocation.value.sum()), allocation.space_m3.sum(axis=0)[finite])

    highest = _highest_prices(orders, unconstrained, free_m3)[finite]
    priced = shadow_prices(respond, free_m3[finite], highest=highest, goal=goal, rounds=rounds)
    prices = np.zeros(len(free_m3))
    prices[finite] = priced.prices
    fitted = fill(orders, trim(orders, at(priced.prices), prices, free_m3), unconstrained.units, prices, free_m3)
    if priced.gap(float(fitted.value.sum())) > goal and options_count(orders, unconstrained.units) <= MAX_OPTIONS:
        return _solved_exactly(orders, unconstrained.units, fitted, priced, prices, free_m3, goal)
    return CapacityFit(fitted.units, prices, float(fitted.value.sum()), priced.bound)


def _solved_exactly(
    orders: Orders,
    unconstrained: Ints,
    fitted: Allocation,
    priced: Priced,
    prices: Floats,
    free_m3: Floats,
    goal: float,
) -> CapacityFit:
    """With few options, prices leave a gap that only the exact solution closes."""
    units, bound = solve_knapsack(orders, unconstrained, free_m3, goal=goal)
    exact = fill(
        orders,
        trim(orders, allocation_of(orders, units, len(free_m3)), prices, free_m3),
        unconstrained,
        prices,
        free_m3,
    )
    best = max(exact, fitted, key=lambda found: float(found.value.sum()))
    return CapacityFit(
        best.units, prices, float(best.value.sum()), max(min(priced.bound, bound), float(best.value.sum()))
    )


def _priced(orders: Orders, prices: Floats) -> Worth:
    """The orders' worth after paying for space: a unit pays each week from arrival on, and is refunded once sold."""
    weeks, cover = len(prices), orders.worth.weights.shape[1]
    later = orders.arrival_week[:, None] + 1 + np.arange(cover)
    refund = np.where(later < weeks, prices[np.minimum(later, weeks - 1)], 0.0)
    whole_stay = np.append(np.cumsum(prices[::-1])[::-1], 0.0)[np.minimum(orders.arrival_week, weeks)]
    return Worth(
        orders.worth.weights + orders.volume_m3[:, None] * refund,
        orders.worth.cost + orders.volume_m3 * whole_stay,
    )


def _highest_prices(orders: Orders, unconstrained: Allocation, free_m3: Floats) -> Floats:
    """Per week a price above which nothing is ordered that would lie there.

    Value per m3 falls along an order, so it is highest for the smallest one; no optimal price exceeds value / free m3.
    """
    first = allocation_of(orders, np.where(unconstrained.units > 0, orders.batches.least, 0), len(free_m3))
    there = first.space_m3 > TOLERANCE_M3
    each = np.divide(first.value[:, None], first.space_m3, out=np.zeros_like(first.space_m3), where=there)
    overall = np.divide(
        unconstrained.value.sum(), free_m3, out=np.full(len(free_m3), np.inf), where=free_m3 > TOLERANCE_M3
    )
    return np.minimum(each.max(axis=0, initial=0.0), overall)
