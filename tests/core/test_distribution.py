"""The distribution of a row: its mean, its odds of zero, its quantiles and its tail agree with each other."""

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
    odds = negative_binomial([mean], size)
    for k in (0, 1, 2, 5, round(mean), round(3 * mean)):
        exact = sum(nb_pmf(j, mean, size) for j in range(k + 1))
        assert odds.cdf(k)[0] == pytest.approx(exact, abs=0.009)
    assert odds.p_zero[0] == pytest.approx(nb_pmf(0, mean, size), rel=1e-9)
    assert odds.variance()[0] == pytest.approx(mean + mean**2 / size, rel=0.05)


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
    odds = negative_binomial(mean, size)
    assert odds.expected_above(0) == pytest.approx(mean, rel=1e-6)
    assert np.all(np.diff(odds.quantiles, axis=1) >= 0)
    draws = odds.quantile(np.broadcast_to(GRID, (len(mean), len(GRID))))
    assert np.all(np.diff(draws, axis=1) >= 0)
    assert np.all(draws == np.round(draws))
    upper = odds.quantile(0.9999)
    assert draws.mean(axis=1) == pytest.approx(mean, rel=0.02, abs=2e-4 * upper.max())


@settings(max_examples=40, deadline=None)
@given(st.floats(0.05, 300), st.floats(0.2, 20), st.integers(0, 400))
def test_above_and_below_a_stock_add_up(mean, size, n):
    odds = negative_binomial([mean], size)
    above, below = odds.expected_above(n)[0], odds.expected_below(n)[0]
    assert above >= -1e-9 * mean
    assert below >= -1e-9 * mean
    assert n + above - below == pytest.approx(mean, rel=1e-6, abs=1e-6)


def test_expected_units_short_match_a_sum_over_the_odds():
    odds = negative_binomial([3.0], 1.5)
    short = sum(1.0 - odds.cdf(k)[0] for k in range(4, 400))
    assert odds.expected_above(4)[0] == pytest.approx(short, rel=1e-6)


def test_cdf_and_quantile_are_inverse_for_counts():
    odds = negative_binomial([0.7, 30.0], [0.8, 4.0])
    for k in (0, 1, 2, 20, 45):
        p = odds.cdf(k)
        inside = p < 0.9999
        assert np.all(odds.quantile(p - 1e-6)[inside] <= k)
        assert np.all(odds.quantile(np.minimum(p + 1e-6, 1 - 1e-9))[inside] > k)


def test_a_slow_mover_is_never_rounded_to_zero():
    odds = negative_binomial([0.01], 0.5)
    assert odds.expected_above(0)[0] == pytest.approx(0.01)
    assert odds.quantile(0.999)[0] >= 1


def test_never_arriving_is_an_infinite_time_and_leaves_the_rest_alone():
    days = np.array([[5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, np.inf]])
    odds = Distribution.from_samples(days, "time")
    assert odds.p_zero[0] == pytest.approx(0.1)
    assert odds.mean[0] == pytest.approx(9.0)
    assert odds.quantile(0.95)[0] == np.inf
    assert odds.cdf(1000)[0] == pytest.approx(0.9, abs=1e-6)
    assert 8.0 < odds.quantile(0.45)[0] < 10.0


def test_samples_of_counts_come_back_as_the_same_odds():
    rng = np.random.default_rng(3)
    samples = rng.poisson([[0.4], [6.0]], size=(2, 4000)).astype(float)
    odds = Distribution.from_samples(samples, "count")
    assert odds.mean == pytest.approx(samples.mean(axis=1))
    for k in (0, 1, 4, 8):
        assert odds.cdf(k) == pytest.approx((samples <= k).mean(axis=1), abs=0.012)


def test_a_distribution_survives_its_columns_exactly():
    odds = negative_binomial([0.3, 4.0, 0.0], 2.0)
    back = Distribution.from_frame(pl.DataFrame(odds.columns()), "count")
    assert np.array_equal(back.quantiles, odds.quantiles)
    assert np.array_equal(back.tail, odds.tail)
    assert back.quantile(0.9).tolist() == odds.quantile(0.9).tolist()
    nothing = Distribution.from_frame(pl.DataFrame(odds.columns()).head(0), "count")
    assert len(nothing) == 0
    assert nothing.quantile(0.5).shape == nothing.cdf(1).shape == nothing.expected_above(0).shape == (0,)
    assert nothing.quantile(np.zeros((0, 5))).shape == (0, 5)


def test_scaling_the_amounts_scales_the_distribution():
    q = np.linspace(1, 9, len(LEVELS))[None, :]
    small = Distribution.from_quantiles([4.0], [0.2], q, "amount")
    large = Distribution.from_quantiles([40.0], [0.2], 10 * q, "amount")
    assert large.quantile(0.7)[0] == pytest.approx(10 * small.quantile(0.7)[0])
    assert large.variance()[0] == pytest.approx(100 * small.variance()[0])


