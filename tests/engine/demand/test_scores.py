"""Scores checked by hand and against properties they must have."""

import numpy as np
import pytest

from tradewind.core.counts import negative_binomial
from tradewind.engine.demand.scores import LEVELS_99, bias, coverage, pinball, randomised_pit


def test_pinball_by_hand():
    assert pinball([10.0], [[8.0]], [0.9]) == pytest.approx(0.9 * 2)
    assert pinball([5.0], [[8.0]], [0.9]) == pytest.approx(0.1 * 3)
    assert pinball([5.0], [[5.0, 7.0]], [0.5, 0.9]) == pytest.approx((0 + 0.2) / 2)


def test_forecasting_zero_costs_half_the_units():
    assert pinball([4.0], np.zeros((1, 99))) == pytest.approx(2.0)


def test_the_true_odds_beat_wider_and_narrower_ones_on_average():
    rng = np.random.default_rng(0)
    units = rng.poisson(8.0, 4000)

    def loss(mean, size):
        distribution = negative_binomial(np.full(len(units), mean), size)
        return pinball(units, distribution.quantile(np.broadcast_to(LEVELS_99, (len(units), 99)))).mean()

    true = loss(8.0, 1e4)
    assert true < loss(8.0, 2.0)
    assert true < loss(6.5, 1e4)


def test_bias_is_relative_to_what_was_sold():
    assert bias([2.0, 3.0], [3.0, 3.0]) == pytest.approx(0.2)
    assert np.isnan(bias([0.0], [1.0]))


def test_the_place_of_counts_in_their_own_odds_is_uniform():
    rng = np.random.default_rng(1)
    for mean in (0.2, 1.0, 30.0):
        units = rng.poisson(mean, 20_000)
        quantiles = negative_binomial(np.full(len(units), mean), 1e4).quantile(
            np.broadcast_to(LEVELS_99, (len(units), 99))
        )
        places = randomised_pit(units, quantiles, rng.random(len(units)))
        assert coverage(places) == pytest.approx(0.8, abs=0.02)
        assert places.mean() == pytest.approx(0.5, abs=0.02)


def test_forecasting_zero_for_what_sells_covers_little():
    units = np.full(100, 5.0)
    assert coverage(randomised_pit(units, np.zeros((100, 99)), np.linspace(0.01, 0.99, 100))) == 0.0
