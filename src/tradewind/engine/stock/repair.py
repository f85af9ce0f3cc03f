"""Whole batches that fit: taken back or added one by one, by what they earn per priced cubic metre."""

from __future__ import annotations

import numba as nb
import numpy as np

from tradewind.engine.stock.allocation import FULL, Flags, Lines, Outcome, chosen, outcome
from tradewind.engine.stock.projection import Floats, Ints


def trim(lines: Lines, now: Outcome, prices: Floats, room: Floats) -> Outcome:
    """Take back batches that earn least per priced m3 until everything fits."""
    while True:
        over = now.space.sum(axis=0) - room
        if (over <= FULL).all():
            return now
        scarce = np.where(over > FULL, max(prices.max(), FULL), prices)
        fewer = np.where(now.units - lines.batches.step >= lines.batches.least, now.units - lines.batches.step, 0)
        less = outcome(lines, fewer, len(room))
        freed = now.space - less.space
        loss_per_space = (now.value - less.value) / np.maximum(freed @ scarce, 1e-300)
        ranked = np.lexsort((np.arange(len(fewer)), loss_per_space))
        dropped = np.zeros(len(fewer), np.bool_)
        _drop_until_fits(ranked, freed, over, dropped)
        now = chosen(dropped, less, now)


def fill(lines: Lines, now: Outcome, wanted: Ints, prices: Floats, room: Floats) -> Outcome:
    """Add batches that still earn and fit, best per priced m3 first; one that does not fit is not asked again."""
    asking = np.arange(len(wanted))
    while True:
        more = np.where(
            now.units[asking] > 0, now.units[asking] + lines.batches.step[asking], lines.batches.least[asking]
        )
        asking, more = asking[more <= wanted[asking]], more[more <= wanted[asking]]
        if not len(asking):
            return now
        next_ = outcome(lines.take(asking), more, len(room))
        extra, gain = next_.space - now.space[asking], next_.value - now.value[asking]
        ranked = np.lexsort((asking, -gain / np.maximum(extra @ prices, 1e-300)))
        taken = np.zeros(len(asking), np.bool_)
        _take_what_fits(ranked[gain[ranked] > 0], extra, room - now.space.sum(axis=0), taken)
        if not taken.any():
            return now
        rows = asking[taken]
        for old, new in ((now.units, next_.units), (now.value, next_.value), (now.space, next_.space)):
            old[rows] = new[taken]
        asking = rows


@nb.njit(cache=True)
def _drop_until_fits(ranked: Ints, freed: Floats, over: Floats, dropped: Flags) -> None:
    for i in ranked:
        helps = False
        for t in range(len(over)):
            helps |= over[t] > FULL and freed[i, t] > 0.0
        if helps:
            dropped[i] = True
            over -= freed[i]


@nb.njit(cache=True)
def _take_what_fits(ranked: Ints, extra: Floats, left: Floats, taken: Flags) -> None:
    for i in ranked:
        if (extra[i] <= left).all():
            taken[i] = True
            left -= extra[i]
