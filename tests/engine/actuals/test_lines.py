"""Where each sum on record ends up: which line, which part, with which sign, and what stays unknown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from tests.engine.actuals.test_actual import (
    AS_OF,
    CUP,
    FINE,
    ORDERED,
    PAID,
    SALE,
    expected,
    fx,
    one,
    paid,
    settled,
    table,
)
from tradewind.engine.actuals import ActualsFacts, actual_margin, margin_difference, margin_lines

DAY = timedelta(days=1)


def found(frame: pl.DataFrame, *rows: dict[str, Any], **more: Any) -> pl.DataFrame:
    facts = ActualsFacts(table("settlements", *rows), fx(), **more)
    return actual_margin(frame, facts, as_of=AS_OF, base="CNY").lines


def line(order: str, n: int = 1, **more: Any) -> dict[str, Any]:
    return {**CUP, "order_id": order, "line_no": n, **more}


def parcel(order: str, freight: float | None, **more: Any) -> dict[str, Any]:
    row = {"parcel_id": f"p{order}{freight}", "order_id": order, "service": "std", "node": "YW", "market": "ES"}
    return row | {"created_at": ORDERED, "freight_amount": freight, "currency": "CNY"} | more


def claim(amount: float, **more: Any) -> dict[str, Any]:
    row = {"return_id": "r", "line_no": 1, "order_id": "1", "sku": "cup", "market": "ES", "kind": "return", "units": 1}
    return row | {"refund_amount": amount, "currency": "CNY", "opened_at": PAID} | more


def test_bills_are_shared_by_the_units_of_each_orders_own_lines():
    lines = (line("1", 1), line("1", 2, units=3, sku="hat"), line("2"), line("3", 1, units=4), line("3", 2, sku="hat"))
    bills = table("parcels", parcel("1", 20.0), parcel("2", 7.0), parcel("3", 6.0), parcel("3", 4.0))
    got = settled(*(paid(order, "sale", 10.0) for order in "123"), lines=lines, parcels=bills)
    assert got["now_freight"].to_list() == pytest.approx([5.0, 15.0, 7.0, 8.0, 2.0])


@pytest.mark.parametrize(
    ("bills", "freight"),
    [
        ([parcel("1", 20.0), parcel("1", None)], None),
        ([parcel("1", 20.0, currency="BRL")], None),
        ([parcel("1", 20.0, known_at=AS_OF)], 20.0),
        ([parcel("1", 20.0, known_at=AS_OF + DAY)], None),
        ([parcel("1", 2.0, currency="EUR")], 16.0),  # at the rate of the day it was sent
    ],
)
def test_a_bill_counts_when_all_of_it_is_known(bills, freight):
    assert one(settled(*SALE[:3], parcels=table("parcels", *bills)), "now_freight") == (freight,)


def test_no_freight_is_unknown_only_where_some_was_expected():
    assert one(settled(*SALE[:3], lines=(line("1", freight=0.0),)), "now_freight", "unknown") == (0.0, [])


def test_a_claim_is_shared_by_the_units_of_its_sku():
    lines = (line("1", 1), line("1", 2, units=3), line("1", 3, sku="hat"))
    got = settled(*SALE, lines=lines, returns=table("returns", claim(8.0)))
    assert got["now_returns_cost"].to_list() == [2.0, 6.0, 0.0]


@pytest.mark.parametrize(
    ("said", "cost"),
    [
        ({}, 8.0),
        ({"known_at": AS_OF, "opened_at": AS_OF}, 8.0),
        ({"known_at": AS_OF + DAY}, 0.0),
        ({"opened_at": AS_OF + DAY}, 0.0),
        ({"kind": "cancellation"}, 0.0),
        ({"sku": "hat"}, 0.0),
    ],
)
def test_claims_known_and_opened_by_now_count_cancellations_do_not(said, cost):
    assert one(settled(*SALE, returns=table("returns", claim(8.0, **said))), "now_returns_cost") == (cost,)


def test_a_refund_in_the_settlement_of_an_order_stands_for_all_claims_of_it():
    lines = (line("1", 1), line("1", 2, sku="hat"))
    refund = paid("1", "refund", -6.0, sku="hat", currency="CNY", line_no=5)
    got = settled(*SALE, refund, lines=lines, returns=table("returns", claim(8.0)))
    assert got["now_returns_cost"].to_list() == [0.0, 6.0]


def test_an_adjustment_of_a_refunded_order_belongs_to_its_return_on_every_line_of_it_alone():
    lines = (line("1", 1), line("1", 2, sku="hat"), line("2"))
    rows = [
        paid("1", "refund", -6.0, sku="hat", line_no=5),
        paid("1", "adjustment", 2.0, line_no=6),
        paid("2", "sale", 9.0),
    ]
    rows = [row | {"currency": "CNY"} for row in [*rows, paid("2", "adjustment", 4.0)]]
    got = settled(*SALE, *rows, lines=lines)
    assert got["now_returns_cost"].to_list() == [-1.0, 5.0, 0.0]
    assert got["now_other"].to_list() == [0.0, 0.0, -4.0]


def test_what_the_order_itself_was_worth_is_at_the_rate_of_its_first_day():
    frame = expected(line("1", 1), line("1", 2)).with_columns(ordered_at=pl.Series([ORDERED + 19 * DAY, ORDERED]))
    got = found(frame, *SALE)
    assert got["then_revenue"].to_list() == pytest.approx([40.0, 40.0])  # 10 EUR at 8.0
    assert got["now_revenue"].to_list() == pytest.approx([37.5, 37.5])


def test_a_part_nobody_foresaw_a_figure_for_is_unknown():
    frame = expected(line("1")).with_columns(product_cost=pl.lit(None, pl.Float64), margin=pl.lit(None, pl.Float64))
    got = found(frame, *SALE)
    assert one(got, "now_product_cost", "now_margin", "unknown") == (None, None, ["product_cost"])
    assert one(margin_difference(got), "orders", "margin", "unknown_orders") == (0, None, 1)


@pytest.mark.parametrize(
    ("said", "cost"),
    [
        ({"known_at": AS_OF, "fined_at": AS_OF}, 9.0),
        ({"known_at": AS_OF + DAY}, 0.0),
        ({"fined_at": AS_OF + DAY}, 0.0),
        ({"status": None}, 9.0),
        ({"status": "cancelled"}, 0.0),
        ({"order_id": "2"}, 0.0),
    ],
)
def test_a_fine_known_by_now_counts_unless_it_was_cancelled(said, cost):
    assert one(settled(*SALE, fines=table("fines", FINE | said)), "now_fines") == (cost,)


def test_a_fine_settled_under_another_number_is_known_by_its_order_and_amount():
    fines = table("fines", FINE)
    same = paid("1", "fine", -9.0, settlement_id="S7", currency="CNY")
    other = paid("1", "fine", -4.0, settlement_id="S7", currency="CNY")
    commission = paid("1", "commission", -9.0, currency="CNY")
    assert one(settled(*SALE, same, fines=fines), "now_fines") == (9.0,)
    assert one(settled(*SALE, other, fines=fines), "now_fines") == (13.0,)
    assert one(settled(*SALE, commission, fines=fines), "now_fines", "now_commission") == (9.0, 9.0)


def loose(*rows: dict[str, Any], **more: Any) -> list[tuple[Any, ...]]:
    """(sku, mode, fines, cost of lateness, actual margin, unknown) of the lines that belong to no order."""
    got = settled(*SALE, *rows, **more)
    assert got["order_id"].to_list()[0] == "1"  # those come last
    own = got.filter(pl.col("order_id").is_null())
    return own.select("sku", "mode", "now_fines", "now_late_cost", "now_margin", "unknown").rows()


def test_what_belongs_to_no_order_is_added_or_taken_as_its_kind_says():
    assert loose(paid("x", "subsidy", 5.0, order_id=None, currency="CNY")) == [(None, None, 0.0, 0.0, 5.0, [])]
    assert loose(paid("x", "storage", -5.0, order_id=None, currency="CNY")) == [(None, None, 0.0, 0.0, -5.0, [])]
    assert loose(paid("x", "ads", -5.0, order_id=None, currency="BRL")) == [(None, None, 0.0, 0.0, None, ["ad_cost"])]


def test_only_fines_for_lateness_are_the_cost_of_a_late_consignment():
    booked = {"node": "HZ", "mode": "semi_jit", "booked_at": ORDERED, "inbound_id": "J1"}
    inbounds = table("inbounds", *({**booked, "sku": sku, "booked_units": n} for sku, n in (("cup", 2), ("hat", 1))))
    fine = FINE | {"order_id": None, "inbound_id": "J1"}
    for kind, fined, late in (("late_inbound", 0.0, 1.0), ("late_shipment", 0.0, 1.0), ("quality", 1.0, 0.0)):
        assert loose(fines=table("fines", fine | {"kind": kind}), inbounds=inbounds) == [
            ("cup", "semi_jit", 6.0 * fined, 6.0 * late, -6.0, []),
            ("hat", "semi_jit", 3.0 * fined, 3.0 * late, -3.0, []),
        ]


def unmatched(*rows: dict[str, Any], others: pl.DataFrame | None = None) -> list[tuple[Any, ...]]:
    facts = ActualsFacts(table("settlements", *SALE, *rows), fx(), all_orders=others)
    return actual_margin(expected(CUP), facts, as_of=AS_OF, base="CNY").unmatched.rows()


def test_sums_of_unknown_orders_are_added_up_by_kind_as_money_in_or_out():
    rows = [
        paid("8", "sale", 4.0),
        paid("9", "sale", 2.0),
        paid("9", "freight", -2.0),
        paid("9", "ads", -1.0, currency="BRL"),
    ]
    assert unmatched(*rows) == [("ads", 1, None), ("freight", 1, -15.0), ("sale", 2, 45.0)]
    others = pl.DataFrame({"platform": ["ae"] * 2, "shop": ["yw"] * 2, "order_id": ["9", "9"]})
    assert unmatched(*rows, others=others) == [("sale", 1, 30.0)]


def test_groups_come_by_how_far_they_are_from_what_was_expected():
    """Expected 21 each: hats earn 0.75 more, cups 6.75 less, and of pens nothing is known."""
    lines = (line("1"), line("2", sku="hat", freight=27.5), line("3", sku="pen"))
    rows = [*SALE, *(row | {"order_id": "2", "settlement_id": "2"} for row in SALE)]
    got = margin_difference(settled(*rows, lines=lines), "sku")
    assert got.select("sku", "difference").rows() == [
        ("cup", pytest.approx(-6.75)), ("hat", pytest.approx(0.75)), ("pen", None),
    ]  # fmt: skip
    assert got.select("orders", "units", "open_orders", "open_revenue").rows() == [
        (1, 1, 0, 0.0), (1, 1, 0, 0.0), (0, 0, 1, 80.0),
    ]  # fmt: skip


def test_of_the_waterfall_revenue_and_margin_count_up_and_costs_count_down():
    rows = {row["part"]: row for row in margin_lines(settled(*SALE, lines=(CUP, line("2")))).to_dicts()}
    assert {part: round(row["difference"], 2) for part, row in rows.items() if abs(row["difference"]) > 1e-9} == {
        "revenue": -5.0, "base_service_fee": -0.2, "operation_fee": -0.05, "freight": -2.5, "returns_cost": 1.0,
        "margin": -6.75,
    }  # fmt: skip
    assert (rows["product_cost"]["expected"], rows["product_cost"]["actual"]) == (30.0, 30.0)
