"""Orders of one warehouse that must share its space, week by week.

Each week's space gets a price; every SKU orders what is best for itself at those prices; what still does not fit,
or fits no longer, is mended batch by batch in the order of value per priced cubic metre. The prices prove how far
the result can be from the best; where the options are few enough, all are weighed against each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradewind.engine.shadow_prices import Priced, Response, shadow_prices
from tradewind.engine.stock.allocation import FULL, Lines, Outcome, outcome
from tradewind.engine.stock.knapsack import MOST_OPTIONS, choose, options_count
from tradewind.engine.stock.projection import Floats, Ints
from tradewind.engine.stock.repair import fill, trim
from tradewind.engine.stock.value import Worth, best_units


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
    wanted = outcome(lines, best_units(lines.need, lines.worth, lines.batches), len(room))
    if (wanted.space.sum(axis=0) <= room + FULL).all():
        total = float(wanted.value.sum())
        return Fit(wanted.units, np.zeros(len(room)), total, total)
    finite = np.flatnonzero(np.isfinite(room))

    def at(prices: Floats) -> Outcome:
        spread = np.zeros(len(room))
        spread[finite] = prices
        units = best_units(lines.need, _priced(lines, spread), lines.batches)
        return outcome(lines, units, len(room))

    def respond(prices: Floats) -> Response:
        chosen = at(prices)
        return Response(float(chosen.value.sum()), chosen.space.sum(axis=0)[finite])

    highest = _highest_prices(lines, wanted, room)[finite]
    priced = shadow_prices(respond, room[finite], highest=highest, goal=goal, rounds=rounds)
    prices = np.zeros(len(room))
    prices[finite] = priced.prices
    fitted = fill(lines, trim(lines, at(priced.prices), prices, room), wanted.units, prices, room)
    if priced.gap(float(fitted.value.sum())) > goal and options_count(lines, wanted.units) <= MOST_OPTIONS:
        return _chosen_exactly(lines, wanted.units, fitted, priced, prices, room, goal)
    return Fit(fitted.units, prices, float(fitted.value.sum()), priced.bound)


def _chosen_exactly(
    lines: Lines, wanted: Ints, fitted: Outcome, priced: Priced, prices: Floats, room: Floats, goal: float
) -> Fit:
    """Few options leave gaps that prices cannot close, so all are weighed against each other."""
    units, bound = choose(lines, wanted, room, goal=goal)
    exact = fill(lines, trim(lines, outcome(lines, units, len(room)), prices, room), wanted, prices, room)
    best = max(exact, fitted, key=lambda found: float(found.value.sum()))
    return Fit(best.units, prices, float(best.value.sum()), max(min(priced.bound, bound), float(best.value.sum())))


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
    first = outcome(lines, np.where(wanted.units > 0, lines.batches.least, 0), len(room))
    there = first.space > FULL
    each = np.divide(first.value[:, None], first.space, out=np.zeros_like(first.space), where=there)
    overall = np.divide(wanted.value.sum(), room, out=np.full(len(room), np.inf), where=room > FULL)
    return np.minimum(each.max(axis=0, initial=0.0), overall)
