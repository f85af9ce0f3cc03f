"""Stock week by week along every demand path, had nothing been ordered, and what is then missing.

Unmet demand is lost, not backordered, so with D the demand so far and A what was or came in, the units lost
by the end of week t are Lost_t = max(0, max_{u <= t}(D_u - A_u)). A unit more, arriving in week L, is a
sale more as soon as one would have been lost since: of n units, min(n, need_k) sell within k + 1 weeks,
need_k = Lost_{L+k} - Lost_{L-1}, whatever else is on the way. Everything the plan needs is in `need`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Draws = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Supply:
    """What is there and what comes, one entry per row (node, sku); weeks count from the first forecast week.

    units (rows, weeks): on hand in week 0, and what counts from the start of each week on; arrival_week (rows,):
    the week from which an order placed now counts.
    """

    units: Ints
    arrival_week: Ints


@dataclass(frozen=True)
class Projection:
    """Of each row, without an order now.

    need         (rows, cover, scenarios)  ascending along scenarios: units an arrival in week L could sell
                 by the end of week L + k
    lost_odds    (rows, weeks)  odds that a sale has been lost by the end of the week
    stock_units  (rows, weeks)  expected units at the start of the week, arrivals included
    demand_units (rows, weeks)  expected demand
    """

    need: Draws
    lost_odds: Floats
    stock_units: Floats
    demand_units: Floats


def project(
    draws: Draws, members: Ints, starts: Ints, supply: Supply, *, cover: int, first_week_share: float = 1.0
) -> Projection:
    """Project every row along every path.

    `draws` (demand rows, weeks, scenarios); row i pools the demand rows members[starts[i]:starts[i + 1]];
    of the first week only `first_week_share` is still to come. Past the last week a path goes on with its own
    last weeks over again, so that its level lives on.
    """
    rows, (_, weeks, scenarios) = len(starts) - 1, draws.shape
    reach = int(max(supply.arrival_week.max(initial=0) + cover, weeks))
    need = np.zeros((rows, cover, scenarios), np.float32)
    lost_odds, stock, demand = np.zeros((rows, weeks)), np.zeros((rows, weeks)), np.zeros((rows, weeks))
    _simulate(
        draws,
        members,
        starts,
        _repeated_weeks(weeks, reach),
        first_week_share,
        supply.units,
        supply.arrival_week,
        need,
        lost_odds,
        stock,
        demand,
    )
    need.sort(axis=2)
    return Projection(need, lost_odds, stock, demand)


def _repeated_weeks(weeks: int, reach: int) -> Ints:
    """Which drawn week stands for each of `reach` weeks: the last ones over again past the end."""
    beyond = reach - weeks
    span = min(beyond, weeks)
    again = weeks - span + np.arange(beyond) % max(span, 1)
    return np.concatenate([np.arange(weeks), again]).astype(np.int64)


@nb.njit(cache=True, parallel=True)
def _simulate(
    draws: Draws,
    members: Ints,
    starts: Ints,
    week_at: Ints,
    first_week_share: float,
    supply: Ints,
    arrival_week: Ints,
    need: Draws,
    lost_odds: Floats,
    stock: Floats,
    demand: Floats,
) -> None:
    cover, scenarios, weeks = need.shape[1], need.shape[2], stock.shape[1]
    for i in nb.prange(need.shape[0]):
        demanded, lost, before = np.zeros(scenarios), np.zeros(scenarios), np.zeros(scenarios)
        arrival, supplied = arrival_week[i], 0.0
        for t in range(max(weeks, arrival + cover)):
            if t < weeks:
                supplied += supply[i, t]
            if t == arrival:
                before[:] = lost
            if t < weeks:
                stock[i, t] = supplied + (lost - demanded).mean()
            start = demanded.copy()
            for m in range(starts[i], starts[i + 1]):
                demanded += draws[members[m], week_at[t]] * (first_week_share if t == 0 else 1.0)
            lost = np.maximum(lost, demanded - supplied)
            if t < weeks:
                demand[i, t] = (demanded - start).mean()
                lost_odds[i, t] = (lost > 0).mean()
            if arrival <= t < arrival + cover:
                need[i, t - arrival] = lost - before
