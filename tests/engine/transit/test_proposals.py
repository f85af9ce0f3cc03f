"""Which late parcels buyers are told of, which are made good, and which are claimed as lost."""

from __future__ import annotations

import json

import polars as pl

from tradewind.engine.transit.proposals import parcels_late, parcels_lost, warn_late

LATE = pl.DataFrame(
    [("post", "ES", 0.5, 10.0, 40.0), ("post", "ES", 0.75, 20.0, 60.0), ("post", "ES", 0.49, 99.0, 99.0),
     ("air", "PL", 0.99, None, 30.0), ("air", "ES", 0.6, None, 5.0), ("air", "ES", 0.5, 8.0, 7.0)],
    schema=["service", "market", "p_late", "cost_if_late", "paid_amount"], orient="row",
).with_columns(p_never=pl.lit(0.0))  # fmt: skip


def test_parcels_as_likely_late_as_not_are_warned_of_by_service_and_market():
    """What it costs is expected of those whose cost is known, and unknown where none is."""
    found = warn_late({"late_parcels": LATE}, "CNY")
    assert found.select("service", "market", "expected_money", "reason").rows() == [
        ("post", "ES", 0.5 * 10 + 0.75 * 20, "action.warn_late.reason"),
        ("air", "PL", None, "action.warn_late.reason"),
        ("air", "ES", 0.5 * 8, "action.warn_late.reason"),
    ]
    told = [json.loads(args) for args in found["args"]]
    assert [(row["parcels"], row["expected_late"], row["paid"]) for row in told] == [
        (2, 1.25, 100.0), (1, 0.99, 30.0), (2, 1.1, 12.0)
    ]  # fmt: skip
    assert json.loads(found["evidence"][0]) == {"service": "post", "market": "ES"}


def late(*rows: tuple[float, float, float | None, float | None]) -> dict[str, pl.DataFrame]:
    """Parcels of one lane: odds to be late, never to come, cost if late, paid."""
    columns = ("p_late", "p_never", "cost_if_late", "paid_amount")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.Float64), orient="row")
    return {"late_parcels": frame.with_columns(service=pl.lit("post"), market=pl.lit("ES"))}


def test_every_parcel_is_warned_of_or_made_good_or_claimed():
    """Four parcels: perhaps late, late for certain, and two that almost surely never come, one of them late by now."""
    parcels = late((0.7, 0.1, 10.0, 50.0), (1.0, 0.899, 20.0, 60.0), (0.95, 0.9, 30.0, 70.0), (1.0, 1.0, 40.0, 80.0))
    found = {one.__name__: one(parcels, "CNY") for one in (warn_late, parcels_late, parcels_lost)}
    assert {name: json.loads(frame["args"].item())["parcels"] for name, frame in found.items()} == {
        "warn_late": 1, "parcels_late": 1, "parcels_lost": 2,
    }  # fmt: skip
    assert {name: frame["expected_money"].item() for name, frame in found.items()} == {
        "warn_late": 0.7 * 10, "parcels_late": 20.0, "parcels_lost": 0.9 * 70 + 80,
    }  # fmt: skip
    assert {name: frame["reason"].item() for name, frame in found.items()} == {
        name: f"action.{name}.reason" for name in found
    }


def test_what_is_late_for_certain_is_made_good_even_where_its_cost_is_not_known():
    found = parcels_late(late((1.0, 0.0, None, 60.0), (1.0, 0.0, None, None)), "CNY")
    assert (found["action"].item(), found["expected_money"].item()) == ("parcels_late", None)
    assert parcels_lost(late((1.0, 0.89, 1.0, 60.0)), "CNY").is_empty()
