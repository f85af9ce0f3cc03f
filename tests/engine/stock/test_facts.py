"""One row per stocked node and SKU: money pooled over markets, weeks of arrival, and what is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from tradewind.core.errors import MissingColumnError, ParameterError
from tradewind.core.tables import Fx
from tradewind.engine.demand import DemandPaths
from tradewind.engine.stock import StockFacts, StockParams
from tradewind.engine.stock.facts import served_pairs, stock_facts

MONDAY = date(2026, 11, 16)
PARAMS = StockParams(capital_rate_per_year=0.2, salvage_share=0.3)
EURO = Fx.validate(
    pl.DataFrame(
        {"currency": ["EUR"], "quote": ["CNY"], "on_date": [MONDAY], "rate": [8.0],
         "known_at": [datetime(2026, 11, 16, tzinfo=UTC)]}
    ),
    cast=True,
)  # fmt: skip


def frame(schema: dict[str, Any], *rows: tuple[Any, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")


def network(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return frame({"sku": pl.String, "market": pl.String, "node": pl.String}, *rows)


def stock(*rows: tuple[str, str, int | None, int | None, date | None]) -> pl.DataFrame:
    return frame(
        {"node": pl.String, "sku": pl.String, "available_units": pl.Int64, "on_the_way_units": pl.Int64,
         "on_the_way_due_on": pl.Date},
        *rows,
    )  # fmt: skip


def products(*rows: tuple[str, float | None, float | None, int | None, int | None]) -> pl.DataFrame:
    """SKU, height in mm of a thing of one metre by half a metre, supplier's days, minimum order and carton."""
    schema = {
        "sku": pl.String, "height_mm": pl.Float64, "supplier_lead_time_days": pl.Float64, "moq_units": pl.Int64,
        "carton_units": pl.Int64,
    }  # fmt: skip
    return frame(schema, *rows).with_columns(length_mm=1000.0, width_mm=500.0)


def nodes(*rows: tuple[str, str, float | None, float | None, float | None, str]) -> pl.DataFrame:
    return frame(
        {"node": pl.String, "market": pl.String, "capacity_m3": pl.Float64, "storage_cost_per_m3_week": pl.Float64,
         "inbound_days": pl.Float64, "currency": pl.String},
        *rows,
    )  # fmt: skip


def economics(*rows: tuple[str, str, float | None, float | None, float | None, float | None]) -> pl.DataFrame:
    return frame(
        {"sku": pl.String, "market": pl.String, "margin": pl.Float64, "product_cost": pl.Float64,
         "inbound_cost": pl.Float64, "capital_cost": pl.Float64},
        *rows,
    )  # fmt: skip


def deliveries(*rows: tuple[str, str, date | None, int]) -> pl.DataFrame:
    return frame({"node": pl.String, "sku": pl.String, "due_on": pl.Date, "units": pl.Int64}, *rows)


CUPS = StockFacts(
    network=network(("cup", "PL", "WAW"), ("cup", "ES", "WAW")),
    stock_position=stock(("WAW", "cup", 3, 20, date(2026, 12, 7))),
    products=products(("cup", 200.0, 5.0, 4, 2)),
    nodes=nodes(("WAW", "PL", None, 4.0, 2.0, "EUR")),
    economics=economics(("cup", "PL", 10.0, 5.0, 1.5, 0.4), ("cup", "ES", 6.0, 5.0, None, 0.0)),
    fx=EURO,
)
"""Cups of 0.1 m3 for two markets from one warehouse."""

PATHS = DemandPaths(
    pl.DataFrame({"sku": ["cup", "cup"], "market": ["ES", "PL"]}),
    [MONDAY],
    np.array([[[0.0, 2.0], [1.0, 1.0]], [[2.0, 4.0], [3.0, 3.0]]], np.float32),
)
"""One a week in Spain, three in Poland."""


def rows(facts: StockFacts = CUPS, paths: DemandPaths = PATHS, day: date = MONDAY, **more: Any) -> pl.DataFrame:
    told = {"weeks": 4, "base": "CNY", "params": PARAMS} | more
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return stock_facts(served_pairs(facts, paths), facts, as_of=at, first_week=MONDAY, **told)


def row(facts: StockFacts = CUPS, **more: Any) -> dict[str, Any]:
    return rows(facts, **more).row(0, named=True)


