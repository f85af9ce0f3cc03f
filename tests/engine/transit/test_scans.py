"""One history per parcel out of what shops and trackers say, trap by trap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.core.tables import MILESTONES, TABLES
from tradewind.core.text import LANGUAGES, catalogue
from tradewind.engine.transit.scans import RANK, resolved, unknown_events

START = datetime(2026, 3, 1, tzinfo=UTC)
LATER = datetime(2027, 1, 1, tzinfo=UTC)


def day(days: float) -> datetime:
    return START + timedelta(days=days)


def parcels(*numbers: str, market: str = "ES", **own: str) -> pl.DataFrame:
    """One parcel per tracking number, called p1, p2, ..., and those of `own`: parcel_id -> tracking number."""
    both = {f"p{i}": number for i, number in enumerate(numbers, 1)} | own
    rows = [
        {
            "platform": "aliexpress", "shop": "yiwu", "parcel_id": parcel, "tracking_no": number, "service": "std",
            "node": "CN", "market": market, "created_at": START, "known_at": START,
        }
        for parcel, number in both.items()
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=TABLES["parcels"].empty().schema)


def scans(*rows: tuple, number: str = "LP1") -> pl.DataFrame:
    """Scans a tracker tells: (milestone, days since the start, code, place), the last two optional."""
    frame = [
        {
            "platform": "*", "shop": "*", "parcel_id": number, "milestone": milestone, "happened_at": day(days),
            "code": (*more, None)[0], "place": (*more, None, None)[1], "known_at": day(days),
        }
        for milestone, days, *more in rows
    ]  # fmt: skip
    return pl.DataFrame(frame, schema=TABLES["events"].empty().schema)


def history(*rows: tuple) -> list[tuple[str, float]]:
    return days_of(resolved(scans(*rows), parcels("LP1")).used)


def days_of(frame: pl.DataFrame) -> list[tuple[str, float]]:
    return [(m, (at - START) / timedelta(days=1)) for m, at in frame.select("milestone", "happened_at").rows()]


def left_out(*rows: tuple) -> list[tuple[str, str]]:
    return resolved(scans(*rows), parcels("LP1")).unused.select("milestone", "reason").rows()


def test_a_trackers_scans_go_to_the_parcel_with_the_number_and_a_shops_to_its_own():
    shop = scans(("handed_over", 1)).with_columns(
        platform=pl.lit("aliexpress"), shop=pl.lit("yiwu"), parcel_id=pl.lit("p1")
    )
    history = resolved(pl.concat([shop, scans(("delivered", 9), number="lp 1")]), parcels("LP1"))
    assert history.used.select("parcel_id", "milestone").rows() == [("p1", "handed_over"), ("p1", "delivered")]


def test_orders_sent_in_one_parcel_share_its_scans():
    history = resolved(scans(("delivered", 9)), parcels("LP1", "LP1"))
    assert history.used["parcel_id"].to_list() == ["p1", "p2"]


def test_without_a_tracking_number_the_parcels_own_number_counts():
    history = resolved(scans(("delivered", 9)), parcels(LP1=None))
    assert history.used["parcel_id"].to_list() == ["LP1"]


def test_scans_of_numbers_nobody_sent_are_unknown():
    events = scans(("delivered", 9), number="LP9")
    assert resolved(events, parcels("LP1")).unknown["parcel_id"].to_list() == ["LP9"]
    assert unknown_events(events, parcels("LP1"))["parcel_id"].to_list() == ["LP9"]


def test_a_number_used_before_brings_no_scans_of_the_earlier_parcel():
    rows = [("delivered", -200), ("collected", 1)]
    assert history(*rows) == [("collected", 1)]
    assert left_out(*rows) == [("delivered", "scan_other_parcel")]


def test_two_trackers_telling_the_same_step_count_once():
    rows = [("departed", 3.0, "LH_DEPART"), ("departed", 3.1, "InTransit_Departure"), ("delivered", 9)]
    assert history(*rows) == [("departed", 3.0), ("delivered", 9)]
    assert left_out(*rows) == [("departed", "scan_duplicate")]


def test_in_transit_at_the_moment_of_a_telling_scan_adds_nothing():
    assert history(("in_transit", 3), ("departed", 3)) == [("departed", 3)]


def test_a_second_attempt_the_next_day_is_a_scan_of_its_own():
    rows = [("out_for_delivery", 8), ("delivery_failed", 8.2), ("out_for_delivery", 9), ("delivered", 9.2)]
    assert history(*rows) == rows


def test_import_customs_declared_before_the_parcel_left_is_no_clearance():
    rows = [("collected", 1), ("import_cleared", 2), ("departed", 3), ("arrived", 7), ("delivered", 9)]
    assert history(*rows) == [r for r in rows if r[0] != "import_cleared"]
    assert left_out(*rows) == [("import_cleared", "scan_predeclared")]


def test_without_a_departure_the_last_scan_of_the_export_side_tells_what_was_declared_ahead():
    rows = [("collected", 1), ("import_cleared", 2), ("export_cleared", 3)]
    assert left_out(*rows) == [("import_cleared", "scan_predeclared")]


def test_a_clearance_while_the_aircraft_is_in_the_air_counts():
    rows = [("departed", 3), ("import_cleared", 3.2), ("arrived", 3.6), ("delivered", 9)]
    assert history(*rows) == rows


def test_the_signature_of_a_pickup_point_is_no_delivery():
    rows = [("arrived", 5), ("at_pickup_point", 8, "GTMS_STA_SIGNED"), ("delivered", 8.001, "Delivered_001")]
    assert history(*rows) == [("arrived", 5), ("at_pickup_point", 8)]
    assert left_out(*rows) == [("delivered", "scan_pickup_signature")]
    assert history(*rows, ("delivered", 10, "GSTA_BUYER_SIGN"))[-1] == ("delivered", 10)


@pytest.mark.parametrize("end", ["returning", "returned", "lost", "destroyed"])
def test_a_later_return_or_loss_revokes_a_delivery(end):
    rows = [("arrived", 5), ("delivered", 8), (end, 12)]
    assert history(*rows) == [("arrived", 5), (end, 12)]
    assert left_out(*rows) == [("delivered", "scan_revoked")]


def test_who_signs_for_a_parcel_on_its_way_back_is_the_sender():
    rows = [("arrived", 5), ("returning", 12), ("delivered", 30)]
    assert left_out(*rows) == [("delivered", "scan_back_to_sender")]


def test_a_parcel_found_again_was_not_lost():
    rows = [("departed", 3), ("lost", 20), ("out_for_delivery", 24), ("delivered", 24.3)]
    assert left_out(*rows) == [("lost", "scan_found_again")]


def test_a_scan_that_contradicts_several_others_is_left_out():
    rows = [("collected", 1), ("delivered", 2), ("departed", 3), ("arrived", 7), ("out_for_delivery", 9)]
    assert history(*rows) == [r for r in rows if r[0] != "delivered"]
    assert left_out(*rows) == [("delivered", "scan_out_of_order")]


def test_of_two_scans_that_contradict_each_other_the_step_reported_late_is_left_out():
    assert left_out(("arrived", 7), ("departed", 8)) == [("departed", "scan_out_of_order")]


def test_a_delivery_before_another_round_of_delivery_was_none():
    rows = [("delivered", 8), ("out_for_delivery", 9), ("delivered", 9.3)]
    assert history(*rows) == [("out_for_delivery", 9), ("delivered", 9.3)]
    assert left_out(*rows) == [("delivered", "scan_superseded")]


def test_missing_steps_are_not_made_up():
    assert history(("collected", 1), ("delivered", 9)) == [("collected", 1), ("delivered", 9)]


def many(parcels_: int, hours_wrong: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Parcels flown in 6 to 10 hours; the tracker's clock at the airport abroad is wrong by so many hours."""
    numbers = [f"LP{i}" for i in range(parcels_)]
    flown = [
        scans(
            ("departed", 3, "LH_DEPART", "Hangzhou"),
            ("arrived", 3 + (6 + i % 5 + hours_wrong) / 24, "LH_ARRIVE", "Madrid"),
            ("delivered", 9, "Delivered", None),
            number=number,
        )
        for i, number in enumerate(numbers)
    ]
    return pl.concat(flown), parcels(*numbers)


