"""What is on record about a fine: every dated fact of its own order, parcel and consignment, known by now, by time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.engine.fines.test_verdict import AS_OF, DUE, ORDER, ORDERED, PARCEL, claim, fine, inbound, scan, table
from tradewind.engine.fines import FineFacts, evidence

SECOND = timedelta(seconds=1)
FINED = fine("late_shipment", inbound_id="J1")


def facts(*fines: dict[str, Any], **rows: dict[str, Any]) -> list[tuple[Any, ...]]:
    """(what, at, of, detail) on record, from at most one row of each table."""
    names = ("parcels", "events", "inbounds", "order_lines", "returns")
    frames = [table(name, *([rows[name]] if name in rows else [])) for name in names]
    found = evidence(FineFacts(table("fines", *(fines or [FINED])), *frames, table("fx")), as_of=AS_OF)
    return found.select("what", "at", "of", "detail").rows()


def test_every_step_of_a_consignment_is_a_fact_and_its_deadline_even_while_it_is_ahead():
    steps = {"inspected_at": DUE, "put_away_at": AS_OF + SECOND, "due_at": AS_OF + SECOND}
    assert facts(inbounds=inbound("cup", DUE - SECOND) | steps) == [
        ("inbound.booked", ORDERED, "J1", "cup"),
        ("inbound.sent", ORDERED + timedelta(days=1), "J1", "cup"),
        ("inbound.received", DUE - SECOND, "J1", "cup"),
        ("inbound.inspected", DUE, "J1", "cup"),
        ("inbound.due", AS_OF + SECOND, "J1", "cup"),
    ]


def test_a_fact_names_the_place_the_goods_or_the_reason():
    assert facts(order_lines=ORDER | {"cancelled_at": DUE}) == [
        ("ordered", ORDERED, "1", "cup"),
        ("cancelled", DUE, "1", "cup"),
    ]
    assert facts(parcels=PARCEL, events=scan(2) | {"place": "Yiwu"}) == [
        ("parcel_sent", ORDERED, "P", "std"),
        ("scan.collected", ORDERED + timedelta(days=2), "P", "Yiwu"),
    ]
    assert [(what, of, why) for what, _, of, why in facts(returns=claim("late"))] == [("claim.refund", "R", "late")]


@pytest.mark.parametrize(
    ("name", "row", "moment"),
    [
        ("parcels", PARCEL, "created_at"),
        ("returns", claim("late"), "opened_at"),
        ("order_lines", ORDER, "ordered_at"),
    ],
)
def test_only_what_had_happened_and_was_known_by_now_is_on_record(name, row, moment):
    for column in (moment, "known_at"):
        assert len(facts(**{name: row | {column: AS_OF}})) == 1
        assert facts(**{name: row | {column: AS_OF + SECOND}}) == []


@pytest.mark.parametrize(("column", "given"), [("happened_at", AS_OF), ("known_at", AS_OF)])
def test_scans_count_to_the_very_moment(column, given):
    for moment, count in ((given, 2), (given + SECOND, 1)):
        assert len(facts(parcels=PARCEL, events=scan(2) | {column: moment})) == count


def test_facts_of_other_orders_and_consignments_are_not_evidence():
    other = fine("late_shipment", order_id="2", inbound_id="J2")
    assert facts(other, parcels=PARCEL, events=scan(2), inbounds=inbound("cup", DUE), order_lines=ORDER,
                 returns=claim("late")) == []  # fmt: skip


def test_a_fact_that_bears_on_two_fines_is_told_for_each_and_once():
    twice = [FINED, fine("quality", fine_id="F2")]
    assert [what for what, *_ in facts(*twice, order_lines=ORDER)] == ["ordered", "ordered"]
    frames = [table("fines", FINED), table("parcels"), table("events"), table("inbounds"),
              table("order_lines", ORDER, ORDER | {"line_no": 2}), table("returns"), table("fx")]  # fmt: skip
    assert evidence(FineFacts(*frames), as_of=AS_OF).height == 1