def test_the_money_of_a_unit_is_the_mean_over_the_markets_by_what_each_buys():
    found = row()
    assert found["margin"] == pytest.approx((3 * 10 + 1 * 6) / 4)
    assert found["unit_margin"] == pytest.approx(9.0 + 3 * 0.4 / 4)  # a plan reckons what capital costs itself
    assert found["unit_paid"] == pytest.approx(5.0 + 1.5)  # what inbound costs is known of Poland alone
    assert found["unit_leftover_loss"] == pytest.approx(6.5 - 0.3 * 5.0)
    assert found["storage"] == pytest.approx(4.0 * 8.0)
    assert found["volume_m3"] == pytest.approx(1.0 * 0.5 * 0.2)
    assert found["unit_holding"] == pytest.approx(32.0 * 0.1 + 0.2 * 7 / 365.25 * 6.5)
    assert found["blocked"] is None
    assert found["unknown"] == []


def test_markets_that_are_expected_to_buy_nothing_have_their_plain_mean():
    nothing = replace(PATHS, draws=np.zeros_like(PATHS.draws))
    assert row(paths=nothing)["margin"] == pytest.approx(8.0)
    assert row(paths=DemandPaths(PATHS.keys, [], PATHS.draws[:, :0]))["margin"] == pytest.approx(8.0)


def test_a_market_without_forecast_weighs_next_to_nothing_and_one_without_margin_nothing():
    assert row(paths=DemandPaths(PATHS.keys.tail(1), [MONDAY], PATHS.draws[1:]))["margin"] == pytest.approx(10.0)
    half = row(replace(CUPS, economics=economics(("cup", "PL", None, 5.0, 1.5, 0.4), ("cup", "ES", 6.0, 5.0, 1.5, 0))))
    assert (half["margin"], half["unknown"]) == (pytest.approx(6.0), ["margin"])


def test_each_pair_stands_beside_its_draws_and_its_money():
    facts = replace(CUPS, network=network(("hat", "PL", "WAW"), ("cup", "PL", "WAW"), ("cup", "ES", "WAW")))
    found = served_pairs(facts, PATHS).select("node", "sku", "market", "draw", "units", "margin")
    assert found.rows() == [
        ("WAW", "cup", "ES", 0, 1.0, 6.0),
        ("WAW", "cup", "PL", 1, 3.0, 10.0),
        ("WAW", "hat", "PL", None, None, None),
    ]


def test_economics_of_another_mode_or_of_pairs_not_stocked_do_not_matter():
    stocked = CUPS.network.with_columns(mode=pl.lit("overseas"))
    money = CUPS.economics
    both = pl.concat([money.with_columns(mode=pl.lit("pop"), margin=99.0), money.with_columns(mode=pl.lit("overseas"))])
    assert row(replace(CUPS, network=stocked, economics=both))["margin"] == pytest.approx(9.0)
    twice = pl.concat([money, economics(*[("cup", "DE", 1.0, 1.0, 1.0, 0.0)] * 2)])
    assert row(replace(CUPS, economics=twice))["margin"] == pytest.approx(9.0)


def test_the_first_of_several_contradictions_is_named():
    apart = network(("hat", "ES", "WAW"), ("hat", "ES", "X"), ("cup", "PL", "WAW"), ("cup", "PL", "X"))
    two = pl.concat([CUPS.nodes, CUPS.nodes.with_columns(node=pl.lit("X"))])
    with pytest.raises(ParameterError) as told:
        served_pairs(replace(CUPS, nodes=two, network=apart), PATHS)
    assert (told.value.values["sku"], told.value.values["market"]) == ("cup", "PL")
    several = economics(*[(sku, market, 1.0, 1.0, 1.0, 0.0) for sku, market in (("hat", "PL"), ("cup", "ES")) * 2])
    hats_too = network(("hat", "PL", "WAW"), ("cup", "ES", "WAW"))
    with pytest.raises(ParameterError) as told:
        served_pairs(replace(CUPS, network=hats_too, economics=several), PATHS)
    assert (told.value.values["sku"], told.value.values["market"]) == ("cup", "ES")
    with pytest.raises(ParameterError) as told:
        replace(CUPS, network=network(("cup", "PL", "Z"), ("cup", "ES", "Y")))
    assert told.value.values["node"] == "Y"
    twice = stock(*[("WAW", sku, 1, 0, None) for sku in ("hat", "cup", "hat", "cup")])
    with pytest.raises(ParameterError) as told:
        replace(CUPS, stock_position=twice)
    assert (told.value.values["table"], told.value.values["key"]) == ("stock_position", "WAW, cup")
    with pytest.raises(MissingColumnError) as lacking:
        replace(CUPS, nodes=CUPS.nodes.drop("capacity_m3", "currency"))
    assert lacking.value.values["columns"] == "capacity_m3, currency"


