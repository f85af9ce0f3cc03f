"""What the next unit is worth, and the order at which it is worth nothing more.

Of x units arriving in week L, min(x, need_k) have sold after k + 1 weeks. Every worth the plan knows is then

    G(x) = sum_k weight_k E[min(x, need_k)] - cost x,        weight_k >= 0,

concave in x, its slope falling from unit to unit: the order stops where the slope turns non-positive.

* Against waiting for the next order, `review` weeks later: a unit that sells before that earns its margin; one
  that does not is held for nothing, and paid for until the next order can make up for it, one week more than
  `review`. This is the marginal-value rule with lost sales projected along each path. The plain critical-ratio
  quantile of lead-time demand orders too much: it neither loses sales on the way nor pays for what stays.
* Against never ordering: over the whole `cover` a unit earns its margin if it sells, pays holding until it
  does, and loses its cost less salvage if it does not. No order goes past the unit where this turns non-positive.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt

from tradewind.engine.stock.projection import Draws, Floats, Ints

MAKE_UP_WEEKS = 1
"""Weeks a unit too many is still held once the next order is there. A judgement: in most of the settings simulated
against known demand odds (lead times 2 and 5, slow and fast movers, with and without peaks) one week cost less than
none, and two or more seldom less again; it is not the best for every item."""


@dataclass(frozen=True)
class Worth:
    """G per row: weights (rows, cover) >= 0 of units sold by each week's end, cost (rows,) of a unit."""

    weights: Floats
    cost: Floats

    def of(self, sold: Floats, units: npt.NDArray[np.int64] | Floats) -> Floats:
        """G of ordering `units` (rows,), of which `sold` (rows, cover) are expected sold by each week's end."""
        return (self.weights * sold).sum(axis=1) - self.cost * units


@dataclass(frozen=True)
class Batches:
    """What can be ordered: nothing, or `least`, least + step, … up to `most` units; least is a multiple of step."""

    step: Ints
    least: Ints
    most: Ints


def against_waiting(margin: Floats, holding: Floats, *, review: int, reach: int) -> Worth:
    """Money a unit now earns over the same unit from the next order: `margin` per sale, `holding` per unit and week.

    Margins are >= 0 here and below. `reach` >= review + MAKE_UP_WEEKS is the number of weeks of `need`.
    """
    held = review + MAKE_UP_WEEKS
    weights = np.zeros((len(margin), reach))
    weights[:, :held] = holding[:, None]
    weights[:, review - 1] += margin
    return Worth(weights, holding * held)


def against_never(margin: Floats, holding: Floats, leftover_loss: Floats, *, cover: int, reach: int) -> Worth:
    """Money a unit earns over its life: margin if it sells within `cover` weeks, else the loss on a leftover."""
    weights = np.zeros((len(margin), reach))
    weights[:, :cover] = holding[:, None]
    weights[:, cover - 1] += margin + leftover_loss
    return Worth(weights, holding * cover + leftover_loss)


def whole_batches(moq_units: Ints, carton_units: Ints) -> Batches:
    """Whole cartons, at least the supplier's minimum, no upper limit yet."""
    least = -(-moq_units // carton_units) * carton_units
    return Batches(carton_units, least, np.full(len(least), np.iinfo(np.int64).max))


def best_units(need: Draws, worth: Worth, batches: Batches) -> Ints:
    """The batch with the highest G per row, 0 where none has G > 0; of equals the smallest."""
    units = np.zeros(len(need), np.int64)
    _climb(need, worth.weights, worth.cost, batches.step, batches.least, batches.most, units)
    return units


def expected_sold(need: Draws, units: Ints) -> Floats:
    """E[min(units, need_k)], (rows, cover): of an order of `units`, sold by the end of each week since arrival."""
    sold = np.zeros(need.shape[:2])
    _sold(need, units, sold)
    return sold


@nb.njit(cache=True)
def _of_the_next(need: Draws, low: float, step: float) -> float:
    """E[min(low + step, need) - min(low, need)] of ascending `need`."""
    total = 0.0
    for s in range(len(need) - 1, -1, -1):
        if need[s] <= low:
            break
        total += min(step, need[s] - low)
    return total / len(need)


@nb.njit(cache=True)
def _rise(need: Draws, weights: Floats, cost: float, low: float, step: float) -> float:
    """G(low + step) - G(low) of one row."""
    rise = -cost * step
    for k in range(len(weights)):
        if weights[k] > 0.0:
            rise += weights[k] * _of_the_next(need[k], low, step)
    return rise


@nb.njit(cache=True, parallel=True)
def _climb(need: Draws, weights: Floats, cost: Floats, step: Ints, least: Ints, most: Ints, units: Ints) -> None:
    for i in nb.prange(len(units)):
        tiny = 1e-9 * (cost[i] + weights[i].sum()) * step[i]
        low, high = 0, int(np.ceil(need[i, :, -1].max() / step[i]))
        while low < high:
            middle = (low + high) // 2
            if _rise(need[i], weights[i], cost[i], float(middle * step[i]), float(step[i])) > tiny:
                low = middle + 1
            else:
                high = middle
        best = min(low * step[i], most[i] // step[i] * step[i])
        if best < least[i] and _rise(need[i], weights[i], cost[i], 0.0, float(least[i])) > tiny:
            best = least[i]
        units[i] = best if least[i] <= best <= most[i] else 0


@nb.njit(cache=True, parallel=True)
def _sold(need: Draws, units: Ints, sold: Floats) -> None:
    for i in nb.prange(len(units)):
        if units[i] > 0:
            for k in range(need.shape[1]):
                sold[i, k] = _of_the_next(need[i, k], 0.0, float(units[i]))
