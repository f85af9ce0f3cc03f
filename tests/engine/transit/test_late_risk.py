"""Odds of being late for parcels under way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tradewind.engine.transit import TransitModel, fit_transit
from tradewind.engine.transit.late_risk import late_odds

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
KEY = {"platform": "ae", "shop": "s"}


def world(*open_parcels: tuple[str, float, float, list[tuple[str, float]]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """History: 200 parcels that took 5.1 .. 15.05 days, departed at day 2, out for delivery a day before arrival.

    `open_parcels`: id, age in days, promised after so many days, scans (milestone, days after creation).
    """
    parcels, events = [], []
    for i in range(200):
        created, took = AS_OF - timedelta(days=60 + i % 50), 5.1 + i * 0.05
        parcels.append({"parcel_id": f"old{i}", "created_at": created, "promised_at": created + timedelta(days=12)})
        for milestone, day in (("departed", 2.0), ("out_for_delivery", took - 1.0), ("delivered", took)):
            events.append(
                {"parcel_id": f"old{i}", "milestone": milestone, "happened_at": created + timedelta(days=day)}
            )
    for name, age, promised, scans in open_parcels:
        created = AS_OF - timedelta(days=age)
        parcels.append({"parcel_id": name, "created_at": created, "promised_at": created + timedelta(days=promised)})
        events += [{"parcel_id": name, "milestone": m, "happened_at": created + timedelta(days=d)} for m, d in scans]
    lane = {"service": "post", "node": "YW", "market": "DE", **KEY}
    return (
        pl.DataFrame([{**lane, **p, "known_at": p["created_at"]} for p in parcels]),
        pl.DataFrame([{**KEY, **e, "known_at": e["happened_at"]} for e in events]),
    )


def model(*open_parcels: tuple[str, float, float, list[tuple[str, float]]]) -> TransitModel:
    return fit_transit(*world(*open_parcels), as_of=AS_OF)


def row(frame: pl.DataFrame, parcel: str) -> dict:
    return frame.row(by_predicate=pl.col("parcel_id") == parcel, named=True)


def test_the_longer_a_parcel_has_waited_the_likelier_it_is_late():
    fit = model(("young", 3.0, 12.0, [("departed", 2.0)]), ("old", 11.0, 12.0, [("departed", 2.0)]))
    odds = late_odds(fit)
    young, old = row(odds, "young"), row(odds, "old")
    assert young["p_late"] == pytest.approx(0.3, abs=0.08)
    assert old["p_late"] == pytest.approx(0.8, abs=0.12)
    assert young["days_so_far"] == 3.0


def test_the_last_scan_counts_and_not_only_the_age():
    fit = model(
        ("near", 11.0, 12.5, [("departed", 2.0), ("out_for_delivery", 10.9)]), ("far", 11.0, 12.5, [("departed", 2.0)])
    )
    odds = late_odds(fit)
    assert row(odds, "near")["stage"] == "out_for_delivery"
    assert row(odds, "near")["p_late"] < 0.1 < row(odds, "far")["p_late"]
    assert row(odds, "near")["expected_days_left"] == pytest.approx(1.0, abs=0.3)


def test_a_promise_already_broken_is_late_for_sure():
    assert row(late_odds(model(("x", 14.0, 12.0, [("departed", 2.0)]))), "x")["p_late"] == 1.0


def test_delivered_and_given_up_parcels_and_those_without_a_promise_are_not_asked_about():
    parcels, events = world(
        ("done", 9.0, 12.0, [("delivered", 8.0)]),
        ("lost", 9.0, 12.0, [("lost", 8.0)]),
        ("free", 9.0, 12.0, []),
        ("open", 9.0, 12.0, []),
    )
    parcels = parcels.with_columns(promised_at=pl.when(pl.col("parcel_id") != "free").then("promised_at"))
    assert late_odds(fit_transit(parcels, events, as_of=AS_OF), parcels)["parcel_id"].to_list() == ["open"]


def test_only_the_parcels_named_come_back_in_the_order_of_their_keys():
    fit = model(*((name, 6.0, 12.0, [("departed", 2.0)]) for name in ("c", "a", "b")))
    named = pl.DataFrame([{**KEY, "parcel_id": p} for p in ("c", "a", "unknown")])
    assert late_odds(fit, named)["parcel_id"].to_list() == ["a", "c"]


def test_asked_two_days_later_without_a_new_scan_the_odds_have_risen():
    fit = model(("x", 8.0, 12.0, [("departed", 2.0)]))
    assert row(late_odds(fit, None, AS_OF + timedelta(days=2)), "x")["p_late"] > row(late_odds(fit), "x")["p_late"]


def test_a_scan_nobody_has_made_before_falls_back_on_the_age():
    fit = model(("x", 8.0, 12.0, [("exception", 7.9)]), ("y", 3.0, 12.0, [("departed", 2.0)]))
    odds = late_odds(fit)
    assert row(odds, "x")["basis"] == "transit_late_by_age"
    assert row(odds, "y")["basis"] == "transit_late_by_scan"
    assert 0.1 < row(odds, "x")["p_late"] < 0.9


@pytest.mark.parametrize(
    ("age", "promised", "late", "left"), [(8, 12, 0.43, 3.55), (8, 9, 0.86, 3.55), (12, 13, 0.67, 1.55)]
)
def test_the_odds_are_the_share_that_came_later_of_those_that_had_waited_as_long(age, promised, late, left):
    """Of the 200 that took 5.1 .. 15.05 days: those later than promised among those later than the age, by count."""
    odds = row(late_odds(model(("x", age, promised, [("departed", 2.0)]))), "x")
    assert odds["p_late"] == pytest.approx(late, abs=0.02)
    assert odds["expected_days_left"] == pytest.approx(left, abs=0.2)
    assert odds["p_never"] == pytest.approx(0.0, abs=1e-6)


def test_a_parcel_older_than_any_that_arrived_never_will():
    odds = row(late_odds(model(("x", 20.0, 25.0, [("departed", 2.0)]))), "x")
    assert (odds["p_late"], odds["p_never"], odds["expected_days_left"]) == (1.0, 1.0, None)
