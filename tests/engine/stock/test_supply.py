"""What runs out and what to buy, by stock and demand alone."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.core.errors import ParameterError
from tradewind.core.tables import TABLES
from tradewind.engine.demand import DemandPaths
from tradewind.engine.stock import SupplyParams, supply_outlook, unit_contribution

MONDAY = date(2026, 11, 30)
POSITION = {"node": pl.String, "sku": pl.String, "available_units": pl.Int64, "on_the_way_units": pl.Int64}


def paths(**weekly: list[list[float]]) -> DemandPaths:
    """sku_MARKET=weeks of scenarios."""
    keys = pl.DataFrame([name.split("_") for name in weekly], schema=["sku", "market"], orient="row")
    draws = np.array(list(weekly.values()), dtype=np.float32)
    return DemandPaths(keys, [MONDAY + timedelta(weeks=w) for w in range(draws.shape[1])], draws)


def products(*rows: dict[str, object]) -> pl.DataFrame:
    schema = TABLES["products"].empty().schema
    return pl.DataFrame([{c: row.get(c) for c in schema} for row in rows], schema=schema)


def outlook(found: DemandPaths, *there: tuple[object, ...], share: float = 1.0, **given: object) -> pl.DataFrame:
    position = pl.DataFrame(there, schema=POSITION, orient="row")
    none = pl.DataFrame(schema={"sku": pl.String, "sold_units": pl.Int64, "unit_contribution": pl.Float64})
    terms = {"products": products(), "sales": none, **given}
    return supply_outlook(found, position, **terms, first_week_share=share, base="CNY")  # type: ignore[arg-type]


CUP = {"sku": "cup", "supplier": "Wang", "supplier_lead_time_days": 7.0}


def test_a_purchase_covers_demand_until_the_next_orders_goods_are_there():
    """Ten a week for certain, a week of lead time and one until the next order: twenty are needed, five are there."""
    (row,) = outlook(paths(cup_ES=[[10.0] * 4] * 6), ("hz", "cup", 3, 2), products=products(CUP)).to_dicts()
    assert (row["buy_units"], row["lost_units"], row["stockout_odds"], row["weeks_of_cover"]) == (15, 15.0, 1.0, 0.5)
    assert (row["expected_units"], row["reason"], row["supplier"]) == (40.0, "supply_buy", "Wang")


def test_the_level_is_the_quantile_of_the_scenarios_at_the_service_level():
    weeks = [[float(k) for k in range(11)], *[[0.0] * 11] * 3]  # 0 … 10 in one of the two weeks
    (row,) = outlook(paths(cup_ES=weeks), ("hz", "cup", 4, None), products=products(CUP)).to_dicts()
    assert (row["buy_units"], row["stockout_odds"]) == (5, pytest.approx(6 / 11))
    assert row["lost_units"] == pytest.approx((1 + 2 + 3 + 4 + 5 + 6) / 11)


def test_markets_and_warehouses_are_added_up_scenario_by_scenario():
    found = paths(cup_ES=[[9.0, 0.0]] * 3, cup_FR=[[0.0, 9.0]] * 3)
    (row,) = outlook(found, ("hz", "cup", 5, 0), ("pl", "cup", 4, None), products=products(CUP)).to_dicts()
    assert (row["available_units"], row["on_the_way_units"]) == (9, 0)
    assert (row["buy_units"], row["lost_units"]) == (9, 9.0)  # never more nor less than 18


@pytest.mark.parametrize(
    ("moq", "carton", "buy"), [(None, None, 15), (1, 4, 16), (20, None, 20), (20, 12, 24), (0, 0, 15)]
)
def test_whole_cartons_from_the_minimum_on(moq, carton, buy):
    terms = products({**CUP, "moq_units": moq, "carton_units": carton})
    assert outlook(paths(cup_ES=[[10.0]] * 4), ("hz", "cup", 5, 0), products=terms)["buy_units"].item() == buy


def test_enough_is_bought_nothing_of_whatever_the_minimum():
    terms = products({**CUP, "moq_units": 100})
    (row,) = outlook(paths(cup_ES=[[10.0]] * 4), ("hz", "cup", 20, 0), products=terms).to_dicts()
    assert (row["buy_units"], row["stockout_odds"], row["reason"]) == (0, 0.0, "supply_enough")


def test_without_a_count_nothing_is_said_of_cover_odds_or_purchase():
    (row,) = outlook(paths(cup_ES=[[10.0]] * 4)).to_dicts()
    unknown = ("available_units", "weeks_of_cover", "stockout_odds", "buy_units", "lost_units", "contribution_lost")
    assert [row[name] for name in unknown] == [None] * 6
    assert (row["expected_units"], row["reason"]) == (40.0, "supply_no_stock")


def test_a_lead_time_that_is_not_stated_is_assumed_and_said():
    (row,) = outlook(paths(cup_ES=[[10.0]] * 6), ("hz", "cup", 0, 0)).to_dicts()
    assert (row["buy_units"], row["lead_time_days"], row["reason"]) == (30, None, "supply_buy_lead_assumed")
    assert outlook(paths(cup_ES=[[10.0]] * 6), ("hz", "cup", 0, 0), products=products(
        {"sku": "cup", "supplier_lead_time_days": 14.0}))["buy_units"].item() == 30  # fmt: skip


def test_only_the_rest_of_a_begun_week_counts():
    (row,) = outlook(paths(cup_ES=[[14.0]] * 4), ("hz", "cup", 0, 0), share=0.5, products=products(CUP)).to_dicts()
    assert (row["buy_units"], row["expected_units"]) == (21, 49.0)


@pytest.mark.parametrize(("there", "cover"), [(0, 0.0), (5, 0.5), (10, 1.0), (25, 2.25), (40, 3.0), (60, 6.0)])
def test_cover_is_counted_within_the_week_and_beyond_the_horizon_at_its_pace(there, cover):
    found = paths(cup_ES=[[10.0], [10.0], [20.0], [0.0]])  # forty in four weeks
    assert outlook(found, ("hz", "cup", there, 0))["weeks_of_cover"].item() == pytest.approx(cover)


def test_goods_nobody_asks_for_have_no_cover():
    assert outlook(paths(cup_ES=[[0.0]] * 4), ("hz", "cup", 5, 0))["weeks_of_cover"].item() is None


def test_what_is_lost_counts_at_what_it_would_contribute_and_never_below_nothing():
    worth = pl.DataFrame({"sku": ["cup", "hat", "pen"], "sold_units": 1, "unit_contribution": [2.0, -1.0, None]})
    found = outlook(
        paths(cup_ES=[[10.0]] * 4, hat_ES=[[10.0]] * 4, pen_ES=[[10.0]] * 4),
        *(("hz", sku, 0, 0) for sku in ("cup", "hat", "pen")), sales=worth,
    )  # fmt: skip
    assert found["contribution_lost"].to_list() == [60.0, 0.0, None]


@given(
    st.lists(st.lists(st.integers(0, 30), min_size=5, max_size=5), min_size=4, max_size=4),
    st.integers(0, 80), st.integers(1, 12), st.integers(1, 40),
)  # fmt: skip
def test_a_purchase_reaches_the_service_level_and_no_carton_less_would(weeks, there, carton, least):
    terms = products({**CUP, "moq_units": least, "carton_units": carton})
    found = paths(cup_ES=[[float(k) for k in week] for week in weeks])
    buy = outlook(found, ("hz", "cup", there, 0), products=terms)["buy_units"].item()
    need = found.draws[0, :2].sum(axis=0)
    level = np.quantile(need, 0.9)
    assert buy % carton == 0
    assert there + buy >= level - 1e-6
    assert buy == 0 or there < level
    assert buy <= least + carton or there + buy - carton < level


@pytest.mark.parametrize("wrong", [{"service_level": 1.0}, {"review_weeks": 0}, {"lead_time_days_if_unknown": -1.0}])
def test_impossible_assumptions_are_refused(wrong):
    with pytest.raises(ParameterError):
        SupplyParams(**wrong)


def test_a_unit_contributes_its_price_less_its_cost_each_market_by_what_it_sells():
    economics = pl.DataFrame(
        {
            "sku": ["cup"] * 4 + ["hat"], "market": ["ES", "ES", "FR", "BR", "ES"],
            "mode": ["full", "pop", "pop", "pop", "pop"], "price": [1.0, 50.0, 30.0, None, 20.0],
        }
    )  # fmt: skip
    expected = pl.DataFrame(
        {"sku": ["cup"] * 3 + ["hat"], "market": ["ES", "FR", "BR", "ES"], "monthly_units": [3.0, 1.0, 9.0, 1.0]}
    )
    terms = products(
        {"sku": "cup", "unit_cost": 2.0, "currency": "USD"}, {"sku": "hat", "unit_cost": None, "currency": "CNY"}
    )
    fx = pl.DataFrame({"currency": ["USD"], "quote": ["CNY"], "on_date": [MONDAY], "rate": [7.0]})
    found = unit_contribution(economics, expected, terms, fx, MONDAY, "CNY")
    assert found.rows() == [("cup", pytest.approx(45.0 - 14.0)), ("hat", None)]
