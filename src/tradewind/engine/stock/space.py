"""Orders of one warehouse that must share its space, week by week.

A unit ordered takes its volume from its arrival until it sells: of x units, x - E[min(x, need_{k-1})] are
expected to lie there at the start of week k after arrival. Each week's space gets a price; every SKU orders what
is best for itself at those prices; what still does not fit, or fits no longer, is mended batch by batch in the
order of value per priced cubic metre. The prices prove how far the result can be from the best.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt

from tradewind.engine.shadow_prices import Response, shadow_prices
from tradewind.engine.stock.projection import Draws, Floats, Ints
from tradewind.engine.stock.value import Batches, Worth, best_units, expected_sold

Flags = npt.NDArray[np.bool_]

FULL = 1e-9
"""m3 of expected stock that count as nothing."""


@dataclass(frozen=True)
class Lines:
    """The orders that compete: their needs, worth, batches, volume of a unit and week of arrival."""

    need: Draws
    worth: Worth
    batches: Batches
    volume_m3: Floats
    arrival_week: Ints

    def take(self, rows: Ints) -> Lines:
        worth, batches = self.worth, self.batches
        return Lines(
            self.need[rows],
            Worth(worth.weights[rows], worth.cost[rows]),
            Batches(batches.step[rows], batches.least[rows], batches.most[rows]),
            self.volume_m3[rows],
            self.arrival_week[rows],
        )


@dataclass(frozen=True)
class Fit:
    """Units per line that fit; the value of space (weeks,) per m3; what they are worth and no plan can exceed."""

    units: Ints
    value_per_m3: Floats
    value: float
    bound: float


def fit_space(lines: Lines, room_m3: Floats, *, goal: float = 1e-3, rounds: int = 80) -> Fit:
    """Order within `room_m3` (weeks,), the space left by what is there anyway; inf where there is no limit.

    `lines.need` must reach from each arrival to the last of these weeks. A week with no room at all takes no
    line that is expected to lie there.
    """
    room = np.maximum(room_m3, 0.0)
    wanted = _outcome(lines, best_units(lines.need, lines.worth, lines.batches), len(room))
    if (wanted.space.sum(axis=0) <= room + FULL).all():
        total = float(wanted.value.sum())
        return Fit(wanted.units, np.zeros(len(room)), total, total)
    finite = np.flatnonzero(np.isfinite(room))

    def at(prices: Floats) -> Outcome:
        spread = np.zeros(len(room))
        spread[finite] = prices
        units = best_units(lines.need, _priced(lines, spread), lines.batches)
        return _outcome(lines, units, len(room))

    def respond(prices: Floats) -> Response:
        chosen = at(prices)
        return Response(float(chosen.value.sum()), chosen.space.sum(axis=0)[finite])

    highest = _highest_prices(lines, wanted, room)[finite]
    priced = shadow_prices(respond, room[finite], highest=highest, goal=goal, rounds=rounds)
    prices = np.zeros(len(room))
    prices[finite] = priced.prices
    fitted = _fill(lines, _trim(lines, at(priced.prices), prices, room), wanted.units, prices, room)
    return Fit(fitted.units, prices, float(fitted.value.sum()), priced.bound)


@dataclass(frozen=True)
class Outcome:
    """What `units` per line are worth, (lines,), and the m3 they are expected to take each week, (lines, weeks)."""

    units: Ints
    value: Floats
    space: Floats


def _outcome(lines: Lines, units: Ints, weeks: int) -> Outcome:
    sold = expected_sold(lines.need, units)
    return Outcome(
        units, lines.worth.of(sold, units), space_taken(units, sold, lines.volume_m3, lines.arrival_week, weeks)
    )


def space_taken(units: Ints, sold: Floats, volume_m3: Floats, arrival_week: Ints, weeks: int) -> Floats:
    """Expected m3 of an order at the start of each week, (lines, weeks), 0 before it arrives."""
    age = np.arange(weeks) - arrival_week[:, None]
    gone = np.take_along_axis(np.pad(sold, ((0, 0), (1, 0))), np.maximum(age, 0), axis=1)
    return np.where(age >= 0, volume_m3[:, None] * np.maximum(units[:, None] - gone, 0.0), 0.0)


def _priced(lines: Lines, prices: Floats) -> Worth:
    """The lines' worth after paying for space: a unit pays each week from arrival on, and is refunded once sold."""
    weeks, cover = len(prices), lines.worth.weights.shape[1]
    later = lines.arrival_week[:, None] + 1 + np.arange(cover)
    refund = np.where(later < weeks, prices[np.minimum(later, weeks - 1)], 0.0)
    whole_stay = np.append(np.cumsum(prices[::-1])[::-1], 0.0)[np.minimum(lines.arrival_week, weeks)]
    return Worth(
        lines.worth.weights + lines.volume_m3[:, None] * refund,
        lines.worth.cost + lines.volume_m3 * whole_stay,
    )


def _highest_prices(lines: Lines, wanted: Outcome, room: Floats) -> Floats:
    """Per week a price above which nothing is ordered that would lie there.

    Value per m3 falls along an order, so it is highest for the smallest one; and no optimal price exceeds value / room.
    """
    first = _outcome(lines, np.where(wanted.units > 0, lines.batches.least, 0), len(room))
    there = first.space > FULL
    each = np.divide(first.value[:, None], first.space, out=np.zeros_like(first.space), where=there)
    overall = np.divide(wanted.value.sum(), room, out=np.full(len(room), np.inf), where=room > 0)
    return np.minimum(each.max(axis=0, initial=0.0), overall)


def _trim(lines: Lines, now: Outcome, prices: Floats, room: Floats) -> Outcome:
    """Take back batches that earn least per priced m3 until everything fits."""
    while True:
        over = now.space.sum(axis=0) - room
        if (over <= FULL).all():
            return now
        scarce = np.where(over > FULL, max(prices.max(), FULL), prices)
        fewer = np.where(now.units - lines.batches.step >= lines.batches.least, now.units - lines.batches.step, 0)
        less = _outcome(lines, fewer, len(room))
        freed = now.space - less.space
        loss_per_space = (now.value - less.value) / np.maximum(freed @ scarce, 1e-300)
        ranked = np.lexsort((np.arange(len(fewer)), loss_per_space))
        dropped = np.zeros(len(fewer), np.bool_)
        _drop_until_fits(ranked, freed, over, dropped)
        now = _chosen(dropped, less, now)


def _fill(lines: Lines, now: Outcome, wanted: Ints, prices: Floats, room: Floats) -> Outcome:
    """Add batches that still earn and fit, best per priced m3 first; one that does not fit is not asked again."""
    asking = np.arange(len(wanted))
    while True:
        more = np.where(
            now.units[asking] > 0, now.units[asking] + lines.batches.step[asking], lines.batches.least[asking]
        )
        asking, more = asking[more <= wanted[asking]], more[more <= wanted[asking]]
        if not len(asking):
            return now
        next_ = _outcome(lines.take(asking), more, len(room))
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


def _chosen(where: Flags, yes: Outcome, no: Outcome) -> Outcome:
    return Outcome(
        np.where(where, yes.units, no.units),
        np.where(where, yes.value, no.value),
        np.where(where[:, None], yes.space, no.space),
    )


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
