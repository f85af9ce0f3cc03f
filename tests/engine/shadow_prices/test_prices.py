"""Prices of shared things: against linear programs and plain enumeration."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from tradewind.core.errors import ParameterError
from tradewind.engine.shadow_prices import Response, shadow_prices


def take_or_leave(value: np.ndarray, usage: np.ndarray):
    """Users who each take all of their usage (users, things) or nothing."""

    def respond(prices: np.ndarray) -> Response:
        taken = value - usage @ prices > 0
        return Response(float(value[taken].sum()), usage[taken].sum(axis=0))

    return respond


def best_that_fits(value: np.ndarray, usage: np.ndarray, capacity: np.ndarray) -> float:
    choices = (np.array(c) for c in itertools.product([0, 1], repeat=len(value)))
    return max(float(c @ value) for c in choices if (c @ usage <= capacity + 1e-9).all())


def test_with_capacity_for_all_nothing_has_a_price():
    value, usage = np.array([3.0, 2.0]), np.array([[1.0], [1.0]])
    found = shadow_prices(take_or_leave(value, usage), [2.0], highest=[9.0])
    assert found.prices.tolist() == [0.0]
    assert (found.bound, found.rounds, found.slack) == (5.0, 1, 0.0)


def test_one_scarce_thing_costs_what_the_first_left_out_would_have_earned():
    value, usage = np.array([9.0, 7.0, 4.0, 1.0]), np.ones((4, 1))
    found = shadow_prices(take_or_leave(value, usage), [2.5], highest=[20.0])
    assert found.prices[0] == pytest.approx(4.0, abs=1e-2)
    assert found.bound == pytest.approx(9 + 7 + 0.5 * 4, rel=1e-3)


def test_several_things_are_priced_like_the_linear_program_does():
    rng = np.random.default_rng(3)
    value, usage = rng.uniform(1, 10, 400), rng.uniform(0, 2, (400, 5))
    capacity = usage.sum(axis=0) * [0.3, 0.5, 2.0, 0.4, 0.35]
    program = linprog(-value, A_ub=usage.T, b_ub=capacity, bounds=(0, 1))
    found = shadow_prices(take_or_leave(value, usage), capacity, highest=value.sum() / capacity, goal=1e-4, rounds=200)
    assert found.bound == pytest.approx(-program.fun, rel=3e-4)
    assert found.bound >= -program.fun - 1e-6
    assert found.prices == pytest.approx(-program.ineqlin.marginals, abs=0.15)
    assert found.slack <= 1e-4 * found.bound


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), share=st.floats(0.05, 0.9))
def test_no_choice_that_fits_is_worth_more_than_the_bound(seed: int, share: float):
    rng = np.random.default_rng(seed)
    value, usage = rng.uniform(0, 5, 8), rng.uniform(0, 1, (8, 2))
    capacity = usage.sum(axis=0) * share
    found = shadow_prices(take_or_leave(value, usage), capacity, highest=value.sum() / capacity, rounds=60)
    best = best_that_fits(value, usage, capacity)
    assert found.bound >= best - 1e-9
    assert found.gap(best) == pytest.approx(1 - best / found.bound)


def test_more_capacity_never_makes_a_thing_dearer():
    rng = np.random.default_rng(5)
    value, usage = rng.uniform(1, 10, 300), rng.uniform(0.5, 2, (300, 1))
    respond = take_or_leave(value, usage)
    prices = [
        shadow_prices(respond, [r], highest=[99.0], goal=1e-6).prices[0] for r in (20.0, 80.0, 200.0, 370.0, 400.0)
    ]
    assert prices == sorted(prices, reverse=True)
    assert prices[0] > prices[-1]


def test_a_capacity_below_zero_is_refused():
    with pytest.raises(ParameterError, match="capacity"):
        shadow_prices(take_or_leave(np.ones(1), np.ones((1, 1))), [-1.0], highest=[1.0])
