"""One SKU's prices across modes, over what was sold lately."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from tradewind.core.tables import TABLES
from tradewind.data.rules import load_rules
from tradewind.engine.modes import price_parity

RULES = load_rules().with_value("parity.gap", 0.1)
AS_OF = datetime(2026, 11, 20, tzinfo=UTC)
FX = pl.DataFrame([("USD", "CNY", date(2026, 11, 14), 7.0, None)], schema=TABLES["fx"].empty().schema, orient="row")


def sold(mode: str | None, price: float, units: int = 1, days_ago: int = 5, **said: Any) -> dict[str, Any]:
    at = AS_OF - timedelta(days=days_ago)
    row = {"platform": "p", "shop": "s", "order_id": f"{mode}{price}{units}{days_ago}", "line_no": 1, "sku": "cup"}
    row |= {"market": "ES", "mode": mode, "ordered_at": at, "units": units, "unit_price": price, "currency": "CNY"}
    return row | {"paid_amount": price * units, "status": "paid", "known_at": at} | said


def parity(*lines: dict[str, Any], weeks: int = 13) -> pl.DataFrame:
    schema = TABLES["order_lines"].empty().schema
    frame = pl.DataFrame([{c: row.get(c) for c in schema} for row in lines], schema=schema)
    return price_parity(frame, RULES, as_of=AS_OF, base="CNY", fx=FX, weeks=weeks)


def test_the_mode_that_sold_most_is_what_others_are_held_against():
    found = parity(sold("pop", 100.0, units=3), sold("pop", 80.0), sold("own", 99.75, units=2), sold("semi_jit", 114.0))
    assert found.select("mode", "price", "units", "reference", "gap_share", "reason").rows() == [
        ("own", 99.75, 2, 95.0, pytest.approx(0.05), "parity.inside"),
        ("pop", 95.0, 4, 95.0, 0.0, "parity.reference"),
        ("semi_jit", 114.0, 1, 95.0, pytest.approx(0.2), "parity.apart"),
    ]


def test_a_price_may_be_apart_downwards_too():
    assert parity(sold("pop", 100.0, 2), sold("own", 89.0))["reason"].to_list() == ["parity.apart", "parity.reference"]


def test_each_market_and_sku_is_looked_at_by_itself():
    found = parity(
        sold("pop", 100.0, 2), sold("own", 100.0), sold("pop", 50.0, market="FR"), sold("own", 50.0, 2, sku="hat")
    )
    assert found.select("sku", "market").unique().rows() == [("cup", "ES")]


def test_orders_before_the_weeks_asked_about_and_those_without_a_mode_do_not_count():
    now = sold("pop", 100.0, 2)
    assert parity(now, sold("own", 50.0, days_ago=91)).height == 2
    assert parity(now, sold("own", 50.0, days_ago=92)).height == 0
    assert parity(now, sold("own", 50.0, days_ago=15), weeks=2).height == 0
    assert parity(now, sold(None, 50.0)).height == 0
    assert parity(now, sold("own", 50.0, status="cancelled", cancelled_at=AS_OF - timedelta(days=1))).height == 0


def test_prices_are_compared_in_the_base_currency_and_unknown_without_a_rate():
    found = parity(sold("pop", 70.0, 2), sold("own", 10.0, currency="USD"), sold("semi_jit", 9.0, currency="EUR"))
    assert found.select("mode", "price", "reason").rows() == [
        ("own", 70.0, "parity.reference"),
        ("pop", 70.0, "parity.reference"),
        ("semi_jit", None, "parity.unknown"),
    ]


def test_a_supply_price_is_no_retail_price_whatever_it_sold():
    found = parity(sold("full", 30.0, 50), sold("own", 100.0, 2), sold("semi_jit", 101.0))
    assert found.select("mode", "reference", "gap_share", "reason").rows() == [
        ("full", 100.0, None, "parity.supply_price"),
        ("own", 100.0, 0.0, found["reason"][1]),
        ("semi_jit", 100.0, pytest.approx(0.01), found["reason"][2]),
    ]


def test_thirteen_weeks_count_where_nothing_else_is_asked():
    schema = TABLES["order_lines"].empty().schema
    for ago, pairs in ((91, 2), (92, 0)):
        rows = [sold("pop", 100.0, 2), sold("own", 50.0, days_ago=ago)]
        frame = pl.DataFrame([{c: row.get(c) for c in schema} for row in rows], schema=schema)
        assert price_parity(frame, RULES, as_of=AS_OF, base="CNY", fx=FX).height == pairs


def test_a_price_of_which_part_has_no_rate_is_unknown():
    found = parity(sold("pop", 70.0, 3), sold("own", 70.0), sold("own", 9.0, currency="EUR"))
    assert found.select("mode", "price", "units", "gap_share").rows() == [("own", None, 2, None), ("pop", 70.0, 3, 0.0)]


def test_of_two_modes_that_sold_as_much_the_first_by_name_is_the_reference():
    assert set(parity(sold("semi_jit", 100.0), sold("pop", 80.0))["reference"]) == {80.0}


def test_every_sku_and_market_has_a_reference_of_its_own():
    found = parity(
        sold("pop", 100.0, 2), sold("own", 95.0), sold("pop", 50.0, 2, market="FR"), sold("own", 70.0, market="FR")
    )
    assert found.select("market", "mode", "reference", "reason").rows() == [
        ("ES", "own", 100.0, "parity.inside"), ("ES", "pop", 100.0, "parity.reference"),
        ("FR", "own", 50.0, "parity.apart"), ("FR", "pop", 50.0, "parity.reference"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("price", "reason"), [(112.5, "parity.inside"), (113.0, "parity.apart"), (87.5, "parity.inside")]
)
def test_a_gap_as_wide_as_the_guard_rail_is_inside_it(price, reason):
    rules = RULES.with_value("parity.gap", 0.125)
    schema = TABLES["order_lines"].empty().schema
    frame = pl.DataFrame(
        [{c: row.get(c) for c in schema} for row in (sold("pop", 100.0, 2), sold("own", price))], schema=schema
    )
    assert price_parity(frame, rules, as_of=AS_OF, base="CNY", fx=FX).filter(mode="own")["reason"].item() == reason


def test_the_same_goods_supplied_in_full_compete_with_the_modes_the_rules_name():
    rivals = RULES.items("conflict.full", AS_OF.date())
    found = parity(sold("full", 30.0, 50), sold("own", 100.0, 2), sold("semi_jit", 101.0), sold("semi_stocked", 150.0))
    reasons = dict(found.select("mode", "reason").rows())
    assert {mode for mode, reason in reasons.items() if reason == "parity.full_conflict"} == set(reasons) & set(rivals)
    alone = parity(sold("own", 100.0, 2), sold("semi_jit", 101.0))
    assert "parity.full_conflict" not in alone["reason"].to_list()
