"""Life tables: censoring, shrinkage, inversion."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.engine.transit.life_table import age_edges, area_to, arrived_by, at_age, distributions, hazards, tally

EDGES = age_edges(120.0)
NUMBER = {"a": 0, "b": 1, "new": 2, None: None}


def trips(*rows: tuple[str | None, float, bool]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "lane": [NUMBER[r[0]] for r in rows],
            "days": [r[1] for r in rows],
            "arrived": [r[2] for r in rows],
            "weight": [1.0] * len(rows),
        },
        schema_overrides={"lane": pl.Int64, "days": pl.Float64},
    )


def curve(table: pl.DataFrame, lane: str | None = None, pseudo: float = 0.0) -> np.ndarray:
    levels = [(), ("lane",)]
    lanes = pl.DataFrame({"lane": [NUMBER[lane]]}, schema={"lane": pl.Int64})
    return arrived_by(hazards(tally(table, ["lane"], EDGES, "weight"), lanes, levels, EDGES, pseudo))


def test_parcels_in_flight_keep_the_odds_from_looking_too_fast():
    """Ten parcels: five arrived on day 4.6, five have been under way for 8 days. Of those that lived past day 5
    nobody arrived by day 8, so the odds of arriving within 5 days are a half, not one."""
    table = trips(*[("a", 4.6, True)] * 5, *[("a", 8.1, False)] * 5)
    delivered_only = trips(*[("a", 4.6, True)] * 5)
    assert at_age(curve(table), EDGES, np.array([5.0]))[0] == pytest.approx(0.5)
    assert at_age(curve(delivered_only), EDGES, np.array([5.0]))[0] == pytest.approx(1.0)


def test_a_censored_parcel_counts_for_the_ages_it_lived_through_and_no_more():
    """Kaplan and Meier by hand: 4 at risk, one arrives in [2, 2.25); one leaves unseen at 3; then one of two arrives
    at 5: 1 - (3/4)(1/2) = 0.625."""
    table = trips(("a", 2.1, True), ("a", 3.1, False), ("a", 5.1, True), ("a", 119.0, False))
    by_six = at_age(curve(table, "a"), EDGES, np.array([6.0]))[0]
    assert by_six == pytest.approx(0.625)


def test_what_outlives_the_table_never_arrives():
    table = trips(*[("a", 4.6, True)] * 90, *[("a", 200.0, False)] * 10)
    distribution = distributions(curve(table), EDGES)
    assert distribution.p_zero[0] == pytest.approx(0.1)
    assert distribution.mean[0] == pytest.approx(4.625, abs=0.13)


def test_a_lane_without_parcels_is_the_wider_group_and_one_with_many_is_itself():
    table = trips(*[("a", 4.6, True)] * 20, *[("b", 20.3, True)] * 2000)
    everything = curve(table, None)
    assert np.allclose(curve(table, "new", 20.0), everything)
    assert at_age(curve(table, "b", 20.0), EDGES, np.array([10.0]))[0] < 0.001


def test_a_thin_lane_is_the_stated_mix_of_its_own_parcels_and_the_wider_group():
    """20 parcels of its own against 20 borrowed: half its own word, half the service's."""
    table = trips(*[("a", 4.6, True)] * 20, *[("b", 20.3, True)] * 20)
    wide = at_age(curve(table), EDGES, np.array([10.0]))[0]
    assert wide == pytest.approx(0.5)
    assert at_age(curve(table, "a", 20.0), EDGES, np.array([10.0]))[0] == pytest.approx(0.5 * 1.0 + 0.5 * wide)


def test_ages_nobody_has_reached_yet_are_not_taken_for_never():
    """All parcels are at most 10 days old and a tenth arrives every day: those left are slow, not lost."""
    table = trips(*[("a", d + 0.6, True) for d in range(10) for _ in range(10)], *[("a", 9.9, False)] * 100)
    distribution = distributions(curve(table), EDGES)
    assert distribution.p_zero[0] < 0.05


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 200), st.booleans()), min_size=1, max_size=40), st.floats(0, 50))
def test_curves_rise_from_zero_and_distributions_are_ordered(rows, pseudo):
    table = trips(*[("a", d, arrived) for d, arrived in rows])
    rising = curve(table, "a", pseudo)
    assert rising[0, 0] == 0.0
    assert (np.diff(rising) >= -1e-12).all()
    assert rising.max() <= 1.0 + 1e-12
    distribution = distributions(rising, EDGES)
    assert (np.diff(distribution.quantiles) >= 0).all()
    assert 0 <= distribution.p_zero[0] <= 1


def test_the_area_under_a_curve_is_its_integral():
    ramp = np.clip(EDGES / 20.0, 0, 1)[None, :]
    assert area_to(ramp, EDGES, np.array([10.0]))[0] == pytest.approx(2.5)
    assert area_to(ramp, EDGES, np.array([30.0]))[0] == pytest.approx(20.0)


@pytest.mark.parametrize("never_after_days", [7.0, 60.0, 120.0, 365.0])
def test_the_table_ends_where_nobody_waits_any_more(never_after_days):
    edges = age_edges(never_after_days)
    assert edges[0] == 0.0
    assert edges[-1] == never_after_days
    assert (np.diff(edges) > 0).all()
