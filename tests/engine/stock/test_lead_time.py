"""When goods ordered now can be sold."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from tradewind.engine.stock.lead_time import arrival_days, week_counted_from

HOLIDAY = pl.DataFrame(
    {
        "event": ["Spring Festival", "Sale", "Fair"],
        "market": ["CN", "CN", "ZZ"],
        "starts_on": [date(2027, 2, 4), date(2027, 2, 1), date(2027, 3, 1)],
        "ends_on": [date(2027, 2, 14), date(2027, 3, 1), date(2027, 3, 3)],
        "kind": ["closure", "sale", "closure"],
    }
)


def arrives(start: str, days: float, market: str, calendar: pl.DataFrame | None = HOLIDAY) -> str:
    return str(arrival_days(np.datetime64(start), [days], [market], calendar)[0])


def test_days_are_counted_from_the_order_and_a_part_of_a_day_is_a_day():
    assert arrives("2027-01-04", 7, "CN") == "2027-01-11"
    assert arrives("2027-01-04", 6.2, "CN") == "2027-01-11"


def test_a_closure_of_the_market_pushes_the_arrival_by_its_days():
    assert arrives("2027-02-01", 5, "CN") == "2027-02-16"  # 1, 2, 3 February, then from the 14th
    assert arrives("2027-02-01", 5, "PL") == "2027-02-06"
    assert arrives("2027-02-01", 5, "CN", None) == "2027-02-06"


def test_a_closure_of_market_zz_holds_everywhere():
    assert arrives("2027-02-28", 1, "PL") == "2027-03-03"


def test_an_order_on_a_closed_day_starts_when_work_does():
    assert arrives("2027-02-06", 0, "CN") == "2027-02-14"


def test_goods_count_from_the_monday_on_or_after_their_arrival():
    days = np.array(["2026-11-16", "2026-11-17", "2026-11-23", "2026-11-01"], "datetime64[D]")
    assert week_counted_from(days, date(2026, 11, 16)).tolist() == [0, 1, 1, 0]
