"""Life tables: censoring, shrinkage, inversion."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.engine.transit.life_table import (
    age_edges,
    ages_at,
    area_to,
    arrived_by,
    at_age,
    distributions,
    hazard_of,
    hazards,
    tally,
)

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


def test_stretches_are_six_hours_long_until_the_tenth_day_and_two_days_from_the_sixtieth_on():
    lengths, counted = np.unique(np.diff(age_edges(120.0)), return_counts=True)
    assert dict(zip(lengths.tolist(), counted.tolist(), strict=True)) == {0.25: 40, 0.5: 40, 1.0: 30, 2.0: 30}
    assert age_edges(10.5)[-3:].tolist() == [9.75, 10.0, 10.5]
    assert age_edges(365.0)[-3:].tolist() == [362.0, 364.0, 365.0]


COARSE = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 6.0])


def test_a_tally_counts_arrivals_and_leaving_unseen_by_group_and_stretch():
    """On the edge of two stretches the later one counts; stretch 5 is: outlived them all."""
    rows = [
        (1, 2, 0.9, True, 1.0), (1, 2, 1.0, True, 0.5), (1, 2, 1.5, True, 2.0), (1, 2, 1.9, False, 0.25),
        (1, 0, 6.0, False, 1.0), (1, 0, 99.0, False, 1.0), (0, 1, 5.9, True, 4.0),
    ]  # fmt: skip
    table = pl.DataFrame(rows, schema=["lane", "stage", "days", "arrived", "weight"], orient="row")
    assert tally(table, ["lane", "stage"], COARSE, "weight").rows() == [
        (0, 1, 4, 4.0, 0.0), (1, 0, 5, 0.0, 2.0), (1, 2, 0, 1.0, 0.0), (1, 2, 1, 2.5, 0.25)
    ]  # fmt: skip


def of_all(table: pl.DataFrame) -> list[float]:
    one = pl.DataFrame({"lane": [0]})
    return hazards(tally(table, ["lane"], COARSE, "weight"), one, [()], COARSE, 0.0)[0].tolist()


def test_ages_fewer_than_three_have_reached_have_the_daily_rate_of_the_last_tenth_of_the_arrivals():
    """Of 20 10 arrive, then 5 of 10, then one of 5 while 4 leave: 5 - 4 / 2 = 3 at risk, just enough.

    Of 16 arrivals those past 14.4 are the last tenth: 5 + 1 in the second and third stretch, of 10 + 3 days at risk.
    """
    first = [("a", 0.5, True)] * 10 + [("a", 1.5, True)] * 5
    seen = of_all(trips(*first, ("a", 2.5, True), *[("a", 2.5, False)] * 4))
    rate = 6 / 13
    assert seen == pytest.approx([0.5, 0.5, 1 / 3, 1 - np.exp(-rate), 1 - np.exp(-2 * rate)])
    few = of_all(trips(*first, *[("a", 2.5, False)] * 5))  # 5 - 5 / 2 at risk: not enough to say that nobody arrives
    rate = 5 / 10
    assert few == pytest.approx([0.5, 0.5, *[1 - np.exp(-rate)] * 2, 1 - np.exp(-2 * rate)])


def test_each_lane_asked_for_has_its_own_hazards_also_one_asked_for_twice():
    """Of lane a a half arrives in the first stretch and the rest never, of b all in the last stretch."""
    table = trips(*[("a", 0.5, True)] * 10, *[("a", 99.0, False)] * 10, *[("b", 5.0, True)] * 20)
    asked = pl.DataFrame({"lane": [1, 0, 1, None]}, schema={"lane": pl.Int64})
    found = hazards(tally(table, ["lane"], COARSE, "weight"), asked, [(), ("lane",)], COARSE, 0.0)
    wide = [10 / 40, 0.0, 0.0, 0.0, 20 / 30]
    assert found == pytest.approx(np.array([[0, 0, 0, 0, 1.0], [0.5, 0, 0, 0, 0], [0, 0, 0, 0, 1.0], wide]))


def test_ages_at_which_curves_reach_a_share_lie_on_the_straight_lines_between_edges():
    curves = np.array([[0.0, 0.5, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]])
    edges, levels = np.array([0.0, 1.0, 3.0, 9.0]), np.array([0.25, 0.5, 0.75, 1.0])
    assert ages_at(curves, edges, levels).tolist() == [[0.5, 1.0, 2.0, 3.0], [1.5, 2.0, 2.5, 3.0]]
    assert ages_at(curves / 2, edges, np.array([0.9])).tolist() == [[9.0], [9.0]]  # never: the end of the table


def test_a_curve_and_the_area_under_it_between_two_edges_and_at_the_end():
    ramp = np.clip(EDGES / 20.0, 0, 1)[None, :]
    assert at_age(ramp, EDGES, np.array([10.2]))[0] == pytest.approx(0.51)
    assert at_age(ramp, EDGES, np.array([-1.0]))[0] == 0.0
    assert at_age(ramp, EDGES, np.array([500.0]))[0] == 1.0
    assert area_to(ramp, EDGES, np.array([10.2]))[0] == pytest.approx(10.2**2 / 40)
    assert area_to(ramp, EDGES, np.array([120.0]))[0] == pytest.approx(110.0)
    assert area_to(np.repeat(ramp, 2, axis=0), EDGES, np.array([4.0, 30.0])) == pytest.approx([0.4, 20.0])


def test_the_mean_is_that_of_those_that_arrive():
    """Half of the arrivals on the first day, half on the fourth; of the second row nobody ever."""
    found = distributions(np.array([[0.0, 0.4, 0.4, 0.8], [0.0] * 4]), np.array([0.0, 1.0, 3.0, 4.0]))
    assert found.mean[0] == pytest.approx((0.5 + 3.5) / 2)
    assert found.p_zero == pytest.approx([0.2, 1.0])


def test_hazards_come_back_from_the_curves_they_make():
    given = np.array([[0.1, 0.0, 0.5, 1.0, 0.0]])
    assert arrived_by(given)[0] == pytest.approx([0.0, 0.1, 0.1, 0.55, 1.0, 1.0])
    assert hazard_of(arrived_by(given)) == pytest.approx(given)
