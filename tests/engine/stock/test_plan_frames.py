"""The small world's plan as a planner reads it: orders with their reasons, and the space of each week.

The figures follow from twenty drawn paths; that they are the best there are is proven beside (test_plan).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from tests.engine.stock.world import MONDAY, world
from tradewind.engine.stock import StockPlan

PLENTY = world(1, scenarios=20).plan()
SCARCE = world(1, scenarios=20).with_nodes(capacity_m3=[1.2, 0.9]).plan()
SOON, LATER = date(2026, 11, 23), date(2026, 11, 30)


def orders(plan: StockPlan, *columns: str) -> list[tuple[Any, ...]]:
    return [
        tuple(pytest.approx(value, abs=5e-6) if isinstance(value, float) else value for value in row)
        for row in plan.orders.select("node", "sku", *columns).rows()
    ]


def test_units_bring_the_position_up_to_what_the_weeks_until_the_next_order_ask_for():
    columns = ("order_units", "order_up_to", "available_units", "on_the_way_units", "wanted_units", "least_units")
    assert orders(PLENTY, *columns) == [
        ("HZ", "cup", 4, 7, 3, 0, 4, 2),
        ("HZ", "lamp", 2, 2, 0, None, 2, 1),
        ("PL", "cup", 0, 3, 1, 2, 0, 2),
        ("PL", "hat", 3, 4, 0, 1, 3, 2),
        ("PL", "pen", 3, 3, None, None, 3, 3),
    ]


def test_each_order_says_when_it_comes_when_stock_is_out_and_why_it_is_placed():
    columns = ("arrives_week", "stockout_week", "lead_time_days", "reason", "unknown")
    assert orders(PLENTY, *columns) == [
        ("HZ", "cup", SOON, SOON, 5.0, "stock_order", []),
        ("HZ", "lamp", SOON, SOON, 5.0, "stock_order", ["on_the_way"]),
        ("PL", "cup", SOON, LATER, 5.0, "stock_enough", []),
        ("PL", "hat", LATER, MONDAY, 12.0, "stock_order", []),
        ("PL", "pen", SOON, LATER, 5.0, "stock_order", ["stock"]),
    ]


def test_each_order_has_its_odds_its_money_and_its_volume():
    columns = (
        "stockout_odds_before",
        "stockout_odds_after",
        "critical_ratio",
        "expected_gain",
        "order_cost",
        "volume_m3",
    )
    assert orders(PLENTY, *columns) == [
        ("HZ", "cup", 0.75, 0.0, 0.973798, 12.121728, 22.0, 0.4),
        ("HZ", "lamp", 0.4, 0.05, 0.962742, 13.461694, 42.0, 1.0),
        ("PL", "cup", 0.05, 0.05, 0.928283, 0.0, 0.0, 0.0),
        ("PL", "hat", 0.75, 0.05, 0.921348, 25.65243, 42.0, 0.6),
        ("PL", "pen", 0.4, 0.0, 0.934701, 1.714962, 7.5, 0.15),
    ]


def test_an_order_cut_for_space_says_what_it_misses():
    lamp = SCARCE.orders.filter(node="HZ", sku="lamp").row(0, named=True)
    told = {c: lamp[c] for c in ("order_units", "wanted_units", "stockout_odds_after", "reason")}
    assert told == {"order_units": 1, "wanted_units": 2, "stockout_odds_after": 0.1, "reason": "stock_order_squeezed"}
    assert (lamp["expected_gain"], lamp["missed_gain"]) == (pytest.approx(11.390483), pytest.approx(2.071211))
    assert SCARCE.orders.filter(pl.col("sku") != "lamp").equals(PLENTY.orders.filter(pl.col("sku") != "lamp"))


def test_space_is_listed_week_by_week_with_what_one_more_cubic_metre_would_earn():
    hz = SCARCE.capacity.filter(node="HZ").select("demand_m3", "stock_m3", "capacity_m3", "value_per_m3")
    assert [tuple(pytest.approx(v, abs=5e-6) for v in row) for row in hz.rows()] == [
        (0.555, 0.3, 1.2, 0.0),
        (0.505, 0.995, 1.2, 4.260139),
        (0.455, 0.59, 1.2, 0.0),
        (0.415, 0.38, 1.2, 0.0),
        (0.425, 0.2, 1.2, 0.0),
        (0.4, 0.14, 1.2, 0.0),
    ]
    assert PLENTY.capacity.filter(node="HZ")["stock_m3"].to_list() == pytest.approx(
        [0.3, 1.495, 1.04, 0.73, 0.475, 0.39]
    )
    assert set(PLENTY.capacity["value_per_m3"]) == {0.0}


def test_skus_without_a_size_are_counted_and_left_out_of_the_volumes():
    small = world(1, scenarios=20)
    plan = small.with_products(length_mm=[1000.0, 1000.0, None, 500.0]).plan()
    hz = plan.capacity.filter(node="HZ")
    assert set(hz["skus_without_size"]) == {1}
    assert set(plan.capacity.filter(node="PL")["skus_without_size"]) == {0}
    without = replace(small, network=small.network.filter(pl.col("sku") != "lamp")).plan().capacity.filter(node="HZ")
    assert hz.drop("skus_without_size").equals(without.drop("skus_without_size"))


def test_a_node_without_stocked_goods_has_empty_weeks():
    small = world(1, scenarios=20)
    empty = pl.concat([small.nodes, small.nodes.head(1).with_columns(node=pl.lit("XX"))])
    rows = replace(small, nodes=empty).plan().capacity.filter(node="XX")
    assert rows.select("demand_m3", "stock_m3", "value_per_m3", "skus_without_size").unique().rows() == [
        (0.0, 0.0, 0.0, 0)
    ]
    assert rows["week"].to_list() == [MONDAY + timedelta(weeks=n) for n in range(6)]
