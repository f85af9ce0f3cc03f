"""The latest count of stock at a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from tradewind.engine.stock import stock_position


def test_the_latest_count_at_or_before_the_moment_holds_and_later_ones_change_nothing():
    stock = pl.DataFrame(
        {
            "node": ["HZ", "HZ", "HZ", "PL"],
            "sku": ["cup", "cup", "cup", "cup"],
            "taken_at": [datetime(2026, 11, d, tzinfo=UTC) for d in (1, 9, 17, 2)],
            "available_units": [5, 3, 99, 7],
            "locked_units": [0, 0, 0, 0],
            "on_the_way_units": [0, 4, 0, None],
            "on_the_way_due_on": [None, date(2026, 11, 20), None, None],
        }
    )
    now = stock_position(stock, datetime(2026, 11, 16, tzinfo=UTC))
    assert now.select("node", "sku", "available_units", "on_the_way_units").rows() == [
        ("HZ", "cup", 3, 4),
        ("PL", "cup", 7, None),
    ]
