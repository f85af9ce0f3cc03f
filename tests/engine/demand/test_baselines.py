"""The baselines, each on a series whose answer is known beforehand."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from tradewind.core.distribution import Distribution
from tradewind.engine.demand.baselines import BASELINES, baseline_demand, climatology, moving_average, seasonal_naive
from tradewind.engine.demand.panel import panel_of

MONDAY = date(2026, 6, 1)


def sales(units, sku="A"):
    weeks = [MONDAY - timedelta(days=7 * (len(units) - i)) for i in range(len(units))]
    return pl.DataFrame({"sku": sku, "market": "DE", "week": weeks, "units": units}).with_columns(
        in_stock_share=pl.lit(None, pl.Float64)
    )


def panel(units):
    return panel_of(sales(units), first_week=MONDAY)


def test_climatology_is_the_last_26_weeks():
    samples = climatology(panel(list(range(1, 41))), 3)
    assert samples.shape == (1, 3, 26)
    assert sorted(samples[0, 2]) == list(range(15, 41))


def test_a_constant_series_is_forecast_without_error_by_the_moving_average():
    samples = moving_average(panel([6] * 60), 13)
    assert np.allclose(samples, 6.0)


def test_the_moving_average_errs_as_much_as_it_used_to_at_that_distance():
    growing = moving_average(panel(list(range(1, 81))), 2)
    assert growing[0, 0] == pytest.approx(76.5 + 4.5)
    assert growing[0, 1] == pytest.approx(76.5 + 5.5)


def test_the_seasonal_naive_says_last_years_week():
    year = [10] * 52
    year[2] = 40
    samples = seasonal_naive(panel(year + year), 4)
    assert samples.mean(axis=2)[0].tolist() == [10, 10, 40, 10]


def test_every_baseline_makes_a_demand_frame_in_the_common_shape():
    both = pl.concat([sales([3, 0, 5, 1] * 20), sales([1, 0, 0, 0] * 20, "B")])
    for name in BASELINES:
        demand = baseline_demand(name, both, first_week=MONDAY, horizon_weeks=2)
        assert demand.columns == ["sku", "market", "week", "mean", "p_zero", "quantiles", "tail"]
        assert demand.height == 4
        assert Distribution.from_frame(demand, "count").mean.min() >= 0


def test_no_baseline_sees_past_the_first_week():
    later = sales([99] * 80).with_columns(pl.col("week") + timedelta(days=7 * 80))
    for name in BASELINES:
        known = baseline_demand(name, sales([3, 0, 5, 1] * 20), first_week=MONDAY)
        assert baseline_demand(name, pl.concat([sales([3, 0, 5, 1] * 20), later]), first_week=MONDAY).equals(known)


def test_no_sales_give_empty_frames():
    for name in BASELINES:
        assert baseline_demand(name, sales([1]).clear(), first_week=MONDAY).height == 0
