"""Odds of counts against the negative binomial's and Poisson's own formulas."""

from __future__ import annotations

import math

import pytest

from tradewind.core.counts import negative_binomial


def poisson(k: int, mean: float) -> float:
    return math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1))


@pytest.mark.parametrize("size", [1e4, 1e6])
@pytest.mark.parametrize("mean", [0.05, 1.0, 12.0])
def test_a_large_size_is_poisson(mean, size):
    odds = negative_binomial([mean], size)
    assert odds.p_zero[0] == pytest.approx(math.exp(-mean), rel=1e-9)
    for k in (0, 1, 2, round(2 * mean)):
        assert odds.cdf(k)[0] == pytest.approx(sum(poisson(j, mean) for j in range(k + 1)), abs=0.003)


def test_nothing_sold_is_nothing_for_sure():
    odds = negative_binomial([0.0], 1.0)
    assert (odds.p_zero[0], odds.quantile(0.99)[0]) == (1.0, 0.0)


def test_each_row_has_its_own_size_or_all_the_same():
    apart = negative_binomial([2.0, 2.0], [0.5, 50.0])
    assert apart.p_zero == pytest.approx([0.2**0.5, (50 / 52) ** 50])
    assert apart.variance() == pytest.approx([2 + 4 / 0.5, 2 + 4 / 50], rel=0.03)
    assert negative_binomial([2.0, 2.0], 0.5).quantiles[0].tolist() == apart.quantiles[0].tolist()


def test_the_odds_are_the_textbooks_where_size_one_makes_them_geometric():
    """Mean 3 and size 1: P(X <= k) = 1 - 0.75^(k + 1)."""
    odds = negative_binomial([3.0], 1.0)
    assert odds.cdf([[0, 1, 4, 10]])[0] == pytest.approx([1 - 0.75 ** (k + 1) for k in (0, 1, 4, 10)], abs=2e-3)
    assert odds.quantile([[0.2, 0.3, 0.45, 0.7]])[0].tolist() == [0, 1, 2, 4]


def test_above_a_mean_of_two_thousand_the_quantiles_grow_with_it():
    small, large = negative_binomial([2000.0], 2.0), negative_binomial([8000.0], 2.0)
    assert large.quantile([[0.1, 0.5, 0.9]])[0] == pytest.approx(4 * small.quantile([[0.1, 0.5, 0.9]])[0], rel=0.005)
    assert large.expected_above(0)[0] == pytest.approx(8000.0)
