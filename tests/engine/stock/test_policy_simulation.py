"""The ordering policy simulated over the past."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tradewind.core.errors import NotEnoughDataError, ParameterError
from tradewind.engine.demand import DemandPaths
from tradewind.engine.stock import PolicyCosts, simulate_policy

MONDAY = date(2026, 3, 2)
MONEY = PolicyCosts(unit_margin=1.0, holding_cost_per_week=0.2, lost_sale_cost=0.0, lead_time_weeks=2)


def sales(units: dict[str, list[int]], shares: dict[str, list[float | None]] | None = None) -> pl.DataFrame:
    """Weekly sales that end 13 weeks of the same history later than they begin; the last weeks are `units`."""
    rows = []
    for sku, sold in units.items():
        share = (shares or {}).get(sku, [1.0] * len(sold))
        history = [(sku, "PL", MONDAY - timedelta(weeks=k), sold[0], 1.0) for k in range(1, 14)]
        rows += history + [
            (sku, "PL", MONDAY + timedelta(weeks=k), n, s) for k, (n, s) in enumerate(zip(sold, share, strict=True))
        ]
    return pl.DataFrame(rows, schema=["sku", "market", "week", "units", "in_stock_share"], orient="row")


def sure(levels: dict[str, float], origins: int, horizon: int = 6) -> dict[date, DemandPaths]:
    """A forecast that is certain of the same demand every week."""
    keys = pl.DataFrame({"sku": list(levels), "market": ["PL"] * len(levels)})
    draws = np.array([[[n] * 4] * horizon for n in levels.values()], np.float32)
    starts = [MONDAY + timedelta(weeks=k) for k in range(origins)]
    return {s: DemandPaths(keys, [s + timedelta(weeks=k) for k in range(horizon)], draws) for s in starts}


def test_a_forecast_that_is_right_costs_nothing_and_a_wrong_one_what_it_is_wrong_by():
    past = sales({"cup": [4] * 8})
    costs = simulate_policy(
        {"right": sure({"cup": 4}, 8), "low": sure({"cup": 3}, 8), "high": sure({"cup": 5}, 8)}, past, MONEY
    )
    by = {row["method"]: row for row in costs.rows(named=True)}
    assert by["right"]["total_cost"] == 0
    assert by["low"]["units_short"] == 8  # its first order counts on 2 left over, so 3 short; then 1 in five weeks
    assert by["low"]["lost_sales_cost"] == 8.0
    assert by["high"]["units_short"] == 0
    assert by["high"]["holding_cost"] == pytest.approx(0.2 * by["high"]["units_held"])
    assert by["right"]["series_weeks"] == 6
    assert costs["method"].to_list() == ["high", "low", "right"]


def test_stock_left_over_is_carried_and_not_ordered_again():
    costs = simulate_policy({"high": sure({"cup": 5}, 8)}, sales({"cup": [4] * 8}), MONEY).row(0, named=True)
    assert costs["units_held"] == 1 + 2 + 3 + 3 + 3 + 3  # it sees what is left two weeks later, and then orders 4


def test_the_stated_money_is_what_is_charged():
    stated = PolicyCosts(unit_margin=3.0, holding_cost_per_week=0.1, lost_sale_cost=2.0, lead_time_weeks=2)
    costs = simulate_policy({"low": sure({"cup": 3}, 8)}, sales({"cup": [4] * 8}), stated).row(0, named=True)
    assert costs["lost_sales_cost"] == 8 * (3.0 + 2.0)
    assert costs["total_cost"] == pytest.approx(costs["holding_cost"] + costs["lost_sales_cost"])


def test_a_week_without_its_own_forecast_uses_the_latest_before_it():
    past = sales({"cup": [4] * 8})
    every = simulate_policy({"ours": sure({"cup": 4}, 8)}, past, MONEY)
    first = {k: v for k, v in sure({"cup": 4}, 8, horizon=12).items() if k == MONDAY}
    assert_frame_equal(simulate_policy({"ours": first}, past, MONEY), every)


def test_what_happens_later_changes_nothing_before():
    known = sales({"cup": [4, 5, 3, 4, 6, 2]})
    longer = sales({"cup": [4, 5, 3, 4, 6, 2, 90]}, {"cup": [1.0] * 6 + [0.0]})  # the last week is not counted
    forecast = {"ours": sure({"cup": 4}, 7)}
    assert_frame_equal(simulate_policy(forecast, known, MONEY), simulate_policy(forecast, longer, MONEY))


def test_weeks_that_were_out_of_stock_are_not_counted():
    past = sales({"cup": [4, 4, 4, 0, 4, 4]}, {"cup": [1.0, 1.0, 1.0, 0.0, None, 1.0]})
    costs = simulate_policy({"ours": sure({"cup": 4}, 6)}, past, MONEY).row(0, named=True)
    assert (costs["series_weeks"], costs["units_demanded"]) == (3, 12)


def test_weeks_of_cover_orders_up_to_recent_mean_sales():
    costs = simulate_policy({"ours": sure({"cup": 4}, 8)}, sales({"cup": [4] * 8}), MONEY, cover_weeks=4.0)
    cover = costs.filter(method="weeks_of_cover").row(0, named=True)
    assert cover["units_short"] == 0
    assert cover["units_held"] == 6 * 4  # two weeks on the way, one sold, one left


def test_row_order_and_other_series_do_not_matter():
    past = sales({"cup": [4, 6, 3, 4, 5, 6], "hat": [1, 0, 2, 1, 1, 0]})
    both = simulate_policy({"ours": sure({"cup": 4, "hat": 1}, 6)}, past, MONEY)
    turned = simulate_policy({"ours": sure({"hat": 1, "cup": 4}, 6)}, past.reverse(), MONEY)
    assert_frame_equal(both, turned)
    parts = [
        simulate_policy({"ours": sure({s: n}, 6)}, past, MONEY)["total_cost"].item()
        for s, n in (("cup", 4), ("hat", 1))
    ]
    assert both["total_cost"].item() == pytest.approx(sum(parts))


def test_what_cannot_be_simulated_is_refused():
    with pytest.raises(NotEnoughDataError, match="2 weeks an order takes"):
        simulate_policy({"ours": sure({"cup": 4}, 2)}, sales({"cup": [4, 4]}), MONEY)
    with pytest.raises(ParameterError, match="does not reach 3 weeks"):
        simulate_policy({"ours": sure({"cup": 4}, 8, horizon=2)}, sales({"cup": [4] * 8}), MONEY)
    with pytest.raises(ParameterError, match="no row for cup in PL"):
        simulate_policy({"a": sure({"cup": 4}, 8), "b": sure({"hat": 4}, 8)}, sales({"cup": [4] * 8}), MONEY)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("unit_margin", (0.0,), (-0.1,)),
        ("holding_cost_per_week", (0.01,), (0.0, -1.0)),
        ("lost_sale_cost", (0.0,), (-0.1,)),
        ("lead_time_weeks", (0,), (-1,)),
        ("review_weeks", (1,), (0,)),
    ],
)
def test_a_cost_is_taken_within_its_range_and_refused_by_name_outside(name, good, bad):
    for value in good:
        assert getattr(PolicyCosts(**{name: value}), name) == value
    for value in bad:
        with pytest.raises(ParameterError, match=name):
            PolicyCosts(**{name: value})


def test_orders_are_placed_every_second_week_for_two_weeks():
    """Certain of four a week: eight every other week, of which four lie there at the end of each week they come."""
    slow = PolicyCosts(lead_time_weeks=2, review_weeks=2)
    costs = simulate_policy({"ours": sure({"cup": 4}, 8)}, sales({"cup": [4] * 8}), slow).row(0, named=True)
    assert (costs["units_short"], costs["units_held"]) == (0, 3 * 4)


def test_an_order_that_takes_no_time_is_there_at_once_and_every_week_counts():
    at_once = PolicyCosts(lead_time_weeks=0)
    costs = simulate_policy({"ours": sure({"cup": 4}, 8)}, sales({"cup": [4] * 8}), at_once).row(0, named=True)
    assert (costs["units_short"], costs["units_held"], costs["series_weeks"], costs["units_demanded"]) == (0, 0, 8, 32)


@pytest.mark.parametrize(("share", "counted"), [(0.9, 6), (0.89, 5), (None, 6)])
def test_a_week_counts_from_nine_tenths_in_stock_on(share, counted):
    past = sales({"cup": [4] * 8}, {"cup": [1.0] * 5 + [share] + [1.0] * 2})
    assert simulate_policy({"ours": sure({"cup": 4}, 8)}, past, MONEY)["series_weeks"].item() == counted


def test_cover_follows_the_mean_of_the_thirteen_weeks_before_each():
    """From four a week to seventeen: after one such week the mean is five, and a week of cover orders five."""
    past = sales({"cup": [17, 0, 0, 0]})
    rows = past.with_columns(units=pl.when(pl.col("week") < MONDAY).then(4).otherwise("units"))
    costs = simulate_policy(
        {"ours": sure({"cup": 4}, 4)}, rows, PolicyCosts(lead_time_weeks=1), cover_weeks=1.0
    ).filter(method="weeks_of_cover").row(0, named=True)  # fmt: skip
    assert costs["units_held"] == 0 + 5 + 5
