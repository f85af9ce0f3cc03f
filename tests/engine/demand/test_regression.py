"""Small regressions: the rule of thumb without data, the data's own answer with many."""

from __future__ import annotations

import numpy as np
import pytest

from tradewind.engine.demand.regression import linear, logistic

ONE = np.ones((400, 1))


def test_without_data_the_prior_stands():
    prior = np.array([0.5, -1.0])
    assert logistic(np.zeros((0, 2)), np.zeros(0), np.zeros(0), prior, 20.0).tolist() == prior.tolist()
    assert linear(np.zeros((0, 2)), np.zeros(0), prior, 20.0) == pytest.approx(prior)


def test_a_line_is_shrunk_to_its_prior_by_so_many_observations():
    """400 times the value 3 against the prior 1 with the weight of 100: four fifths of the way."""
    assert linear(ONE, np.full(400, 3.0), np.array([1.0]), 100.0) == pytest.approx([(400 * 3 + 100 * 1) / 500])


def test_odds_are_those_of_the_data_where_the_prior_is_weak():
    hit = np.array([1.0] * 100 + [0.0] * 300)
    assert logistic(ONE, hit, np.zeros(400), np.zeros(1), 1e-6) == pytest.approx([np.log(1 / 3)], abs=1e-4)


def test_odds_that_differ_by_an_offset_are_fitted_net_of_it():
    """All rows have the offset 2 already, so that the coefficient is the log odds less 2."""
    hit = np.array([1.0] * 100 + [0.0] * 300)
    assert logistic(ONE, hit, np.full(400, 2.0), np.zeros(1), 1e-6) == pytest.approx([np.log(1 / 3) - 2], abs=1e-4)


@pytest.mark.parametrize("prior", [0.0, 6.0, -6.0])
def test_the_answer_balances_the_data_and_the_prior(prior):
    """At the optimum hits - expected hits = strength x distance from the prior, from any start."""
    hit = np.array([1.0] * 100 + [0.0] * 300)
    b = logistic(ONE, hit, np.zeros(400), np.array([prior]), 20.0)[0]
    assert 100 - 400 / (1 + np.exp(-b)) == pytest.approx(20.0 * (b - prior), abs=1e-3)


def test_each_column_has_its_own_coefficient():
    x = np.column_stack([np.ones(800), np.arange(800) % 2])
    hit = (np.arange(800) % 2 == 1) * (np.arange(800) < 600) * 1.0  # of the odd rows three quarters, of the even none
    b = logistic(x, hit, np.zeros(800), np.zeros(2), 0.01)
    p = 1 / (1 + np.exp(-(x @ b)))
    assert p[1] == pytest.approx(0.75, abs=1e-3)
    assert p[0] < 0.005
