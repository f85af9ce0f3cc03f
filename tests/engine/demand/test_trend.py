"""Whether a SKU fades, judged by all its markets together."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from tradewind.engine.demand import forecast
from tradewind.engine.demand.trend import capped_units, trend_features

FIRST_WEEK = date(2026, 10, 19)


def test_sales_at_the_old_rate_are_no_trend_and_half_of_it_is_one():
    """Two SKUs, the first in two markets; sums of units and of weeks due, quick, long and for ever."""
    due = np.tile([10.0, 30.0, 99.0], (3, 1))
    steady = np.array([[10.0, 31.0, 100.0]])
    halved = np.array([[5.0, 31.0, 100.0]])
    skus = np.array([0, 0, 1])
    features = trend_features(np.concatenate([halved, halved, steady]), due, skus)
    assert features[0] == pytest.approx(features[1])
    assert features[0, 0] == pytest.approx(np.log((10 + 3) / (20 + 3)), abs=0.01)
    assert features[0, 2] == features[0, 0]
    assert features[2] == pytest.approx([0.0] * 4, abs=0.03)


def test_a_rare_pair_takes_the_trend_of_its_sku_elsewhere():
    due = np.tile([10.0, 30.0, 99.0], (2, 1))
    big, rare = [20.0, 124.0, 400.0], [0.0, 0.0, 1.0]
    features = trend_features(np.array([big, rare]), due, np.array([0, 0]))
    assert features[1] == pytest.approx(features[0])
    assert features[1, 0] < -0.5


def test_without_sales_there_is_no_trend():
    assert (trend_features(np.zeros((2, 3)), np.zeros((2, 3)), np.array([0, 1])) == 0).all()


def test_one_huge_order_is_cut_to_six_usual_weeks_as_known_from_the_weeks_before_it():
    units = np.array([[2.0, 2.0, 2.0, 500.0, 2.0]])
    due = np.ones((1, 5))
    cut = capped_units(units, due)
    assert cut[0, :3].tolist() == [2.0, 2.0, 2.0]
    assert cut[0, 3] == 6.0 * 6.5 / 4.0
    later = capped_units(np.array([[2.0, 2.0, 2.0, 500.0, 900.0]]), due)
    assert (later[0, :4] == cut[0, :4]).all()


def test_a_rare_pair_of_a_sku_that_fades_in_its_other_markets_is_expected_to_sell_less():
    """The rare pairs have the same record; the SKUs they belong to sell twelve a week in three markets, until some
    halve every eight weeks from week 50 on."""
    rng, rows = np.random.default_rng(3), []
    start = FIRST_WEEK - timedelta(weeks=80)
    rare = {"market": "FR", "units": 1}
    for n in range(60):
        sku = f"{'fading' if n % 2 else 'steady'}-{n // 2:02d}"
        fades_from = 30 + n if n % 2 else 999
        for week in range(80):
            rate = 12.0 * 0.5 ** (max(week - fades_from, 0) / 8.0)
            for market in ("ES", "PL", "US"):
                units = int(rng.poisson(rate))
                rows += [{"sku": sku, "market": market, "week": start + timedelta(weeks=week), "units": units}]
            if week % 16 == 4:
                rows += [{"sku": sku, "week": start + timedelta(weeks=week), **rare}]
    sales = pl.DataFrame(rows).filter(pl.col("units") > 0).with_columns(in_stock_share=pl.lit(None, pl.Float64))
    demand = forecast(sales, first_week=FIRST_WEEK).filter(market="FR")
    fading = demand.filter(pl.col("sku").str.starts_with("fading"))["mean"].mean()
    steady = demand.filter(pl.col("sku").str.starts_with("steady"))["mean"].mean()
    assert fading < 0.9 * steady


def test_a_sku_that_jumps_shows_in_the_trend_and_not_in_the_fading():
    """Of 10 weeks' 31 / (30 + 1) units 20 came, and 30 weeks' 99 / (99 + 1) sold 31."""
    features = trend_features(np.array([[20.0, 31.0, 99.0]]), np.array([[10.0, 30.0, 99.0]]), np.array([0]))[0]
    assert features == pytest.approx([np.log(23 / 13), np.log(34 / (30 * 0.99 + 3)), 0.0, 0.0])
