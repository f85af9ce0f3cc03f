"""Parcels: milestones in their order, promises kept as often as stated, the true law of each lane."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.data.simulated.test_seller import END, read
from tradewind.data.simulated.goods import POP, STOCKED
from tradewind.data.simulated.lanes import LEGS, Shipments, travel
from tradewind.data.simulated.parcels import calm_days, promised_days
from tradewind.data.simulated.scales import scale_named
from tradewind.data.simulated.world import world

TINY = scale_named("tiny")
STORE, HANGZHOU = 0, 1
ECONOMY, STANDARD, EXPRESS = 0, 1, 2


def one_lane(node: int, service: int, mode: int, created: np.ndarray, congested: float = 1.0) -> np.ndarray:
    full = np.ones(len(created), int)
    parcels = Shipments(node * full, 0 * full, service * full, mode * full, created, congested * full)
    return travel(TINY, parcels, np.random.default_rng(3))


def test_milestones_come_in_order_and_after_the_parcel_was_made(tiny: Path) -> None:
    events = read(tiny, "events").join(read(tiny, "parcels").select("parcel_id", "created_at"), on="parcel_id")
    assert (events["happened_at"] >= events["created_at"]).all()
    rank = pl.col("milestone").cast(pl.String).replace_strict({m: i for i, m in enumerate([*LEGS, "lost"])})
    steps = events.sort("parcel_id", "happened_at").select(step=rank.diff().over("parcel_id")).drop_nulls()
    assert steps.height > 1500
    assert (steps["step"] > 0).all()


def test_parcels_still_under_way_have_no_delivery(tiny: Path) -> None:
    delivered = read(tiny, "events").filter(pl.col("milestone") == "delivered").select("parcel_id")
    open_parcels = read(tiny, "parcels").join(delivered, on="parcel_id", how="anti")
    assert open_parcels.filter(pl.col("promised_at") > END).height > 20


def test_calm_parcels_keep_the_promise_as_often_as_it_was_set_for() -> None:
    promised = promised_days(world(TINY, seed=7))
    for service, stated in ((ECONOMY, 0.92), (STANDARD, 0.93), (EXPRESS, 0.93)):
        took = calm_days(TINY, HANGZHOU, 0, service, np.ones(20_000), np.random.default_rng(4))
        on_time = (took <= promised[HANGZHOU, 0, service]).mean()
        assert stated - 0.01 < on_time < stated + 0.05


def test_express_beats_standard_beats_economy() -> None:
    created = np.linspace(0, 7, 4000)
    days = [np.median(one_lane(STORE, service, POP, created)[:, -1] - created) for service in (2, 1, 0)]
    assert days == sorted(days)


def test_congestion_makes_parcels_slower() -> None:
    created = np.linspace(0, 7, 4000)
    calm, full = (np.mean(one_lane(HANGZHOU, 1, STOCKED, created, load)[:, -1] - created) for load in (1.0, 1.5))
    assert full > 1.25 * calm


def test_economy_flies_on_tuesdays_and_fridays_and_nothing_is_delivered_on_sundays() -> None:
    reached = one_lane(STORE, ECONOMY, POP, np.linspace(0, 14, 2000))
    assert set(np.floor(reached[:, LEGS.index("departed")]).astype(int) % 7) == {1, 4}
    assert 6 not in set(np.floor(reached[:, -1]).astype(int) % 7)


def test_the_true_law_of_a_lane_agrees_with_what_the_parcels_took(tiny: Path, tiny_truth: Path) -> None:
    lanes = pl.read_parquet(tiny_truth / "lanes.parquet")
    assert lanes.filter(service="express-line", node="HZ-PREFERRED", market="ES").height == 12 + 26
    delivered = read(tiny, "events").filter(pl.col("milestone") == "delivered").select("parcel_id", "happened_at")
    took = (
        read(tiny, "parcels")
        .filter(pl.col("created_at") < pl.lit(END) - pl.duration(days=40), service="standard-line", market="ES")
        .join(delivered, on="parcel_id")
        .select("node", days=(pl.col("happened_at") - pl.col("created_at")).dt.total_seconds() / 86_400)
        .filter(node="HZ-PREFERRED")
    )
    true = lanes.filter(service="standard-line", node="HZ-PREFERRED", market="ES").head(7)["q0.5"].mean()
    assert took.height > 40
    assert took["days"].median() == pytest.approx(true, rel=0.15)


def test_peak_weeks_ahead_are_slower_in_the_true_law(tiny_truth: Path) -> None:
    lane = pl.read_parquet(tiny_truth / "lanes.parquet").filter(
        service="standard-line", node="HZ-PREFERRED", market="ES"
    )
    week = dict(zip(lane["week"].cast(pl.String), lane["q0.9"], strict=True))
    assert week["2026-11-16"] > 1.1 * week["2026-10-26"]
