"""How far the next weeks may drift from today's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from statistics import NormalDist

import numpy as np
import polars as pl
import pytest

from tradewind.core.distribution import Distribution
from tradewind.engine.transit import TransitModel, TransitParams, fit_transit
from tradewind.engine.transit.life_table import age_edges
from tradewind.engine.transit.overdispersion import cohort_stretch, overdispersion_of, with_overdispersion

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
EDGES = age_edges(60.0)
LOST = 0.1
CURVE = (1.0 - LOST) * (1.0 - np.exp(-((EDGES / 10.0) ** 2.5)))
"""Nine in ten arrive, after 10 days times a Weibull time of shape 2.5."""
CURVE = CURVE / CURVE[-1] * (1.0 - LOST)
LANES = pl.DataFrame({"service": ["post", "air"]})
PARAMS = TransitParams()


def cohort(stretch: float, parcels: int = 4000, age: float = 60.0, service: str = "post") -> pl.DataFrame:
    """Parcels `age` days old whose times are those of CURVE times `stretch`."""
    rng = np.random.default_rng(5)
    took = 10.0 * stretch * rng.weibull(2.5, parcels)
    arrived = (took < age) & (rng.uniform(size=parcels) > LOST)
    return pl.DataFrame({"service": service, "days": np.where(arrived, took, age), "arrived": arrived})


def errors(*log_stretches: float, error: float = 0.03, service: str = "post") -> pl.DataFrame:
    schema = {"service": pl.String, "log_stretch": pl.Float64, "error": pl.Float64, "age": pl.Float64}
    rows = [(service, stretch, error, 28.0 * (month + 1)) for month, stretch in enumerate(log_stretches)]
    return pl.DataFrame(rows, schema=schema, orient="row")


def overdispersion(seen: pl.DataFrame, params: TransitParams = PARAMS) -> float:
    return overdispersion_of(seen, params)["overdispersion"][0]


def year(log_drift: list[float], parcels: int = 300) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`parcels` every 28 days up to AS_OF, each such month (the newest first) with its own drift."""
    rng = np.random.default_rng(8)
    ago = np.concatenate([28.0 * (month + np.linspace(0.001, 0.999, parcels)) for month in range(len(log_drift))])
    took = 9.0 * np.exp(0.4 * rng.standard_normal(len(ago)) + np.repeat(log_drift, parcels))
    table = pl.DataFrame(
        {
            "platform": "ae",
            "shop": "s",
            "parcel_id": [str(i) for i in range(len(ago))],
            "service": "post",
            "node": "YW",
            "market": "DE",
            "created_at": [AS_OF - timedelta(days=float(d)) for d in ago],
            "happened_at": [AS_OF - timedelta(days=float(d - t)) for d, t in zip(ago, took, strict=True)],
        }
    )
    return table.drop("happened_at"), table.drop("service", "node", "market", "created_at").with_columns(
        milestone=pl.lit("delivered")
    )


def slowest_tenth(model: TransitModel, lanes: pl.DataFrame) -> float:
    return float(Distribution.from_frame(model.predict(lanes), "time").quantile(0.9)[0])


def test_a_cohort_that_took_a_third_longer_is_found_to():
    slow = cohort(4 / 3)
    got = cohort_stretch(slow, np.repeat(CURVE[None], slow.height, axis=0), EDGES)
    assert got["log_stretch"][0] == pytest.approx(np.log(4 / 3), abs=0.03)
    assert 0.002 < got["error"][0] < 0.02


def test_parcels_still_on_their_way_count_for_the_days_they_have_lived_through():
    young = cohort(4 / 3, age=9.0)
    got = cohort_stretch(young, np.repeat(CURVE[None], young.height, axis=0), EDGES)
    assert young["arrived"].mean() < 0.4
    assert got["log_stretch"][0] == pytest.approx(np.log(4 / 3), abs=0.05)


def test_each_service_has_its_own_stretch():
    both = pl.concat([cohort(1.2), cohort(0.8, service="air")])
    got = cohort_stretch(both, np.repeat(CURVE[None], both.height, axis=0), EDGES)
    assert got["service"].to_list() == ["air", "post"]
    assert got["log_stretch"].to_list() == pytest.approx([np.log(0.8), np.log(1.2)], abs=0.03)


def test_restless_months_widen_and_steady_ones_narrow_what_is_assumed_beforehand():
    steady, restless = overdispersion(errors(*[0.01] * 12)), overdispersion(errors(*[0.4, -0.4] * 6))
    assert steady < PARAMS.overdispersion < restless
    assert overdispersion_of(errors(), PARAMS).height == 0


def test_thin_cohorts_say_little_and_their_sampling_error_is_no_overdispersion():
    thin = overdispersion_of(errors(*[0.4, -0.4] * 6, error=0.4), PARAMS).row(0, named=True)
    sure = overdispersion_of(errors(*[0.4, -0.4] * 6, error=0.02), PARAMS).row(0, named=True)
    assert thin["freedom"] < sure["freedom"]
    assert thin["overdispersion"] < PARAMS.overdispersion < sure["overdispersion"]


def test_uncertain_drift_widens_both_sides_and_loses_no_parcel():
    curves = np.stack([CURVE, CURVE])
    known = pl.DataFrame({"service": ["post"], "overdispersion": [0.3], "freedom": [10.0]})
    wide = with_overdispersion(curves, LANES, known, EDGES, PARAMS)
    fast, slow = np.searchsorted(EDGES, [4.0, 15.0])
    assert wide[0, fast] > CURVE[fast]
    assert wide[0, slow] < CURVE[slow]
    assert wide[:, -1] == pytest.approx(1.0 - LOST)
    assert (np.diff(wide, axis=1) >= -1e-12).all()
    # The median hardly moves; air, of which nothing is known, has the prior overdispersion: less.
    assert np.interp(0.45, wide[0], EDGES) == pytest.approx(np.interp(0.45, CURVE, EDGES), rel=0.04)
    assert CURVE[slow] > wide[1, slow] > wide[0, slow]


