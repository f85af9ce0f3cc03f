"""What `fit_transit` and `predict` promise of any parcels: the battery, and simulated lanes whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from tradewind.core.distribution import Distribution
from tradewind.core.errors import MissingColumnError, ParameterError
from tradewind.engine.transit import TransitModel, TransitParams, fit_transit
from tradewind.engine.transit.late_risk import late_odds

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
CERTAIN = TransitParams(overdispersion=0.0)
"""The drift is taken to stay, so that the distribution is that of the past alone."""
LANE = ["service", "node", "market", "region"]


def simulated(
    lanes: dict[tuple[str, str, str], tuple[float, float]],
    parcels: int = 400,
    *,
    days: float = 150.0,
    lost: float = 0.0,
    seed: int = 3,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`parcels` a lane, created evenly over the last `days`; times lognormal with the given median and log-sd."""
    rng = np.random.default_rng(seed)
    frames = []
    for number, ((service, node, market), (median, spread)) in enumerate(lanes.items()):
        created = AS_OF - pl.Series(np.linspace(0.01, days, parcels) * 86400e6).cast(pl.Duration("us"))
        took = median * np.exp(spread * rng.standard_normal(parcels))
        gone = rng.uniform(size=parcels) < lost
        frames.append(
            pl.DataFrame(
                {
                    "platform": "ae",
                    "shop": "s",
                    "parcel_id": [f"{number}-{i}" for i in range(parcels)],
                    "service": service,
                    "node": node,
                    "market": market,
                    "region": pl.Series([None] * parcels, dtype=pl.String),
                    "created_at": created,
                    "known_at": created,
                    "took": pl.Series(took * 86400e6).cast(pl.Duration("us")),
                    "gone": gone,
                }
            )
        )
    table = pl.concat(frames)
    delivered = table.filter(~pl.col("gone")).select(
        "platform",
        "shop",
        "parcel_id",
        milestone=pl.lit("delivered"),
        happened_at=pl.col("created_at") + pl.col("took"),
    )
    collected = table.select(
        "platform",
        "shop",
        "parcel_id",
        milestone=pl.lit("collected"),
        happened_at=pl.col("created_at") + pl.col("took") / 4,
    )
    events = pl.concat([delivered, collected]).with_columns(known_at="happened_at")
    return table.drop("took", "gone"), events


def distribution(lanes: pl.DataFrame) -> Distribution:
    return Distribution.from_frame(lanes, "time")


