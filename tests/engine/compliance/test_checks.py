"""Each check by itself, at the edge of its rule: hours before arrival, days too late, centimetres of a carton."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from tradewind.core.rules import Rules
from tradewind.data.rules import load_rules
from tradewind.engine.compliance.contents import attributes, barcode, batch, carton
from tradewind.engine.compliance.goods import ATTRIBUTES, goods_frame
from tradewind.engine.compliance.inbound_timing import attribute_deadline, late_inbound
from tradewind.engine.compliance.kinds import kinds
from tradewind.engine.compliance.open_goods import banned, named_categories

RULES = load_rules()
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
ON = AT.date()
HOUR = timedelta(hours=1)
BOX = {"carton_length_cm": 30.0, "carton_width_cm": 20.0, "carton_height_cm": 15.0}


def goods(**said: Any) -> pl.DataFrame:
    """Ten cups of 5 CNY each, eight of them ordered, just in time."""
    row = {"sku": "cup", "mode": "semi_jit", "booked_units": 10, "unit_cost": 5.0, "currency": "CNY", "orders": 8}
    return goods_frame(pl.DataFrame([row | said]))


def told(found: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return found.select("severity", "what", "money_at_risk", *columns).rows()


def read_as(**readings: str) -> Rules:
    """The rules with some of the ambiguous ones read otherwise; `semi__x` stands for semi.x."""
    rows = [f"- {{id: {name.replace('__', '.')}, reading: {value}}}" for name, value in readings.items()]
    return load_rules(overrides="\n".join(rows))


ARRIVES = AT + 72 * HOUR  # attributes are to be complete 72 hours before: now


@pytest.mark.parametrize(
    ("synced", "arrives", "severity"),
    [
        (ARRIVES - 72 * HOUR, ARRIVES, None),
        (ARRIVES - 71 * HOUR, ARRIVES, "refused"),
        (None, ARRIVES, "note"),
        (None, ARRIVES - HOUR, "refused"),
        (None, None, "not_said"),
        (AT, None, "not_said"),
    ],
)
def test_attributes_are_complete_three_days_before_arrival(synced, arrives, severity):
    found = attribute_deadline(goods(synced_at=synced, due_at=arrives), RULES, ON, AT)
    assert found["severity"].to_list() == ([severity] if severity else [])


def test_attributes_too_late_hold_up_the_goods_and_the_deadline_is_in_platform_time():
    (late,) = told(
        attribute_deadline(goods(synced_at=ARRIVES, due_at=ARRIVES), RULES, ON, AT), "currency", "money_kind"
    )
    assert late == ("refused", "2026-11-22 20:00", 50.0, "CNY", "goods")
    assert told(attribute_deadline(goods(due_at=ARRIVES), RULES, ON, AT)) == [("note", "2026-11-22 20:00", None)]


def test_when_goods_are_expected_counts_before_when_they_were_booked():
    rows = goods(due_at=ARRIVES + 99 * HOUR, expected_at=ARRIVES - HOUR)
    assert attribute_deadline(rows, RULES, ON, AT)["severity"].to_list() == ["refused"]


PAID = datetime(2026, 11, 20, 15, 59, tzinfo=UTC)  # 23:59 in Hangzhou


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (1, []),
        (2, [("verify", "T+2", 24.0)]),  # another reading allows one day
        (3, [("verify", "T+3", 24.0)]),
        (4, [("charged", "T+4", 24.0)]),
    ],
)
def test_goods_just_in_time_may_take_three_days(days, found):
    for more in (timedelta(0), timedelta(days=-1, minutes=1)):  # 00:00 of the same day in Hangzhou counts as late
        rows = goods(paid_at=PAID, expected_at=PAID + timedelta(days=days) + more)
        assert told(late_inbound(rows, RULES, ON)) == found


def test_a_late_fee_is_charged_for_each_order_in_the_rules_currency():
    rows = goods(paid_at=PAID, expected_at=PAID + timedelta(days=9), orders=None, currency="USD")
    assert told(late_inbound(rows, RULES, ON), "currency") == [("charged", "T+9", None, "CNY")]


@pytest.mark.parametrize("missing", ["paid_at", "expected_at"])
def test_without_both_times_lateness_is_not_checked_and_other_modes_never(missing):
    times = {"paid_at": PAID, "expected_at": PAID} | {missing: None}
    assert told(late_inbound(goods(**times), RULES, ON), "money_kind") == [("not_said", None, None, None)]
    assert late_inbound(goods(mode="semi_stocked", **times), RULES, ON).is_empty()


def test_a_barcode_is_bound_not_bound_or_not_stated():
    assert barcode(goods(barcode_bound=True), RULES, ON).is_empty()
    assert told(barcode(goods(barcode_bound=False), RULES, ON), "code") == [("refused", None, 50.0, "E102")]
    assert told(barcode(goods(), RULES, ON)) == [("not_said", None, None)]


def batched(rules: Rules = RULES, **said: Any) -> list[tuple[Any, ...]]:
    rows = goods(**said)
    return told(batch(rows, kinds(rows, rules, ON), rules, ON, AT))


def test_goods_that_expire_need_a_batch_and_a_date():
    assert batched(kind="cosmetics") == [("refused", "batch_no, expires_on", 50.0)]
    assert batched(kind="cosmetics", batch_no=" ", expires_on=date(2027, 5, 1)) == [("refused", "batch_no", 50.0)]
    assert batched(kind="cosmetics", batch_no="B1", expires_on=date(2027, 5, 1)) == []
    assert batched(kind="toy") == batched(title="lipstick") == []
    assert batched(expires_on=date(2027, 5, 1)) == [("refused", "batch_no", 50.0)]


@pytest.mark.parametrize(
    ("expires", "arrives", "refused"),
    [
        (date(2026, 11, 25), ARRIVES, True),
        (date(2026, 11, 26), ARRIVES, False),
        (date(2026, 11, 22), None, True),
        (date(2026, 11, 23), None, False),
    ],
)
def test_goods_are_not_to_expire_by_the_day_they_arrive(expires, arrives, refused):
    assert batched(batch_no="B1", expires_on=expires, due_at=arrives) == [("refused", str(expires), 50.0)] * refused


def test_blank_attributes_stop_the_goods_where_the_text_names_them_and_are_else_to_be_verified():
    full = dict.fromkeys(ATTRIBUTES, "x")
    assert attributes(goods(**full), RULES, ON).is_empty()
    blank = goods(**full | {"origin": " ", "material": None, "age_range": ""})
    assert told(attributes(blank, RULES, ON), "money_kind", "trigger") == [
        ("refused", "material, age_range", 50.0, "goods", "material, age_range"),
        ("verify", "origin", None, None, "origin"),
    ]
    only_three = read_as(inbound__attributes="named_three")
    assert told(attributes(blank, only_three, ON)) == [("refused", "material, age_range", 50.0)]


def test_an_attribute_the_sheet_has_no_column_for_is_blank():
    rows = goods(**dict.fromkeys(ATTRIBUTES, "x")).drop("material")
    assert told(attributes(rows, RULES, ON)) == [("refused", "material", 50.0)]


def test_read_otherwise_all_goods_need_a_batch_and_a_carton_is_the_box_itself():
    assert batched(read_as(inbound__batch_needed="all_goods")) == [("refused", "batch_no, expires_on", 50.0)]
    exact = read_as(semi__standard_box_means="exact_size", semi__nonstandard_box_per="carton")
    assert carton(goods(**BOX), exact, ON).is_empty()
    assert told(carton(goods(**BOX | {"carton_height_cm": 14.0}, cartons=2), exact, ON), "reading") == [
        ("charged", "30.0 x 20.0 x 14.0", 3.0, "exact_size, carton")
    ]


def test_lateness_may_be_read_from_the_booking_in_working_days():
    """Booked on Friday the 20th, there on Monday the 30th: ten days, six of them working."""
    booked = read_as(semi__late_inbound_t="inbound_created", semi__late_inbound_days="working")
    rows = goods(booked_at=datetime(2026, 11, 20, 4, tzinfo=UTC), expected_at=datetime(2026, 11, 30, 4, tzinfo=UTC))
    (late,) = told(late_inbound(rows, booked, ON), "trigger", "reading")
    assert late == ("charged", "T+6", 24.0, "booked_at, expected_at", "after_t3, inbound_created, working")


@pytest.mark.parametrize(
    ("sides", "found"),
    [
        ((30.0, 20.0, 15.0), []),
        ((15.0, 30.0, 20.0), []),  # the same box on its side
        ((29.0, 10.0, 5.0), []),
        ((31.0, 20.0, 15.0), [("charged", "31.0 x 20.0 x 15.0", 12.0)]),
        ((30.0, 21.0, 15.0), [("charged", "30.0 x 21.0 x 15.0", 12.0)]),
        ((16.0, 20.0, 30.0), [("charged", "30.0 x 20.0 x 16.0", 12.0)]),
        ((150.0, 20.0, 15.0), [("charged", "150.0 x 20.0 x 15.0", 12.0)]),
        ((300.0, 200.0, 150.0), [("not_said", "300.0 x 200.0 x 150.0", None)]),  # millimetres
        ((30.0, None, 15.0), [("not_said", None, None)]),
    ],
)
def test_a_carton_larger_than_the_platforms_box_costs_a_fee_per_order(sides, found):
    rows = goods(**dict(zip(BOX, sides, strict=True)), cartons=2)
    assert told(carton(rows, RULES, ON)) == found


def test_only_semi_managed_cartons_are_repacked_and_an_unstated_mode_is_taken_for_one():
    large = dict.fromkeys(BOX, 40.0)
    assert carton(goods(mode="pop", **large), RULES, ON).is_empty()
    assert carton(goods(mode=None, **large), RULES, ON)["severity"].to_list() == ["charged"]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"kind": "medical_device"}, [("refused", "medical_device", 50.0)]),
        ({"battery": "built_in"}, [("verify", "battery_built_in", None)]),
        ({"battery": "alone"}, []),
        ({"hazards": ["liquid", "magnet"]}, [("verify", "magnetic", None)]),
        ({"hazards": ["liquid"]}, []),
    ],
)
def test_banned_goods_are_refused_where_the_rule_says_so_and_else_to_be_verified(said, found):
    rows = goods(**said)
    assert told(banned(rows, kinds(rows, RULES, ON), RULES, ON)) == found


def test_a_kind_that_is_only_guessed_is_only_to_be_verified():
    rows = goods()
    guess = pl.DataFrame({"sku": ["cup"], "kind": ["medical_device"], "stated": [False], "trigger": ["title: x"]})
    assert told(banned(rows, guess, RULES, ON), "trigger") == [("verify", "medical_device", None, "title: x")]


@pytest.mark.parametrize(
    ("title", "category", "named"),
    [
        ("red Dress", None, True),
        ("address book", None, False),
        (None, "手机壳", True),
        ("two dresses", None, False),
        (None, None, False),
    ],
)
def test_goods_of_no_named_class_get_a_note(title, category, named):
    found = named_categories(goods(title=title, category=category), RULES, ON)
    assert told(found) == [] if named else [("note", category or title or "cup", None)]