def test_a_clock_that_many_parcels_prove_wrong_is_set_by_whole_hours():
    history = resolved(*many(40, hours_wrong=-12))
    assert history.unused.is_empty()
    assert set(history.used.filter(milestone="arrived")["hours_set"]) == {6}
    assert set(history.used.filter(pl.col("milestone") != "arrived")["hours_set"]) == {0}
    least = history.used.filter(milestone="arrived")["happened_at"].min()
    assert day(3) <= least < day(3) + timedelta(hours=1)


def test_all_scans_at_a_place_stand_on_its_clock():
    events, sent = many(40, hours_wrong=-12)
    sorted_there = scans(("in_transit", 3.2, "GTMS_SC_ARRIVE", "Madrid"), number="LP1")
    history = resolved(pl.concat([events, sorted_there]), sent)
    assert history.used.filter(milestone="in_transit")["hours_set"].to_list() == [6]


def test_a_tracker_that_names_no_places_has_one_clock_abroad_for_each_market():
    events, sent = many(40, hours_wrong=-12)
    events = events.with_columns(place=pl.lit(None, pl.String))
    right, also_sent = many(40, hours_wrong=0)
    right = right.with_columns(pl.col("parcel_id").str.replace("^", "B"), place=pl.lit(None, pl.String))
    also_sent = also_sent.with_columns(pl.col("parcel_id", "tracking_no").str.replace("^", "B"), market=pl.lit("PL"))
    history = resolved(pl.concat([events, right]), pl.concat([sent, also_sent])).used
    assert set(history.filter(pl.col("parcel_id").str.starts_with("B"))["hours_set"]) == {0}
    arrived = history.filter(pl.col("parcel_id").str.starts_with("p"), milestone="arrived")
    assert set(arrived["hours_set"]) == {6}


