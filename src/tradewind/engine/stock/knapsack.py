"""The best of few options, proven: a multiple-choice knapsack solved by branch and bound (HiGHS)."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from tradewind.engine.stock.allocation import FULL, Lines, outcome
from tradewind.engine.stock.projection import Floats, Ints

MOST_OPTIONS = 2000
"""Options up to which weighing all of them takes a second or two; beyond, prices leave hardly a gap."""

NODES = 2000
"""Branch-and-bound nodes after which the search stops with the gap it has, never by time."""


def options_count(lines: Lines, wanted: Ints) -> int:
    """How many orders above 0 the lines can choose from, none above what they want."""
    return int(_counts(lines, wanted).sum())


def choose(lines: Lines, wanted: Ints, room_m3: Floats, *, goal: float) -> tuple[Ints, float]:
    """Units per line that are worth most within the room, up to `goal`, and a bound no choice can exceed."""
    counts = _counts(lines, wanted)
    line = np.repeat(np.arange(len(counts)), counts)
    nth = np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts, counts)
    units = lines.batches.least[line] + nth * lines.batches.step[line]
    option = outcome(lines.take(line), units, len(room_m3))
    limited = np.isfinite(room_m3)
    space, room = option.space[:, limited], room_m3[limited]
    allowed = (space <= room + FULL).all(axis=1)
    found = milp(
        -option.value,
        constraints=[
            LinearConstraint((space / np.maximum(room, FULL)).T * allowed, ub=1.0),
            LinearConstraint(csr_array((np.ones(len(line)), (line, np.arange(len(line))))), ub=1.0),
        ],
        bounds=Bounds(0.0, allowed.astype(float)),
        integrality=np.ones(len(line), np.int64),
        options={"mip_rel_gap": goal, "node_limit": NODES},
    )
    best = np.zeros(len(counts), np.int64)
    if found.x is None:
        return best, np.inf
    taken = found.x > 0.5
    best[line[taken]] = units[taken]
    return best, -float(found.mip_dual_bound)


def _counts(lines: Lines, wanted: Ints) -> Ints:
    return np.where(wanted > 0, (wanted - lines.batches.least) // lines.batches.step + 1, 0)
