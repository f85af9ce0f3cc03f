"""Drift: observed against expected arrivals."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tradewind.engine.transit.drift import observed_drift, with_drift
from tradewind.engine.transit.life_table import age_edges, arrived_by

EDGES = age_edges(60.0)
LANES = pl.DataFrame(
    {"service": ["post"], "node": ["YW"], "market": ["DE"], "region": [None]}, schema_overrides={"region": pl.String}
)
HAZARD = np.full((1, len(EDGES) - 1), 0.05)
USUAL = arrived_by(HAZARD)
THIN_END = np.where(np.arange(len(EDGES) - 1) < 60, HAZARD, 0.0)
"""Nobody arrives any more after stretch 60: what has not arrived by then is lost."""


def now(hazard: np.ndarray, seen: pl.DataFrame) -> np.ndarray:
    return arrived_by(with_drift(hazard, LANES, seen, 50.0))


def drift(observed: float, expected: float, service: str = "post") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "service": service,
            "node": "YW",
            "market": "DE",
            "observed": [observed],
            "expected": [expected],
        }
    )


def test_as_many_arrivals_as_expected_change_nothing():
    assert now(HAZARD, drift(100.0, 100.0)) == pytest.approx(USUAL)


def test_half_the_arrivals_expected_slow_everything_down_but_not_by_half_at_once():
    slow = now(HAZARD, drift(500.0, 1000.0))
    few = now(HAZARD, drift(5.0, 10.0))
    assert 0.024 < slow[0, 1] < few[0, 1] < 0.05
    assert (slow <= USUAL + 1e-12).all()


def test_congestion_delays_parcels_and_does_not_lose_them():
    slow = now(THIN_END, drift(500.0, 1000.0))
    assert slow[0, 40] < arrived_by(THIN_END)[0, 40]
    assert slow[0, -1] == pytest.approx(arrived_by(THIN_END)[0, -1])


def test_a_service_nobody_used_of_late_goes_with_the_drift_of_the_others():
    others = now(HAZARD, drift(500.0, 1000.0, service="air"))
    assert others[0, 1] == pytest.approx(1 - 0.95 ** (550 / 1050), rel=0.01)


def test_what_young_parcels_show_holds_for_old_ones():
    """Only arrivals of young parcels are seen to be halved; those of the old ages to come are taken to be as well."""
    lanes = LANES.with_columns(lane=pl.lit(0, pl.UInt32))
    counted = pl.DataFrame({"lane": [0, 0], "stretch": [4, 8], "arrived": [100.0, 0.0], "left": [0.0, 900.0]})
    seen = observed_drift(counted, lanes, HAZARD, EDGES, 14.0)
    assert seen["expected"][0] > 2 * seen["observed"][0]
    slow = with_drift(HAZARD, LANES, seen, 50.0)
    assert slow[0, 60] == pytest.approx(slow[0, 0], rel=0.1)
    assert slow[0, 0] < 0.04


def test_no_evidence_changes_nothing():
    assert now(HAZARD, pl.DataFrame()) == pytest.approx(USUAL)
