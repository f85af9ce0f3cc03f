"""The forecast verb on sales small enough to read."""

from datetime import date, timedelta

import polars as pl

from tradewind.engine.demand import forecast

MONDAY = date(2026, 6, 1)


def weekly(units, sku="A", market="DE", until=MONDAY):
    first = until - timedelta(days=7 * len(units))
    return pl.DataFrame(
        {
            "sku": sku,
            "market": market,
            "week": [first + timedelta(days=7 * i) for i in range(len(units))],
            "units": units,
            "in_stock_share": pl.Series([None] * len(units), dtype=pl.Float64),
        }
    )


def test_a_steady_seller_is_forecast_at_what_it_sells():
    demand = forecast(weekly([10] * 30), first_week=MONDAY, horizon_weeks=3)
    assert demand["week"].to_list() == [MONDAY, MONDAY + timedelta(days=7), MONDAY + timedelta(days=14)]
    assert demand["mean"].is_between(9, 11).all()
