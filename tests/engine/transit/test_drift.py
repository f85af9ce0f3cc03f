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


THREE_EDGES = np.array([0.0, 14.0, 28.0, 42.0])
TENTH = np.array([[0.1, 0.1, 0.1]])
"""Of those that ever arrive 0, 0.1 / 0.271 = 37 % and 0.19 / 0.271 = 70 % have before each stretch."""


def tallied(*rows: tuple[int, int, float, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["lane", "stretch", "arrived", "left"], orient="row")


def numbered(*services: str, market: tuple[str, ...] | None = None) -> pl.DataFrame:
    markets = market or ("DE",) * len(services)
    lanes = pl.DataFrame(
        {
            "service": services,
            "node": "YW",
            "market": markets,
            "region": pl.Series([None] * len(services), dtype=pl.String),
        }
    )
    return lanes.with_row_index("lane")


def test_a_parcel_day_counts_twice_as_much_for_each_half_life_its_parcel_is_older():
    """100 parcels come of age 0, 88 of 14 and 76 of 28 days; weights had halved with the age of their creation.

    At risk: 100 - 4 / 2 (left early), then 100 - 14 = 86 - 2 / 2 and 86 - 14 = 72.
    """
    counted = tallied((0, 0, 10.0, 4.0), (0, 1, 12.0, 2.0), (0, 2, 3.0, 0.0), (0, 3, 0.0, 69.0))
    seen = observed_drift(counted, numbered("post"), TENTH, THREE_EDGES, 14.0)
    assert seen["observed"].to_list() == pytest.approx([10 * 1 + 12 * 2 + 3 * 4])
    assert seen["expected"].to_list() == pytest.approx([0.1 * (98 * 1 + 85 * 2 + 72 * 4)])


def test_the_weight_of_old_parcel_days_is_bounded():
    """28 days are 56 half-lives of half a day; forty are the most."""
    seen = observed_drift(tallied((0, 2, 1.0, 0.0)), numbered("post"), TENTH, THREE_EDGES, 0.5)
    assert seen["observed"].to_list() == [2.0**40]


def test_the_last_tenth_of_the_arrivals_says_nothing_of_drift():
    """Half arrive in the first stretch and eight tenths of the rest in the second: then exactly 90 of 100 have."""
    hazard = np.array([[0.5, 0.8, 1.0]])
    counted = tallied((0, 0, 10.0, 0.0), (0, 1, 10.0, 0.0), (0, 2, 10.0, 0.0))
    seen = observed_drift(counted, numbered("post"), hazard, THREE_EDGES, 1e9)
    assert seen["observed"].to_list() == pytest.approx([20.0])
    assert seen["expected"].to_list() == pytest.approx([0.5 * 30 + 0.8 * 20])


def test_the_last_tenth_is_of_those_that_ever_arrive():
    """46 of 100 have arrived before the last stretch and 50 ever do: 92 %."""
    hazard = np.array([[0.25, 0.21 / 0.75, 0.04 / 0.54]])
    seen = observed_drift(tallied((0, 2, 10.0, 0.0)), numbered("post"), hazard, THREE_EDGES, 1e9)
    assert seen["observed"].to_list() == [0.0]


def test_arrivals_where_none_were_expected_are_seen_all_the_same():
    seen = observed_drift(tallied((0, 0, 5.0, 0.0)), numbered("post"), np.zeros((1, 3)), THREE_EDGES, 1e9)
    assert seen.select("observed", "expected").rows() == [(5.0, 0.0)]


def test_a_lane_where_nothing_ever_arrives_stays_so():
    assert with_drift(np.zeros((1, 4)), LANES, drift(5.0, 10.0), 50.0).tolist() == [[0.0] * 4]


def test_each_lane_has_the_drift_of_its_group_within_the_drift_of_the_wider_ones():
    """Two lanes of the post, one by air; all three saw 30 arrivals of 60 expected, the post 10 of 40.

    k = 20.  All: (30 + 20) / (60 + 20) = 0.625.  Post: (10 + 20 * 0.625) / (40 + 20) = 0.375.
    Post to DE: (10 + 20 * 0.375) / (30 + 20) = 0.35, then once more for its node: (10 + 20 * 0.35) / 50 = 0.34.
    Post to FR: (0 + 7.5) / (10 + 20) = 0.25, then (0 + 20 * 0.25) / 30 = 1 / 6.
    Air: (20 + 12.5) / 40 = 0.8125, (20 + 16.25) / 40 = 0.90625, (20 + 18.125) / 40 = 0.953125.
    """
    lanes = numbered("post", "air", "post", market=("DE", "DE", "FR"))
    seen = lanes.with_columns(observed=pl.Series([10.0, 20.0, 0.0]), expected=pl.Series([30.0, 20.0, 10.0]))
    hazard = np.full((3, 60), 0.5)  # all arrive, but for one in 2 ** 60
    slowed = with_drift(hazard, lanes, seen, 20.0)
    assert slowed[:, 0] == pytest.approx([1 - 0.5**0.34, 1 - 0.5**0.953125, 1 - 0.5 ** (1 / 6)])
