"""Sales out of stock: no unit is sold that was not there, and who finds nothing may take a look-alike."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from tests.data.simulated.test_seller import read
from tradewind.core.weeks import week_expr
from tradewind.data.simulated.buying import first_come

SOLD_OUT = date(2026, 9, 7)


def test_a_stock_point_serves_in_order_of_time_and_the_last_buyer_takes_what_is_left() -> None:
    stock = np.array([5, 1])
    point = np.array([0, 1, 0, 0, 1])
    moment = np.array([0.9, 0.5, 0.1, 0.4, 0.2])
    units = np.array([2, 1, 1, 6, 1])
    assert first_come(stock, point, moment, units).tolist() == [0, 0, 1, 4, 1]


def test_stock_counts_agree_with_sales_and_with_what_was_on_the_way(tiny: Path) -> None:
    lines = read(tiny, "order_lines").filter(pl.col("status") != "cancelled")
    sold = lines.group_by("sku", week=week_expr("ordered_at")).agg(sold=pl.col("units").sum())
    place = ["node", "sku", "taken_at"]
    kept = read(tiny, "reservations").select(*place, kept="units")
    counts = (
        read(tiny, "stock")
        .join(kept, on=place, how="left")
        .with_columns(pl.col("available_units") - pl.col("kept").fill_null(0), week=week_expr("taken_at"))
        .sort("sku", "taken_at")
    )
    moves = (
        counts.join(sold, on=["sku", "week"], how="left")
        .with_columns(
            before=pl.col("available_units").shift(1).over("sku"),
            coming=pl.col("on_the_way_units").shift(1).over("sku"),
        )
        .drop_nulls("before")
        .with_columns(arrived=pl.col("available_units") + pl.col("sold").fill_null(0) - pl.col("before"))
    )
    assert moves.height == 39
    assert moves["arrived"].min() == 0
    assert moves["arrived"].max() > 0
    assert (moves["arrived"] <= moves["coming"]).all()


def test_nothing_is_sold_after_it_ran_out(tiny: Path, tiny_truth: Path) -> None:
    truth = pl.read_parquet(tiny_truth / "rates.parquet").filter(pl.col("week") == SOLD_OUT, pl.col("sku") == "SKU-001")
    hot = read(tiny, "order_lines").filter(pl.col("sku") == "SKU-001", week_expr("ordered_at") == SOLD_OUT)
    assert truth["latent_units"].sum() > truth["sold_units"].sum() == hot["units"].sum() == 3
    assert truth["in_stock_share"].max() < 0.1
    assert hot["ordered_at"].max().date() == SOLD_OUT


def test_buyers_who_find_nothing_partly_take_the_look_alike(tiny_truth: Path) -> None:
    truth = pl.read_parquet(tiny_truth / "rates.parquet").filter(pl.col("week") == SOLD_OUT, pl.col("sku") == "SKU-003")
    assert truth["sold_units"].sum() > truth["latent_units"].sum()


def test_an_empty_shelf_is_counted_as_zero_and_a_sku_before_launch_is_not_counted(tiny: Path) -> None:
    counts = read(tiny, "stock")
    assert counts.filter(sku="SKU-001")["available_units"].min() == 0
    assert counts.filter(sku="SKU-004")["taken_at"].min().date() == date(2026, 9, 27)
    assert (
        counts.filter(pl.col("on_the_way_units") == 0)["on_the_way_due_on"].null_count()
        == counts.filter(pl.col("on_the_way_units") == 0).height
    )


def test_a_warehouse_never_holds_more_than_its_volume(tiny: Path) -> None:
    volume = pl.col("length_mm") * pl.col("width_mm") * pl.col("height_mm") / 1e9
    held = (
        read(tiny, "stock")
        .join(read(tiny, "products").select("sku", volume=volume), on="sku")
        .group_by("node", "taken_at")
        .agg(m3=(pl.col("available_units") * pl.col("volume")).sum())
        .join(read(tiny, "nodes"), on="node")
        .filter(pl.col("capacity_m3").is_not_null())
    )
    assert held.height == 13
    assert (held["m3"] <= held["capacity_m3"] + 1e-9).all()
