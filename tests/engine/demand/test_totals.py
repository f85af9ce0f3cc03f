"""The band of a total comes from adding up scenarios, row by row."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from tradewind.engine.demand import DemandPaths
from tradewind.engine.demand.totals import demand_totals, past_totals

WEEKS = [date(2026, 11, 16), date(2026, 11, 23)]
KEYS = pl.DataFrame({"sku": ["mug", "mug", "lamp"], "market": ["ES", "FR", "ES"]})
PRODUCTS = pl.DataFrame({"sku": ["mug", "lamp"], "category": ["home", None]})


def forecast(means: list[list[float]]) -> pl.DataFrame:
    """The mean of each of KEYS in each of WEEKS."""
    rows = [
        KEYS[i].with_columns(week=pl.lit(w), mean=pl.lit(m))
        for i in range(3)
        for w, m in zip(WEEKS, means[i], strict=True)
    ]
    return pl.concat(rows)


def test_scenarios_are_added_before_the_band_is_read():
    up_and_down = np.array([0, 10, 0, 10, 0, 10, 0, 10, 0, 10, 0], np.float32)
    draws = np.stack([np.stack([up_and_down] * 2), np.stack([10 - up_and_down] * 2), np.zeros((2, 11), np.float32)])
    means = forecast([[4.0, 4.0], [6.5, 6.5], [0.0, 0.0]])
    totals = demand_totals(DemandPaths(KEYS, WEEKS, draws), means, PRODUCTS)
    total = totals.filter(group="total", week=WEEKS[0])
    assert total["p10"].item() == total["p90"].item() == pytest.approx(10.0)
    spain = totals.filter(group="market", key="ES", week=WEEKS[0])
    assert (spain["p10"].item(), spain["p90"].item()) == (0.0, 10.0)


def test_the_mean_of_a_total_is_the_sum_of_the_forecasts_means_and_not_that_of_the_draws():
    rng = np.random.default_rng(1)
    draws = rng.poisson(5, (3, 2, 50)).astype(np.float32)
    means = forecast([[5.0, 5.5], [4.0, 6.0], [5.25, 3.0]])
    totals = demand_totals(DemandPaths(KEYS, WEEKS, draws), means, PRODUCTS)
    assert dict(totals.filter(week=WEEKS[0], group="market").select("key", "mean").iter_rows()) == {
        "ES": 10.25, "FR": 4.0,
    }  # fmt: skip
    by_group = totals.group_by("group", "week").agg(pl.col("mean").sum()).sort("week", "group")
    assert by_group["mean"].to_list() == pytest.approx([14.25] * 3 + [14.5] * 3)
    assert set(totals.filter(group="category")["key"]) == {"home", "?"}


def test_past_sales_are_added_the_same_way():
    sales = KEYS.with_columns(week=pl.lit(WEEKS[0]), units=pl.Series([3, 4, 5]))
    totals = past_totals(sales, PRODUCTS)
    assert totals.filter(group="total")["units"].item() == 12
    assert totals.filter(group="market", key="ES")["units"].item() == 8


def test_nothing_to_add_up_gives_empty_totals():
    nothing = DemandPaths(KEYS.clear(), WEEKS, np.zeros((0, 2, 5), np.float32))
    assert demand_totals(nothing, forecast([[0.0, 0.0]] * 3).clear(), PRODUCTS).height == 0


def test_each_group_key_and_week_has_its_own_band():
    """Eleven scenarios 0 to 10 of one SKU, twice as many in the second week; the others do not move."""
    rising = np.arange(11, dtype=np.float32)
    still = np.full((2, 11), 3, np.float32)
    draws = np.stack([np.stack([rising, 2 * rising]), still, still])
    found = demand_totals(
        DemandPaths(KEYS, WEEKS, draws), forecast([[5.0, 10.0], [3.0, 3.0], [3.0, 3.0]]), PRODUCTS
    ).rows()
    assert found == [
        ("category", "?", WEEKS[0], 3.0, 3.0, 3.0), ("category", "?", WEEKS[1], 3.0, 3.0, 3.0),
        ("category", "home", WEEKS[0], 8.0, 4.0, 12.0), ("category", "home", WEEKS[1], 13.0, 5.0, 21.0),
        ("market", "ES", WEEKS[0], 8.0, 4.0, 12.0), ("market", "ES", WEEKS[1], 13.0, 5.0, 21.0),
        ("market", "FR", WEEKS[0], 3.0, 3.0, 3.0), ("market", "FR", WEEKS[1], 3.0, 3.0, 3.0),
        ("total", "all", WEEKS[0], 11.0, 7.0, 15.0), ("total", "all", WEEKS[1], 16.0, 8.0, 24.0),
    ]  # fmt: skip


def test_goods_without_a_category_or_not_in_the_products_table_are_added_up_together():
    unlisted = PRODUCTS.filter(sku="lamp")  # its category is not known, and of mugs nothing is
    draws = np.ones((3, 2, 5), np.float32)
    found = demand_totals(DemandPaths(KEYS, WEEKS, draws), forecast([[5.0, 1.0], [4.0, 1.0], [3.0, 1.0]]), unlisted)
    assert found.filter(group="category").select("key", "mean", "p10").rows() == [("?", 12.0, 3.0), ("?", 3.0, 3.0)]
    sales = KEYS.with_columns(week=pl.lit(WEEKS[0]), units=pl.Series([3, 4, 5]))
    assert past_totals(sales, unlisted).filter(group="category").rows() == [("category", "?", WEEKS[0], 12)]
    listed = past_totals(sales, PRODUCTS).filter(group="category")
    assert listed.rows() == [("category", "?", WEEKS[0], 5), ("category", "home", WEEKS[0], 7)]
