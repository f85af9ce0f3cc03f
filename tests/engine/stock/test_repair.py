"""Whole batches removed until the orders fit, and added while there is space, by money per cubic metre."""

from __future__ import annotations

import numpy as np

from tradewind.engine.stock.allocation import Allocation, Orders, allocation_of
from tradewind.engine.stock.repair import fill, trim
from tradewind.engine.stock.value import Batches, Worth

ONE_PRICE = np.array([1.0])


def orders_of(gain: list[float], volume: list[float], step: list[int], least: list[int] | None = None) -> Orders:
    """Orders that sell whatever comes within their first week, a unit at `gain`; all arrive in week 0."""
    rows = len(gain)
    return Orders(
        need=np.full((rows, 1, 1), 1000.0, np.float32),
        worth=Worth(np.array(gain)[:, None], np.zeros(rows)),
        batches=Batches(np.array(step), np.array(least or step), np.full(rows, 1000)),
        volume_m3=np.array(volume),
        arrival_week=np.zeros(rows, np.int64),
    )


def ordered(orders: Orders, *units: int, weeks: int = 1) -> Allocation:
    return allocation_of(orders, np.array(units), weeks)


def test_what_earns_least_per_cubic_metre_is_taken_back_first():
    orders = orders_of(gain=[9.0, 8.0, 4.0], volume=[1.0, 4.0, 1.0], step=[1, 1, 1])  # 9, 2 and 4 a cubic metre
    kept = trim(orders, ordered(orders, 2, 2, 2), ONE_PRICE, free_m3=np.array([8.0]))
    assert kept.units.tolist() == [2, 1, 2]
    assert kept.value.tolist() == [18.0, 8.0, 8.0]
    assert kept.space_m3.tolist() == [[2.0], [4.0], [2.0]]


def test_of_equals_the_first_order_is_taken_back_and_no_more_than_needed():
    orders = orders_of(gain=[5.0, 5.0], volume=[1.0, 1.0], step=[1, 1])
    assert trim(orders, ordered(orders, 3, 3), ONE_PRICE, free_m3=np.array([5.0])).units.tolist() == [2, 3]
    assert trim(orders, ordered(orders, 3, 3), ONE_PRICE, free_m3=np.array([6.0])).units.tolist() == [3, 3]


def test_a_batch_goes_back_whole_and_an_order_under_the_minimum_goes_back_altogether():
    orders = orders_of(gain=[1.0], volume=[1.0], step=[4], least=[8])
    assert trim(orders, ordered(orders, 16), ONE_PRICE, free_m3=np.array([13.0])).units.tolist() == [12]
    assert trim(orders, ordered(orders, 12), ONE_PRICE, free_m3=np.array([8.0])).units.tolist() == [8]
    assert trim(orders, ordered(orders, 8), ONE_PRICE, free_m3=np.array([7.0])).units.tolist() == [0]


def test_an_order_that_frees_nothing_in_the_full_week_is_left_alone():
    """Week 1 is too full; the dear order only arrives in week 1, the cheap one is sold before it."""
    orders = orders_of(gain=[1.0, 9.0], volume=[1.0, 1.0], step=[1, 1])
    later = Orders(orders.need, orders.worth, orders.batches, orders.volume_m3, np.array([0, 1]))
    kept = trim(later, ordered(later, 3, 3, weeks=2), np.array([1.0, 1.0]), free_m3=np.array([9.0, 2.0]))
    assert kept.units.tolist() == [3, 2]


def test_a_full_week_without_a_price_still_takes_back_what_lies_there():
    orders = orders_of(gain=[9.0, 2.0], volume=[1.0, 1.0], step=[1, 1])
    assert trim(orders, ordered(orders, 2, 2), np.zeros(1), free_m3=np.array([3.0])).units.tolist() == [2, 1]


def test_space_that_is_left_goes_to_what_earns_most_per_cubic_metre():
    orders = orders_of(gain=[9.0, 12.0, 4.0], volume=[1.0, 4.0, 1.0], step=[1, 1, 1])  # 9, 3 and 4 a cubic metre
    filled = fill(orders, ordered(orders, 0, 0, 0), np.array([2, 2, 2]), ONE_PRICE, free_m3=np.array([5.0]))
    assert filled.units.tolist() == [2, 0, 2]
    assert filled.value.tolist() == [18.0, 0.0, 8.0]


def test_nothing_is_added_past_the_unconstrained_order_nor_what_does_not_pay():
    orders = orders_of(gain=[9.0, -1.0], volume=[1.0, 1.0], step=[1, 1])
    filled = fill(orders, ordered(orders, 1, 0), np.array([3, 3]), ONE_PRICE, free_m3=np.array([50.0]))
    assert filled.units.tolist() == [3, 0]


def test_the_first_batch_is_the_minimum_and_fits_to_the_last_litre():
    orders = orders_of(gain=[1.0], volume=[1.0], step=[2], least=[6])
    empty = ordered(orders, 0)
    assert fill(orders, empty, np.array([10]), ONE_PRICE, free_m3=np.array([6.0])).units.tolist() == [6]
    assert fill(orders, ordered(orders, 0), np.array([10]), ONE_PRICE, free_m3=np.array([5.9])).units.tolist() == [0]
    assert fill(orders, ordered(orders, 0), np.array([5]), ONE_PRICE, free_m3=np.array([50.0])).units.tolist() == [0]
    assert fill(orders, ordered(orders, 6), np.array([10]), ONE_PRICE, free_m3=np.array([9.0])).units.tolist() == [8]
