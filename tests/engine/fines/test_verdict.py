"""What the record says of a fine: scans, consignments' times and claims against it, for it, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from tradewind.core.tables import TABLES
from tradewind.core.text import text
from tradewind.data.rules import load_rules
from tradewind.engine.fines import VERDICTS, FineFacts, evidence, judge_fines

RULES = load_rules()
AS_OF = datetime(2026, 11, 10, tzinfo=UTC)
ORDERED = datetime(2026, 11, 1, 9, tzinfo=UTC)
DUE = datetime(2026, 11, 4, 16, tzinfo=UTC)


def table(name: str, *rows: dict[str, Any]) -> pl.DataFrame:
    schema = TABLES[name].empty().schema
    always = {"platform": "ae", "shop": "yw", "known_at": None, "line_no": 1, "currency": "CNY", "market": "ES"}
    return pl.DataFrame([{c: {**always, **row}.get(c) for c in schema} for row in rows], schema=schema)


def fine(kind: str, **more: Any) -> dict[str, Any]:
    row = {"fine_id": "F1", "kind": kind, "order_id": "1", "amount": 5.0, "status": "open"}
    row |= {"fined_at": datetime(2026, 11, 8, tzinfo=UTC), "appeal_by": datetime(2026, 11, 15, tzinfo=UTC)}
    return row | more


ORDER = {
    "order_id": "1",
    "sku": "cup",
    "mode": "pop",
    "ordered_at": ORDERED,
    "units": 1,
    "unit_price": 9.0,
    "status": "paid",
}
PARCEL = {"parcel_id": "P", "order_id": "1", "service": "std", "node": "YW", "created_at": ORDERED}


def scan(day: int, milestone: str = "collected") -> dict[str, Any]:
    return {"parcel_id": "P", "milestone": milestone, "happened_at": ORDERED + timedelta(days=day)}


def inbound(sku: str, received_at: datetime | None) -> dict[str, Any]:
    row = {"inbound_id": "J1", "sku": sku, "node": "HZ", "booked_at": ORDERED, "booked_units": 1, "due_at": DUE}
    return row | {"sent_at": ORDERED + timedelta(days=1), "received_at": received_at}


def claim(reason: str) -> dict[str, Any]:
    row = {"return_id": "R", "order_id": "1", "sku": "cup", "kind": "refund", "units": 1, "reason": reason}
    return row | {"opened_at": datetime(2026, 11, 7, tzinfo=UTC)}


def judged(*fines: dict[str, Any], as_of: datetime = AS_OF, **rows: list[dict[str, Any]]) -> pl.DataFrame:
    names = ("parcels", "events", "inbounds", "order_lines", "returns")
    frames = [table(name, *rows.get(name, [ORDER] if name == "order_lines" else [])) for name in names]
    return judge_fines(FineFacts(table("fines", *fines), *frames, table("fx")), RULES, as_of=as_of, base="CNY")


SENT = {"parcels": [PARCEL], "events": [scan(2)]}
CONSIGNED = fine("late_inbound", order_id=None, inbound_id="J1")


@pytest.mark.parametrize(
    ("given", "record", "verdict"),
    [
        (CONSIGNED, {"inbounds": [inbound("cup", DUE)]}, "against"),
        (CONSIGNED, {"inbounds": [inbound("cup", DUE + timedelta(seconds=1))]}, "for"),
        (CONSIGNED, {"inbounds": [inbound("cup", DUE), inbound("plate", None)]}, "silent"),
        (CONSIGNED, {}, "silent"),
        (fine("late_shipment"), SENT, "against"),
        (fine("late_shipment"), {"parcels": [PARCEL], "events": [scan(5)]}, "against"),
        (fine("late_shipment"), {"parcels": [PARCEL], "events": [scan(6)]}, "for"),
        (fine("late_shipment"), {"parcels": [PARCEL], "events": [scan(2, "announced")]}, "silent"),
        (fine("false_shipment"), SENT, "against"),
        (fine("false_shipment"), {"parcels": [PARCEL]}, "silent"),
        (fine("out_of_stock"), SENT, "against"),
        (fine("out_of_stock"), {"order_lines": [ORDER | {"status": "cancelled", "cancelled_at": DUE}]}, "for"),
        (fine("out_of_stock"), {}, "silent"),
        (fine("wrong_goods"), {"returns": [claim("changed_mind")]}, "against"),
        (fine("wrong_goods"), {"returns": [claim("wrong_goods")]}, "for"),
        (fine("quality"), {"returns": [claim("in no rule")]}, "silent"),
        (fine("violation"), SENT, "silent"),
    ],
)  # fmt: skip
def test_the_record_decides_as_it_should_and_says_so_in_both_languages(given, record, verdict):
    row = judged(given, **record).row(0, named=True)
    assert row["verdict"] == verdict
    for lang in ("en", "zh"):
        assert text(row["reason"], lang, **row)


def test_the_facts_on_record_are_counted():
    assert judged(fine("other"), order_lines=[]).select("facts", "within_days").rows() == [(0, 5.0)]
    assert judged(fine("late_shipment"), **SENT)["facts"].to_list() == [3]


@pytest.mark.parametrize(("hours", "is_open"), [(1, True), (0, True), (-1, False)])
def test_an_appeal_is_open_to_the_very_hour(hours, is_open):
    row = judged(fine("other", appeal_by=AS_OF + timedelta(hours=hours))).row(0, named=True)
    assert (row["open"], row["days_left"]) == (is_open, pytest.approx(hours / 24))


def test_an_appeal_is_open_until_its_deadline_and_while_nobody_has_judged():
    rows = [
        fine("other", fine_id="past", appeal_by=AS_OF - timedelta(days=1)),
        fine("other", fine_id="upheld", status="upheld"),
        fine("other", fine_id="soon", appeal_by=AS_OF + timedelta(days=2)),
        fine("other", fine_id="unsaid", appeal_by=None, status=None),
    ]
    found = judged(*rows).select("fine_id", "open", "days_left")
    assert found.rows() == [("soon", True, 2.0), ("unsaid", True, None), ("past", False, -1.0), ("upheld", False, 5.0)]


def test_a_fine_in_a_currency_without_a_rate_has_no_worth():
    assert judged(fine("other", currency="EUR"))["money"].to_list() == [None]


def test_the_evidence_is_every_dated_fact_in_order():
    frames = [table("fines", fine("late_shipment")), table("parcels", PARCEL), table("events", scan(2), scan(9))]
    frames += [table("inbounds"), table("order_lines", ORDER), table("returns", claim("late"))]
    found = evidence(FineFacts(*frames, table("fx")), as_of=AS_OF)
    assert found["what"].to_list() == ["ordered", "parcel_sent", "scan.collected", "claim.refund"]


def test_hiding_the_future_changes_nothing():
    later = {"parcels": [PARCEL], "events": [scan(9)]}
    assert (
        judged(fine("false_shipment"), **later)
        .drop("facts")
        .equals(judged(fine("false_shipment"), parcels=[PARCEL]).drop("facts"))
    )
    known_later = fine("other", fine_id="F2", known_at=AS_OF + timedelta(days=1))
    assert judged(fine("other"), known_later).height == 1


def test_verdicts_have_words_and_no_fines_give_no_rows():
    assert judged().height == 0
    for verdict in VERDICTS:
        assert text(f"fine_verdict.{verdict}", "zh")