def test_drift_known_for_certain_changes_nothing():
    certain = TransitParams(overdispersion=0.0)
    assert (
        with_overdispersion(CURVE[None], LANES[:1], overdispersion_of(errors(), certain), EDGES, certain) == CURVE
    ).all()


def test_a_network_whose_drift_jumps_is_promised_with_more_care():
    """Both have the same drift lately; one has been as likely a quarter slower or faster in the months before."""
    steady, jumping = year([0.0] * 12), year([0.0, 0.0, *[0.25, -0.25] * 5])
    models = [fit_transit(*facts, as_of=AS_OF) for facts in (steady, jumping)]
    assert models[0].overdispersion["overdispersion"][0] < 0.15 < models[1].overdispersion["overdispersion"][0]
    assert slowest_tenth(models[1], jumping[0]) > 1.03 * slowest_tenth(models[0], steady[0])


def test_overdispersion_knows_no_more_than_was_known():
    """What arrives after the fit, and what is only reported after it, changes nothing."""
    parcels, events = year([*[0.25, -0.25] * 6])
    before = AS_OF - timedelta(days=70)
    known = fit_transit(parcels, events.filter(pl.col("happened_at") <= before), as_of=before)
    reported = events.with_columns(
        known_at=pl.when(pl.col("happened_at") > before - timedelta(days=60)).then(AS_OF).otherwise(None)
    )
    unheard = fit_transit(parcels, reported.filter(pl.col("known_at").is_null()), as_of=before)
    assert fit_transit(parcels, events, as_of=before).overdispersion.equals(known.overdispersion)
    assert fit_transit(parcels, reported, as_of=before).overdispersion.equals(unheard.overdispersion)
    assert not known.overdispersion.equals(unheard.overdispersion)


def test_a_look_back_uses_what_was_known_at_that_moment():
    """A delivery reported late was no arrival for the forecast made before the report; it is for what came of it."""
    parcels, events = year([0.0] * 12)
    late = events.with_columns(known_at=pl.col("happened_at") + pl.duration(days=20))
    everything_reported = AS_OF + timedelta(days=90)
    assert late["known_at"].max() < everything_reported
    prompt, slow = (fit_transit(parcels, e, as_of=everything_reported).overdispersion for e in (events, late))
    assert not prompt.equals(slow)


def test_months_to_come_of_any_drift_are_covered_as_often_as_stated():
    """Drift with a standard deviation of 0.2, a year of it seen: over many such years, nine in ten are covered."""
    rng = np.random.default_rng(3)
    covered, unwidened = [], []
    for _ in range(200):
        known = overdispersion_of(errors(*0.2 * rng.standard_normal(12)), PARAMS)
        q = np.interp(0.9 * (1.0 - LOST), with_overdispersion(CURVE[None], LANES[:1], known, EDGES, PARAMS)[0], EDGES)
        times = 10.0 * rng.weibull(2.5, 500) * np.exp(0.2 * rng.standard_normal(500))
        covered.append((times <= q).mean())
        unwidened.append((times <= np.interp(0.9 * (1.0 - LOST), CURVE, EDGES)).mean())
    assert 0.89 <= np.mean(covered) <= 0.915
    assert np.mean(unwidened) < 0.87


def test_overdispersion_is_the_weighted_mean_of_squares_without_sampling_error():
    """Prior 0.2 in four months; 0.4 and -0.3 with errors of 0.1, of which each month counts 0.04 / (0.04 + 0.01).

    The month 28 days back counts half as much every 120 days; one of 0.05 lies within its error and adds nothing.
    """
    weight = [0.8 * 0.5 ** (28 * month / 120) for month in (1, 2, 3)]
    found = overdispersion_of(errors(0.4, -0.3, 0.05, error=0.1), PARAMS).row(0, named=True)
    squares = weight[0] * (0.4**2 - 0.01) + weight[1] * (0.3**2 - 0.01)
    assert found["freedom"] == pytest.approx(4 + sum(weight))
    assert found["overdispersion"] == pytest.approx(((4 * 0.2**2 + squares) / (4 + sum(weight))) ** 0.5)
    both = overdispersion_of(pl.concat([errors(0.1), errors(0.2, service="air")]), PARAMS)
    assert both["service"].to_list() == ["air", "post"]
    assert both["overdispersion"][0] > both["overdispersion"][1]


def test_a_curve_is_mixed_over_twenty_one_equally_likely_stretches():
    """All arrive on a straight line within ten days. Stretched by c, by day 5 the share 5 / (10 c) has, at most all."""
    edges = np.array([0.0, 2.5, 5.0, 10.0, 100.0])
    line = np.array([[0.0, 0.25, 0.5, 1.0, 1.0], [0.0] * 5])
    known = pl.DataFrame({"service": ["post"], "overdispersion": [0.3], "freedom": [1e9]})
    wide = with_overdispersion(line, pl.DataFrame({"service": ["post", "post"]}), known, edges, PARAMS)
    normal = NormalDist()
    stretches = [np.exp(0.3 * normal.inv_cdf((n + 0.5) / 21)) for n in range(21)]

    def arrived(day: float) -> float:
        beyond = [day / c - 10 for c in stretches]
        assert all(b <= 90 for b in beyond)
        return float(np.mean([min(day / (10 * c), 1.0) for c in stretches]))

    assert wide[0] == pytest.approx([0.0, arrived(2.5), arrived(5.0), arrived(10.0), 1.0], abs=1e-6)
    assert wide[1].tolist() == [0.0] * 5
