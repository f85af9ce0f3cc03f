"""Prices at which shared things are used up but not overused, and the bound they prove.

At prices p >= 0 each user takes what is best for itself; together they earn `value` (before paying) and
use `usage`. The dual function

    D(p) = max_x [value(x) - p . usage(x)] + p . capacity  =  value(p) - p . usage(p) + p . capacity

is convex, is never below the best value that fits into `capacity`, and its minimiser is the price of each thing:
what one unit more would earn. Each answer also gives a plane below D everywhere, value + p . (capacity - usage),
so the least point of all planes so far bounds the minimum from below: the search knows how far it is
(Kelley 1960). Trying half-way between the best point so far and the planes' least point keeps it from
jumping about (in-out separation, Ben-Ameur and Neto 2007). With one thing shared this closes in like bisection.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from tradewind.core.errors import ParameterError

Floats = npt.NDArray[np.float64]

SMALL_SHARE = 1e-3
"""A bound below this share of what would be earned without limits is as good as nothing: not refined further."""


@dataclass(frozen=True)
class Response:
    """What users earn together, prices not paid, and what they use (m,), each deciding alone at some prices."""

    value: float
    usage: Floats


@dataclass(frozen=True)
class Priced:
    """`prices` (m,) >= 0; `bound`: no use within capacity is worth more; `rounds` of prices tried.

    `slack` >= 0: how much lower a bound other prices could still prove, at most.
    """

    prices: Floats
    bound: float
    rounds: int
    slack: float

    def gap(self, value: float) -> float:
        """Share of the bound by which a plan worth `value` may fall short of the best: proven, 0 if none."""
        return max(self.bound - value, 0.0) / self.bound if self.bound > 0 else 0.0


def shadow_prices(
    respond: Callable[[Floats], Response],
    capacity: npt.ArrayLike,
    *,
    highest: npt.ArrayLike,
    goal: float = 1e-4,
    rounds: int = 80,
) -> Priced:
    """Minimise the dual over 0 <= prices <= `highest` until `slack` <= goal x bound, or for `rounds` trials.

    `respond` must answer with users' true best at the prices tried, else nothing is proven. `highest` (m,)
    is finite: a price from which a thing is surely not overused; D(0) / capacity is one.
    Deterministic; stops by gap or rounds, never by time. Raises ParameterError on negative capacity or prices.
    """
    capacity, highest = np.asarray(capacity, float), np.asarray(highest, float)
    for name, value in (("capacity", capacity), ("highest", highest)):
        if not (np.isfinite(value) & (value >= 0)).all():
            raise ParameterError("parameter_range", name=name, value=value, allowed="finite and >= 0")
    trial = best = np.zeros(len(capacity))
    bound, least = np.inf, -np.inf
    planes: list[tuple[float, Floats]] = []
    for count in range(1, rounds + 1):
        response = respond(trial)
        planes.append((response.value, capacity - response.usage))
        here = response.value + float(trial @ planes[-1][1])
        if here < bound:
            best, bound = trial, here
        if count == 1 and (response.usage <= capacity).all():
            return Priced(best, bound, count, 0.0)
        target, least = _least_point(planes, highest)
        if bound - least <= goal * max(bound, SMALL_SHARE * planes[0][0]):
            break
        trial = (best + target) / 2
    return Priced(best, bound, count, max(bound - least, 0.0))


def _least_point(planes: list[tuple[float, Floats]], highest: Floats) -> tuple[Floats, float]:
    """Where the highest of all planes is lowest within the box, and how low: a linear program in m + 1 unknowns."""
    heights = np.array([height for height, _ in planes])
    slopes = np.array([slope for _, slope in planes])
    size = max(float(np.abs(heights).max()), 1e-12)
    reach = np.where(highest > 0, highest, 1.0)
    solved = linprog(
        np.append(np.zeros(len(highest)), 1.0),
        A_ub=np.column_stack([slopes * reach / size, -np.ones(len(planes))]),
        b_ub=-heights / size,
        bounds=[*[(0.0, float(h > 0)) for h in highest], (None, None)],
        method="highs-ds",
    )
    return np.asarray(solved.x, float)[:-1] * reach, float(np.asarray(solved.fun)) * size
