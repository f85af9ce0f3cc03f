"""A clock is set only where many parcels prove it wrong, by the least whole hours that make them possible."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tradewind.engine.transit.clocks import TRACKER, correct_clocks

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
RANK = {"collected": 1, "departed": 3, "arrived": 4, "import_cleared": 4, "delivered": 6, "in_transit": None}


def scans(parcels: int, *steps: tuple[str, float, str | None], market: str = "ES", first: int = 0) -> pl.DataFrame:
    """So many parcels with the same steps: (milestone, hours after the start, place)."""
    rows = [
        {"parcel": n, "milestone": milestone, "rank": RANK[milestone], "happened_at": START + timedelta(hours=hours),
         "place": place, "code": "GTMS_SIGNED", "market": market}
        for n in range(first, first + parcels)
        for milestone, hours, place in steps
    ]  # fmt: skip
    return pl.DataFrame(
        rows, schema_overrides={"rank": pl.Int8, "happened_at": pl.Datetime("us", "UTC"), "place": pl.String}
    )


def hours_set(frame: pl.DataFrame, milestone: str = "arrived") -> list[int]:
    found = correct_clocks(frame)
    moved = (found["happened_at"] - frame["happened_at"]).dt.total_hours()
    assert moved.to_list() == found["hours_set"].to_list()
    return found.filter(milestone=milestone)["hours_set"].unique().sort().to_list()


HOME, AWAY = ("departed", 0.0, "Hangzhou"), ("delivered", 90.0, "Madrid door")


@pytest.mark.parametrize(
    ("shown", "hours"),
    [(-5.0, 5), (-4.5, 5), (-0.9, 1), (-61 / 3600, 1), (-60 / 3600, 0), (2.0, 0), (-14.0, 14), (-14.5, 0)],
)
def test_an_arrival_before_the_departure_is_set_by_the_least_whole_hours(shown, hours):
    """A minute of slack; clocks are wrong by at most fourteen hours."""
    assert hours_set(scans(40, HOME, ("arrived", shown, "Madrid"), AWAY)) == [hours]


def test_a_clock_ahead_of_what_comes_after_is_set_back():
    assert hours_set(scans(40, HOME, ("arrived", 95.0, "Madrid"), AWAY)) == [-5]
    assert hours_set(scans(40, HOME, ("arrived", 90.0 + 60 / 3600, "Madrid"), AWAY)) == [0]
    assert hours_set(scans(40, HOME, ("arrived", 90.0 + 61 / 3600, "Madrid"), AWAY)) == [-1]


def test_of_two_clocks_that_contradict_each_other_the_one_abroad_is_set_and_the_sellers_stays():
    parcels = scans(40, ("departed", 0.0, "Yiwu"), ("arrived", -5.0, "Madrid"), ("delivered", 90.0, "Toledo"))
    assert hours_set(parcels, "arrived") == [5]
    assert hours_set(parcels, "departed") == hours_set(parcels, "delivered") == [0]


@pytest.mark.parametrize(("departures", "hours"), [(40, {"arrived": 5}), (41, {"arrived": 5, "departed": -5})])
def test_a_place_stands_abroad_when_its_steps_are_midway_or_further_on_average(departures, hours):
    """40 arrivals of rank 4 and 40 departures of rank 3 at Madrid: 3.5. One departure more, and it is at home."""
    wrong = scans(40, ("departed", 0.0, "Yiwu"), ("arrived", -5.0, "Madrid"))
    others = scans(departures, ("departed", 90.0, "Madrid"), first=100)
    found = correct_clocks(pl.concat([wrong, others])).filter(pl.col("parcel") < 100, pl.col("hours_set") != 0)
    assert dict(found.select("milestone", "hours_set").unique().rows()) == hours


def test_a_wrong_clock_at_home_is_set_where_the_clock_abroad_is_right_for_most():
    """Of 180 parcels arriving at Madrid 30 contradict it, a sixth: it is not the one that is wrong.

    What may come anywhere on the way and names no place stands on the clock at home.
    """
    wrong = scans(30, ("departed", 5.0, None), ("in_transit", 6.0, None), ("arrived", 0.0, "Madrid"), AWAY)
    right = scans(150, HOME, ("arrived", 30.0, "Madrid"), AWAY, first=100)
    found = correct_clocks(pl.concat([wrong, right]))
    told = found.filter(pl.col("parcel") < 100).select("milestone", "hours_set").unique().rows()
    assert dict(told) == {"departed": -5, "in_transit": -5, "arrived": 0, "delivered": 0}
    assert set(found.filter(pl.col("parcel") >= 100)["hours_set"]) == {0}


@pytest.mark.parametrize(("wrong", "hours"), [(20, [5]), (19, [0])])
def test_twenty_parcels_prove_a_clock_wrong(wrong, hours):
    assert hours_set(scans(wrong, HOME, ("arrived", -5.0, "Madrid"), AWAY)) == hours


@pytest.mark.parametrize(("fine", "hours"), [(80, [5]), (81, [0])])
def test_a_fifth_of_a_clocks_parcels_must_be_impossible(fine, hours):
    wrong = scans(20, HOME, ("arrived", -5.0, "Madrid"), AWAY)
    right = scans(fine, HOME, ("arrived", 30.0, "Madrid"), AWAY, first=100)
    assert hours_set(pl.concat([wrong, right])) == hours


@pytest.mark.parametrize(("odd", "hours"), [(2, [5]), (3, [0])])
def test_one_offset_must_make_nineteen_of_twenty_possible(odd, hours):
    """38 parcels are five hours off; of two or three more the arrival is days too late, whatever the hours."""
    wrong = scans(38, HOME, ("arrived", -5.0, "Madrid"), AWAY)
    late = scans(odd, HOME, ("arrived", 300.0, "Madrid"), AWAY, first=100)
    assert hours_set(pl.concat([wrong, late])) == hours


@pytest.mark.parametrize(("right", "hours"), [(80, 5), (81, 0)])
def test_two_steps_of_equal_standing_bound_no_clock_whichever_came_first(right, hours):
    """20 of 100 parcels prove Madrid's clock wrong, or of 101; 50 seen at Paris an hour before or after say nothing."""
    proving = [
        scans(20, HOME, ("arrived", -5.0, "Madrid"), AWAY),
        scans(right, HOME, ("arrived", 30.0, "Madrid"), AWAY, first=100),
    ]
    for paris in (29.0, 31.0):
        neither = scans(50, ("arrived", 30.0, "Madrid"), ("arrived", paris, "Paris"), first=200)
        found = correct_clocks(pl.concat([*proving, neither]))
        assert set(found.filter(place="Madrid")["hours_set"]) == {hours}


