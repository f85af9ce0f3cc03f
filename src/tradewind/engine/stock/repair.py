"""Repair of an allocation: batches are removed until it fits, then added, by what they earn per priced cubic metre."""

from __future__ import annotations

import numba as nb
import numpy as np

from tradewind.engine.stock.allocation import TOLERANCE_M3, Allocation, Flags, Orders, allocation_of, either
from tradewind.engine.stock.projection import Floats, Ints


def trim(orders: Orders, current: Allocation, prices: Floats, free_m3: Floats) -> Allocation:
    """Remove the batches that earn least per priced m3 until everything fits."""
    while True:
        over = current.space_m3.sum(axis=0) - free_m3
        if (over <= TOLERANCE_M3).all():
            return current
        scarce = np.where(over > TOLERANCE_M3, max(prices.max(), TOLERANCE_M3), prices)
        fewer = np.where(
            current.units - orders.batches.step >= orders.batches.least,
            current.units - orders.batches.step,
            0,
        )
        less = allocation_of(orders, fewer, len(free_m3))
        freed = current.space_m3 - less.space_m3
        loss_per_space = (current.value - less.value) / np.maximum(freed @ scarce, 1e-300)
        ranked = np.lexsort((np.arange(len(fewer)), loss_per_space))
        dropped = np.zeros(len(fewer), np.bool_)
        _drop_until_fits(ranked, freed, over, dropped)
        current = either(dropped, less, current)


def fill(orders: Orders, current: Allocation, unconstrained: Ints, prices: Floats, free_m3: Floats) -> Allocation:
    """Add batches that still earn and fit, best per priced m3 first; one that does not fit is not tried again."""
    pending = np.arange(len(unconstrained))
    while True:
        more = np.where(
            current.units[pending] > 0,
            current.units[pending] + orders.batches.step[pending],
            orders.batches.least[pending],
        )
        pending, more = pending[more <= unconstrained[pending]], more[more <= unconstrained[pending]]
        if not len(pending):
            return current
        next_ = allocation_of(orders.take(pending), more, len(free_m3))
        extra, gain = next_.space_m3 - current.space_m3[pending], next_.value - current.value[pending]
        ranked = np.lexsort((pending, -gain / np.maximum(extra @ prices, 1e-300)))
        taken = np.zeros(len(pending), np.bool_)
        _add_what_fits(ranked[gain[ranked] > 0], extra, free_m3 - current.space_m3.sum(axis=0), taken)
        if not taken.any():
            return current
        rows = pending[taken]
        for old, new in (
            (current.units, next_.units),
            (current.value, next_.value),
            (current.space_m3, next_.space_m3),
        ):
            old[rows] = new[taken]
        pending = rows


@nb.njit(cache=True)
def _drop_until_fits(ranked: Ints, freed: Floats, over: Floats, dropped: Flags) -> None:
    for i in ranked:
        helps = False
        for t in range(len(over)):
            helps |= over[t] > TOLERANCE_M3 and freed[i, t] > 0.0
        if helps:
            dropped[i] = True
            over -= freed[i]


@nb.njit(cache=True)
def _add_what_fits(ranked: Ints, extra: Floats, left: Floats, taken: Flags) -> None:
    for i in ranked:
        if (extra[i] <= left).all():
            taken[i] = True
            left -= extra[i]