@pytest.mark.parametrize(("mean", "p_zero"), [([-1.0], [0.0]), ([1.0], [1.2]), ([float("nan")], [0.0])])
def test_impossible_distributions_are_refused(mean, p_zero):
    with pytest.raises(ParameterError, match="must be"):
        Distribution.from_quantiles(mean, p_zero, np.ones((1, len(LEVELS))), "count")


def one(kind: str, p_zero: float = 0.2, quantiles: np.ndarray | None = None, mean: float = 4.0) -> Distribution:
    """A distribution of one row; its positive part rises from 1 to 9 unless said otherwise."""
    q = np.linspace(1, 9, len(LEVELS)) if quantiles is None else quantiles
    return Distribution.from_quantiles([mean], [p_zero], q[None, :], kind)


def drawn(odds: Distribution) -> np.ndarray:
    """Its values at 400,000 evenly spread levels of its positive part and atom, the last thousandth finer."""
    bulk = (np.arange(400_000) + 0.5) / 400_000
    return odds.quantile(bulk[None, :])[0]


@pytest.mark.parametrize("kind", ["amount", "time"])
def test_the_quantiles_given_come_back_at_their_levels_up_to_one_common_factor(kind):
    odds = one(kind)
    atom = 0.2 if kind == "amount" else 0.0
    at_levels = odds.quantile((atom + 0.8 * LEVELS)[None, :])[0]
    assert at_levels == pytest.approx(odds.quantiles[0], rel=1e-9)
    factor = odds.quantiles[0] / np.linspace(1, 9, len(LEVELS))
    assert factor == pytest.approx(factor[0])


def test_between_two_levels_the_quantile_lies_on_their_straight_line():
    odds = one("amount", p_zero=0.0)
    a, b = odds.quantiles[0, 8], odds.quantiles[0, 9]  # levels 0.4 and 0.5
    assert odds.quantile(0.425)[0] == pytest.approx(0.75 * a + 0.25 * b)
    assert odds.cdf(0.75 * a + 0.25 * b)[0] == pytest.approx(0.425)


def test_below_the_first_level_the_first_line_goes_on_but_never_below_nought():
    flat, steep = one("amount", 0.0), one("amount", 0.0, np.linspace(0.01, 9, len(LEVELS)))
    q = flat.quantiles[0]
    assert flat.knots()[0, 0] == pytest.approx(q[0] - (q[1] - q[0]) / 0.015 * 0.01)
    assert flat.knots()[0, 1:] == pytest.approx(q)
    assert steep.knots()[0, 0] == 0.0
    assert flat.quantile(0.005)[0] == pytest.approx((flat.knots()[0, 0] + q[0]) / 2)


def test_beyond_the_last_level_each_tenth_of_the_odds_is_as_much_further_out():
    odds = one("amount", p_zero=0.0)
    top, further = odds.quantiles[0, -1], odds.tail[0] * np.log(10)
    assert odds.quantile([[0.9999, 0.99999]])[0] == pytest.approx([top + further, top + 2 * further])
    assert odds.cdf([[top + further, top + 2 * further]])[0] == pytest.approx([0.9999, 0.99999])


def test_the_tail_goes_on_as_the_quantiles_from_the_98th_to_the_last_suggest():
    odds = one("amount", p_zero=0.0)
    q = odds.quantiles[0]
    assert odds.tail[0] == pytest.approx((q[-1] - q[list(LEVELS).index(0.98)]) / np.log(0.02 / 0.001))
    assert one("amount", 0.0, np.full(len(LEVELS), 4.0)).tail[0] == pytest.approx(4e-3, rel=0.01)


@pytest.mark.parametrize(("kind", "p_zero"), [("amount", 0.2), ("amount", 0.0), ("time", 0.0), ("count", 0.3)])
def test_mean_variance_and_what_lies_above_and_below_agree_with_the_draws(kind, p_zero):
    odds = one(kind, p_zero)
    x = drawn(odds)
    assert x.mean() == pytest.approx(4.0, rel=2e-4)
    assert odds.variance()[0] == pytest.approx(x.var(), rel=2e-3)
    for n in (0, 1, 3, 5, 8, 10):
        assert odds.expected_above(n)[0] == pytest.approx(np.maximum(x - n, 0).mean(), rel=1e-3, abs=2e-4), n
        assert odds.expected_below(n)[0] == pytest.approx(np.maximum(n - x, 0).mean(), rel=1e-3, abs=2e-4), n
        assert odds.cdf(n)[0] == pytest.approx((x <= n).mean(), abs=1e-4), n


