"""Goods that a change of mode leaves behind, and what the change must earn back for them."""

from __future__ import annotations

import polars as pl
import pytest

from tests.engine.modes.test_choice import DAY, RULES, STEADY, economics
from tradewind.engine.modes import ModeFacts, choose_mode
from tradewind.engine.modes.stranded import leaving

SURE = RULES.with_value("mode_demand.spread", 0.0).with_value("overseas.leftover_loss", 0.5)
# a unit costs 10 to buy and 2 to bring abroad
COSTS = economics([("a", "ES", "overseas", 5.0), ("a", "ES", "pop", 9.0)]).with_columns(inbound_cost=pl.lit(2.0))
SOLD = pl.DataFrame({"sku": ["a"], "mode": ["overseas"]})


def left(units: float, *, gain: float = 40.0, mode: str = "overseas", costs: pl.DataFrame = COSTS) -> tuple:
    rows = pl.DataFrame({"sku": ["a"], "previous_mode": [mode], "present_units": [10.0], "gain": [gain]})
    stocked = pl.DataFrame({"sku": ["a"], "units": [units]})
    return leaving(rows, stocked, costs, SURE, DAY).select("stranded_units", "stranded_cost", "way_out").row(0)


def test_the_cheapest_way_out_counts():
    # sold off: 12 x (0.5 + 0.12 / 12) = 6.12 a unit; shipped back: 2; sold first: units / 10 a month x the gain of 40
    assert left(30.0) == (30.0, pytest.approx(60.0), "shipped_back")
    assert left(30.0, gain=10.0) == (30.0, pytest.approx(30.0), "sold_first")
    dear = COSTS.with_columns(inbound_cost=pl.lit(8.0), product_cost=pl.lit(1.0))
    assert left(30.0, gain=100.0, costs=dear) == (30.0, pytest.approx(30 * 9 * 0.51), "sold_off")


def test_a_change_that_earns_nothing_has_nothing_to_wait_for():
    assert left(30.0, gain=-5.0) == (30.0, 0.0, "sold_first")


def test_what_lies_at_the_sellers_own_place_is_left_by_no_change():
    assert left(30.0, mode="pop") == (0.0, 0.0, None)
    rows = pl.DataFrame({"sku": ["a"], "previous_mode": ["overseas"], "present_units": [10.0], "gain": [40.0]})
    assert leaving(rows, None, COSTS, SURE, DAY)["stranded_units"].to_list() == [0.0]


def test_where_no_cost_is_known_the_goods_are_sold_first():
    unknown = COSTS.with_columns(product_cost=pl.lit(None, pl.Float64), inbound_cost=pl.lit(None, pl.Float64))
    assert left(30.0, costs=unknown) == (30.0, pytest.approx(120.0), "sold_first")


def test_a_change_is_made_only_where_it_earns_back_the_goods_left_behind():
    def choice(units: int) -> dict:
        stocked = pl.DataFrame({"sku": ["a"], "units": [units]})
        return choose_mode(ModeFacts(COSTS, STEADY, SOLD, stocked=stocked), SURE, on=DAY).modes.row(0, named=True)

    few, many = choice(20), choice(200)
    assert (few["mode"], few["way_out"], few["stranded_cost"]) == ("pop", "shipped_back", pytest.approx(40.0))
    assert (many["mode"], many["stranded_units"]) == ("overseas", 200.0)


def test_a_sku_of_which_no_stock_is_on_record_leaves_nothing_behind():
    rows = pl.DataFrame(
        {"sku": ["a", "b"], "previous_mode": ["overseas"] * 2, "present_units": [10.0] * 2, "gain": [40.0] * 2}
    )
    for stocked in (
        pl.DataFrame({"sku": ["a"], "units": [30.0]}),
        pl.DataFrame({"sku": ["a", "b"], "units": [30, None]}),
    ):
        found = leaving(rows, stocked, COSTS, SURE, DAY)
        assert found.select("sku", "stranded_units", "stranded_cost", "way_out").rows() == [
            ("a", 30.0, pytest.approx(60.0), "shipped_back"), ("b", 0.0, 0.0, None),
        ]  # fmt: skip
        assert found.columns == [*rows.columns, "stranded_units", "stranded_cost", "way_out"]


def test_costs_are_the_mean_of_a_skus_markets_in_the_mode_it_leaves():
    abroad = economics([("a", "ES", "overseas", 5.0), ("a", "FR", "overseas", 5.0), ("a", "ES", "pop", 9.0)])
    costs = abroad.with_columns(inbound_cost=pl.Series([2.0, 4.0, 99.0]))
    assert left(10.0, gain=100.0, costs=costs) == (10.0, pytest.approx(30.0), "shipped_back")


def test_one_unit_is_something_to_leave_and_units_may_be_fewer_than_one():
    assert left(1.0)[2] == left(0.5)[2] == "shipped_back"
    assert left(0.0) == (0.0, 0.0, None)


def test_goods_that_do_not_sell_at_present_are_not_sold_first():
    rows = pl.DataFrame({"sku": ["a"], "previous_mode": ["overseas"], "present_units": [0.0], "gain": [40.0]})
    stocked = pl.DataFrame({"sku": ["a"], "units": [30.0]})
    found = leaving(rows, stocked, COSTS, SURE, DAY)
    assert found.select("stranded_cost", "way_out").row(0) == (pytest.approx(60.0), "shipped_back")
