"""The figures of one small shop, so that nothing in the forecast changes unseen.

Six SKUs in two markets over two years, made by arithmetic alone: a daily seller, weekly ones, rare ones, one that
fades, one launched late, one out of stock for a while; a sale every November. Where the method is meant to change,
so are these figures, and the change is looked at in the benchmarks first.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from tradewind.core.distribution import Distribution
from tradewind.engine.demand import forecast

FIRST = date(2026, 10, 5)
WEEKS = 104


def sold(every: int, units: int, market: int, week: int) -> int:
    """A sale every so many weeks, of sizes that go up and down; half as much again in the second market's winters."""
    if (week + 3 * market) % every:
        return 0
    winter = 1.5 if market and (week % 52) in range(4, 22) else 1.0
    november = 3 if week % 52 in (5, 6) else 1
    return int(units * (1 + (week * 7 + market) % 4 / 3) * winter * november)


def shop() -> pl.DataFrame:
    kinds = {"daily": (1, 30), "weekly": (2, 4), "rare": (9, 1), "dozen": (5, 12), "fading": (1, 9), "young": (2, 3)}
    rows = []
    for sku, (every, units) in kinds.items():
        for market in (0, 1):
            for week in range(80 if sku == "young" else 0, WEEKS):
                count = sold(every, max(units - week // 12, 1) if sku == "fading" else units, market, week)
                missing = sku == "weekly" and week in (60, 61, 62)
                share = 0.0 if missing else 0.5 if sku == "weekly" and week == 63 else None
                if count or share is not None:
                    day = FIRST - timedelta(weeks=WEEKS - week)
                    rows.append((sku, ("DE", "US")[market], day, 0 if missing else count, share))
    schema = {"sku": pl.String, "market": pl.String, "week": pl.Date, "units": pl.Int64, "in_stock_share": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


PRODUCTS = pl.DataFrame({
    "sku": ["daily", "weekly", "rare", "dozen", "fading", "young"],
    "category": ["cups", "cups", "hats", "hats", "cups", None],
    "launched_on": [None, None, None, None, None, FIRST - timedelta(weeks=26)],
})  # fmt: skip
CALENDAR = pl.DataFrame(
    [("11.11", "ZZ", date(year, 11, 11), date(year, 11, 14)) for year in (2024, 2025, 2026)],
    schema=["event", "market", "starts_on", "ends_on"],
    orient="row",
)
FIGURES = {
    ("daily", "DE", 0): (43.6381, 0.000868335, 42, 63),
    ("daily", "DE", 5): (161.045, 6.41425e-09, 151, 247),
    ("daily", "DE", 11): (41.455, 0.00105171, 42, 66),
    ("daily", "US", 0): (47.2013, 0.000379152, 45, 67),
    ("daily", "US", 5): (219.019, 4.72613e-10, 206, 337),
    ("daily", "US", 11): (62.5666, 0.000234601, 64, 95),
    ("dozen", "DE", 0): (5.53358, 0.66581, 0, 23),
    ("dozen", "DE", 5): (7.42755, 0.717445, 0, 32),
    ("dozen", "DE", 11): (1.72804, 0.881166, 0, 15),
    ("dozen", "US", 0): (1.19401, 0.937794, 0, 13),
    ("dozen", "US", 5): (13.2538, 0.622815, 0, 47),
    ("dozen", "US", 11): (4.62594, 0.74586, 0, 25),
    ("fading", "DE", 0): (2.02227, 0.000881847, 2, 4),
    ("fading", "DE", 5): (8.22436, 8.48736e-09, 8, 14),
    ("fading", "DE", 11): (1.9155, 0.00151034, 2, 4),
    ("fading", "US", 0): (2.15127, 0.000355552, 2, 4),
    ("fading", "US", 5): (11.0548, 6.81154e-10, 11, 20),
    ("fading", "US", 11): (2.83439, 0.000368906, 3, 5),
    ("rare", "DE", 0): (0.102825, 0.897175, 0, 1),
    ("rare", "DE", 5): (0.24867, 0.808141, 0, 1),
    ("rare", "DE", 11): (0.0649467, 0.935053, 0, 1),
    ("rare", "US", 0): (0.2877, 0.74842, 0, 1),
    ("rare", "US", 5): (0.134779, 0.924022, 0, 1),
    ("rare", "US", 11): (0.0338141, 0.966186, 0, 0),
    ("weekly", "DE", 0): (3.07336, 0.31113, 4, 6),
    ("weekly", "DE", 5): (7.81899, 0.178886, 8, 14),
    ("weekly", "DE", 11): (2.25677, 0.426568, 2, 6),
    ("weekly", "US", 0): (1.7869, 0.632855, 0, 6),
    ("weekly", "US", 5): (10.9538, 0.0778153, 11, 17),
    ("weekly", "US", 11): (4.23754, 0.17054, 5, 8),
    ("young", "DE", 0): (2.63628, 0.257257, 3, 5),
    ("young", "DE", 5): (5.6859, 0.172053, 6, 10),
    ("young", "DE", 11): (1.76308, 0.440682, 2, 5),
    ("young", "US", 0): (2.03146, 0.460886, 2, 5),
    ("young", "US", 5): (7.15884, 0.0886508, 7, 12),
    ("young", "US", 11): (2.8606, 0.206829, 3, 6),
}


@pytest.fixture(scope="module")
def demand() -> pl.DataFrame:
    return forecast(shop(), first_week=FIRST, horizon_weeks=12, calendar=CALENDAR, products=PRODUCTS)


def test_the_figures_of_a_small_shop(demand):
    """Mean, odds of zero, median and the 95th percentile in the first, the sixth (the sale) and the last week."""
    odds = Distribution.from_frame(demand, "count")
    figures = demand.with_columns(
        median=pl.Series(odds.quantile(0.5)),
        high=pl.Series(odds.quantile(0.95)),
        week=(pl.col("week") - FIRST).dt.total_days() // 7,
    )
    found = {
        (sku, market, week): (mean, zero, median, high)
        for sku, market, week, mean, zero, median, high in figures.select(
            "sku", "market", "week", "mean", "p_zero", "median", "high"
        ).iter_rows()
        if week in (0, 5, 11)
    }
    assert found.keys() == FIGURES.keys()
    for key, figures in FIGURES.items():
        assert found[key] == pytest.approx(figures, rel=1e-4), key
