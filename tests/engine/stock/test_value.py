"""What the next unit is worth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.engine.stock.value import (
    Batches,
    Worth,
    against_never,
    against_waiting,
    best_units,
    expected_sold,
    whole_batches,
)

ONE = np.ones(1, np.int64)


def as_need(*weeks: list[float]) -> np.ndarray:
    return np.sort(np.array([weeks], np.float32), axis=2)


def test_a_single_week_gives_the_newsvendors_critical_ratio_quantile():
    demand = as_need([float(n) for n in range(1, 101)])
    worth = Worth(np.array([[0.70 + 0.18]]), np.array([0.18]))  # under 0.70, over 0.18: ratio 0.795
    assert best_units(demand, worth, whole_batches(ONE, ONE)).tolist() == [80]


def test_expected_sold_is_what_a_stock_of_so_many_sells():
    need = as_need([0, 2, 4, 6], [1, 3, 5, 9])
    assert expected_sold(need, np.array([4])).tolist() == [[(0 + 2 + 4 + 4) / 4, (1 + 3 + 4 + 4) / 4]]


def test_against_waiting_counts_sales_until_the_next_order_and_holding_a_week_longer():
    need = as_need([1.0], [3.0], [5.0])
    worth = against_waiting(np.array([10.0]), np.array([1.0]), review=1, reach=3)
    value = worth.of(expected_sold(need, np.array([4])), np.array([4]))
    assert value.tolist() == [10 * 1 - (3 + 1)]  # sells 1 in its first week; 3, then 1 left at the weeks' ends


def test_against_never_loses_on_what_is_left_at_the_end_of_its_cover():
    need = as_need([1.0], [3.0], [5.0])
    worth = against_never(np.array([10.0]), np.array([1.0]), np.array([6.0]), cover=2, reach=3)
    value = worth.of(expected_sold(need, np.array([4])), np.array([4]))
    assert value.tolist() == [10 * 3 - (3 + 1) - 6 * 1]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    moq=st.integers(1, 12),
    carton=st.integers(1, 6),
    most=st.integers(0, 40),
    holding=st.floats(0.01, 3.0),
)
def test_the_best_batch_is_the_one_enumeration_finds(seed: int, moq: int, carton: int, most: int, holding: float):
    rng = np.random.default_rng(seed)
    need = np.sort(np.cumsum(rng.poisson(2.5, (1, 3, 15)), axis=1).astype(np.float32), axis=2)
    worth = against_waiting(np.array([5.0]), np.array([holding]), review=2, reach=3)
    free = whole_batches(np.array([moq]), np.array([carton]))
    batches = Batches(free.step, free.least, np.array([most]))
    options = [0, *(n for n in range(carton, most + 1, carton) if n >= moq)]
    values = [worth.of(expected_sold(need, np.array([n])), np.array([n]))[0] for n in options]
    best = best_units(need, worth, batches)
    assert best[0] in options
    assert values[options.index(best[0])] == pytest.approx(max(values), abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), margin=st.floats(0, 20), more=st.floats(0, 20), moq=st.integers(1, 15))
def test_a_higher_margin_never_orders_less(seed: int, margin: float, more: float, moq: int):
    rng = np.random.default_rng(seed)
    need = np.sort(np.cumsum(rng.poisson(1.5, (1, 4, 20)), axis=1).astype(np.float32), axis=2)
    batches = whole_batches(np.array([moq]), np.array([3]))

    def order(m: float) -> int:
        return int(best_units(need, against_waiting(np.array([m]), np.array([0.4]), review=1, reach=4), batches)[0])

    assert order(margin + more) >= order(margin)
