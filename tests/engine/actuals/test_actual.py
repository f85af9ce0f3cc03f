"""What was earned once it was settled: matched by order, at the settlement's rate, nothing taken for zero."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.core.tables import TABLES
from tradewind.engine.actuals import CAUSES, GROUPS, ActualsFacts, actual_margin, margin_difference, margin_lines
from tradewind.engine.margin import COMPONENTS, COSTS

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
ORDERED = datetime(2026, 10, 1, 9, tzinfo=UTC)
PAID = datetime(2026, 10, 20, 9, tzinfo=UTC)
FX = [("EUR", date(2026, 10, 1), 8.0), ("EUR", date(2026, 10, 20), 7.5), ("EUR", date(2026, 10, 30), 7.5)]


def table(name: str, *rows: dict[str, Any]) -> pl.DataFrame:
    schema = TABLES[name].empty().schema
    always = {"platform": "ae", "shop": "yw", "known_at": None}
    return pl.DataFrame([{c: {**always, **row}.get(c) for c in schema} for row in rows], schema=schema)


def fx() -> pl.DataFrame:
    rows = [{"currency": c, "quote": "CNY", "on_date": d, "rate": r} for c, d, r in FX]
    return table("fx", *rows)


def expected(*lines: dict[str, Any]) -> pl.DataFrame:
    """The waterfall of landed_margin: components not named are 0."""
    rows = []
    for n, line in enumerate(lines, start=1):
        money = {c: float(line.get(c, 0.0)) for c in COMPONENTS}
        margin = money["revenue"] - sum(money[c] for c in COSTS)
        row = {"platform": "ae", "shop": "yw", "order_id": line["order_id"], "line_no": line.get("line_no", n)}
        row |= {"sku": line.get("sku", "cup"), "market": "ES", "mode": line.get("mode", "semi_jit")}
        rows.append(row | {"ordered_at": ORDERED, "units": line.get("units", 1), **money, "margin": margin})
    return pl.DataFrame(rows)


def paid(order: str, kind: str, amount: float, **more: Any) -> dict[str, Any]:
    row = {"settlement_id": order, "line_no": 1, "order_id": order, "kind": kind, "amount": amount}
    return row | {"currency": "EUR", "status": "settled", "settled_at": PAID, "known_at": PAID} | more


CUP = {
    "order_id": "1", "revenue": 80.0, "base_service_fee": 2.8, "operation_fee": 5.2, "freight": 20.0,
    "product_cost": 30.0, "returns_cost": 1.0,
}  # fmt: skip


def settled(*rows: dict[str, Any], lines: tuple[dict[str, Any], ...] = (CUP,), **more: Any) -> pl.DataFrame:
    facts = ActualsFacts(table("settlements", *rows), fx(), **more)
    return actual_margin(expected(*lines), facts, as_of=AS_OF, base="CNY").lines


def one(frame: pl.DataFrame, *columns: str) -> tuple[Any, ...]:
    return tuple(round(v, 2) if isinstance(v, float) else v for v in frame.select(columns).row(0))


SALE = (
    paid("1", "sale", 10.0),
    paid("1", "service_fee", -0.4),
    paid("1", "operation_fee", -0.7),
    paid("1", "freight", -3.0),
)


def test_each_cause_is_exact_to_the_cent_and_they_add_up_to_the_difference():
    found = margin_difference(settled(*SALE))
    # 10.00 EUR at 7.5 = 75.00; fees 0.40 -> 3.00, 0.70 -> 5.25, freight 3.00 -> 22.50; goods 30.00 as expected
    assert one(found, "expected_revenue", "revenue", "expected_margin", "margin") == (80.0, 75.0, 21.0, 14.25)
    # at the order's 8.0: sale 80.00, fees 3.20 and 5.60 (expected 2.80, 5.20), freight 24.00 (20.00), no return (1.00)
    assert one(found, "amounts", "fee_rates", "freight", "returns", "fines", "goods", "other") == (
        0.0, -0.8, -4.0, 1.0, 0.0, 0.0, 0.0,
    )  # fmt: skip
    assert one(found, "fx", "difference") == (-2.95, -6.75)
    assert found.select(pl.sum_horizontal(CAUSES)).item() == pytest.approx(found["difference"].item())


def test_what_is_not_settled_is_said_and_never_zero():
    waiting = {**CUP, "order_id": "2"}
    unseen = {**CUP, "order_id": "3"}
    rows = (*SALE, paid("2", "sale", 10.0, status="pending"))
    lines = settled(*rows, lines=(CUP, waiting, unseen))
    assert lines.select("order_id", pl.col("state").cast(pl.String), "now_margin").rows() == [
        ("1", "settled", pytest.approx(14.25)), ("2", "pending", None), ("3", "not_seen", None),
    ]  # fmt: skip
    found = margin_difference(lines)
    assert one(found, "orders", "open_orders", "open_revenue", "expected_margin") == (1, 2, 160.0, 21.0)


def test_an_order_partly_paid_out_is_not_settled():
    lines = settled(*SALE, paid("1", "sale", 5.0, line_no=2, status="pending"))
    assert lines["state"].to_list() == ["pending"]
    assert margin_difference(lines)["margin"].item() is None


def test_a_payout_is_the_sum_of_the_rest_and_counts_for_nothing():
    with_payout = settled(*SALE, paid("1", "payout", 5.9))
    assert with_payout.equals(settled(*SALE))


def test_freight_is_the_settled_one_else_the_parcels_bill_else_unknown():
    no_freight = SALE[:3]
    parcel = {
        "parcel_id": "p", "order_id": "1", "service": "std", "node": "YW", "market": "ES", "created_at": ORDERED,
        "freight_amount": 21.5, "currency": "CNY",
    }  # fmt: skip
    billed = settled(*no_freight, parcels=table("parcels", parcel))
    assert one(billed, "now_freight", "unknown") == (21.5, [])
    unknown = settled(*no_freight)
    assert one(unknown, "now_freight", "now_margin", "unknown") == (None, None, ["freight"])
    found = margin_difference(unknown)
    assert one(found, "orders", "unknown_orders", "unknown_revenue", "unknown") == (0, 1, 80.0, ["freight"])


def test_a_rate_that_is_missing_makes_the_part_unknown():
    lines = settled(*SALE, paid("1", "tax", -1.0, currency="BRL"))
    assert one(lines, "now_margin", "unknown") == (None, ["tax"])


def test_duty_and_tax_stand_as_expected_until_a_tax_is_charged_for_both():
    taxed = {**CUP, "duty": 6.0, "tax": 2.0}
    assert one(settled(*SALE, lines=(taxed,)), "now_duty", "now_tax") == (6.0, 2.0)
    charged = settled(*SALE, paid("1", "tax", -1.0), lines=(taxed,))
    assert one(charged, "now_duty", "now_tax") == (0.0, 7.5)
    assert one(margin_difference(charged), "tax") == (0.0,)


def test_a_refund_and_the_operation_fee_given_back_are_the_return():
    rows = (
        *SALE,
        paid("1", "refund", -10.0, settlement_id="r"),
        paid("1", "adjustment", 0.7, settlement_id="r", line_no=2),
    )
    assert one(settled(*rows), "now_returns_cost", "now_other") == (69.75, 0.0)
    assert one(settled(*SALE, paid("1", "adjustment", 0.7)), "now_returns_cost", "now_other") == (0.0, -5.25)


def test_a_claim_not_yet_refunded_counts_from_the_returns_table():
    claim = {
        "return_id": "r", "line_no": 1, "order_id": "1", "sku": "cup", "market": "ES", "kind": "return", "units": 1,
        "refund_amount": 4.0, "currency": "EUR", "opened_at": datetime(2026, 10, 30, tzinfo=UTC),
    }  # fmt: skip
    assert one(settled(*SALE, returns=table("returns", claim)), "now_returns_cost") == (30.0,)
    unsaid = table("returns", {**claim, "refund_amount": None})
    assert one(settled(*SALE, returns=unsaid), "now_returns_cost", "unknown") == (None, ["returns_cost"])


def test_rows_that_name_a_sku_go_to_its_line_others_by_revenue():
    plate = {**CUP, "line_no": 2, "sku": "plate", "revenue": 240.0}
    rows = (
        paid("1", "sale", 10.0, sku="cup"),
        paid("1", "sale", 30.0, sku="plate", line_no=2),
        paid("1", "freight", -4.0, line_no=3),
    )
    lines = settled(*rows, lines=({**CUP, "line_no": 1}, plate))
    assert lines.select("sku", "now_revenue", "now_freight").rows() == [("cup", 75.0, 7.5), ("plate", 225.0, 22.5)]


def test_more_than_the_operation_fee_is_oversize_fee_up_to_the_expected_one():
    big = {**CUP, "oversize_fee": 2.8}
    lines = settled(paid("1", "sale", 10.0), paid("1", "operation_fee", -8.0, currency="CNY"), *SALE[3:], lines=(big,))
    assert one(lines, "now_operation_fee", "now_oversize_fee") == (5.2, 2.8)


FINE = {
    "fine_id": "F1", "kind": "wrong_goods", "order_id": "1", "amount": 9.0, "currency": "CNY", "fined_at": PAID,
    "status": "upheld",
}  # fmt: skip


def test_a_fine_counts_once_whether_settled_or_not_and_not_when_cancelled():
    fines = table("fines", FINE)
    as_settled = paid("1", "fine", -9.0, settlement_id="F1", currency="CNY")
    assert one(settled(*SALE, fines=fines), "now_fines") == (9.0,)
    assert one(settled(*SALE, as_settled, fines=fines), "now_fines") == (9.0,)
    assert one(settled(*SALE, fines=table("fines", {**FINE, "status": "cancelled"})), "now_fines") == (0.0,)


def test_a_charge_that_names_no_order_is_a_line_of_its_own_in_whole():
    lines = settled(*SALE, paid("1", "ads", -4.0, order_id=None, currency="CNY"))
    loose = lines.filter(pl.col("order_id").is_null())
    assert loose.select("units", "now_ad_cost", "now_margin", "expected_margin").rows() == [(0, 4.0, -4.0, 0.0)]


@pytest.mark.parametrize(("seconds", "state"), [(0, "settled"), (1, "not_seen")])
def test_what_is_settled_or_known_by_the_very_moment_counts(seconds, state):
    at = AS_OF + timedelta(seconds=seconds)
    for late in ({"settled_at": at}, {"known_at": at}):
        assert settled(*(row | late for row in SALE))["state"].to_list() == [state]


def test_a_late_consignments_fine_goes_to_its_skus_by_units():
    fine = {**FINE, "kind": "late_inbound", "order_id": None, "inbound_id": "J1"}
    booked = {"node": "HZ", "mode": "semi_jit", "booked_at": ORDERED, "inbound_id": "J1"}
    inbounds = table(
        "inbounds", {**booked, "sku": "cup", "booked_units": 2}, {**booked, "sku": "plate", "booked_units": 1}
    )
    lines = settled(*SALE, fines=table("fines", fine), inbounds=inbounds)
    by_sku = margin_difference(lines, "sku").sort("sku")
    assert by_sku.select("sku", "orders", "fines").rows() == [("cup", 1, -6.0), ("plate", 0, -3.0)]
    assert margin_difference(lines)["fines"].item() == pytest.approx(-9.0)


def test_sums_of_orders_nobody_knows_are_named_apart():
    facts = ActualsFacts(table("settlements", *SALE, paid("9", "sale", 4.0)), fx())
    found = actual_margin(expected(CUP), facts, as_of=AS_OF, base="CNY")
    assert found.unmatched.rows() == [("sale", 1, 30.0)]


def test_hiding_the_future_changes_nothing():
    later = datetime(2026, 11, 2, tzinfo=UTC)
    future = paid("1", "refund", -10.0, settlement_id="r", settled_at=later, known_at=later)
    fines = table("fines", {**FINE, "fined_at": later, "known_at": later})
    assert settled(*SALE, future, fines=fines).equals(settled(*SALE))


def test_row_order_does_not_matter_and_nothing_gives_nothing():
    assert settled(*reversed(SALE)).equals(settled(*SALE))
    nothing = actual_margin(expected(CUP).clear(), ActualsFacts(table("settlements")), as_of=AS_OF, base="CNY")
    assert nothing.lines.height == 0
    assert margin_lines(nothing.lines)["actual"].sum() == 0


def test_the_waterfall_of_the_compared_lines_adds_up():
    found = margin_lines(settled(*SALE))
    parts = dict(found.select("part", "actual").rows())
    assert parts.pop("margin") == pytest.approx(parts.pop("revenue") - sum(parts.values()))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["sale", "freight", "refund", "operation_fee", "ads", "adjustment", "fine"]),
            st.floats(-50, 50).map(lambda v: round(v, 2)),
            st.sampled_from(["EUR", "CNY"]),
            st.sampled_from(["cup", "plate", None]),
        ),
        max_size=8,
    )
)
def test_causes_always_add_up_and_splitting_by_sku_keeps_the_sum(rows):
    plate = {**CUP, "line_no": 2, "sku": "plate", "revenue": 40.0}
    found = [
        paid("1", kind, amount, currency=currency, sku=sku, line_no=n)
        for n, (kind, amount, currency, sku) in enumerate(rows, start=9)
    ]
    lines = settled(*SALE, *found, lines=({**CUP, "line_no": 1}, plate))
    for by in GROUPS:
        found = margin_difference(lines, by)
        assert found.select(pl.sum_horizontal(CAUSES).sum()).item() == pytest.approx(
            found["difference"].sum(), abs=1e-6
        )
    worth = sum(a * (7.5 if c == "EUR" else 1.0) for _, a, c, _ in rows)
    assert lines["now_margin"].sum() == pytest.approx(75.0 - 3.0 - 5.25 - 22.5 - 60.0 + worth, abs=1e-6)
