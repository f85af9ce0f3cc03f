"""The law of a row: its mean, its odds of zero, its quantiles and its tail agree with each other."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.core.counts import negative_binomial
from tradewind.core.distribution import LEVELS, Distribution
from tradewind.core.errors import ParameterError

GRID = (np.arange(40_000) + 0.5) / 40_000


def nb_pmf(k: int, mean: float, size: float) -> float:
    """Negative binomial by its textbook formula, independent of the code under test."""
    log_choose = math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1)
    return math.exp(log_choose + size * math.log(size / (size + mean)) + k * math.log(mean / (size + mean)))


@pytest.mark.parametrize(("mean", "size"), [(0.02, 0.3), (0.3, 1.0), (2.0, 0.5), (15.0, 3.0), (400.0, 2.0)])
def test_negative_binomial_agrees_with_the_textbook_formula(mean, size):
    law = negative_binomial([mean], size)
    for k in (0, 1, 2, 5, round(mean), round(3 * mean)):
        exact = sum(nb_pmf(j, mean, size) for j in range(k + 1))
        assert law.cdf(k)[0] == pytest.approx(exact, abs=0.009)
    assert law.p_zero[0] == pytest.approx(nb_pmf(0, mean, size), rel=1e-9)
    assert law.variance()[0] == pytest.approx(mean + mean**2 / size, rel=0.05)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0.001, 5000), st.floats(0.05, 50)),
        min_size=1,
        max_size=5,
    )
)
def test_the_sampled_mean_is_the_stored_mean_and_quantiles_rise(rows):
    mean, size = np.array(rows).T
    law = negative_binomial(mean, size)
    assert law.expected_above(0) == pytest.approx(mean, rel=1e-6)
    assert np.all(np.diff(law.quantiles, axis=1) >= 0)
    draws = law.quantile(np.broadcast_to(GRID, (len(mean), len(GRID))))
    assert np.all(np.diff(draws, axis=1) >= 0)
    assert np.all(draws == np.round(draws))
    upper = law.quantile(0.9999)
    assert draws.mean(axis=1) == pytest.approx(mean, rel=0.02, abs=2e-4 * upper.max())


@settings(max_examples=40, deadline=None)
@given(st.floats(0.05, 300), st.floats(0.2, 20), st.integers(0, 400))
def test_above_and_below_a_stock_add_up(mean, size, n):
    law = negative_binomial([mean], size)
    above, below = law.expected_above(n)[0], law.expected_below(n)[0]
    assert above >= -1e-9 * mean
    assert below >= -1e-9 * mean
    assert n + above - below == pytest.approx(mean, rel=1e-6, abs=1e-6)


def test_expected_units_short_match_a_sum_over_the_odds():
    law = negative_binomial([3.0], 1.5)
    short = sum(1.0 - law.cdf(k)[0] for k in range(4, 400))
    assert law.expected_above(4)[0] == pytest.approx(short, rel=1e-6)


def test_cdf_and_quantile_are_inverse_for_counts():
    law = negative_binomial([0.7, 30.0], [0.8, 4.0])
    for k in (0, 1, 2, 20, 45):
        p = law.cdf(k)
        told = p < 0.9999
        assert np.all(law.quantile(p - 1e-6)[told] <= k)
        assert np.all(law.quantile(np.minimum(p + 1e-6, 1 - 1e-9))[told] > k)


def test_a_slow_mover_is_never_rounded_to_zero():
    law = negative_binomial([0.01], 0.5)
    assert law.expected_above(0)[0] == pytest.approx(0.01)
    assert law.quantile(0.999)[0] >= 1


def test_never_arriving_is_an_infinite_time_and_leaves_the_rest_alone():
    days = np.array([[5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, np.inf]])
    law = Distribution.from_samples(days, "time")
    assert law.p_zero[0] == pytest.approx(0.1)
    assert law.mean[0] == pytest.approx(9.0)
    assert law.quantile(0.95)[0] == np.inf
    assert law.cdf(1000)[0] == pytest.approx(0.9, abs=1e-6)
    assert 8.0 < law.quantile(0.45)[0] < 10.0


def test_samples_of_counts_come_back_as_the_same_odds():
    rng = np.random.default_rng(3)
    samples = rng.poisson([[0.4], [6.0]], size=(2, 4000)).astype(float)
    law = Distribution.from_samples(samples, "count")
    assert law.mean == pytest.approx(samples.mean(axis=1))
    for k in (0, 1, 4, 8):
        assert law.cdf(k) == pytest.approx((samples <= k).mean(axis=1), abs=0.012)


def test_a_distribution_survives_its_columns_exactly():
    law = negative_binomial([0.3, 4.0, 0.0], 2.0)
    back = Distribution.from_frame(pl.DataFrame(law.columns()), "count")
    assert np.array_equal(back.quantiles, law.quantiles)
    assert np.array_equal(back.tail, law.tail)
    assert back.quantile(0.9).tolist() == law.quantile(0.9).tolist()
    nothing = Distribution.from_frame(pl.DataFrame(law.columns()).head(0), "count")
    assert len(nothing) == 0
    assert nothing.quantile(0.5).shape == nothing.cdf(1).shape == nothing.expected_above(0).shape == (0,)
    assert nothing.quantile(np.zeros((0, 5))).shape == (0, 5)


def test_scaling_the_amounts_scales_the_law():
    q = np.linspace(1, 9, len(LEVELS))[None, :]
    small = Distribution.from_quantiles([4.0], [0.2], q, "amount")
    large = Distribution.from_quantiles([40.0], [0.2], 10 * q, "amount")
    assert large.quantile(0.7)[0] == pytest.approx(10 * small.quantile(0.7)[0])
    assert large.variance()[0] == pytest.approx(100 * small.variance()[0])


@pytest.mark.parametrize(("mean", "p_zero"), [([-1.0], [0.0]), ([1.0], [1.2]), ([float("nan")], [0.0])])
def test_impossible_laws_are_refused(mean, p_zero):
    with pytest.raises(ParameterError, match="must be"):
        Distribution.from_quantiles(mean, p_zero, np.ones((1, len(LEVELS))), "count")
