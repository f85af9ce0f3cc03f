from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from tradewind.core.tables import TABLES
from tradewind.engine.margin.freight import usual_routes

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
