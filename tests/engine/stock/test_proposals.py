"""What the stock plan proposes: orders that are the seller's to place, and room where it is short."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import polars as pl

from tradewind.engine.stock.proposals import free_space, order_stock, put_off_deliveries

WEEKS = [date(2026, 11, 16), date(2026, 11, 23), date(2026, 11, 30)]


def orders(*rows: tuple[str, str, int | None, float, str]) -> pl.DataFrame:
    """node, SKU, units to order, what they gain, why; an order that was cut misses half as much again."""
    schema = {
        "node": pl.String, "sku": pl.String, "order_units": pl.Int64, "expected_gain": pl.Float64, "reason": pl.String
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(missed_gain=pl.col("expected_gain") / 2)


def capacity(*rows: tuple[str, date, float, float | None, float | None]) -> pl.DataFrame:
    schema = {
        "node": pl.String, "week": pl.Date, "stock_m3": pl.Float64, "capacity_m3": pl.Float64,
        "value_per_m3": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def frames(**told: pl.DataFrame) -> dict[str, pl.DataFrame]:
    control = {"decision": ["stock_quantity", "stock_quantity", "price"], "mode": ["full", "pop", "pop"],
               "decided_by": ["platform", "seller", "platform"]}  # fmt: skip
    network = {"sku": ["cup", "hat", "pen", "pen"], "node": ["hz"] * 4, "mode": ["pop", "full", None, "full"]}
    return {"mode_control": pl.DataFrame(control), "network": pl.DataFrame(network), "capacity": capacity()} | told


def told(found: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    rows = found.select(*columns, "evidence").rows()
    return [(*row[:-1], json.loads(row[-1])) for row in rows]


def test_orders_are_proposed_where_the_quantity_is_the_sellers_to_decide():
    """Hats are sold in a mode in which the platform decides; pens also in one nobody knows."""
    plan = orders(
        ("hz", "hat", 4, 9.0, "stock_order"), ("hz", "cup", 2, 7.0, "stock_order"),
        ("hz", "pen", 1, 3.0, "stock_order_odds"), ("hz", "mug", 0, 0.0, "stock_enough"),
        ("hz", "jar", None, 5.0, "stock_no_cost"),
    )  # fmt: skip
    assert told(order_stock(frames(orders=plan), "CNY"), "sku", "expected_money", "reason") == [
        ("cup", 7.0, "stock_order", {"node": "hz", "sku": "cup"}),
        ("pen", 3.0, "stock_order_odds", {"node": "hz", "sku": "pen"}),
    ]
    free = frames(orders=plan)["mode_control"].filter(decision="price")
    assert order_stock(frames(orders=plan, mode_control=free), "CNY")["sku"].to_list() == ["hat", "cup", "pen"]


def test_room_is_worth_finding_in_the_dearest_week_of_each_warehouse():
    space = capacity(
        ("hz", WEEKS[0], 1.0, 1.0, 2.0), ("hz", WEEKS[2], 1.0, 1.0, 5.0), ("hz", WEEKS[1], 1.0, 1.0, 5.0),
        ("pl", WEEKS[0], 1.0, 9.0, 0.0), ("yw", WEEKS[0], 9.0, 1.0, None), ("es", WEEKS[2], 1.0, 1.0, 0.5),
    )  # fmt: skip
    assert told(free_space(frames(capacity=space), "CNY"), "node", "expected_money", "reason") == [
        ("hz", 5.0, "stock_space", {"node": "hz", "week": "2026-11-23"}),
        ("es", 0.5, "stock_space", {"node": "es", "week": "2026-11-30"}),
    ]


def test_deliveries_are_put_off_from_the_fullest_week_of_a_warehouse_they_would_overfill():
    """HZ holds 12 m3 in 10, then 30 in 20, which is fuller; PL 4 in 2 without anything to order; YW just fits."""
    space = capacity(
        ("hz", WEEKS[0], 12.0, 10.0, None), ("hz", WEEKS[2], 30.0, 20.0, None), ("hz", WEEKS[1], 30.0, 20.0, None),
        ("pl", WEEKS[0], 4.0, 2.0, None), ("yw", WEEKS[0], 5.0, 5.0, None), ("es", WEEKS[0], 9.0, 5.0, 3.0),
    )  # fmt: skip
    plan = orders(
        ("hz", "hat", 0, 8.0, "stock_overfull"), ("hz", "cup", 0, 6.0, "stock_overfull"),
        ("hz", "pen", 1, 50.0, "stock_order"), ("yw", "cup", 0, 6.0, "stock_overfull"),
    )  # fmt: skip
    found = put_off_deliveries(frames(capacity=space, orders=plan), "CNY")
    assert told(found, "node", "expected_money", "reason") == [
        ("pl", None, "stock_overfull_week", {"node": "pl", "week": "2026-11-16"}),
        ("hz", 8.0 / 2 + 6.0 / 2, "stock_overfull_week", {"node": "hz", "week": "2026-11-23"}),
    ]
    assert set(found["evidence_table"]) == {"capacity"}