def test_what_lies_above_and_the_variance_are_right_where_all_lies_on_one_value():
    """Three units for sure: a tail of a thousandth of three beyond the last of a thousand cases."""
    for kind in ("amount", "count", "time"):
        odds = one(kind, 0.0, np.full(len(LEVELS), 3.0), mean=3.0)
        assert odds.expected_above(1)[0] == pytest.approx(2.0, abs=1e-3), kind
        assert odds.expected_above(3)[0] == pytest.approx(0.0, abs=2e-3), kind
        assert odds.variance()[0] == pytest.approx(0.0, abs=0.02), kind


def test_the_tail_beyond_the_last_quantile_is_counted_at_its_own_length():
    odds = one("amount", 0.0)
    top, scale = odds.quantiles[0, -1], odds.tail[0]
    assert odds.expected_above(top)[0] == pytest.approx(0.001 * scale)
    assert odds.expected_above(top + scale)[0] == pytest.approx(0.001 * scale / math.e)
    count = one("count", 0.0)
    n = math.ceil(count.quantiles[0, -1]) + 2
    assert count.expected_above(n)[0] == pytest.approx(sum(1 - count.cdf(k)[0] for k in range(n, n + 200)), rel=1e-6)


def test_never_leaves_the_mean_of_those_that_arrive_alone():
    odds = one("time", p_zero=0.25)
    assert odds.expected_above(0)[0] == pytest.approx(4.0)
    assert odds.variance()[0] == pytest.approx(one("time", p_zero=0.0).variance()[0])
    assert odds.quantile([[0.7499, 0.7501]])[0, 1] == np.inf
    assert np.isfinite(odds.quantile(0.7499)[0])
    assert odds.cdf(odds.quantile(0.5)[0])[0] == pytest.approx(0.5)


def test_zero_has_its_odds_and_nothing_lies_below_it():
    odds = one("amount", p_zero=0.2)
    assert odds.quantile([[0.0, 0.1999, 0.2001]])[0, :2].tolist() == [0.0, 0.0]
    assert odds.quantile(0.2001)[0] > 0
    assert odds.cdf([[-0.1, 0.0]])[0].tolist() == [0.0, 0.2]


def test_a_count_that_is_hardly_ever_positive_raises_its_odds_of_zero():
    odds = one("count", p_zero=0.0, mean=0.1)
    assert odds.p_zero[0] == pytest.approx(0.9)
    assert odds.expected_above(0)[0] == pytest.approx(0.1)
    assert one("amount", p_zero=0.0, mean=0.1).p_zero[0] == 0.0


@pytest.mark.parametrize("kind", ["count", "amount"])
def test_a_mean_of_nought_is_nought_for_sure(kind):
    odds = one(kind, p_zero=0.3, mean=0.0)
    assert odds.p_zero.tolist() == [1.0]
    assert odds.quantile(0.999)[0] == odds.expected_above(0)[0] == odds.variance()[0] == 0.0
    assert odds.cdf(0)[0] == 1.0


def test_a_parcel_that_never_arrives_takes_forever():
    odds = one("time", p_zero=1.0)
    assert odds.quantile(0.0)[0] == np.inf
    assert odds.cdf(1e6)[0] == 0.0


def test_quantiles_given_in_any_order_are_put_in_order():
    rising = np.linspace(1, 9, len(LEVELS))
    assert (
        one("amount", quantiles=rising[::-1]).quantiles.tolist() == one("amount", quantiles=rising).quantiles.tolist()
    )


def test_one_question_for_all_rows_one_a_row_and_several_a_row_are_answered_alike():
    odds = negative_binomial([0.5, 8.0], 1.5)
    single = odds.quantile(0.9)
    assert odds.quantile([0.9, 0.9]).tolist() == single.tolist()
    assert odds.quantile([[0.9, 0.2], [0.9, 0.2]])[:, 0].tolist() == single.tolist()
    several = odds.expected_below([[1.0, 5.0], [1.0, 5.0]])
    assert several[:, 1] == pytest.approx(odds.expected_below(5.0))


def test_rows_are_taken_by_number_or_by_mask():
    odds = negative_binomial([0.5, 8.0, 3.0], 1.5)
    assert odds.take([2, 0]).mean.tolist() == [3.0, 0.5]
    by_mask = odds.take([False, True, False])
    assert (by_mask.mean.tolist(), by_mask.kind) == ([8.0], "count")
    assert by_mask.quantile(0.5).tolist() == odds.quantile(0.5)[1:2].tolist()
    assert by_mask.variance() == pytest.approx(odds.variance()[1:2])