def test_a_few_impossible_parcels_prove_nothing_about_a_clock():
    history = resolved(*many(10, hours_wrong=-12))
    assert history.used["hours_set"].sum() == 0
    assert set(history.unused["reason"]) == {"scan_out_of_order"}


def test_clearances_declared_ahead_prove_nothing_about_a_clock():
    numbers = [f"LP{i}" for i in range(40)]
    rows = [("import_cleared", 2.8, "CC_IM_SUCCESS"), ("departed", 3, "LH_DEPART"), ("delivered", 9, "GTMS_SIGNED")]
    history = resolved(pl.concat([scans(*rows, number=n) for n in numbers]), parcels(*numbers))
    assert history.used["hours_set"].sum() == 0
    assert set(history.unused["reason"]) == {"scan_predeclared"}


def test_what_happens_later_changes_nothing_found_before():
    events, sent = many(40, hours_wrong=-12)
    more = scans(("returning", 20), ("delivered", 40), number="LP1")
    before = resolved(events, sent, as_of=day(10))
    after = resolved(pl.concat([events, more]), sent, as_of=day(10))
    assert before.used.equals(after.used)
    assert before.unused.equals(after.unused)


def test_nothing_gives_nothing():
    history = resolved(scans(), parcels())
    assert [history.used.height, history.unused.height, history.unknown.height] == [0, 0, 0]
    assert history.used.columns == history.unused.drop("reason").columns


def test_every_reason_has_its_sentence_in_both_languages():
    reasons = [k for k in catalogue("en") if k.startswith("scan_reason.")]
    assert len(reasons) == 9
    assert all(catalogue(lang)[k] for lang in LANGUAGES for k in reasons)


a_scan = st.tuples(st.sampled_from(MILESTONES), st.integers(-800, 960).map(lambda hours: hours / 24))


@settings(deadline=None, max_examples=60)
@given(st.lists(a_scan, max_size=12, unique=True), st.randoms(use_true_random=False))
def test_every_scan_is_used_or_not_once_in_an_order_that_is_possible(rows, random):
    history = resolved(scans(*rows), parcels("LP1"))
    assert sorted(days_of(history.used) + days_of(history.unused)) == sorted(history_of(rows))
    way = [(RANK[m], at) for m, at in days_of(history.used) if m in RANK]
    assert not any(a > b and at < bt - 1.001 / 24 for a, at in way for b, bt in way)
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert resolved(scans(*shuffled), parcels("LP1")).used.equals(history.used)


