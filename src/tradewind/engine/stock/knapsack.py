"""The best of few options, proven: a multiple-choice knapsack solved by branch and bound (HiGHS)."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from tradewind.engine.stock.allocation import TOLERANCE_M3, Orders, allocation_of
from tradewind.engine.stock.projection import Floats, Ints

MAX_OPTIONS = 2000
"""Options up to which the exact solution takes a second or two; beyond, prices leave hardly a gap."""

MAX_NODES = 2000
"""Branch-and-bound nodes after which the search stops with the gap it has, never by time."""


def options_count(orders: Orders, unconstrained: Ints) -> int:
    """How many orders above 0 there are to choose from, none above the unconstrained one."""
    return int(_counts(orders, unconstrained).sum())


def solve_knapsack(orders: Orders, unconstrained: Ints, free_m3: Floats, *, goal: float) -> tuple[Ints, float]:
    """Units per order that are worth most within `free_m3` (weeks,), up to `goal` (share), and a bound on the value.

    No units and an infinite bound where the search found nothing.
    """
    counts = _counts(orders, unconstrained)
    line = np.repeat(np.arange(len(counts)), counts)
    nth = np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts, counts)
    units = orders.batches.least[line] + nth * orders.batches.step[line]
    option = allocation_of(orders.take(line), units, len(free_m3))
    limited = np.isfinite(free_m3)
    space_m3, free_m3 = option.space_m3[:, limited], free_m3[limited]
    allowed = (space_m3 <= free_m3 + TOLERANCE_M3).all(axis=1)
    found = milp(
        -option.value,
        constraints=[
            LinearConstraint((space_m3 / np.maximum(free_m3, TOLERANCE_M3)).T * allowed, ub=1.0),
            LinearConstraint(csr_array((np.ones(len(line)), (line, np.arange(len(line))))), ub=1.0),
        ],
        bounds=Bounds(0.0, allowed.astype(float)),
        integrality=np.ones(len(line), np.int64),
        options={"mip_rel_gap": goal, "node_limit": MAX_NODES},
    )
    best = np.zeros(len(counts), np.int64)
    if found.x is None:
        return best, np.inf
    taken = found.x > 0.5
    best[line[taken]] = units[taken]
    return best, -float(found.mip_dual_bound)


def _counts(orders: Orders, unconstrained: Ints) -> Ints:
    return np.where(unconstrained > 0, (unconstrained - orders.batches.least) // orders.batches.step + 1, 0)
