"""The hurdle model by hand: odds of a sale, and sizes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tradewind.core.distribution import LEVELS
from tradewind.engine.demand.features import LAST_SALES, Features
from tradewind.engine.demand.hurdle import (
    GRID,
    GRID_WEIGHTS,
    OCCURRENCE_PRIOR,
    SALE_SIZE_PRIOR,
    HurdleModel,
    TrainingSample,
    bucket,
    count_distribution,
    fit_hurdle,
    odds_of_sale,
    own_season,
    sizes,
    weighted_quantiles,
)
from tradewind.engine.demand.last_year import RunningTotals, running_totals


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
    model = fit_hurdle([sample(2000, 0.1), sample(1000, 0.5, cohort=1)], cohorts=2)
    everywhere, own = model.occurrence[0, 0], model.occurrence[1, 0]
    assert 500 - 1000 / (1 + np.exp(-own)) == pytest.approx(300 * (own - everywhere), abs=0.01)
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


def test_the_shape_of_sizes_is_what_is_left_in_units_of_own_scatter_up_to_the_middle_one():
    """1,000 sizes of 20.4, fitted as 20 since the prior of 0 counts as twenty of them: 0.4 is left of each.

    In units of 0.1 (400 of them) that is 4; in units of 0.2 (200), and of 0.8 cut to the median of 0.2 (400), it is 2.
    Sixty of the normal's own lie among them, all but one below 2.
    """
    scatter = np.repeat([0.1, 0.2, 0.8], [400, 200, 400])
    model = fit_hurdle([replace(sample(1000, 1.0, log_size=20.4), scatter=scatter)], cohorts=1)
    assert model.sale_size[0] == pytest.approx(20.0)
    assert model.scatter_limit.tolist() == [0.2]
    assert np.interp([0.07, 0.31, 0.61, 0.63, 0.71, 0.98], GRID, model.shapes[0]) == pytest.approx([2, 2, 2, 4, 4, 4])
    assert model.shapes[0, 0] < -0.5


def test_cells_are_cut_at_the_middle_of_predicted_sizes_and_of_scatter():
    """1,600 sizes of 1.62 are fitted as 1.6, above a usual of 0 or 3; scatter is 0.2 or 0.8, and 0.3 or 0.9."""
    usual, scatter = np.repeat([0.0, 3.0], 800), np.repeat([0.2, 0.8, 0.3, 0.9], 400)
    model = fit_hurdle([replace(sample(1600, 1.0, log_size=1.62), usual=usual, scatter=scatter)], cohorts=1)
    assert model.size_cuts == pytest.approx([1.6 + 1.5])
    assert model.scatter_cuts == pytest.approx([0.55])
    assert model.scatter_limit.tolist() == [0.2, 0.8, 0.3, 0.9]


def state(rows: int = 1, totals: RunningTotals | None = None, **told: object) -> Features:
    """Series of which only what is `told` is known."""
    nothing = running_totals(*[np.zeros((rows, 5))] * 3, np.arange(rows))
    none = dict.fromkeys(("usual", "rate", "mean_log_size", "scatter", "active", "hits"), np.zeros(rows))
    matrices = {name: np.zeros((rows, LAST_SALES)) for name in ("recent", "recency")}
    features = {"occurrence": np.zeros((rows, 1)), "sale_size": np.zeros((rows, 1))}
    return Features(**{"origin": 5, "totals": totals or nothing} | none | matrices | features | told)  # type: ignore[arg-type]


def hurdle(**told: object) -> HurdleModel:
    one = {
        "occurrence": np.zeros((1, 6)), "sale_size": np.array([1.0, *[0.0] * 5]), "size_cuts": np.zeros(0),
        "scatter_cuts": np.zeros(0), "shapes": np.zeros((1, len(GRID))), "scatter_limit": np.array([np.inf]),
    }  # fmt: skip
    return HurdleModel(**one | told)  # type: ignore[arg-type]


def test_a_size_scatters_as_its_cell_does_up_to_the_cells_limit():
    """Predicted 0.4 + 0.6 and 2.4 + 0.6; cells of small and large, each of less and more scatter."""
    cells = hurdle(
        size_cuts=np.array([2.0]), scatter_cuts=np.array([0.5]), scatter_limit=np.array([0.2, 0.6, 0.3, 0.9]),
        shapes=np.tile([[1.0], [2.0], [3.0], [4.0]], (1, len(GRID))),
    )  # fmt: skip
    series = state(
        3, sale_size=np.array([[0.4], [2.4], [2.4]]), usual=np.full(3, 0.6), scatter=np.array([0.4, 0.8, 0.4])
    )
    quantiles, mean = sizes(cells, series)
    expected = [1.0 + 1 * 0.2, 3.0 + 4 * 0.8, 3.0 + 3 * 0.3]
    assert mean == pytest.approx(expected)
    for level in (0, 11, -1):
        assert quantiles[:, level] == pytest.approx(expected)


def test_two_sales_of_its_own_weigh_a_fifth_and_none_is_larger_than_nearly_all_of_the_pool():
    """All of the pool lies at 1, but for its last two quantiles at 2 and 2.5; own sales of 0.5 and 9, the older one
    worth half as much: 0.4 x 2 / (2 + 2) = 0.2 of all weight, two thirds of it at 0.5, one at 2.
    """
    shape = np.zeros(len(GRID))
    shape[-2:] = [2.0, 3.0]
    pooled = hurdle(shapes=shape[None], scatter_limit=np.array([0.5]))
    own = np.zeros((2, 1, LAST_SALES))
    own[0, 0, :2], own[1, 0, :2] = [0.5, 9.0], [1.0, 0.5]
    series = state(sale_size=np.array([[1.0]]), scatter=np.array([0.5]), hits=np.array([2.0]), recent=own[0],
                   recency=own[1])  # fmt: skip
    quantiles, mean = sizes(pooled, series)
    at_two, last = GRID_WEIGHTS[-2:]
    of_pool = (1 - at_two - last) * np.exp(1) + at_two * np.exp(2) + last * np.exp(2.5)
    assert np.exp(mean[0]) == pytest.approx(0.8 * of_pool + 0.2 * (2 / 3 * np.exp(0.5) + 1 / 3 * np.exp(2)))
    assert quantiles[0, np.argmin(np.abs(LEVELS - 0.5))] == pytest.approx(1.0)
    assert quantiles[0, np.argmin(np.abs(LEVELS - 0.02))] < 0.6
    assert sizes(pooled, series, own_share=0.0)[1] == pytest.approx([np.log(of_pool)])


def test_the_odds_of_a_sale_are_those_of_the_series_own_cohort_and_week():
    """Log odds 2 x 0.5 or 3 x 0.5, and 0.25 more in the week asked about; certain within thirty."""
    two = hurdle(occurrence=np.array([[2.0, *[0.0] * 5], [3.0, *[0.0] * 5]]))
    series = state(3, occurrence=np.array([[0.5], [0.5], [100.0]]))
    odds = odds_of_sale(two, series, 6, np.array([0, 1, 1]), np.array([0.25, 0.25, 0.0]))
    assert odds == pytest.approx(1 / (1 + np.exp([-1.25, -1.75, -30.0])))
    assert odds[2] == 1 / (1 + np.exp(-30.0))


def test_its_own_season_raises_sizes_by_what_last_year_says():
    """Log size 5 in week 60 and 2 in week 90: around week 112 - 52 it was 5 - 3.5 above the year's, halved as thin."""
    sale = np.zeros((1, 104))
    sale[0, [60, 90]] = 1.0
    size = np.where(np.arange(104) == 60, 5.0, 2.0) * sale
    series = state(
        origin=104, sale_size=np.zeros((1, 2)), totals=running_totals(sale, np.ones((1, 104)), size, np.array([0]))
    )
    model = hurdle(sale_size=np.array([9.0, 7.0, 0.0, 0.0, 2.0, 0.0, 0.0]))
    assert own_season(model, series, 112) == pytest.approx([2.0 * 0.75])


def test_quantiles_of_several_rows_are_each_rows_own():
    points = np.array([[1.0, 2.0], [20.0, 10.0]])
    found = weighted_quantiles(points, np.array([[0.5, 0.5], [0.5, 0.5]]), np.array([0.25, 0.5, 0.75]))
    assert found == pytest.approx(np.array([[1.0, 1.5, 2.0], [10.0, 15.0, 20.0]]))