def history_of(rows: list[tuple[str, float]]) -> list[tuple[str, float]]:
    return days_of(scans(*rows))


@pytest.mark.parametrize(
    ("later", "kept"),
    [
        ("out_for_delivery", False),
        ("delivered", False),
        ("returning", False),
        ("customs_held", True),  # does not say where the parcel is
        ("collected", True),
    ],
)
def test_a_loss_is_withdrawn_by_a_later_scan_on_the_way_and_by_no_other(later, kept):
    assert (("lost", "scan_found_again") in left_out(("departed", 2), ("lost", 9), (later, 12))) is not kept


def test_a_loss_after_the_last_scan_on_the_way_stands():
    assert ("lost", 9.0) in history(("out_for_delivery", 5), ("lost", 9))


@pytest.mark.parametrize(("hours", "used"), [(11.9, 1), (12, 1), (12.1, 2)])
def test_a_scan_of_the_same_milestone_within_twelve_hours_is_the_same(hours, used):
    assert len(history(("customs_held", 5), ("customs_held", 5 + hours / 24))) == used


def test_in_transit_at_the_moment_of_another_scan_says_nothing_new():
    assert history(("in_transit", 3), ("departed", 3), ("in_transit", 4)) == [("departed", 3.0), ("in_transit", 4.0)]


@pytest.mark.parametrize(("day_of_scan", "used"), [(-30, 1), (-30.1, 0), (400, 1), (400.1, 0)])
def test_scans_long_before_or_after_belong_to_another_use_of_the_number(day_of_scan, used):
    told = resolved(scans(("delivered", day_of_scan)), parcels("LP1"))
    assert (told.used.height, told.unused["reason"].to_list()) == (used, [] if used else ["scan_other_parcel"])


@pytest.mark.parametrize(("minutes", "used"), [(10, False), (-10, False), (10.1, True), (-10.1, True)])
def test_a_delivery_within_ten_minutes_of_a_pickup_point_is_its_signature(minutes, used):
    at = 9 + minutes / 1440
    assert (("delivered", "scan_pickup_signature") in left_out(("at_pickup_point", 9), ("delivered", at))) is not used


def test_import_clearance_before_the_departure_or_else_the_last_export_scan_was_declared_ahead():
    assert left_out(("import_cleared", 2), ("departed", 3)) == [("import_cleared", "scan_predeclared")]
    assert left_out(("import_cleared", 2), ("collected", 1), ("export_cleared", 3)) == [
        ("import_cleared", "scan_predeclared")
    ]
    assert left_out(("import_cleared", 2), ("collected", 1), ("received_at_hub", 1.5)) == []
    assert left_out(("import_cleared", 4), ("export_cleared", 5), ("departed", 3)) == [
        ("export_cleared", "scan_out_of_order")
    ]


def test_who_signs_after_the_way_back_is_the_sender_and_a_delivery_before_it_did_not_last():
    assert left_out(("returning", 9), ("delivered", 12)) == [("delivered", "scan_back_to_sender")]
    assert left_out(("delivered", 7), ("returning", 9)) == [("delivered", "scan_revoked")]
    assert left_out(("delivered", 7), ("lost", 9)) == [("delivered", "scan_revoked")]
    assert left_out(("delivered", 9), ("returned", 9)) == [("delivered", "scan_back_to_sender")]


@pytest.mark.parametrize(("hours", "kept"), [(1, 2), (1.1, 1)])
def test_a_step_further_on_may_be_an_hour_earlier_at_most(hours, kept):
    assert len(history(("departed", 5), ("arrived", 5 - hours / 24))) == kept


def test_of_two_scans_that_contradict_the_one_less_far_on_the_way_goes_and_of_three_the_odd_one():
    assert left_out(("arrived", 3), ("collected", 5)) == [("collected", "scan_out_of_order")]
    assert left_out(("delivered", 1), ("collected", 2), ("departed", 3)) == [("delivered", "scan_out_of_order")]


def test_a_delivery_that_came_again_later_after_another_round_replaces_the_first():
    assert left_out(("delivered", 5), ("out_for_delivery", 7), ("delivered", 8)) == [("delivered", "scan_superseded")]