def test_what_is_absent_is_listed_and_taken_for_nothing():
    bare = replace(
        CUPS,
        stock_position=stock(),
        products=products(("cup", None, 5.0, None, None)),
        nodes=nodes(("WAW", "PL", None, 4.0, None, "USD")),  # no rate for dollars
        economics=economics(("cup", "PL", 10.0, 5.0, None, None), ("cup", "ES", 6.0, 5.0, None, None)),
    )
    found = row(bare)
    assert found["unknown"] == ["inbound_cost", "inbound_days", "storage_cost", "size", "stock"]
    assert (found["unit_margin"], found["unit_paid"]) == (pytest.approx(9.0), pytest.approx(5.0))
    assert found["unit_holding"] == pytest.approx(0.2 * 7 / 365.25 * 5.0)
    assert (found["moq_units"], found["carton_units"], found["on_the_way_units"]) == (1, 1, None)
    assert found["arrives_on"] == date(2026, 11, 21)
    assert row(replace(bare, fx=None))["unknown"] == found["unknown"]
    unsaid = replace(CUPS, nodes=CUPS.nodes.with_columns(currency=pl.lit(None, pl.String)))
    assert row(unsaid)["unknown"] == ["storage_cost"]


def test_goods_that_are_not_in_the_products_table_have_no_size_and_no_lead_time():
    found = row(replace(CUPS, products=products(("hat", 200.0, 5.0, 4, 2))))
    assert (found["sku"], found["blocked"], found["unknown"]) == ("cup", "stock_no_lead_time", ["size"])


def test_a_count_without_goods_on_the_way_is_not_the_same_as_none():
    unsaid = replace(CUPS, stock_position=stock(("WAW", "cup", 3, None, None)))
    assert (row(unsaid)["unknown"], row(unsaid)["on_the_way_units"]) == (["on_the_way"], None)
    none = replace(CUPS, stock_position=stock(("WAW", "cup", 3, 0, None)))
    assert (row(none)["unknown"], row(none)["on_the_way_units"]) == ([], 0)
    told = replace(unsaid, deliveries=deliveries(("WAW", "cup", MONDAY, 1)))
    assert (row(told)["unknown"], row(told)["on_the_way_units"]) == ([], 1)


def test_an_order_counts_from_the_monday_after_the_suppliers_days_and_the_way_in():
    """Ordered on Monday the 16th: 5 days to the supplier's door, 2 on the way in, sold from Monday the 23rd."""
    found = row()
    assert (found["arrives_on"], found["arrival_week"], found["arrives_week"]) == (
        date(2026, 11, 23), 1, date(2026, 11, 23)
    )  # fmt: skip
    late = row(replace(CUPS, products=products(("cup", 200.0, 5.5, 4, 2))))
    assert (late["arrives_on"], late["arrival_week"], late["arrives_week"]) == (
        date(2026, 11, 24), 2, date(2026, 11, 30)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("market", "arrives"),
    [("CN", 26), ("PL", 25), ("ZZ", 26), ("ES", 23)],
)
def test_closures_of_the_suppliers_country_hold_up_the_goods_and_the_nodes_the_way_in(market, arrives):
    """Closed from the 20th to the 22nd: three days if the supplier is, two for goods that left him on the 21st."""
    closed = pl.DataFrame(
        {"event": ["holiday"], "market": [market], "starts_on": [date(2026, 11, 20)], "ends_on": [date(2026, 11, 23)],
         "kind": ["closure"]}
    )  # fmt: skip
    assert row(replace(CUPS, calendar=closed))["arrives_on"].day == arrives


def test_a_lead_time_that_is_not_known_is_the_stated_one_or_stops_the_order():
    unknown = replace(CUPS, products=products(("cup", 200.0, None, 4, 2)))
    assert (row(unknown)["blocked"], row(unknown)["arrives_on"]) == ("stock_no_lead_time", date(2026, 11, 18))
    stated = row(unknown, params=StockParams(lead_time_days_if_unknown=10.0))
    assert (stated["blocked"], stated["lead_time_days"], stated["arrives_on"]) == (None, 10.0, date(2026, 11, 28))


@pytest.mark.parametrize(("weeks", "blocked"), [(2, None), (1, "stock_too_late")])
def test_an_order_that_comes_after_the_last_week_forecast_is_not_worked_out(weeks, blocked):
    assert row(weeks=weeks)["blocked"] == blocked


