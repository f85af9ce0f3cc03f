"""Who pays the flat duty, settled by the seller's own record where it says so plainly."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from tradewind.core.tables import TABLES
from tradewind.data.rules import load_rules
from tradewind.engine.margin.evidence import settled_readings

RULES = load_rules()
RULE = "eu.flat_duty_paid_by"
BEGAN = RULES.rows[RULE][0].valid_from
assert BEGAN is not None
AFTER = datetime(BEGAN.year, BEGAN.month, BEGAN.day, tzinfo=UTC)
BEFORE = datetime(BEGAN.year - 1, 12, 31, tzinfo=UTC)


def settled(n: int, kind: str = "sale", **said: Any) -> dict[str, Any]:
    row = {"platform": "ae", "shop": "yw", "settlement_id": str(n), "line_no": 1, "order_id": str(n), "market": "ES"}
    return row | {"kind": kind, "amount": 9.0, "currency": "EUR", "settled_at": AFTER, "known_at": AFTER} | said


def reading(*rows: dict[str, Any]) -> str:
    schema = TABLES["settlements"].empty().schema
    frame = pl.DataFrame([{c: row.get(c) for c in schema} for row in rows], schema=schema)
    return settled_readings(RULES, frame).rows[RULE][0].reading


def sales(count: int = 30, **said: Any) -> list[dict[str, Any]]:
    return [settled(n, **said) for n in range(count)]


USUAL = RULES.rows[RULE][0].reading


def test_thirty_orders_settled_without_a_tax_show_that_the_platform_pays():
    assert USUAL != "platform"
    assert reading(*sales()) == "platform"
    assert reading(*sales(29)) == USUAL


@pytest.mark.parametrize(
    ("tax", "found"),
    [
        ({"amount": -3.0}, USUAL),
        ({"amount": 0.0}, "platform"),
        ({"amount": -3.0, "market": "US"}, "platform"),
        ({"amount": -3.0, "settled_at": BEFORE}, "platform"),
        ({"amount": -3.0, "order_id": None}, "platform"),
    ],
)
def test_a_tax_charged_to_an_order_of_its_markets_since_it_began_shows_the_opposite(tax, found):
    assert reading(*sales(), settled(99, "tax", **tax)) == found


@pytest.mark.parametrize("said", [{"market": "US"}, {"settled_at": BEFORE}, {"kind": "refund"}, {"order_id": "1"}])
def test_only_different_orders_sold_to_its_markets_since_it_began_count(said):
    assert reading(*sales(**said)) == USUAL