def content(model: TransitModel, parcels: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    promised = parcels.with_columns(promised_at=pl.col("created_at") + timedelta(days=12))
    return model.predict(promised), late_odds(model)


POST = {("post", "YW", "DE"): (9.0, 0.4)}
TWO = {("post", "YW", "DE"): (9.0, 0.4), ("air", "YW", "DE"): (4.0, 0.3)}


def test_the_future_changes_nothing():
    parcels, events = simulated(POST)
    parcels = parcels.with_columns(promised_at=pl.col("created_at") + timedelta(days=12))
    before = AS_OF - timedelta(days=30)
    known = fit_transit(parcels, events, as_of=before)
    hidden = fit_transit(
        parcels.filter(pl.col("created_at") <= before), events.filter(pl.col("known_at") <= before), as_of=before
    )
    for a, b in zip(content(known, parcels), content(hidden, parcels), strict=True):
        assert a.height > 0
        assert a.equals(b)


def test_the_order_of_rows_does_not_matter():
    parcels, events = simulated(TWO)
    parcels = parcels.with_columns(promised_at=pl.col("created_at") + timedelta(days=12))
    one = fit_transit(parcels, events, as_of=AS_OF)
    other = fit_transit(parcels.sample(fraction=1, shuffle=True, seed=1), events.reverse(), as_of=AS_OF)
    for a, b in zip(content(one, parcels), content(other, parcels), strict=True):
        assert a.equals(b)


def test_distributions_are_ordered_and_odds_are_odds():
    parcels, events = simulated(TWO, lost=0.1)
    lanes = fit_transit(parcels, events, as_of=AS_OF).predict(parcels)
    assert lanes.height == 2
    assert (np.diff(distribution(lanes).quantiles, axis=1) >= 0).all()
    assert lanes["p_zero"].is_between(0, 1).all()
    assert (lanes["mean"] > 0).all()


def test_no_parcels_at_all_give_lanes_that_say_so():
    parcels, events = simulated(POST)
    lanes = fit_transit(parcels.clear(), events.clear(), as_of=AS_OF).predict(parcels)
    assert lanes["basis"].to_list() == ["transit_nothing_known"]
    assert lanes["mean"].to_list() == [None]
    assert lanes["parcels"].to_list() == [0]


def test_no_shipments_give_no_lanes():
    parcels, events = simulated(POST)
    model = fit_transit(parcels, events, as_of=AS_OF)
    assert model.predict(parcels.clear()).height == 0
    assert late_odds(model).height == 0


def test_quantiles_of_a_simulated_lane_are_those_it_was_drawn_from():
    parcels, events = simulated(POST, parcels=4000)
    model = fit_transit(parcels, events, as_of=AS_OF, params=CERTAIN)
    got = distribution(model.predict(parcels)).quantile(np.array([[0.1, 0.5, 0.9]]))[0]
    z = np.array([-1.2816, 0.0, 1.2816])
    assert got == pytest.approx(9.0 * np.exp(0.4 * z), rel=0.06)


def test_each_lane_covers_its_own_parcels_to_come():
    lanes = {("post", "YW", m): (median, 0.35) for m, median in [("DE", 8.0), ("FR", 10.0), ("BR", 20.0), ("ES", 12.0)]}
    parcels, events = simulated(lanes, parcels=600)
    predicted = fit_transit(parcels, events, as_of=AS_OF).predict(parcels)
    rng = np.random.default_rng(99)
    for row, q in zip(predicted.iter_rows(named=True), distribution(predicted).quantile(0.9), strict=True):
        median, spread = lanes[(row["service"], row["node"], row["market"])]
        future = median * np.exp(spread * rng.standard_normal(20_000))
        assert 0.85 <= (future <= q).mean() <= 0.95


def test_forgetting_parcels_in_flight_would_make_a_growing_lane_look_fast():
    """All parcels were created in the last 20 days, and usually take 9: the slow ones are still on the way."""
    parcels, events = simulated(POST, parcels=2000, days=20.0)
    delivered = events.filter((pl.col("milestone") == "delivered") & (pl.col("known_at") <= AS_OF))
    took = delivered.join(parcels, on=["platform", "shop", "parcel_id"]).select(
        (pl.col("happened_at") - pl.col("created_at")).dt.total_seconds() / 86400
    )
    naive = float(np.quantile(took.to_numpy(), 0.9))
    ours = distribution(fit_transit(parcels, events, as_of=AS_OF, params=CERTAIN).predict(parcels)).quantile(0.9)[0]
    true = 9.0 * np.exp(0.4 * 1.2816)
    assert naive < 0.92 * true
    assert ours == pytest.approx(true, rel=0.06)


def test_lost_parcels_become_odds_of_never_arriving():
    parcels, events = simulated(POST, parcels=4000, days=300.0, lost=0.08)
    lanes = fit_transit(parcels, events, as_of=AS_OF).predict(parcels)
    assert lanes["p_zero"][0] == pytest.approx(0.08, abs=0.02)
    assert lanes["mean"][0] == pytest.approx(9.0 * np.exp(0.08), rel=0.06)


def test_a_thin_lane_lies_between_its_own_parcels_and_its_service():
    parcels, events = simulated({("post", "YW", "DE"): (8.0, 0.2)}, parcels=500)
    few, few_events = simulated({("post", "YW", "BR"): (20.0, 0.2)}, parcels=10)
    few = few.with_columns(parcel_id="br" + pl.col("parcel_id"))
    few_events = few_events.with_columns(parcel_id="br" + pl.col("parcel_id"))
    model = fit_transit(pl.concat([parcels, few]), pl.concat([events, few_events]), as_of=AS_OF)
    lanes = model.predict(pl.concat([parcels, few]))
    brazil, germany = lanes.row(0, named=True), lanes.row(1, named=True)
    assert brazil["basis"] == "transit_lane_thin"
    assert germany["basis"] == "transit_lane"
    assert 9.0 < brazil["mean"] < 17.0


def test_a_lane_never_seen_travels_as_its_service_does_elsewhere():
    parcels, events = simulated(TWO)
    model = fit_transit(parcels, events, as_of=AS_OF)
    unseen = pl.DataFrame({"service": ["air", "sea"], "node": "NB", "market": "FR"})
    lanes = model.predict(unseen)
    air = model.predict(parcels.filter(pl.col("service") == "air"))
    assert lanes["basis"].to_list() == ["transit_service_only", "transit_other_services"]
    assert lanes["mean"][0] == pytest.approx(air["mean"][0], rel=0.15)
    assert lanes["parcels"].to_list() == [0, 0]


def test_a_slow_region_is_slow_in_its_own_right():
    near, near_events = simulated({("post", "YW", "BR"): (8.0, 0.2)}, parcels=300, seed=1)
    far, far_events = simulated({("post", "YW", "BR"): (16.0, 0.2)}, parcels=300, seed=2)
    far, far_events = (f.with_columns(parcel_id="f" + pl.col("parcel_id")) for f in (far, far_events))
    parcels = pl.concat([near.with_columns(region=pl.lit("SP")), far.with_columns(region=pl.lit("AM"))])
    model = fit_transit(parcels, pl.concat([near_events, far_events]), as_of=AS_OF)
    amazonas, paulo = model.predict(parcels)["mean"]
    everywhere = model.predict(parcels.drop("region"))["mean"][0]
    assert amazonas > 14.0
    assert paulo < 9.5
    assert paulo < everywhere < amazonas


def test_congestion_of_the_last_weeks_is_felt_before_its_parcels_arrive():
    """The same lane, but for three weeks nothing has arrived at all: what is now sent is expected later."""
    parcels, events = simulated(POST, parcels=3000)
    strike = AS_OF - timedelta(days=21)
    stuck = events.filter((pl.col("milestone") != "delivered") | (pl.col("happened_at") <= strike))
    usual = fit_transit(parcels, events, as_of=AS_OF).predict(parcels)["mean"][0]
    now = fit_transit(parcels, stuck, as_of=AS_OF).predict(parcels)
    assert distribution(now).quantile(0.5)[0] > 1.3 * usual


def test_bad_input_is_named():
    parcels, events = simulated(POST)
    with pytest.raises(ParameterError, match="time zone"):
        fit_transit(parcels, events, as_of=datetime(2026, 6, 1))
    with pytest.raises(MissingColumnError, match="happened_at"):
        fit_transit(parcels, events.drop("happened_at"), as_of=AS_OF)
    with pytest.raises(MissingColumnError, match="market"):
        fit_transit(parcels, events, as_of=AS_OF).predict(parcels.drop("market"))
    with pytest.raises(ParameterError, match="half_life_days"):
        TransitParams(half_life_days=0)
    with pytest.raises(ParameterError, match="overdispersion"):
        TransitParams(overdispersion=-0.1)
    with pytest.raises(ParameterError, match="pseudo_months"):
        TransitParams(pseudo_months=1)


def test_a_lane_seldom_used_takes_both_its_nodes_and_its_regions_habits():
    """Yiwu is slow, Madrid fast; region N fast, region S slow. From Madrid to S there are three parcels only."""
    pairs = {("YW", "N"): (12.0, 400), ("YW", "S"): (18.0, 400), ("MAD", "N"): (4.0, 400), ("MAD", "S"): (6.0, 3)}
    tables = []
    for number, ((node, region), (median, count)) in enumerate(pairs.items()):
        p, e = simulated({("post", node, "ES"): (median, 0.2)}, parcels=count, seed=number)
        named = {"parcel_id": f"{number}-" + pl.col("parcel_id")}
        tables.append((p.with_columns(**named, region=pl.lit(region)), e.with_columns(**named)))
    parcels, events = (pl.concat(part) for part in zip(*tables, strict=True))
    lanes = fit_transit(parcels, events, as_of=AS_OF).predict(parcels)
    mean = {(n, r): m for n, r, m in lanes.select("node", "region", "mean").rows()}
    assert mean["MAD", "N"] < mean["MAD", "S"] < 8.0


def test_recent_parcels_count_more_than_old_ones():
    """A lane that took 20 days until half a year ago, and takes 10 since, takes about 10."""
    parcels, _ = simulated(POST, parcels=2000, days=360.0)
    slow_before = AS_OF - timedelta(days=180)
    took = pl.when(pl.col("created_at") < slow_before).then(20.0).otherwise(10.0)
    delivered = parcels.select(
        "platform",
        "shop",
        "parcel_id",
        milestone=pl.lit("delivered"),
        happened_at=pl.col("created_at") + pl.duration(hours=took * 24),
    )
    steady = TransitParams(half_life_days=60.0, pseudo_arrivals=1e12)
    assert fit_transit(parcels, delivered, as_of=AS_OF, params=steady).predict(parcels)["mean"][0] < 12.5
    forgetless = TransitParams(half_life_days=1e6, pseudo_arrivals=1e12)
    assert fit_transit(parcels, delivered, as_of=AS_OF, params=forgetless).predict(parcels)["mean"][0] > 14.0


def test_parcels_count_as_evidence_once_it_is_known_what_became_of_them():
    """Delivered, lost, or as old as any that is waited for; not those still on their way."""
    ages = [("delivered", 50.0, 9.0), ("lost", 50.0, 20.0), (None, 30.0, 0.0), (None, 29.9, 0.0)]
    parcels = [
        {"platform": "ae", "shop": "s", "parcel_id": f"{n}", "service": "post", "node": "YW", "market": "DE",
         "region": "N", "created_at": AS_OF - timedelta(days=age)}
        for n, (_, age, _) in enumerate(ages)
    ]  # fmt: skip
    events = [
        {"platform": "ae", "shop": "s", "parcel_id": f"{n}", "milestone": milestone,
         "happened_at": AS_OF - timedelta(days=age - days)}
        for n, (milestone, age, days) in enumerate(ages) if milestone
    ]  # fmt: skip
    params = TransitParams(never_after_days=30.0, overdispersion=0.0, pseudo_parcels=3.0)
    model = fit_transit(pl.DataFrame(parcels), pl.DataFrame(events), as_of=AS_OF, params=params)
    lane = pl.DataFrame({"service": ["post"], "node": ["YW"], "market": ["DE"], "region": ["N"]})
    told = model.predict(pl.concat([lane, lane.with_columns(region=pl.lit(None, pl.String))]))
    assert told.select("region", "parcels", "basis").rows() == [("N", 3, "transit_lane"), (None, 3, "transit_lane")]
    shy = fit_transit(
        pl.DataFrame(parcels), pl.DataFrame(events), as_of=AS_OF, params=replace(params, pseudo_parcels=3.5)
    )
    assert shy.predict(lane)["basis"].to_list() == ["transit_lane_thin"]
