"""Which late parcels buyers are told of."""

from __future__ import annotations

import json

import polars as pl

from tradewind.engine.transit.proposals import warn_late

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
