"""Which order lines are sales, what was paid for them, and what was known of them at a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from tradewind.core.errors import MissingColumnError
from tradewind.core.tables import TABLES
from tradewind.engine.margin.lines import known_lines, sold_lines

NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 6, 12, tzinfo=UTC)


def lines(*rows: dict[str, Any]) -> pl.DataFrame:
    schema = TABLES["order_lines"].empty().schema
    always = {
        "platform": "ae",
        "shop": "yw",
        "order_id": "1",
        "line_no": 1,
        "sku": "cup",
        "market": "ES",
        "mode": "pop",
    }
    always |= {
        "ordered_at": NOON,
        "units": 2,
        "unit_price": 10.0,
        "currency": "CNY",
        "status": "paid",
        "known_at": NOON,
    }
    return pl.DataFrame([{c: {**always, **row}.get(c) for c in schema} for row in rows], schema=schema)


@pytest.mark.parametrize(
    ("said", "revenue"),
    [
        ({}, 20.0),
        ({"discount": 3.0}, 17.0),
        ({"paid_amount": 15.5}, 15.5),
        ({"paid_amount": 0.0, "discount": 3.0}, 0.0),
    ],
)
def test_what_was_paid_is_the_paid_amount_else_the_price_less_the_discount(said, revenue):
    assert sold_lines(lines(said))["revenue"].to_list() == [revenue]


@pytest.mark.parametrize(
    ("said", "sold"),
    [({}, 1), ({"status": "cancelled"}, 0), ({"cancelled_at": LATER}, 0), ({"status": "delivered"}, 1)],
)
def test_lines_called_off_are_no_sales(said, sold):
    assert sold_lines(lines(said)).height == sold


def test_orders_are_numbered_in_the_order_of_their_key_each_shop_by_itself():
    rows = [{"order_id": "2"}, {"order_id": "1", "line_no": 2}, {"order_id": "1"}, {"order_id": "1", "shop": "zz"}]
    found = sold_lines(lines(*rows))
    assert found.select("shop", "order_id", "line_no", "order_no").rows() == [
        ("yw", "1", 1, 0), ("yw", "1", 2, 0), ("yw", "2", 1, 1), ("zz", "1", 1, 2),
    ]  # fmt: skip


def test_the_day_is_the_orders_own_or_the_one_asked_about():
    assert sold_lines(lines({}))["day"].to_list() == [date(2026, 11, 5)]
    assert sold_lines(lines({}), on=date(2026, 1, 1))["day"].to_list() == [date(2026, 1, 1)]


def test_a_column_that_is_missing_is_named():
    with pytest.raises(MissingColumnError, match="units"):
        sold_lines(lines({}).drop("units"))


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({}, "paid"),
        ({"ordered_at": LATER}, None),
        ({"ordered_at": datetime(2026, 11, 6, tzinfo=UTC)}, None),  # at the very moment
        ({"known_at": LATER}, None),
        ({"known_at": None}, "paid"),
        ({"status": "cancelled", "cancelled_at": LATER}, "paid"),
        ({"status": "cancelled", "cancelled_at": NOON}, "cancelled"),
        ({"status": "cancelled"}, "cancelled"),
    ],
)
def test_what_was_known_of_a_line_at_a_moment(said, status):
    found = known_lines(lines(said), datetime(2026, 11, 6, tzinfo=UTC))
    assert found["status"].to_list() == ([] if status is None else [status])
    assert found["cancelled_at"].to_list() == (
        [] if status is None else [NOON if said.get("cancelled_at") == NOON else None]
    )