@pytest.mark.parametrize(
    ("mean", "p_zero", "quantile", "says"),
    [(-0.1, 0.0, 1.0, "mean"), (np.inf, 0.0, 1.0, "mean"), (1.0, -0.1, 1.0, "p_zero"), (1.0, 1.1, 1.0, "p_zero"),
     (1.0, np.nan, 1.0, "p_zero"), (1.0, 0.0, -1.0, "quantiles"), (1.0, 0.0, np.inf, "quantiles")],
)  # fmt: skip
def test_what_is_wrong_with_a_distribution_is_named(mean, p_zero, quantile, says):
    with pytest.raises(ParameterError, match=says):
        Distribution.from_quantiles([mean], [p_zero], np.full((1, len(LEVELS)), quantile), "amount")
    assert len(Distribution.from_quantiles([0.0, 1.0], [0.0, 1.0], np.zeros((2, len(LEVELS))), "amount")) == 2


def test_samples_of_amounts_have_their_mean_their_odds_of_zero_and_their_median():
    samples = np.concatenate([np.zeros(200), np.linspace(1, 9, 801)])[None, :]
    odds = Distribution.from_samples(samples, "amount")
    assert odds.p_zero[0] == pytest.approx(200 / 1001)
    assert odds.mean[0] == pytest.approx(samples.mean())
    assert odds.quantile([[0.1, 200 / 1001 + 400.5 / 1001]])[0] == pytest.approx([0.0, 5.0], abs=0.01)
    assert odds.cdf([[3.0, 7.0]])[0] == pytest.approx([(samples <= 3).mean(), (samples <= 7).mean()], abs=2e-3)


@pytest.mark.parametrize("kind", ["count", "amount", "time"])
def test_a_single_sample_or_none_that_counts_gives_a_distribution_all_the_same(kind):
    odds = Distribution.from_samples([[5.0]], kind)
    assert odds.mean.tolist() == [5.0]
    assert odds.quantile(0.5)[0] == pytest.approx(5.0, rel=0.01)
    nothing = Distribution.from_samples([[np.inf if kind == "time" else 0.0] * 3], kind)
    assert (nothing.p_zero.tolist(), nothing.mean.tolist()) == ([1.0], [0.0])


def test_rare_counts_among_samples_keep_their_odds_one_by_one():
    samples = np.array([[0.0] * 90 + [1.0] * 7 + [2.0] * 2 + [5.0]])
    odds = Distribution.from_samples(samples, "count")
    assert odds.cdf([[0, 1, 2]])[0] == pytest.approx([0.9, 0.97, 0.99], abs=0.004)
    assert odds.expected_above(0)[0] == pytest.approx(0.16)


def test_at_its_odds_of_zero_a_count_is_still_zero_and_just_above_them_one():
    odds = one("count", p_zero=0.2)
    assert odds.quantile([[0.2, 0.2 + 1e-9]])[0].tolist() == [0.0, 1.0]


@pytest.mark.parametrize(("kind", "draw"), [("time", np.inf), ("count", 0.0), ("amount", 0.0)])
def test_samples_that_are_all_never_or_all_nothing_are_that_for_sure(kind, draw):
    """Beside a row of four equal draws of 2, whose quantiles are 2 throughout."""
    odds = Distribution.from_samples([[draw] * 4, [2.0] * 4], kind)
    assert (odds.mean.tolist(), odds.p_zero.tolist()) == ([0.0, 2.0], [1.0, 0.0])
    assert odds.quantile([[0.3], [0.5]])[:, 0].tolist() == [draw, pytest.approx(2.0, rel=0.01)]


def test_between_two_samples_lies_the_straight_line_and_beyond_them_their_ends():
    """Of 10 and 20, equally likely: each stands in the middle of its half, so 10 up to 25 %, 20 from 75 % on."""
    odds = Distribution.from_samples([[20.0, 10.0]], "amount")
    shape = odds.quantiles[0] / odds.quantiles[0, 0] * 10.0
    at = [list(LEVELS).index(level) for level in (0.01, 0.25, 0.4, 0.5, 0.6, 0.75, 0.999)]
    assert shape[at] == pytest.approx([10, 10, 13, 15, 17, 20, 20])
    assert odds.mean[0] == 15.0


def test_counts_of_one_kind_are_spread_over_the_unit_below_them():
    """Of 0, 1, 1, 3: the two ones lie at 0.25 and 0.75, the three at 2.5, each in the middle of its third."""
    odds = Distribution.from_samples([[3.0, 1.0, 0.0, 1.0]], "count")
    assert (odds.p_zero[0], odds.mean[0]) == (0.25, 1.25)
    at = [list(LEVELS).index(level) for level in (0.1, 0.5, 0.9)]
    factor = odds.quantiles[0, at[1]] / 0.75
    assert odds.quantiles[0, at] == pytest.approx(np.array([0.25, 0.75, 2.5]) * factor)
