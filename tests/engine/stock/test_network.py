"""Which warehouse serves a market."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
from polars.testing import assert_frame_equal

from tradewind.engine.stock import serving_network, shipped_from, stocked_units, warehouses_left

NODES = pl.DataFrame(
    {
        "node": ["yiwu", "hz1", "hz2", "pl"],
        "kind": ["seller", "preferred", "origin", "overseas"],
        "market": ["CN", "CN", "CN", "PL"],
    }
)


def held(*rows: tuple[str, str, int]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["node", "sku", "available_units"], orient="row")
    return frame.with_columns(on_the_way_units=pl.lit(None, pl.Int64))


SALES = pl.DataFrame({"sku": ["cup", "cup", "hat"], "market": ["PL", "ES", "ES"], "units": [3, 2, 1]})


def in_modes(**modes: str) -> pl.DataFrame:
    """Every pair of a SKU in its mode."""
    return (
        SALES.select("sku", "market").with_columns(mode=pl.col("sku").replace(modes)).filter(pl.col("sku").is_in(modes))
    )


def test_without_modes_whoever_holds_the_goods_serves_and_the_markets_own_warehouse_first():
    stock = held(("pl", "cup", 5), ("hz1", "cup", 2), ("yiwu", "cup", 50))
    network = serving_network(SALES, stock, NODES)
    assert network.rows() == [("cup", "ES", "hz1", None), ("cup", "PL", "pl", None)]  # nobody holds hats


def test_a_stocked_mode_may_start_in_a_warehouse_that_has_none_yet():
    modes = in_modes(cup="semi_stocked", hat="overseas")
    network = serving_network(SALES, held(("yiwu", "cup", 5)), NODES, modes)
    # preferred before origin; no warehouse in Spain for hats
    assert network.rows() == [("cup", "ES", "hz1", "semi_stocked"), ("cup", "PL", "hz1", "semi_stocked")]


def test_a_warehouse_that_holds_the_goods_comes_before_one_that_could():
    modes = in_modes(cup="semi_stocked")
    network = serving_network(SALES, held(("hz2", "cup", 5)), NODES, modes)
    assert set(network["node"]) == {"hz2"}


def test_goods_lying_abroad_serve_the_markets_there_are_freight_cards_to():
    modes = in_modes(cup="semi_stocked")
    cards = pl.DataFrame({"service": ["GLS", "GLS"], "node": ["pl", "pl"], "market": ["PL", "ES"]})
    stock = held(("pl", "cup", 5), ("hz1", "cup", 9))
    with_cards = serving_network(SALES, stock, NODES, modes, services=cards)
    assert with_cards.rows() == [("cup", "ES", "pl", "overseas"), ("cup", "PL", "pl", "overseas")]
    without = serving_network(SALES, stock, NODES, modes)
    assert without.rows() == [("cup", "ES", "hz1", "semi_stocked"), ("cup", "PL", "pl", "overseas")]


def test_a_sku_may_be_sold_abroad_from_stock_there_and_elsewhere_from_home():
    modes = in_modes(cup="semi_stocked").with_columns(mode=pl.Series(["overseas", "semi_stocked"]))
    network = serving_network(SALES, held(("yiwu", "cup", 5)), NODES, modes)
    assert network.rows() == [("cup", "ES", "hz1", "semi_stocked"), ("cup", "PL", "pl", "overseas")]


def test_who_has_lately_sent_the_goods_serves_whatever_else_could():
    at = [datetime(2026, 11, d, tzinfo=UTC) for d in (2, 3, 4, 17)]
    lines = pl.DataFrame(
        {
            "platform": ["ae"] * 4,
            "shop": ["s"] * 4,
            "order_id": ["1", "2", "3", "4"],
            "sku": ["cup"] * 4,
            "market": ["ES"] * 4,
            "mode": ["pop", "semi_stocked", "semi_stocked", "pop"],
            "units": [2, 1, 2, 50],
        }
    )
    parcels = lines.select("platform", "shop", "order_id", created_at=pl.Series(at)).with_columns(
        node=pl.Series(["yiwu", "hz2", "hz2", "yiwu"])
    )
    shipped = shipped_from(lines, parcels, as_of=datetime(2026, 11, 16, tzinfo=UTC))  # the fourth is not known yet
    network = serving_network(SALES, held(("yiwu", "cup", 50)), NODES, shipped=shipped)
    assert network.rows() == [("cup", "ES", "hz2", "semi_stocked"), ("cup", "PL", "yiwu", None)]


def test_just_in_time_goods_are_planned_only_where_the_seller_holds_them():
    modes = in_modes(cup="semi_jit", hat="semi_jit")
    network = serving_network(SALES, held(("yiwu", "cup", 5), ("hz1", "hat", 9)), NODES, modes)
    assert network.rows() == [("cup", "ES", "yiwu", "semi_jit"), ("cup", "PL", "yiwu", "semi_jit")]


def test_of_equal_warehouses_the_fuller_one_serves_and_row_order_does_not_matter():
    nodes = NODES.with_columns(kind=pl.lit("preferred"))
    stock = held(("hz1", "cup", 2), ("hz2", "cup", 7))
    network = serving_network(SALES, stock, nodes)
    assert network.filter(sku="cup")["node"].unique().to_list() == ["hz2"]
    assert_frame_equal(network, serving_network(SALES.reverse(), stock.reverse(), nodes.reverse()))


def test_a_warehouse_of_a_mode_that_all_its_markets_leave_is_left():
    network = pl.DataFrame(
        [
            ("cup", "ES", "hz1", "semi_stocked"), ("cup", "PL", "pl", "overseas"), ("hat", "ES", "hz1", "semi_stocked"),
            ("hat", "PL", "hz1", "semi_stocked"), ("mug", "ES", "yiwu", "semi_jit"), ("pen", "ES", "hz1", None),
        ],
        schema=["sku", "market", "node", "mode"],
        orient="row",
    )  # fmt: skip
    modes = network.select("sku", "market").with_columns(mode=pl.lit("pop"))
    modes = modes.with_columns(
        mode=pl.when((pl.col("sku") == "hat") & (pl.col("market") == "PL"))
        .then(pl.lit("semi_stocked"))
        .otherwise("mode")
    )
    # hats stay for Poland; mugs lie at the seller's own place; of pens nobody knows how they are sold
    assert warehouses_left(network, modes, NODES).rows() == [("hz1", "cup", "pop"), ("pl", "cup", "pop")]


def test_a_warehouse_serves_from_26_weeks_of_parcels_and_only_while_it_exists():
    at = datetime(2026, 11, 16, tzinfo=UTC)
    moments = [at - timedelta(weeks=26), at - timedelta(weeks=26, seconds=1), at, at - timedelta(seconds=1)]
    keys = {"platform": ["ae"] * 4, "shop": ["s"] * 4, "order_id": ["1", "2", "3", "4"]}
    lines = pl.DataFrame(
        keys | {"sku": ["cup"] * 4, "market": ["ES"] * 4, "mode": ["pop"] * 4, "units": [1, 10, 100, 1000]}
    )
    parcels = pl.DataFrame(keys | {"created_at": moments, "node": ["hz1", "hz1", "hz1", "gone"]})
    twice = pl.concat([parcels, parcels])  # two parcels of an order sent its lines once
    found = shipped_from(lines, twice, as_of=at)
    assert found.rows() == [("cup", "ES", "gone", "pop", 1000), ("cup", "ES", "hz1", "pop", 1)]
    network = serving_network(SALES, held(), NODES, shipped=found)
    assert network.rows() == [("cup", "ES", "hz1", "pop")]


def test_the_node_that_sent_most_in_all_its_modes_serves_in_the_mode_it_sent_most():
    shipped = pl.DataFrame(
        [("cup", "ES", "hz1", "pop", 6), ("cup", "ES", "hz2", "full", 3), ("cup", "ES", "hz2", "pop", 4),
         ("cup", "PL", "hz2", "pop", 5), ("cup", "PL", "hz1", "pop", 5), ("hat", "DE", "hz1", "pop", 9)],
        schema=["sku", "market", "node", "mode", "units"], orient="row",
    )  # fmt: skip
    network = serving_network(SALES, held(), NODES, shipped=shipped)
    assert network.rows() == [("cup", "ES", "hz2", "pop"), ("cup", "PL", "hz1", "pop")]


def test_of_nodes_that_hold_the_goods_the_preferred_kind_comes_before_the_fuller_and_then_the_first_by_name():
    stock = held(("hz1", "cup", 1), ("yiwu", "cup", 90), ("hz2", "hat", 9), ("yiwu", "hat", 9))
    assert serving_network(SALES, stock, NODES).rows() == [
        ("cup", "ES", "hz1", None), ("cup", "PL", "hz1", None), ("hat", "ES", "hz2", None)
    ]  # fmt: skip
    alike = NODES.with_columns(kind=pl.lit("preferred"))
    on_its_way = held(("hz2", "hat", 5), ("hz1", "hat", 1)).with_columns(on_the_way_units=pl.Series([None, 5]))
    assert serving_network(SALES, on_its_way, alike).rows() == [("hat", "ES", "hz1", None)]
    even = held(("hz2", "hat", 5), ("hz1", "hat", 5))
    assert serving_network(SALES, even, alike).rows() == [("hat", "ES", "hz1", None)]


def test_goods_on_hand_and_on_the_way_count_where_only_their_mode_sends_from():
    network = pl.DataFrame(
        [("cup", "ES", "hz1", "semi_stocked"), ("cup", "PL", "pl", "overseas"), ("mug", "ES", "yiwu", "semi_jit")],
        schema=["sku", "market", "node", "mode"],
        orient="row",
    )
    position = held(("hz1", "cup", 5), ("pl", "cup", 7), ("yiwu", "mug", 9), ("hz2", "cup", 100))
    position = position.with_columns(on_the_way_units=pl.when(pl.col("node") == "pl").then(3))
    assert stocked_units(network, position, NODES).rows() == [("cup", 15)]
