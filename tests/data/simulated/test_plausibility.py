"""The demo's seller looks like a seller: shares and sizes within stated ranges."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tradewind.core.tables import TABLES
from tradewind.data.simulated.scales import scale_named
from tradewind.data.simulated.seller import generate

World = tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]


@pytest.fixture(scope="module")
def small() -> World:
    parts = list(generate(scale_named("small"), seed=7))
    return {p.name: p.table for p in parts if not p.is_truth}, {p.name: p.table for p in parts if p.is_truth}


@pytest.fixture(scope="module")
def history(small: World) -> pl.DataFrame:
    return small[1]["rates"].filter(~pl.col("future"))


def test_every_table_is_valid(small: World) -> None:
    for name, table in TABLES.items():
        table.schema.validate(small[0][name])


def test_it_has_300_skus_6_markets_10_nodes_and_two_years(small: World) -> None:
    tables = small[0]
    lines = tables["order_lines"]
    assert (tables["products"].height, tables["nodes"].height) == (300, 10)
    assert lines["market"].n_unique() == 6
    assert 150_000 < lines.height < 300_000
    assert lines["ordered_at"].min().date() == date(2024, 10, 21)
    assert lines["ordered_at"].max().date() == date(2026, 10, 18)
    assert set(lines["mode"].cast(pl.String)) == {"semi_stocked", "semi_jit", "pop", "overseas"}
    assert lines.group_by("order_id").len()["len"].max() == 3


def test_most_of_the_assortment_is_an_intermittent_long_tail(history: pl.DataFrame) -> None:
    pairs = history.group_by("sku", "market").agg(pl.col("rate").mean())["rate"]
    assert 0.5 < (history["sold_units"] == 0).mean() < 0.72
    assert pairs.median() < 0.7
    assert pairs.quantile(0.05) < 0.05
    assert history["latent_units"].max() > 100


def test_counts_scatter_more_than_poisson_even_around_their_true_rate(history: pl.DataFrame) -> None:
    busy = history.filter(pl.col("rate") > 3)
    around_rate = ((busy["latent_units"] - busy["rate"]) ** 2).sum() / busy["rate"].sum()
    around_structure = ((busy["latent_units"] - busy["structural_rate"]) ** 2).sum() / busy["structural_rate"].sum()
    assert 1.1 < around_rate < 2.0
    assert around_structure > 1.5 * around_rate


def test_the_true_rate_is_unbiased_for_latent_demand(history: pl.DataFrame) -> None:
    for low, high in ((0.02, 0.1), (0.1, 1), (1, 10), (10, 1000)):
        band = history.filter(pl.col("rate").is_between(low, high))
        assert band["latent_units"].sum() / band["rate"].sum() == pytest.approx(1.0, abs=0.06)


def test_the_eleventh_of_november_lifts_demand_three_times(history: pl.DataFrame) -> None:
    weekly = dict(history.group_by("week").agg(pl.col("latent_units").sum()).iter_rows())
    for peak, calm in ((date(2024, 11, 11), date(2024, 10, 28)), (date(2025, 11, 10), date(2025, 10, 27))):
        assert 2.5 < weekly[peak] / weekly[calm] < 4.5


def test_stock_outs_censor_a_plausible_share_of_demand(history: pl.DataFrame) -> None:
    assert 0.08 < (history["in_stock_share"] < 1).mean() < 0.18
    assert 0.06 < 1 - history["sold_units"].sum() / history["latent_units"].sum() < 0.17


def test_skus_are_launched_and_listings_end(small: World, history: pl.DataFrame) -> None:
    launched = small[0]["products"]["launched_on"]
    assert 9 <= (launched > date(2026, 9, 20)).sum() < 30
    assert launched.max() <= date(2026, 10, 12)
    on_sale = history.group_by("week").agg(pl.col("sku").n_unique()).sort("week")["sku"]
    assert 0.5 < on_sale[-1] / 300 < 0.95
    last_week = set(history.filter(pl.col("week") == date(2026, 10, 12))["sku"])
    assert 300 - len(last_week) > 20


def test_most_parcels_are_on_time_and_fewer_at_the_peak(small: World) -> None:
    delivered = small[0]["events"].filter(pl.col("milestone") == "delivered").select("parcel_id", "happened_at")
    parcels = (
        small[0]["parcels"]
        .join(delivered, on="parcel_id")
        .with_columns(on_time=pl.col("happened_at") <= pl.col("promised_at"), month=pl.col("created_at").dt.month())
    )
    assert 0.86 < parcels["on_time"].mean() < 0.94
    assert parcels.filter(month=11)["on_time"].mean() < parcels.filter(month=7)["on_time"].mean() - 0.05
    never = small[0]["events"].filter(pl.col("milestone") == "lost").height / small[0]["parcels"].height
    assert 0.002 < never < 0.01


def test_of_a_lost_parcel_nothing_is_heard_until_it_is_given_up(small: World) -> None:
    events = small[0]["events"]
    lost = events.filter(pl.col("milestone") == "lost").select("parcel_id")
    scanned = set(events.join(lost, on="parcel_id")["milestone"].cast(pl.String))
    assert lost.height > 300
    assert {"handed_over", "lost"} <= scanned
    assert "delivered" not in scanned


def test_returns_and_cancellations_are_rare_and_late_parcels_come_back_more(small: World) -> None:
    lines, returns = small[0]["order_lines"], small[0]["returns"]
    assert 0.03 < returns.height / lines.height < 0.07
    assert 0.015 < lines["cancelled_at"].is_not_null().mean() < 0.03
    assert (returns["reason"] == "late").mean() > 0.03


def test_what_buyers_pay_a_unit_is_between_25_and_250_yuan(small: World) -> None:
    rates = small[0]["fx"].group_by("currency").agg(pl.col("rate").mean())
    lines = small[0]["order_lines"].join(rates, on="currency")
    paid = lines.select(pl.col("paid_amount") * pl.col("rate") / pl.col("units")).to_series()
    assert paid.quantile(0.01) > 25
    assert paid.quantile(0.99) < 250


def test_warehouses_are_half_full_on_average_and_the_peak_ahead_needs_more_than_they_hold(small: World) -> None:
    tables, truth = small
    volume = pl.col("length_mm") * pl.col("width_mm") * pl.col("height_mm") / 1e9
    volumes = tables["products"].select("sku", volume=volume)
    stock = tables["stock"].join(volumes, on="sku").group_by("node", "taken_at")
    held = stock.agg(m3=(pl.col("available_units") * pl.col("volume")).sum())
    full = held.join(tables["nodes"], on="node").with_columns(share=pl.col("m3") / pl.col("capacity_m3"))
    for node in ("HZ-PREFERRED", "SZ-PREFERRED", "QD-ORIGIN", "ES-OVERSEAS"):
        share = full.filter(node=node)["share"]
        assert 0.35 < share.mean() < 0.75
        assert share.max() <= 1.0
    ahead = truth["rates"].filter(pl.col("week").is_between(date(2026, 11, 9), date(2026, 12, 6)))
    serving = tables["parcels"].join(tables["order_lines"].select("order_id", "sku"), on="order_id")
    serving = serving.unique(["sku", "market"]).select("sku", "market", "node")
    needed = (
        ahead.with_columns(pl.col("sku", "market").cast(pl.String))
        .join(serving, on=["sku", "market"])
        .join(volumes, on="sku")
        .group_by("node")
        .agg(m3=(pl.col("rate") * pl.col("volume")).sum())
        .join(tables["nodes"], on="node")
    )
    for node in ("HZ-PREFERRED", "SZ-PREFERRED"):
        assert needed.filter(node=node).select(pl.col("m3") > pl.col("capacity_m3")).item()
