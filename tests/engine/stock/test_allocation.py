"""What an order is worth, and the space it takes from its arrival until it sells."""

from __future__ import annotations

import numpy as np
import pytest

from tradewind.engine.stock.allocation import Allocation, Orders, allocation_of, either, space_taken
from tradewind.engine.stock.value import Batches, Worth

TWO = Orders(
    need=np.array([[[2.0], [3.0]], [[1.0], [4.0]]], np.float32),  # sells 2, then 3 in all; 1, then 4 in all
    worth=Worth(np.array([[0.0, 10.0], [5.0, 0.0]]), np.array([1.0, 2.0])),
    batches=Batches(np.array([1, 2]), np.array([1, 4]), np.array([9, 8])),
    volume_m3=np.array([0.5, 2.0]),
    arrival_week=np.array([1, 0]),
)


def test_an_order_takes_its_volume_from_its_arrival_on_less_what_has_sold():
    found = space_taken(np.array([4]), np.array([[1.0, 3.0]]), np.array([0.5]), np.array([1]), weeks=4)
    assert found.tolist() == [[0.0, 2.0, 1.5, 0.5]]


def test_an_order_that_has_sold_out_takes_none():
    found = space_taken(np.array([2]), np.array([[2.0, 2.5]]), np.array([0.5]), np.array([0]), weeks=3)
    assert found.tolist() == [[1.0, 0.0, 0.0]]


def test_the_outcome_of_orders_is_their_worth_and_space():
    found = allocation_of(TWO, np.array([4, 2]), weeks=3)
    assert found.units.tolist() == [4, 2]
    assert found.value.tolist() == [10 * 3 - 4 * 1, 5 * 1 - 2 * 2]
    assert found.space_m3.tolist() == [[0.0, 2.0, 1.0], [4.0, 2.0, 0.0]]


@pytest.mark.parametrize("rows", [[1], [1, 0, 1]])
def test_taking_some_lines_keeps_all_that_is_known_of_them(rows):
    taken = TWO.take(np.array(rows))
    units = np.array([4, 2])
    whole, part = allocation_of(TWO, units, 3), allocation_of(taken, units[rows], 3)
    assert part.value.tolist() == whole.value[rows].tolist()
    assert part.space_m3.tolist() == whole.space_m3[rows].tolist()
    assert (taken.batches.step.tolist(), taken.batches.least.tolist(), taken.batches.most.tolist()) == (
        TWO.batches.step[rows].tolist(),
        TWO.batches.least[rows].tolist(),
        TWO.batches.most[rows].tolist(),
    )


def test_line_by_line_the_one_outcome_or_the_other():
    yes = Allocation(np.array([1, 2]), np.array([3.0, 4.0]), np.array([[5.0], [6.0]]))
    no = Allocation(np.array([10, 20]), np.array([30.0, 40.0]), np.array([[50.0], [60.0]]))
    found = either(np.array([True, False]), yes, no)
    assert (found.units.tolist(), found.value.tolist(), found.space_m3.tolist()) == (
        [1, 20],
        [3.0, 40.0],
        [[5.0], [60.0]],
    )