def test_the_first_fact_that_is_missing_stops_an_order():
    assert row(paths=DemandPaths(PATHS.keys.clear(), [], PATHS.draws[:0]))["blocked"] == "stock_no_forecast"
    no_margin = replace(CUPS, economics=economics(("cup", "PL", None, None, 1.5, 0.4)))
    assert row(no_margin)["blocked"] == "stock_no_margin"
    no_cost = replace(CUPS, economics=economics(("cup", "PL", 9.0, None, 1.5, 0.4)))
    assert row(no_cost)["blocked"] == "stock_no_cost"
    no_size = replace(CUPS, products=products(("cup", None, 5.0, 4, 2)))
    assert row(no_size)["blocked"] is None
    narrow = nodes(("WAW", "PL", 9.0, 4.0, 2.0, "EUR"))
    assert row(replace(no_size, nodes=narrow))["blocked"] == "stock_no_size"
    assert row(replace(CUPS, nodes=narrow))["blocked"] is None


@pytest.mark.parametrize(
    ("day", "due", "week"),
    [
        (16, date(2026, 12, 7), 3),
        (16, date(2026, 12, 8), 4),
        (16, date(2026, 11, 2), 0),  # overdue: they may come any moment
        (18, date(2026, 11, 2), 1),  # of a week that has begun, from the next Monday on
        (16, None, 1),  # sent before an order placed now would be
    ],
)
def test_goods_on_the_way_count_from_the_monday_after_they_are_due(day, due, week):
    facts = replace(CUPS, stock_position=stock(("WAW", "cup", 3, 20, due)))
    found = row(facts, day=date(2026, 11, day))
    assert found["on_the_way_week"] == week
    assert found["coming"] == [20 if w == week else 0 for w in range(5)]
    assert ("on_the_way_due" in found["unknown"]) == (due is None)


def test_deliveries_come_in_their_weeks_and_what_the_count_has_beyond_them_in_its_own():
    """20 are counted, due in week 3. Deliveries say 5 and 4 in week 1, 1 after the last week, 3 without a date."""
    told = deliveries(
        ("WAW", "cup", date(2026, 11, 23), 5),
        ("WAW", "cup", date(2026, 11, 20), 4),
        ("WAW", "cup", date(2027, 2, 1), 1),
        ("WAW", "cup", None, 3),
        ("WAW", "hat", MONDAY, 99),
    )
    found = row(replace(CUPS, deliveries=told))
    assert found["coming"] == [0, 5 + 4 + 3, 0, 20 - 13, 1]
    assert (found["on_the_way_units"], found["undated"], found["unknown"]) == (20, True, ["on_the_way_due"])
    dated = row(replace(CUPS, deliveries=told.drop_nulls()))
    assert (dated["coming"], dated["undated"]) == ([0, 9, 0, 10, 1], False)


def test_more_deliveries_than_the_count_has_are_all_on_the_way():
    told = deliveries(("WAW", "cup", MONDAY, 25))
    undated = stock(("WAW", "cup", 3, 20, None))
    found = row(replace(CUPS, deliveries=told, stock_position=undated))
    assert (found["coming"], found["on_the_way_units"], found["undated"]) == ([25, 0, 0, 0, 0], 25, False)


def test_rows_come_by_node_and_sku_each_with_its_own_facts():
    two = StockFacts(
        network=network(("hat", "PL", "WAW"), ("cup", "PL", "WAW"), ("cup", "CN", "HZ")),
        stock_position=stock(("HZ", "cup", 7, 0, None), ("WAW", "cup", 3, 0, None), ("WAW", "hat", 1, 0, None)),
        products=products(("hat", 400.0, 12.0, 3, None), ("cup", 200.0, 5.0, 4, 2)),
        nodes=nodes(("WAW", "PL", 5.0, 4.0, 2.0, "EUR"), ("HZ", "CN", None, 1.0, 0.0, "CNY")),
        economics=CUPS.economics,
        deliveries=deliveries(("WAW", "hat", MONDAY, 2), ("HZ", "cup", MONDAY, 1)),
    )
    assert rows(two).select("node", "sku", "available_units", "volume_m3", "capacity_m3", "arrival_week").rows() == [
        ("HZ", "cup", 7, 0.1, None, 1),
        ("WAW", "cup", 3, 0.1, 5.0, 1),
        ("WAW", "hat", 1, 0.2, 5.0, 2),
    ]
    assert rows(two)["on_the_way_units"].to_list() == [1, 0, 2]
    assert rows(two).height == 3
    named = replace(two, stock_position=two.stock_position.with_columns(pl.col("node", "sku").cast(pl.Categorical)))
    assert rows(named).equals(rows(two))
