"""The best of few orders within the free space, against plain enumeration."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tradewind.engine.stock.allocation import Orders, allocation_of
from tradewind.engine.stock.knapsack import options_count, solve_knapsack
from tradewind.engine.stock.value import Batches, Worth


def orders(
    sells: list[float], gain: list[float], volume: list[float], step: list[int], least: list[int], arrival: list[int]
) -> Orders:
    """Each order sells so many a week, a unit at `gain` within four weeks, and costs 1 a unit."""
    rows, weeks = len(sells), np.arange(1, 5)
    return Orders(
        need=(np.array(sells)[:, None, None] * weeks[None, :, None]).astype(np.float32),
        worth=Worth(np.array([[0.0, 0.0, 0.0, g] for g in gain]), np.ones(rows)),
        batches=Batches(np.array(step), np.array(least), np.full(rows, 1000)),
        volume_m3=np.array(volume),
        arrival_week=np.array(arrival),
    )


THREE = orders([2.0, 1.0, 3.0], [4.0, 9.0, 3.0], [1.0, 2.0, 0.5], [2, 1, 5], [4, 1, 5], [0, 1, 0])
WANTED = np.array([8, 3, 10])


def by_enumeration(free_m3: np.ndarray) -> tuple[list[int], float]:
    options = [[0, *range(least, most + 1, step)] for least, most, step in ((4, 8, 2), (1, 3, 1), (5, 10, 5))]
    tried = [allocation_of(THREE, np.array(units), len(free_m3)) for units in itertools.product(*options)]
    fitting = [found for found in tried if (found.space_m3.sum(axis=0) <= free_m3 + 1e-9).all()]
    best = max(fitting, key=lambda found: found.value.sum())
    return best.units.tolist(), float(best.value.sum())


def test_options_are_the_batches_up_to_what_is_wanted():
    assert options_count(THREE, WANTED) == 3 + 3 + 2
    assert options_count(THREE, np.array([4, 0, 5])) == 1 + 0 + 1


@pytest.mark.parametrize("free_m3", [[3.0, 3.0], [6.0, 6.0], [9.0, 5.0], [13.0, 20.0], [np.inf, 4.0]])
def test_the_choice_is_the_one_enumeration_finds_and_the_bound_holds(free_m3):
    units, bound = solve_knapsack(THREE, WANTED, np.array(free_m3), goal=0.0)
    best, value = by_enumeration(np.array(free_m3))
    assert units.tolist() == best
    assert bound == pytest.approx(value)


def test_without_free_space_in_a_week_nothing_is_chosen_that_would_lie_there():
    units, _ = solve_knapsack(THREE, WANTED, np.array([0.0, 50.0]), goal=0.0)
    assert units.tolist() == [0, 3, 0]
