"""Orders of one warehouse within its space: against enumeration, with prices that say what more space would earn."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tests.engine.stock.test_knapsack import orders
from tradewind.engine.stock.allocation import allocation_of
from tradewind.engine.stock.capacity import fit_capacity

FIVE = orders(
    sells=[2.0, 1.0, 3.0, 1.0, 2.0],
    gain=[4.0, 9.0, 3.0, 2.5, 6.0],
    volume=[1.0, 2.0, 0.5, 1.0, 1.5],
    step=[2, 1, 3, 1, 1],
    least=[2, 1, 3, 2, 1],
    arrival=[0, 1, 0, 2, 1],
)
WANTED = [8, 4, 12, 4, 8]
"""All that sells within four weeks, in whole batches."""


def best(free_m3: list[float]) -> float:
    options = [
        [0, *range(least, most + 1, step)]
        for least, step, most in zip(FIVE.batches.least, FIVE.batches.step, WANTED, strict=True)
    ]
    tried = (allocation_of(FIVE, np.array(units), len(free_m3)) for units in itertools.product(*options))
    return max(float(o.value.sum()) for o in tried if (o.space_m3.sum(axis=0) <= np.array(free_m3) + 1e-9).all())


def test_where_all_fits_each_line_gets_what_it_wants_and_space_has_no_price():
    found = fit_capacity(FIVE, np.full(4, 60.0))
    assert found.units.tolist() == WANTED
    assert found.value_per_m3.tolist() == [0.0] * 4
    assert found.value == found.bound == pytest.approx(best([60.0] * 4))


@pytest.mark.parametrize("free_m3", [[9.0] * 4, [20.0, 12.0, 6.0, 3.0], [5.0, 40.0, 40.0, 4.0], [14.0] * 4])
def test_under_scarce_space_the_plan_is_the_best_there_is(free_m3):
    found = fit_capacity(FIVE, np.array(free_m3))
    taken = allocation_of(FIVE, found.units, 4)
    assert (taken.space_m3.sum(axis=0) <= np.array(free_m3) + 1e-9).all()
    assert found.value == pytest.approx(float(taken.value.sum()))
    assert found.value == pytest.approx(best(free_m3), rel=1e-3)
    assert found.bound >= best(free_m3) - 1e-9
    assert found.bound == pytest.approx(found.value, rel=2e-3)


def test_only_a_week_that_is_full_has_a_price():
    found = fit_capacity(FIVE, np.array([np.inf, np.inf, 6.0, np.inf]))
    assert found.value_per_m3[[0, 1, 3]].tolist() == [0.0, 0.0, 0.0]
    assert found.value_per_m3[2] > 0


def test_negative_free_space_is_none():
    """Stock that is there already takes more than the warehouse has: only what arrives later is ordered."""
    found = fit_capacity(FIVE, np.array([-3.0, 60.0, 60.0, 60.0]))
    assert found.units.tolist() == [0, 4, 0, 4, 8]


def test_among_many_orders_prices_alone_come_within_a_thousandth_and_prove_it():
    """600 orders of four units each, 2,400 options: too many to try all. Each sells one unit a week.

    The four units of order i earn 4 (gain - 1) within four weeks in four cubic metres, gains 2 to 8 in steps of
    a hundredth; the 800 m3 go to the 200 dearest orders, of gains 6.00 to 7.99.
    """
    many = orders(
        sells=[1.0] * 600,
        gain=[2.0 + n / 100 for n in range(600)],
        volume=[1.0] * 600,
        step=[4] * 600,
        least=[4] * 600,
        arrival=[0] * 600,
    )
    found = fit_capacity(many, np.array([800.0, np.inf]))
    best_value = sum(4 * (2.0 + n / 100 - 1) for n in range(400, 600))
    assert found.value == pytest.approx(best_value, rel=1e-3)
    assert best_value - 1e-6 <= found.bound <= best_value * 1.002
    assert found.units[:390].sum() == 0
    assert found.units[410:].tolist() == [4] * 190
    assert found.value_per_m3[0] == pytest.approx(4.99, abs=0.05)  # one more cubic metre takes a unit of order 399


def test_the_value_of_what_is_solved_exactly_is_that_of_its_orders_together():
    """Two of 3 m3 and one of 4, in 6 m3: at any price that the dear one pays, space is left over."""
    three = orders(
        sells=[1.0] * 3, gain=[5.0, 5.0, 9.0], volume=[1.0, 1.0, 4.0], step=[3, 3, 1], least=[3, 3, 1], arrival=[0] * 3
    )
    found = fit_capacity(three, np.array([6.0]))
    assert found.units.tolist() == [3, 3, 0]
    assert found.value == pytest.approx(3 * 4 + 3 * 4)
    assert found.bound == pytest.approx(24.0, rel=1e-3)
