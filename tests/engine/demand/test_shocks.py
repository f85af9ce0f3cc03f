"""Shares of shared shocks, recovered from sales that were made with them."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from tradewind.engine.demand import shared_shocks
from tradewind.engine.demand.shocks import USUAL_SHARES

MONDAY = date(2026, 6, 1)


def sales(market_shock, weeks=80, skus=25):
    rng = np.random.default_rng(4)
    weeks_ = [MONDAY - timedelta(days=7 * (weeks - i)) for i in range(weeks)]
    rows = []
    for market in ("DE", "FR", "ES"):
        shock = np.exp(market_shock * rng.normal(size=weeks))
        for i in range(skus):
            units = 1 + rng.poisson(20 * shock * rng.gamma(4, 0.25, weeks))
            rows += [(f"S{i:02d}", market, week, int(u)) for week, u in zip(weeks_, units, strict=True)]
    frame = pl.DataFrame(rows, schema=["sku", "market", "week", "units"], orient="row")
    return frame.with_columns(in_stock_share=pl.lit(None, pl.Float64))


def test_a_market_with_common_shocks_shows_a_larger_common_share():
    calm = shared_shocks(sales(0.0), first_week=MONDAY)
    rough = shared_shocks(sales(0.5), first_week=MONDAY)
    assert set(calm) == set(rough) == set(USUAL_SHARES)
    assert calm["market_week"] < 0.05
    assert rough["market_week"] > calm["market_week"] + 0.15
    assert sum(rough.values()) <= 0.8001


def test_a_short_history_gives_the_usual_shares():
    short = sales(0.5).filter(pl.col("week") >= MONDAY - timedelta(days=7 * 20))
    assert shared_shocks(short, first_week=MONDAY) == USUAL_SHARES


def test_nothing_after_the_first_week_is_used():
    early = sales(0.3)
    later = early.with_columns(pl.col("week") + timedelta(days=7 * 80), units=pl.lit(999))
    assert shared_shocks(pl.concat([early, later.cast(early.schema)]), first_week=MONDAY) == shared_shocks(
        early, first_week=MONDAY
    )
