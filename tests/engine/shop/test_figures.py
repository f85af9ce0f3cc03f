"""The figures a platform judges a shop by, counted case by case as they stood at a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from tests.engine.shop.test_health import NAMES, order, table
from tradewind.engine.shop.figures import (
    ShopFacts,
    disputes,
    late_inbounds,
    late_shipments,
    not_sold,
    sellers_faults,
    sold_listings,
    violations,
)

AT = datetime(2026, 11, 2, tzinfo=UTC)
MONTH = timedelta(days=30)


def day(ago: float) -> datetime:
    return AT - timedelta(days=ago)


def facts(within_days: float = 5.0, **rows: list[dict[str, Any]]) -> ShopFacts:
    frames = {name: table(name, *rows.get(name, [])) for name in NAMES}
    return ShopFacts(**frames, faults=(("wrong_goods", "seller"), ("slow", "carrier")), within_days=within_days)


def counted(figure: Any, given: ShopFacts) -> list[tuple[int, int]]:
    return figure(given, AT, MONTH).select("cases", "of").rows()


def orders(*agos: float, **more: Any) -> list[dict[str, Any]]:
    return [order(n, ago=ago, **more) for n, ago in enumerate(agos)]


@pytest.mark.parametrize(
    ("ago", "known_ago", "sold"), [(30, None, 1), (30.1, None, 0), (0.1, None, 1), (0, None, 0), (5, -1, 0), (5, 0, 1)]
)
def test_a_listing_counts_as_sold_by_an_order_of_the_window_known_then(ago, known_ago, sold):
    line = order(0, ago=ago, known_at=None if known_ago is None else day(known_ago))
    listings = [{"listing_id": "L0", "sku": "s0"}, {"listing_id": "L1", "sku": "s1"}]
    assert counted(sold_listings, facts(order_lines=[line], listings=listings)) == [(sold, 2)]


def test_a_listing_not_known_yet_is_not_counted_and_one_listed_twice_once():
    listings = [{"listing_id": "L0", "sku": "s0"}, {"listing_id": "L0", "sku": "s9"}]
    listings += [
        {"listing_id": "L1", "sku": "s1", "known_at": day(-1)},
        {"listing_id": "L2", "sku": "s2", "known_at": AT},
    ]
    assert counted(sold_listings, facts(order_lines=orders(5), listings=listings)) == [(1, 2)]


@pytest.mark.parametrize(("ago", "looked_at"), [(0, 0), (1, 1), (30, 1), (31, 0)])
def test_without_listings_goods_looked_at_on_the_days_of_the_window_stand_in(ago, looked_at):
    """The day of the judgement is not over yet, so that it does not count."""
    seen = [{"sku": "s7", "on_date": (AT - timedelta(days=ago)).date(), "channel": "all"}]
    found = counted(sold_listings, facts(order_lines=orders(5), traffic=seen))
    assert found == ([(0, 1)] if looked_at else [])


@pytest.mark.parametrize(("scanned", "late"), [(15.1, 0), (15, 0), (14.9, 1), (None, 1)])
def test_an_order_is_sent_late_without_a_carriers_scan_within_five_days(scanned, late):
    parcel = {"parcel_id": "P", "order_id": "0", "service": "std", "node": "YW", "created_at": day(20)}
    scans = [{"parcel_id": "P", "milestone": "announced", "happened_at": day(19)}]
    if scanned is not None:
        scans.append({"parcel_id": "P", "milestone": "collected", "happened_at": day(scanned)})
    assert counted(late_shipments, facts(order_lines=orders(20), parcels=[parcel], events=scans)) == [(late, 1)]


def test_only_orders_sent_by_the_seller_and_old_enough_are_judged():
    lines = [
        *orders(20), order(1, ago=5.1), order(2, ago=4.9), order(3, ago=35.1), order(4, ago=20, mode="own"),
        order(5, ago=20, mode="semi_jit"), order(6, ago=20, status="cancelled", cancelled_at=day(19)),
        order(7, ago=20, status="cancelled", cancelled_at=day(-1)),
    ]  # fmt: skip
    elsewhere = [{"parcel_id": "P", "milestone": "collected", "happened_at": day(1)}]
    assert counted(late_shipments, facts(order_lines=lines, events=elsewhere)) == [(4, 4)]


def test_the_first_scan_of_any_parcel_of_an_order_counts():
    parcels = [
        {"parcel_id": p, "order_id": "0", "service": "std", "node": "YW", "created_at": day(20)} for p in ("P", "Q")
    ]
    scans = [{"parcel_id": p, "milestone": "collected", "happened_at": day(ago)} for p, ago in (("P", 8), ("Q", 16))]
    assert counted(late_shipments, facts(order_lines=orders(20), parcels=parcels, events=scans)) == [(0, 1)]


def inbound(n: int, due: float | None, received: float | None, sku: str = "s") -> dict[str, Any]:
    row = {"inbound_id": f"J{n}", "sku": sku, "node": "HZ", "booked_at": day(40), "booked_units": 1}
    return row | {
        "due_at": None if due is None else day(due),
        "received_at": None if received is None else day(received),
    }


def test_a_consignment_is_late_as_a_whole_and_judged_by_the_day_it_was_due():
    rows = [
        inbound(0, 6, 6), inbound(1, 6, 5.9), inbound(2, 6, None), inbound(3, 31, None), inbound(4, -1, None),
        inbound(5, None, None), inbound(6, 6, 7), inbound(6, 6, 5, sku="t"),
    ]  # fmt: skip
    assert counted(late_inbounds, facts(order_lines=orders(5), inbounds=rows)) == [(3, 4)]


def fined(n: int, kind: str, ago: float = 3, status: str | None = "open") -> dict[str, Any]:
    return {"fine_id": f"F{n}", "kind": kind, "amount": 1.0, "fined_at": day(ago), "status": status}


def test_fines_of_the_window_that_stand_are_set_against_the_orders_of_the_window():
    lines = orders(5, 10, 29, 31)
    fines = [
        fined(0, "out_of_stock"), fined(1, "out_of_stock", status=None), fined(2, "out_of_stock", status="cancelled"),
        fined(3, "out_of_stock", ago=31), fined(4, "violation"), fined(5, "violation", status="cancelled"),
    ]  # fmt: skip
    given = facts(order_lines=lines, fines=fines)
    assert counted(not_sold, given) == [(2, 3)]
    assert counted(violations, given) == [(1, 3)]
    assert counted(not_sold, facts(order_lines=lines)) == counted(violations, facts(order_lines=lines)) == []


def claim(
    n: int, reason: str | None, kind: str = "refund", ago: float = 1, order_id: str | None = None
) -> dict[str, Any]:
    row = {"return_id": f"R{n}", "order_id": order_id, "sku": "s", "kind": kind, "units": 1, "reason": reason}
    return row | {"opened_at": day(ago)}


def test_claims_are_counted_once_an_order_and_cancellations_are_none():
    lines = orders(5, 10)
    claims = [
        claim(0, "wrong_goods", order_id="0"), claim(1, "slow", "return", order_id="0"), claim(2, None),
        claim(3, None, "cancellation"), claim(4, "slow", ago=31),
    ]  # fmt: skip
    assert counted(disputes, facts(order_lines=lines, returns=claims)) == [(2, 2)]
    assert counted(disputes, facts(order_lines=lines)) == []


def test_a_claim_is_the_sellers_fault_by_its_reason_and_unknown_where_no_claim_says_one():
    lines = orders(5, 10)
    claims = [claim(0, "wrong_goods"), claim(1, "slow"), claim(2, None), claim(3, "in no rule")]
    assert counted(sellers_faults, facts(order_lines=lines, returns=claims)) == [(1, 2)]
    assert counted(sellers_faults, facts(order_lines=lines, returns=[claim(0, None)])) == []
    assert counted(sellers_faults, facts(order_lines=lines, returns=[claim(0, "slow")])) == [(0, 2)]


def test_each_shop_is_counted_by_itself_and_one_without_cases_has_none_of_its_orders():
    lines = [*orders(5, 6), order(9, ago=5, shop="other")]
    found = violations(facts(order_lines=lines, fines=[fined(0, "violation")]), AT, MONTH)
    assert sorted(found.select("shop", "cases", "of").rows()) == [("other", 0, 1), ("yw", 1, 2)]
    assert found.schema["cases"] == pl.Int64
