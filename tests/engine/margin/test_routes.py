"""Which way a mode's parcels go: as they went lately, else as the warehouses say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from tradewind.core.tables import TABLES
from tradewind.engine.margin.routes import main_routes, route_mix, routes_on, usual_routes

MOMENT = datetime(2026, 3, 2, tzinfo=UTC)


def made(table: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    schema = TABLES[table].empty().schema
    return pl.DataFrame([{c: row.get(c) for c in schema} for row in rows], schema=schema)


SERVICES = made(
    "services",
    [
        {"service": "fast", "node": "HZ", "market": "ES", "service_class": "express"},
        {"service": "slow", "node": "HZ", "market": "ES", "service_class": "economy"},
        {"service": "post", "node": "YIWU", "market": "ES", "service_class": "economy"},
        {"service": "local", "node": "MAD", "market": "ES", "service_class": "standard"},
        {"service": "local", "node": "MAD", "market": "FR", "service_class": "standard"},
        {"service": "local", "node": "PAR", "market": "FR", "service_class": "standard"},
    ],
)
NODES = made(
    "nodes",
    [
        {"node": "HZ", "kind": "preferred", "market": "CN"},
        {"node": "YIWU", "kind": "seller", "market": "CN"},
        {"node": "MAD", "kind": "overseas", "market": "ES"},
        {"node": "PAR", "kind": "overseas", "market": "FR"},
    ],
)


def route(routes: pl.DataFrame, mode: str, market: str) -> tuple[str, str] | None:
    rows = routes.filter((pl.col("mode") == mode) & (pl.col("market") == market)).select("service", "node").rows()
    return rows[0] if rows else None


def test_each_mode_sends_from_its_own_kind_of_node():
    routes = usual_routes(SERVICES, NODES, made("parcels", []))
    assert route(routes, "semi_jit", "ES") == ("slow", "HZ")
    assert route(routes, "pop", "ES") == ("post", "YIWU")
    assert route(routes, "overseas", "ES") == ("local", "MAD")


def test_overseas_stock_in_the_market_itself_goes_first():
    assert route(usual_routes(SERVICES, NODES, made("parcels", [])), "overseas", "FR") == ("local", "PAR")


def test_goods_in_china_do_not_leave_from_a_warehouse_abroad():
    assert route(usual_routes(SERVICES, NODES, made("parcels", [])), "semi_jit", "FR") is None


def test_the_service_that_carries_most_parcels_is_the_usual_one():
    sent = made(
        "parcels",
        [{"parcel_id": p, "service": "fast", "node": "HZ", "market": "ES", "created_at": MOMENT} for p in ("1", "2")],
    )
    assert route(usual_routes(SERVICES, NODES, sent), "semi_jit", "ES") == ("fast", "HZ")


def test_without_a_list_of_nodes_cards_serve_all_modes_but_overseas():
    routes = usual_routes(SERVICES.filter(pl.col("node") == "HZ"), made("nodes", []), made("parcels", []))
    assert route(routes, "pop", "ES") == ("slow", "HZ")
    assert route(routes, "overseas", "ES") is None


def sent(
    mode: str, service: str, node: str, count: int = 1, days_ago: float = 7, market: str = "ES", known: bool = True
) -> pl.DataFrame:
    """Orders of a mode beside the parcel each went by: order_id, mode and the parcel's columns."""
    at = MOMENT - timedelta(days=days_ago)
    ids = [f"{mode}-{service}-{node}-{market}-{days_ago}-{i}" for i in range(count)]
    return pl.DataFrame(
        {
            "platform": "p", "shop": "s", "order_id": ids, "parcel_id": ids, "mode": mode, "service": service,
            "node": node, "market": market, "created_at": at, "known_at": at if known else None,
        },
        schema_overrides={"created_at": pl.Datetime("us", "UTC"), "known_at": pl.Datetime("us", "UTC")},
    )  # fmt: skip


def mix(*some: pl.DataFrame) -> pl.DataFrame:
    whole = pl.concat(some)
    lines = whole.select("platform", "shop", "order_id", "mode")
    return route_mix(lines, whole.drop("mode"), NODES, as_of=MOMENT)


def test_the_ways_are_those_the_parcels_of_the_mode_itself_went():
    found = mix(sent("semi_jit", "fast", "HZ", 1), sent("semi_jit", "slow", "HZ", 3), sent("pop", "post", "YIWU", 9))
    assert found.rows() == [
        ("pop", "ES", "post", "YIWU", 1.0),
        ("semi_jit", "ES", "fast", "HZ", 0.25),
        ("semi_jit", "ES", "slow", "HZ", 0.75),
    ]


def test_what_lies_abroad_is_the_way_of_overseas_stock_alone():
    found = mix(
        sent("overseas", "local", "MAD"), sent("overseas", "slow", "HZ"), sent("pop", "local", "MAD"),
        sent("pop", "slow", "HZ"),
    )  # fmt: skip
    assert found.select("mode", "service").rows() == [("overseas", "local"), ("pop", "slow")]


def test_neither_the_distant_past_nor_the_future_says_how_parcels_go():
    usual = mix(sent("pop", "post", "YIWU"))
    assert mix(sent("pop", "post", "YIWU"), sent("pop", "fast", "HZ", days_ago=300)).equals(usual)
    for known in (True, False):
        assert mix(sent("pop", "post", "YIWU"), sent("pop", "fast", "HZ", days_ago=-1, known=known)).equals(usual)


def test_a_service_that_is_gone_leaves_its_parcels_to_the_others_and_the_unseen_to_what_is_usual():
    found = mix(sent("semi_jit", "fast", "HZ", 1), sent("semi_jit", "slow", "HZ", 3))
    left = routes_on(SERVICES.filter(pl.col("service") != "slow"), NODES, made("parcels", []), found)
    assert left.filter(mode="semi_jit", market="ES").rows() == [("semi_jit", "ES", "fast", "HZ", 1.0)]
    assert left.filter(mode="pop", market="ES").rows() == [("pop", "ES", "post", "YIWU", 1.0)]
    assert routes_on(SERVICES, NODES, made("parcels", []), None).select("mode", "market").is_duplicated().sum() == 0


def test_the_main_way_is_the_service_of_most_parcels_wherever_they_leave():
    ways = pl.DataFrame(
        [("pop", "ES", "post", "YIWU", 0.4), ("pop", "ES", "slow", "HZ", 0.3), ("pop", "ES", "slow", "QD", 0.3)],
        schema=["mode", "market", "service", "node", "share"], orient="row",
    )  # fmt: skip
    assert main_routes(ways).rows() == [("pop", "ES", "slow", "HZ")]
