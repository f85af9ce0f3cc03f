"""Orders that compete for one warehouse's space: what an allocation is worth, and the space it is expected to take.

A unit ordered takes its volume from its arrival until it sells: of x units, x - E[min(x, need_{k-1})] are expected
to lie there at the start of week k after arrival.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tradewind.engine.stock.projection import Draws, Floats, Ints
from tradewind.engine.stock.value import Batches, Worth, expected_sold

Flags = npt.NDArray[np.bool_]

TOLERANCE_M3 = 1e-9
"""m3 by which an allocation may exceed the space; expected stock below it counts as none."""


@dataclass(frozen=True)
class Orders:
    """The orders that compete for space, one row each: needs, worth, batches, volume of a unit and week of arrival."""

    need: Draws
    worth: Worth
    batches: Batches
    volume_m3: Floats
    arrival_week: Ints

    def take(self, rows: Ints) -> Orders:
        worth, batches = self.worth, self.batches
        return Orders(
            self.need[rows],
            Worth(worth.weights[rows], worth.cost[rows]),
            Batches(batches.step[rows], batches.least[rows], batches.most[rows]),
            self.volume_m3[rows],
            self.arrival_week[rows],
        )


@dataclass(frozen=True)
class Allocation:
    """Units per order (n,), what they are worth (n,), and the m3 they are expected to take each week (n, weeks)."""

    units: Ints
    value: Floats
    space_m3: Floats


def allocation_of(orders: Orders, units: Ints, weeks: int) -> Allocation:
    """The allocation of `units` (n,) over `weeks` weeks."""
    sold = expected_sold(orders.need, units)
    return Allocation(
        units,
        orders.worth.of(sold, units),
        space_taken(units, sold, orders.volume_m3, orders.arrival_week, weeks),
    )


def space_taken(units: Ints, sold: Floats, volume_m3: Floats, arrival_week: Ints, weeks: int) -> Floats:
    """Expected m3 of each order at the start of each week, (n, weeks), 0 before it arrives."""
    age = np.arange(weeks) - arrival_week[:, None]
    gone = np.take_along_axis(np.pad(sold, ((0, 0), (1, 0))), np.maximum(age, 0), axis=1)
    return np.where(age >= 0, volume_m3[:, None] * np.maximum(units[:, None] - gone, 0.0), 0.0)


def either(where: Flags, yes: Allocation, no: Allocation) -> Allocation:
    """Row by row, `yes` where `where` (n,) holds, else `no`."""
    return Allocation(
        np.where(where, yes.units, no.units),
        np.where(where, yes.value, no.value),
        np.where(where[:, None], yes.space_m3, no.space_m3),
    )
