"""The whole stock plan, against every order simulated, and what must hold of any plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.engine.stock.world import MONDAY, PARAMS, World, best_by_enumeration, world
from tradewind.core.errors import MissingColumnError, ParameterError
from tradewind.core.text import render_rows
from tradewind.engine.stock import StockParams

NUMBERS = st.integers(0, 10**6)


def units(plan_orders: pl.DataFrame) -> dict[tuple[str, str], int]:
    return {(node, sku): n for node, sku, n in plan_orders.select("node", "sku", "order_units").rows()}


def one(orders: pl.DataFrame, node: str, sku: str) -> dict[str, object]:
    return orders.filter(node=node, sku=sku).row(0, named=True)


@pytest.mark.parametrize("seed", range(6))
def test_without_scarce_space_the_plan_is_exactly_the_best_of_all_orders(seed: int):
    small = world(seed)
    plan, best = small.plan(), best_by_enumeration(small)
    assert units(plan.orders) == best["units"]
    assert plan.value == pytest.approx(best["value"])
    assert plan.gap == 0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("space", [(0.6, 0.8), (1.0, 0.5), (0.4, 0.3)])
def test_in_scarce_space_the_plan_is_the_best_of_all_order_vectors(seed: int, space: tuple[float, float]):
    small = world(seed).with_nodes(capacity_m3=list(space))
    plan, best = small.plan(), best_by_enumeration(small)
    assert plan.value == pytest.approx(best["value"], rel=1e-3)
    assert best["value"] <= plan.bound + 1e-9
    assert plan.gap <= 1e-3
    free = world(seed).plan()
    assert sum(units(plan.orders).values()) < sum(units(free.orders).values())
    assert plan.value + plan.orders["missed_gain"].sum() == pytest.approx(free.value)


@settings(max_examples=8, deadline=None)
@given(seed=NUMBERS, hz=st.floats(0.0, 2.0), pl_=st.floats(0.0, 2.0), moq=st.integers(1, 6), carton=st.integers(1, 4))
def test_capacity_is_never_exceeded_and_orders_are_whole_batches(
    seed: int, hz: float, pl_: float, moq: int, carton: int
):
    small = world(seed).with_nodes(capacity_m3=[hz, pl_]).with_products(moq_units=moq, carton_units=carton)
    idle = small.with_economics(margin=-1.0).plan().capacity
    plan = small.plan()
    overfull = idle["stock_m3"] > plan.capacity["capacity_m3"]
    assert (overfull | (plan.capacity["stock_m3"] <= plan.capacity["capacity_m3"] + 1e-8)).all()
    assert (overfull == plan.capacity["value_per_m3"].is_null()).all()
    arriving = plan.orders.filter(pl.col("order_units") > 0).select("node", week="arrives_week").unique()
    assert arriving.join(plan.capacity.filter(overfull), on=["node", "week"]).height == 0
    assert all(n == 0 or (n >= moq and n % carton == 0) for n in units(plan.orders).values())
    assert plan.value <= plan.bound + 1e-9


@settings(max_examples=8, deadline=None)
@given(seed=NUMBERS, more=st.floats(0, 30))
def test_more_margin_never_orders_less(seed: int, more: float):
    small = world(seed)
    richer = small.with_economics(margin=(small.economics["margin"] + more).to_list())
    before, after = units(small.plan().orders), units(richer.plan().orders)
    assert all(after[key] >= n for key, n in before.items())


@settings(max_examples=8, deadline=None)
@given(seed=NUMBERS, more=st.integers(0, 6))
def test_more_stock_never_orders_more(seed: int, more: int):
    small = world(seed)
    fuller = small.with_stock(available_units=(small.stock["available_units"] + more).to_list())
    before, after = units(small.plan().orders), units(fuller.plan().orders)
    assert all(after[key] <= n for key, n in before.items())


@settings(max_examples=8, deadline=None)
@given(seed=NUMBERS, price=st.floats(0, 30), more=st.floats(0, 30))
def test_a_higher_price_of_space_never_uses_more_of_it(seed: int, price: float, more: float):
    small = world(seed)
    cheap = small.with_nodes(storage_cost_per_m3_week=price).plan().orders
    dear = small.with_nodes(storage_cost_per_m3_week=price + more).plan().orders
    assert (dear["volume_m3"] <= cheap["volume_m3"] + 1e-12).all()


def test_less_space_is_worth_more_per_cubic_metre_and_plenty_is_worth_nothing():
    wide, narrow = (world(3, scenarios=50).with_nodes(capacity_m3=[c, None]).plan() for c in (50.0, 0.7))
    assert wide.capacity["value_per_m3"].sum() == 0
    assert narrow.capacity.filter(node="HZ")["value_per_m3"].max() > 0
    assert narrow.capacity.filter(node="PL")["value_per_m3"].sum() == 0


def test_what_would_arrive_in_an_overfull_warehouse_is_not_ordered_but_what_arrives_before_is():
    small = world(1, scenarios=30).with_stock(
        on_the_way_units=[60, None, 2, 1], on_the_way_due_on=[date(2026, 12, 7)] * 4
    )
    full = small.with_nodes(capacity_m3=[3.0, None])  # 60 cups of 0.1 m3 come in the week of 7 December
    early, late = (full.with_products(supplier_lead_time_days=d).plan() for d in (5.0, 19.0))
    assert one(early.orders, "HZ", "lamp")["order_units"] > 0
    assert one(late.orders, "HZ", "lamp")["order_units"] == 0
    assert one(late.orders, "HZ", "lamp")["reason"] == "stock_overfull"
    assert late.capacity.filter(node="HZ", week=date(2026, 12, 7))["value_per_m3"].item() is None


def test_where_nothing_will_sell_nothing_is_ordered():
    small = world()
    plan = replace(small, draws=np.zeros_like(small.draws)).plan()
    assert set(units(plan.orders).values()) == {0}
    assert set(plan.orders["reason"]) == {"stock_no_demand"}


def test_row_order_does_not_matter():
    small = world(4).with_nodes(capacity_m3=[0.7, 0.6])
    turned = replace(
        small,
        draws=small.draws[::-1],
        keys=small.keys.reverse(),
        network=small.network.reverse(),
        stock=small.stock.reverse(),
        products=small.products.reverse(),
        nodes=small.nodes.reverse(),
        economics=small.economics.reverse(),
    )
    assert_frame_equal(small.plan().orders, turned.plan().orders)
    assert_frame_equal(small.plan().capacity, turned.plan().capacity)


def test_other_skus_do_not_matter_where_space_is_plenty():
    small = world(2)
    alone = replace(small, network=small.network.filter(sku="hat"))
    assert_frame_equal(alone.plan().orders, small.plan().orders.filter(sku="hat"))


def test_a_node_orders_for_all_the_markets_it_serves():
    small = world(1)
    merged = replace(small, network=small.network.with_columns(node=pl.lit("HZ")))
    cups = one(merged.plan().orders, "HZ", "cup")
    assert cups["order_units"] > one(small.plan().orders, "HZ", "cup")["order_units"]


def test_the_same_plan_at_weekend_expects_only_what_is_left_of_the_week():
    small = world(1, scenarios=40).with_products(supplier_lead_time_days=5.0)
    friday = replace(small, as_of=datetime(2026, 11, 20, 12, tzinfo=UTC))
    first = [p.capacity.filter(node="HZ", week=MONDAY)["demand_m3"].item() for p in (small.plan(), friday.plan())]
    assert first[1] == pytest.approx(first[0] * 2.5 / 7)


def test_a_closure_on_the_way_delays_the_order():
    closed = pl.DataFrame(
        {
            "event": ["stocktaking"],
            "market": ["CN"],
            "starts_on": [date(2026, 11, 17)],
            "ends_on": [date(2026, 11, 24)],
            "kind": ["closure"],
        }
    )
    weeks = [one(w.plan().orders, "HZ", "cup")["arrives_week"] for w in (world(), replace(world(), calendar=closed))]
    assert weeks == [date(2026, 11, 23), date(2026, 11, 30)]


def blocked(small: World, params: StockParams = PARAMS) -> tuple[object, object]:
    row = one(small.plan(params).orders, "HZ", "lamp")
    return row["order_units"], row["reason"]


def test_what_is_not_known_gives_no_order_and_says_which_fact_is_missing():
    small = world()
    assert blocked(small.with_products(supplier_lead_time_days=None)) == (None, "stock_no_lead_time")
    assert blocked(small.with_products(supplier_lead_time_days=40.0)) == (None, "stock_too_late")
    assert blocked(small.with_economics(margin=None)) == (None, "stock_no_margin")
    assert blocked(small.with_economics(product_cost=None)) == (None, "stock_no_cost")
    assert blocked(small.with_products(length_mm=None).with_nodes(capacity_m3=[9.0, 9.0])) == (None, "stock_no_size")
    assert blocked(replace(small, keys=small.keys.with_columns(sku=pl.lit("other")))) == (None, "stock_no_forecast")
    assert blocked(small.with_economics(margin=-2.0)) == (0, "stock_no_profit")


def test_a_stated_lead_time_stands_in_for_an_unknown_one():
    small = world().with_products(supplier_lead_time_days=None)
    stated = StockParams(cover_weeks=4, capital_rate_per_year=0.2, salvage_share=0.3, lead_time_days_if_unknown=5.0)
    assert one(small.plan(stated).orders, "HZ", "cup")["order_units"] > 0


def test_what_was_taken_as_absent_is_listed():
    orders = world().with_nodes(storage_cost_per_m3_week=None).plan().orders
    assert one(orders, "PL", "pen")["unknown"] == ["storage_cost", "stock"]
    assert one(orders, "HZ", "lamp")["unknown"] == ["storage_cost", "on_the_way"]


def test_goods_on_the_way_without_a_date_count_from_when_an_order_would():
    small = world().with_stock(on_the_way_units=[9, None, 2, 1])
    row = one(small.plan().orders, "HZ", "cup")
    assert row["order_units"] == 0
    assert "on_the_way_due" in row["unknown"]


def deliveries(*rows: tuple[str, str, date | None, int]) -> pl.DataFrame:
    schema = {"node": pl.String, "sku": pl.String, "due_on": pl.Date, "units": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_two_deliveries_come_in_their_own_weeks_not_both_in_the_first():
    counted = world().with_stock(on_the_way_units=[20, 0, 0, 0], on_the_way_due_on=MONDAY)
    apart = replace(
        counted,
        deliveries=deliveries(
            ("HZ", "cup", MONDAY, 10), ("HZ", "cup", MONDAY + timedelta(weeks=3), 10), ("HZ", "hat", MONDAY, 99)
        ),
    )
    together, spread = counted.plan(), apart.plan()
    assert [one(plan.orders, "HZ", "cup")["on_the_way_units"] for plan in (together, spread)] == [20, 20]
    volume = [plan.capacity.filter(node="HZ").sort("week")["stock_m3"].to_list() for plan in (together, spread)]
    cup_m3 = 10 * counted.products.filter(sku="cup").select(
        pl.col("length_mm") * pl.col("width_mm") * pl.col("height_mm") / 1e9
    ).item()  # fmt: skip
    assert volume[0][0] - volume[1][0] == pytest.approx(cup_m3)


def test_what_the_count_has_beyond_the_deliveries_comes_on_its_own_date():
    small = world().with_stock(on_the_way_units=[20, 0, 0, 0], on_the_way_due_on=MONDAY)
    part = replace(small, deliveries=deliveries(("HZ", "cup", MONDAY, 5)))
    assert_frame_equal(part.plan().orders, small.plan().orders)


def test_another_currency_is_converted_and_an_unknown_rate_is_said():
    euro = world().with_nodes(currency="EUR")
    assert "storage_cost" in one(euro.plan().orders, "HZ", "cup")["unknown"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_order_has_its_reason_in_a_sentence(lang: str):
    worlds = [
        world(),
        world().with_products(moq_units=40),
        world().with_nodes(capacity_m3=[0.5, 0.3]),
        world().with_nodes(capacity_m3=[0.5, 0.0]),
        world().with_products(supplier_lead_time_days=None),
        world().with_stock(available_units=30),
        world().with_economics(margin=None),
        world().with_products(supplier_lead_time_days=60.0),
        world().with_economics(margin=-1.0),
    ]
    orders = [w.plan().orders for w in worlds]
    seen = {reason for frame in orders for reason in frame["reason"]}
    assert {"stock_order", "stock_too_large", "stock_no_room", "stock_enough", "stock_overfull"} <= seen
    for frame in orders:
        for sentence, row in zip(render_rows(frame, "reason", lang), frame.rows(named=True), strict=True):
            assert row["sku"] in sentence
            assert "None" not in sentence


def test_a_plan_that_starts_in_another_week_than_its_demand_is_refused():
    with pytest.raises(ParameterError, match="weeks apart"):
        replace(world(), as_of=datetime(2026, 11, 30, tzinfo=UTC)).plan()


def test_contradicting_tables_are_refused_by_name():
    small = world()
    two_nodes = pl.concat([small.network, small.network.head(1).with_columns(node=pl.lit("PL"))])
    with pytest.raises(ParameterError, match="counted twice"):
        replace(small, network=two_nodes).plan()
    with pytest.raises(ParameterError, match="two rows for HZ, cup"):
        replace(small, stock=pl.concat([small.stock, small.stock.head(1)])).plan()
    with pytest.raises(ParameterError, match="several economics"):
        replace(small, economics=pl.concat([small.economics, small.economics.head(1)])).plan()
    with pytest.raises(MissingColumnError, match="moq_units"):
        replace(small, products=small.products.drop("moq_units")).plan()
    with pytest.raises(ParameterError, match="not in the nodes table"):
        replace(small, nodes=small.nodes.head(1)).plan()


def test_the_networks_mode_chooses_the_economics():
    small = world()
    two = pl.concat([small.economics.with_columns(mode=pl.lit(m)) for m in ("pop", "overseas")])
    two = two.with_columns(margin=pl.when(pl.col("mode") == "pop").then(-1.0).otherwise("margin"))
    chosen = replace(small, economics=two, network=small.network.with_columns(mode=pl.lit("overseas")))
    assert_frame_equal(chosen.plan().orders, small.plan().orders)


def test_an_empty_network_gives_an_empty_plan():
    plan = replace(world(), network=world().network.clear()).plan()
    assert plan.orders.height == 0
    assert (plan.value, plan.bound, plan.gap) == (0, 0, 0)
    assert plan.capacity["stock_m3"].sum() == 0


def test_nothing_is_ordered_for_a_warehouse_that_the_goods_leave():
    small = world(1)
    wanted = {key for key, n in units(small.plan().orders).items() if n}
    node, sku = sorted(wanted)[0]
    left = pl.DataFrame({"node": [node], "sku": [sku], "mode": ["pop"]})
    plan = replace(small, left=left).plan()
    row = one(plan.orders, node, sku)
    assert (row["order_units"], row["expected_gain"], row["reason"]) == (0, 0.0, "stock_left_for_pop")
    assert {key for key, n in units(plan.orders).items() if n} == wanted - {(node, sku)}
    assert all(render_rows(plan.orders, "reason", lang).to_list() for lang in ("en", "zh"))
