"""The pace of late: observed against expected arrivals."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tradewind.engine.transit.life_table import age_edges, arrived_by
from tradewind.engine.transit.pace import at_pace

EDGES = age_edges(60.0)
LANES = pl.DataFrame(
    {"service": ["post"], "node": ["YW"], "market": ["DE"], "region": [None]}, schema_overrides={"region": pl.String}
)
HAZARD = np.full((1, len(EDGES) - 1), 0.05)


def paces(observed: float, expected: float, service: str = "post") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "service": service,
            "node": "YW",
            "market": "DE",
            "band": [0, 1, 2, 3, 4],
            "observed": observed,
            "expected": expected,
        }
    )


def test_as_many_arrivals_as_expected_change_nothing():
    assert at_pace(HAZARD, LANES, paces(100.0, 100.0), 50.0) == pytest.approx(HAZARD)


def test_half_the_arrivals_expected_slow_everything_down_but_not_by_half_at_once():
    slow = at_pace(HAZARD, LANES, paces(500.0, 1000.0), 50.0)
    few = at_pace(HAZARD, LANES, paces(5.0, 10.0), 50.0)
    assert 0.024 < slow[0, 0] < few[0, 0] < 0.05
    assert (arrived_by(slow) <= arrived_by(HAZARD)).all()


def test_a_service_nobody_used_of_late_goes_at_the_pace_of_the_others():
    others = at_pace(HAZARD, LANES, paces(500.0, 1000.0, service="air"), 50.0)
    assert others[0, 0] == pytest.approx(1 - 0.95 ** (550 / 1050))


def test_no_evidence_changes_nothing():
    assert at_pace(HAZARD, LANES, pl.DataFrame(), 50.0) is HAZARD