def test_each_place_has_a_clock_of_its_own():
    wrong = scans(30, HOME, ("arrived", -5.0, "Madrid"), AWAY)
    right = scans(30, HOME, ("arrived", 30.0, "Paris"), AWAY, first=100)
    found = correct_clocks(pl.concat([wrong, right])).filter(milestone="arrived")
    assert found.group_by("place").agg(pl.col("hours_set").unique()).sort("place").rows() == [
        ("Madrid", [5]),
        ("Paris", [0]),
    ]


def test_without_a_place_all_scans_abroad_towards_a_market_stand_on_one_clock():
    wrong = scans(30, ("departed", 0.0, None), ("arrived", -5.0, None), ("delivered", 90.0, None))
    found = correct_clocks(wrong)
    told = dict(found.group_by("milestone").agg(pl.col("hours_set").unique().first()).rows())
    assert told == {"departed": 0, "arrived": 5, "delivered": 5}


def test_clearances_prove_nothing():
    assert hours_set(scans(40, HOME, ("import_cleared", -5.0, "Madrid"), AWAY), "import_cleared") == [0]


@pytest.mark.parametrize(
    ("code", "tracker"),
    [("EMA", "upu"), ("InTransit_001", "aftership"), ("IN_TRANSIT_01", "track123"), ("GTMS_SIGNED", "cainiao"),
     ("InTransit_Departure", "17track"), ("101", "kuaidi100"), ("Parcel has left", "words")],
)  # fmt: skip
def test_a_tracker_is_told_from_the_style_of_its_codes(code, tracker):
    assert pl.DataFrame({"code": [code]}).select(TRACKER).item() == tracker
