"""The forecast verb on sales small enough to read, and the checks every forecast has to pass."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from tradewind.core.distribution import Distribution
from tradewind.core.errors import ParameterError
from tradewind.engine.demand import ForecastParams, forecast

MONDAY = date(2026, 6, 1)
WEEK = timedelta(days=7)


def weekly(units, sku="A", market="DE", in_stock=None):
    """Sales of the weeks just before MONDAY, the last one last."""
    weeks = [MONDAY - WEEK * (len(units) - i) for i in range(len(units))]
    return pl.DataFrame(
        {"sku": sku, "market": market, "week": weeks, "units": units, "in_stock_share": in_stock},
        schema_overrides={"in_stock_share": pl.Float64, "units": pl.Int64},
    )


def shop(seed=1, skus=30, weeks=70, markets=("DE", "FR")):
    """Random sellers, from one in fifty weeks to fifty a week; missing weeks are zeros."""
    rng = np.random.default_rng(seed)
    rates = np.exp(rng.uniform(np.log(0.02), np.log(50), skus))
    parts = [
        weekly([1, *rng.poisson(rate * rng.gamma(2, 0.5, weeks - 1)).tolist()], f"S{i:02d}", market)
        for i, rate in enumerate(rates)
        for market in markets
    ]
    return pl.concat(parts).filter(pl.col("units") > 0)


def odds_of(demand):
    return Distribution.from_frame(demand, "count")


def test_a_steady_seller_is_forecast_at_what_it_sells():
    demand = forecast(weekly([10] * 30), first_week=MONDAY, horizon_weeks=3)
    assert demand["week"].to_list() == [MONDAY, MONDAY + WEEK, MONDAY + WEEK * 2]
    assert demand["mean"].is_between(9, 11.5).all()
    assert demand["p_zero"].max() < 0.1


def test_the_frame_has_the_columns_others_build_on():
    demand = forecast(weekly([3, 0, 2, 5, 0, 1] * 4), first_week=MONDAY, horizon_weeks=2)
    assert demand.columns == [
        "sku", "market", "week", "mean", "p_zero", "quantiles", "tail",
        "level", "season", "demand_class", "size", "basis",
    ]  # fmt: skip
    assert demand["basis"].unique().to_list() == ["demand_basis.flat"]
    assert np.allclose(demand["level"] * demand["season"], demand["mean"])


def test_the_same_sales_give_the_same_forecast_whatever_their_row_order():
    sales = shop()
    shuffled = sales.sample(fraction=1.0, shuffle=True, seed=3)
    assert forecast(sales, first_week=MONDAY).equals(forecast(sales, first_week=MONDAY))
    assert forecast(sales, first_week=MONDAY).equals(forecast(shuffled, first_week=MONDAY))


def test_what_happens_after_the_first_week_changes_nothing():
    sales = shop()
    later = weekly([500] * 4).with_columns(pl.col("week") + WEEK * 4)
    known = forecast(sales, first_week=MONDAY)
    assert forecast(pl.concat([sales, later]), first_week=MONDAY).equals(known)


def test_an_event_that_is_not_in_the_calendar_yet_changes_nothing_else():
    sales = shop()
    far = pl.DataFrame(
        {"event": ["Sale"], "market": ["ZZ"], "starts_on": [date(2030, 1, 7)], "ends_on": [date(2030, 1, 9)]}
    )
    assert np.allclose(
        forecast(sales, first_week=MONDAY, calendar=far)["mean"], forecast(sales, first_week=MONDAY)["mean"]
    )


def test_quantiles_are_ordered_and_not_negative():
    odds = odds_of(forecast(shop(), first_week=MONDAY, horizon_weeks=13))
    bands = odds.quantile(np.broadcast_to(np.arange(1, 100) / 100, (len(odds), 99)))
    assert (np.diff(bands, axis=1) >= 0).all()
    assert bands.min() >= 0


def test_ten_times_the_sales_give_about_ten_times_the_forecast():
    sales = shop().filter(pl.col("sku") > "S05")
    once = forecast(sales, first_week=MONDAY, horizon_weeks=4)
    tenfold = forecast(sales.with_columns(pl.col("units") * 10), first_week=MONDAY, horizon_weeks=4)
    assert tenfold["mean"].sum() / once["mean"].sum() == pytest.approx(10, rel=0.1)


def test_no_listed_seller_is_ever_forecast_at_zero():
    sales = pl.concat([shop(), weekly([1] + [0] * 69, "LONG-TAIL", "DE").filter(pl.col("units") > 0)])
    demand = forecast(sales, first_week=MONDAY)
    tail = demand.filter(pl.col("sku") == "LONG-TAIL")["mean"]
    assert demand["mean"].min() > 0
    assert 0 < tail.max() < 0.2


def test_a_seller_that_fell_silent_is_expected_to_sell_less_than_one_that_did_not():
    silent = weekly([2, 1, 0, 3] * 10 + [0] * 26, "SILENT", "DE")
    lively = weekly([2, 1, 0, 3] * 10 + [2, 1, 0, 3] * 6 + [2, 1], "LIVELY", "DE")
    demand = forecast(pl.concat([shop(), silent, lively]), first_week=MONDAY)
    mean = demand.group_by("sku").agg(pl.col("mean").sum())
    expected = dict(mean.iter_rows())
    assert expected["SILENT"] < expected["LIVELY"] / 3


def test_the_mean_is_right_on_average_from_rare_sellers_to_daily_ones():
    rng = np.random.default_rng(5)
    rates = np.repeat([0.2, 1.0, 5.0, 40.0], 60)
    sales = pl.concat(
        [weekly([1, *rng.poisson(rate, 77).tolist()], f"P{i:03d}") for i, rate in enumerate(rates)]
    ).filter(pl.col("units") > 0)
    demand = forecast(sales, first_week=MONDAY).group_by("sku").agg(pl.col("mean").mean()).sort("sku")
    by_rate = demand["mean"].to_numpy().reshape(4, 60).mean(axis=1)
    assert by_rate == pytest.approx([0.2, 1.0, 5.0, 40.0], rel=0.15)


def test_weeks_out_of_stock_do_not_count_as_weeks_without_demand():
    stocked = [10, 11, 9, 10, 12, 8] * 8
    gone = [u if i < 30 else 0 for i, u in enumerate(stocked)]
    share = [1.0 if i < 30 else 0.0 for i in range(48)]
    others = shop(weeks=48)
    known = forecast(pl.concat([others, weekly(gone, in_stock=share)]), first_week=MONDAY)
    unknown = forecast(pl.concat([others, weekly(gone)]), first_week=MONDAY)
    mean = pl.col("mean").filter(pl.col("sku") == "A").mean()
    assert known.select(mean).item() == pytest.approx(10, rel=0.15)
    assert unknown.select(mean).item() < 2


def test_a_week_half_in_stock_counts_half():
    half = [10 if i % 2 == 0 else 5 for i in range(48)]
    share = [1.0 if i % 2 == 0 else 0.5 for i in range(48)]
    demand = forecast(pl.concat([shop(weeks=48), weekly(half, in_stock=share)]), first_week=MONDAY)
    assert demand.filter(pl.col("sku") == "A")["mean"].mean() == pytest.approx(10, rel=0.15)


def test_a_yearly_peak_comes_back_when_two_years_are_known():
    peak = [30 if (MONDAY - WEEK * (104 - i)).month == 7 else 10 for i in range(104)]
    sales = pl.concat([weekly(peak, f"T{i}") for i in range(20)])
    demand = forecast(sales, first_week=MONDAY, horizon_weeks=13).group_by("week").agg(pl.col("mean").mean())
    july = demand.filter(pl.col("week").dt.month() == 7)["mean"].mean()
    june = demand.filter(pl.col("week") < date(2026, 6, 20))["mean"].mean()
    assert july / june == pytest.approx(3, rel=0.25)


def test_with_less_than_a_year_of_sales_no_season_is_made_up():
    peak = [30 if i > 30 else 10 for i in range(40)]
    demand = forecast(pl.concat([weekly(peak, f"T{i}") for i in range(20)]), first_week=MONDAY)
    assert (demand["season"] == demand["season"][0]).all()
    assert demand["basis"].unique().to_list() == ["demand_basis.flat"]


def test_a_known_sales_event_lifts_its_week_as_it_did_before():
    lifted = [25 if i in {5, 25, 35} else 10 for i in range(48)]
    days = [MONDAY - WEEK * (48 - i) for i in (5, 25, 35)] + [MONDAY + WEEK]
    calendar = pl.DataFrame(
        {"event": "Sale", "market": "ZZ", "starts_on": days, "ends_on": [day + timedelta(days=3) for day in days]}
    )
    sales = pl.concat([weekly(lifted, f"T{i}") for i in range(20)])
    demand = forecast(sales, first_week=MONDAY, horizon_weeks=3, calendar=calendar)
    before, event, after = demand.group_by("week").agg(pl.col("mean").mean()).sort("week")["mean"]
    assert event / before == pytest.approx(2.5, rel=0.2)
    assert after / before == pytest.approx(1.0, rel=0.1)


def test_a_launched_product_without_sales_is_forecast_like_its_category():
    busy = [weekly([8, 12, 10, 9, 11, 10] * 6, f"B{i}") for i in range(10)]
    slow = [weekly([1, 0, 0, 0, 0, 0] * 6, f"C{i}") for i in range(10)]
    products = pl.DataFrame(
        {
            "sku": [*(f"B{i}" for i in range(10)), *(f"C{i}" for i in range(10)), "NEW-B", "NEW-C", "UNLAUNCHED"],
            "category": ["busy"] * 10 + ["slow"] * 10 + ["busy", "slow", "busy"],
            "launched_on": [MONDAY - WEEK * 36] * 20 + [MONDAY - WEEK] * 2 + [MONDAY + WEEK * 9],
        }
    )
    demand = forecast(pl.concat(busy + slow), first_week=MONDAY, products=products)
    new = demand.filter(pl.col("basis") == "demand_basis.new").group_by("sku").agg(pl.col("mean").mean()).sort("sku")
    assert new["sku"].to_list() == ["NEW-B", "NEW-C"]
    assert new["mean"][0] > 4 * new["mean"][1] > 0


def test_only_the_pairs_asked_for_are_forecast_and_just_as_with_all():
    sales = shop()
    some = pl.DataFrame({"sku": ["S03", "S10"], "market": ["FR", "DE"]})
    everything = forecast(sales, first_week=MONDAY)
    asked = forecast(sales, first_week=MONDAY, only=some)
    same = everything.join(some, on=["sku", "market"], how="semi")
    assert asked.select("sku", "market", "week").equals(same.select("sku", "market", "week"))
    assert np.allclose(odds_of(asked).quantiles, odds_of(same).quantiles)
    assert np.allclose(odds_of(asked).mean, odds_of(same).mean)


def test_no_sales_give_an_empty_forecast_of_the_same_shape():
    empty = forecast(weekly([]), first_week=MONDAY)
    assert empty.height == 0
    assert empty.schema == forecast(weekly([1, 2]), first_week=MONDAY).schema


def test_one_sale_last_week_is_enough_for_a_forecast():
    demand = forecast(weekly([4]), first_week=MONDAY)
    assert demand.height == 13
    assert demand["mean"].is_between(0.01, 10).all()


def test_a_first_week_that_is_no_monday_is_refused():
    with pytest.raises(ParameterError, match="Monday"):
        forecast(weekly([1]), first_week=date(2026, 6, 3))


def test_a_horizon_below_one_week_is_refused():
    with pytest.raises(ParameterError, match="horizon_weeks"):
        forecast(weekly([1]), first_week=MONDAY, horizon_weeks=0)


def test_parameters_out_of_range_are_refused():
    with pytest.raises(ParameterError, match="origins"):
        ForecastParams(origins=0)
