"""The hurdle model by hand: odds of a sale, and sizes."""

from __future__ import annotations

import numpy as np
import pytest

from tradewind.core.distribution import LEVELS
from tradewind.engine.demand.hurdle import (
    GRID,
    GRID_WEIGHTS,
    OCCURRENCE_PRIOR,
    SALE_SIZE_PRIOR,
    TrainingSample,
    bucket,
    count_distribution,
    fit_hurdle,
    weighted_quantiles,
)


def sample(rows: int, sold: float, cohort: int = 0, log_size: float = 1.0, scatter: float = 0.5) -> TrainingSample:
    """`rows` series of which the share `sold` sold, all at `log_size` above the market's; one constant feature."""
    occurrence = np.zeros((rows, len(OCCURRENCE_PRIOR)))
    occurrence[:, 0] = 1.0
    hits = (np.arange(rows) < sold * rows).astype(float)
    count = int(hits.sum())
    large = np.zeros((count, len(SALE_SIZE_PRIOR)))
    large[:, 0] = 1.0
    return TrainingSample(
        cohort=np.full(rows, cohort), occurrence=occurrence, odds_offset=np.zeros(rows), sold=hits, sale_size=large,
        usual=np.zeros(count), scatter=np.full(count, scatter), log_size=np.full(count, log_size),
    )  # fmt: skip


def test_weeks_one_and_two_three_to_six_and_all_later_ones_have_a_model_each():
    assert [bucket(ahead) for ahead in (1, 2, 3, 6, 7, 40)] == [0, 0, 1, 1, 2, 2]


def test_weighted_quantiles_lie_between_the_middles_of_their_weights():
    """Middles at 0.1, 0.35 and 0.75."""
    points, weights = np.array([[3.0, 1.0, 2.0]]), np.array([[0.5, 0.2, 0.3]])
    levels = np.array([0.05, 0.1, 0.225, 0.35, 0.55, 0.75, 0.9])
    assert weighted_quantiles(points, weights, levels)[0] == pytest.approx([1.0, 1.0, 1.5, 2.0, 2.5, 3.0, 3.0])


def test_weights_of_the_grid_add_up_to_one():
    assert GRID_WEIGHTS.sum() == pytest.approx(1.0)
    assert GRID_WEIGHTS.min() > 0


def test_without_samples_the_priors_stand_for_every_market():
    model = fit_hurdle([], cohorts=3)
    assert model.occurrence.tolist() == [OCCURRENCE_PRIOR.tolist()] * 3
    assert model.sale_size.tolist() == SALE_SIZE_PRIOR.tolist()
    assert model.shapes.shape[0] == 1
    assert np.interp([0.5, 0.9], GRID, model.shapes[0]) == pytest.approx([0.0, 1.28], abs=0.05)  # the normal's own
    assert model.scatter_limit.tolist() == [np.inf]


def test_the_odds_fitted_are_those_seen_shrunk_to_the_prior():
    """Of 4,000 a quarter sold; the prior of the constant is 0 with the strength of 20."""
    model = fit_hurdle([sample(2000, 0.25), sample(2000, 0.25)], cohorts=1)
    b = model.occurrence[0, 0]
    assert 1000 - 4000 / (1 + np.exp(-b)) == pytest.approx(20 * b, abs=0.01)
    assert model.sale_size[0] == pytest.approx(1000 / 1020)


def test_a_large_market_has_its_own_odds_shrunk_to_those_of_all():
    model = fit_hurdle([sample(2000, 0.1), sample(2000, 0.5, cohort=1)], cohorts=2)
    everywhere, own = model.occurrence[0, 0], model.occurrence[1, 0]
    assert 1000 - 2000 / (1 + np.exp(-own)) == pytest.approx(300 * (own - everywhere), abs=0.01)
    assert everywhere < own < 0.0


def test_sizes_scatter_by_cells_of_predicted_size_and_own_scatter():
    """1,600 sizes make two by two cells; the half with more scatter is cut at its own median."""
    model = fit_hurdle([sample(800, 1.0, scatter=0.2), sample(800, 1.0, scatter=0.8)], cohorts=1)
    assert (len(model.size_cuts), len(model.scatter_cuts), model.shapes.shape[0]) == (1, 1, 4)
    assert sorted(set(model.scatter_limit[np.isfinite(model.scatter_limit)])) == [0.2, 0.8]


def test_a_distribution_has_its_odds_its_mean_and_its_sizes():
    """A sale of four in a normal week, half of the weeks; twice as many where the week is shifted by log 2."""
    log_sizes = np.full((2, len(LEVELS)), np.log(4.5))
    odds = count_distribution(np.array([0.5, 0.5]), log_sizes, np.log(np.array([4.0, 4.0])), np.array([0.0, np.log(2)]))
    assert odds.p_zero.tolist() == [0.5, 0.5]
    assert odds.mean == pytest.approx([2.0, 4.0])
    assert odds.quantile(0.8) == pytest.approx([4.0, 8.0], abs=1.0)


def test_a_sale_is_never_less_than_one():
    odds = count_distribution(
        np.array([0.5]), np.full((1, len(LEVELS)), np.log(0.1)), np.log(np.array([0.2])), np.zeros(1)
    )
    assert odds.mean.tolist() == [0.5]
    assert odds.quantile(0.9).tolist() == [1.0]
