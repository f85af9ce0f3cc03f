"""Orders that compete for space, what they are worth, and the space they are expected to take.

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
class Outcome:
    """What `units` per line are worth, (lines,), and the m3 they are expected to take each week, (lines, weeks)."""

    units: Ints
    value: Floats
    space: Floats


def outcome(lines: Lines, units: Ints, weeks: int) -> Outcome:
    sold = expected_sold(lines.need, units)
    return Outcome(
        units, lines.worth.of(sold, units), space_taken(units, sold, lines.volume_m3, lines.arrival_week, weeks)
    )


def space_taken(units: Ints, sold: Floats, volume_m3: Floats, arrival_week: Ints, weeks: int) -> Floats:
    """Expected m3 of an order at the start of each week, (lines, weeks), 0 before it arrives."""
    age = np.arange(weeks) - arrival_week[:, None]
    gone = np.take_along_axis(np.pad(sold, ((0, 0), (1, 0))), np.maximum(age, 0), axis=1)
    return np.where(age >= 0, volume_m3[:, None] * np.maximum(units[:, None] - gone, 0.0), 0.0)


def chosen(where: Flags, yes: Outcome, no: Outcome) -> Outcome:
    """Line by line, the one outcome or the other."""
    return Outcome(
        np.where(where, yes.units, no.units),
        np.where(where, yes.value, no.value),
        np.where(where[:, None], yes.space, no.space),
    )
