"""Advertising per unit sold, and orders per visitor."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from tradewind.core.tables import TABLES
from tradewind.engine.margin import ad_costs

AS_OF = datetime(2026, 3, 2, tzinfo=UTC)
FX = pl.DataFrame({"currency": ["USD"], "quote": ["CNY"], "on_date": [date(2026, 2, 25)], "rate": [7.0]})


def made(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = TABLES[table].empty().schema
    return pl.DataFrame([{c: row.get(c) for c in schema} for row in rows], schema=schema)


def day(channel: str, spend: float | None, ago: int = 3, **more: Any) -> dict[str, Any]:
    on = AS_OF - timedelta(days=ago)
    return {
        "platform": "p", "shop": "s", "sku": "cup", "market": "ES", "on_date": on.date(), "channel": channel,
        "ad_spend": spend, "currency": "USD", "known_at": on + timedelta(days=1), **more,
    }  # fmt: skip


def sale(no: int, units: int, ago: int = 3) -> dict[str, Any]:
    at = AS_OF - timedelta(days=ago)
    return {
        "platform": "p", "shop": "s", "order_id": str(no), "line_no": 1, "sku": "cup", "market": "ES", "mode": "pop",
        "ordered_at": at, "units": units, "unit_price": 9.0, "currency": "USD", "status": "paid", "known_at": at,
    }  # fmt: skip


def costs(traffic: list[dict[str, Any]], sales: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    lines = made("order_lines", sales)
    return ad_costs(made("traffic", traffic), lines, as_of=AS_OF, base="CNY", fx=FX).rows()


def test_spend_is_shared_by_all_pieces_sold_and_visitors_by_orders():
    traffic = [day("all", None, visitors=200), day("ads", 4.0, visitors=50), day("ads", 2.0, ago=2, visitors=10)]
    sku, market, per_unit, conversion = costs(traffic, [sale(1, 3), sale(2, 1)])[0]
    assert (sku, market) == ("cup", "ES")
    assert per_unit == pytest.approx(6.0 * 7.0 / 4)
    assert conversion == pytest.approx(2 / 200)


def test_spend_stated_twice_is_counted_once():
    assert costs([day("all", 4.0), day("ads", 4.0)], [sale(1, 1)])[0][2] == pytest.approx(28.0)


def test_without_a_rate_or_a_sale_nothing_is_said():
    assert costs([day("ads", 4.0, currency="EUR")], [sale(1, 1)]) == []
    assert costs([day("ads", 4.0)], []) == []
    assert costs([], [sale(1, 1)]) == []


def test_what_comes_later_changes_nothing():
    now = costs([day("ads", 4.0)], [sale(1, 1)])
    assert costs([day("ads", 4.0), day("ads", 99.0, ago=-1)], [sale(1, 1), sale(2, 5, ago=-1)]) == now


@pytest.mark.parametrize(("ago", "counts"), [(57, False), (56, True), (1, True), (0, False)])
def test_eight_weeks_of_spend_count_up_to_yesterday(ago, counts):
    found = costs([day("ads", 4.0, ago=ago, currency="CNY") | {"known_at": AS_OF}], [sale(1, 1)])
    assert [row[2] for row in found] == [4.0] * counts


@pytest.mark.parametrize(("ago", "per_unit"), [(57, 14.0), (56, 7.0), (1, 7.0)])
def test_eight_weeks_of_sales_count(ago, per_unit):
    assert costs([day("ads", 4.0)], [sale(1, 2), sale(2, 2, ago=ago)])[0][2] == per_unit


def test_spend_known_by_now_counts_and_none_reported_later():
    assert len(costs([day("ads", 4.0, known_at=AS_OF)], [sale(1, 1)])) == 1
    assert costs([day("ads", 4.0, known_at=AS_OF + timedelta(seconds=1))], [sale(1, 1)]) == []


def test_days_without_spend_add_nothing_and_a_pair_never_charged_has_no_cost():
    assert costs([day("ads", 4.0), day("ads", None, ago=2)], [sale(1, 1)])[0][2] == 28.0
    assert costs([day("ads", None), day("all", 9.0)], [sale(1, 1)]) == []
    assert costs([day("all", 4.0), day("all", 1.0, ago=2)], [sale(1, 1)])[0][2] == 35.0
    assert costs([day("ads", 4.0), day("ads", 4.0, ago=2, currency="EUR")], [sale(1, 1)]) == []


@pytest.mark.parametrize(("visitors", "conversion"), [(None, None), (0, None), (1, 2.0)])
def test_without_visitors_no_conversion_is_told(visitors, conversion):
    assert costs([day("all", 4.0, visitors=visitors)], [sale(1, 1), sale(2, 1)])[0][3] == conversion


def test_every_sku_and_market_has_a_cost_of_its_own():
    traffic = [day("ads", 4.0), day("ads", 2.0, market="FR"), day("ads", 1.0, sku="hat")]
    sales = [sale(1, 1), sale(2, 1) | {"market": "FR"}, sale(3, 1) | {"sku": "hat"}]
    assert [row[:3] for row in costs(traffic, sales)] == [
        ("cup", "ES", 28.0), ("cup", "FR", 14.0), ("hat", "ES", 7.0)
    ]  # fmt: skip
