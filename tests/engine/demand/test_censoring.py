"""In which weeks goods could be sold at all: between stock counts, by the nodes that serve a pair."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from tradewind.engine.demand.censoring import exposure, in_stock_shares

MONDAY = date(2026, 3, 2)
FIRST = MONDAY + timedelta(weeks=8)


def counts(*rows: tuple[str, int, int], sku: str = "A") -> pl.DataFrame:
    """(node, days after MONDAY, units)."""
    at = [datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=ago) for _, ago, _ in rows]
    return pl.DataFrame(
        {"node": [n for n, _, _ in rows], "sku": sku, "taken_at": at, "available_units": [u for _, _, u in rows]}
    )


def pairs(mode: str | None = None, market: str = "DE") -> pl.DataFrame:
    return pl.DataFrame({"sku": ["A"], "market": [market], "mode": [mode]}, schema_overrides={"mode": pl.String})


def shares(stock: pl.DataFrame, asked: pl.DataFrame | None = None, **more: object) -> dict[int, float]:
    """Week number after MONDAY -> share of the week in stock."""
    found = in_stock_shares(stock, pairs() if asked is None else asked, first_week=FIRST, **more)
    return {(week - MONDAY).days // 7: share for week, share in found.select("week", "in_stock_share").rows()}


def test_a_share_below_three_tenths_is_no_week_at_all_and_an_unknown_one_is_whole():
    told = np.array([0.0, 0.29, 0.3, 0.7, 1.0, 1.4, -0.1, np.nan])
    assert exposure(told).tolist() == [0.0, 0.0, 0.3, 0.7, 1.0, 1.0, 0.0, 1.0]


def test_between_two_counts_goods_were_there_were_not_or_for_half_of_the_time():
    weekly = counts(("HZ", 0, 5), ("HZ", 7, 3), ("HZ", 14, 0), ("HZ", 21, 0), ("HZ", 28, 9))
    assert shares(weekly) == {0: 1.0, 1: 0.5, 2: 0.0, 3: 0.5, 4: 1.0}


def test_of_several_counts_a_day_the_largest_says_what_there_was():
    twice = counts(("HZ", 0, 0), ("HZ", 7, 4)).vstack(
        counts(("HZ", 0, 2)).with_columns(pl.col("taken_at") + pl.duration(hours=9))
    )
    assert shares(twice)[0] == 1.0


def test_a_count_speaks_for_eight_days_at_most():
    """Monday to the Monday after next: eight of fourteen days are known, of the second week one."""
    assert shares(counts(("HZ", 0, 5), ("HZ", 14, 5))) == {0: 1.0, 2: 1.0}
    assert shares(counts(("HZ", 0, 5), ("HZ", 8, 5)))[0] == 1.0


def test_a_week_known_for_less_than_half_its_days_is_unknown():
    assert set(shares(counts(("HZ", 3, 5), ("HZ", 7, 5)))) == {0, 1}  # Thursday to Sunday: four days
    assert set(shares(counts(("HZ", 4, 5), ("HZ", 7, 5)))) == {1}


def test_a_span_over_two_weeks_counts_in_each_by_its_days():
    """In stock until Thursday, out of stock from then on: three whole days and half of seven."""
    found = shares(counts(("HZ", 0, 5), ("HZ", 3, 5), ("HZ", 10, 0), ("HZ", 17, 0)))
    assert found[0] == pytest.approx((3 * 1.0 + 4 * 0.5) / 7)
    assert found[1] == pytest.approx((3 * 0.5 + 4 * 0.0) / 7)


def test_weeks_from_the_first_forecast_one_on_are_no_history():
    assert max(shares(counts(*(("HZ", 7 * n, 5) for n in range(10))))) == 7


def test_the_best_stocked_node_counts_week_by_week():
    both = counts(("HZ", 0, 5), ("HZ", 7, 0), ("HZ", 14, 0), ("YW", 0, 0), ("YW", 7, 0), ("YW", 14, 6))
    assert shares(both) == {0: 0.5, 1: 0.5, 2: 1.0}


NODES = pl.DataFrame(
    {"node": ["HZ", "YW", "MAD", "PAR"], "kind": ["preferred", "seller", "overseas", "overseas"],
     "market": ["CN", "CN", "ES", "FR"]}
)  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "market", "served_by"),
    [
        ("semi_stocked", "ES", {"HZ"}),
        ("full", "ES", {"HZ"}),
        ("pop", "ES", {"YW"}),
        ("semi_jit", "ES", {"YW"}),
        ("overseas", "ES", {"MAD"}),
        ("overseas", "PT", {"MAD", "PAR"}),  # none is there, so any may
        (None, "ES", {"HZ", "YW", "MAD"}),
        (None, "PT", {"HZ", "YW"}),
    ],
)
def test_a_mode_is_served_from_its_kind_of_node(mode, market, served_by):
    for node in NODES["node"]:
        stock = counts(*((n, day, 5 if n == node else 0) for n in NODES["node"] for day in (0, 7)))
        assert shares(stock, pairs(mode, market), nodes=NODES)[0] == (1.0 if node in served_by else 0.0), node


def test_a_node_that_is_named_serves_alone_from_the_first_week_it_had_the_goods():
    """Served from HZ since week 2; before, YW must have served."""
    stock = counts(
        ("HZ", 0, 0), ("HZ", 7, 0), ("HZ", 14, 5), ("HZ", 21, 5), ("HZ", 28, 0), ("HZ", 35, 0),
        *(("YW", 7 * n, 7) for n in range(6)),
    )  # fmt: skip
    serving = pl.DataFrame({"sku": ["A"], "market": ["DE"], "node": ["HZ"]})
    assert shares(stock, serving=serving) == {0: 1.0, 1: 0.5, 2: 1.0, 3: 0.5, 4: 0.0, 5: 0.0}
    elsewhere = pl.DataFrame({"sku": ["A"], "market": ["FR"], "node": ["HZ"]})
    assert shares(stock, serving=elsewhere) == dict.fromkeys(range(6), 1.0)


def test_the_last_count_speaks_for_a_week():
    """Counted on a Thursday: four days of its own week and three of the next, of which too little is known."""
    assert shares(counts(("HZ", 3, 5))) == {0: 1.0}
    assert shares(counts(("HZ", 4, 5))) == {1: 1.0}


def test_a_week_counted_every_day_is_known_by_all_its_days_together():
    assert shares(counts(*(("HZ", day, 5 if day < 3 else 0) for day in range(8)))) == {
        0: pytest.approx((2 * 1.0 + 0.5 + 4 * 0.0) / 7),
        1: 0.0,
    }


def test_a_mode_nobody_has_heard_of_may_be_served_from_anywhere_but_other_markets_warehouses():
    for node, served in (("HZ", 1.0), ("YW", 1.0), ("MAD", 1.0), ("PAR", 0.0)):
        stock = counts(*((n, day, 5 if n == node else 0) for n in NODES["node"] for day in (0, 7)))
        assert shares(stock, pairs("barter", "ES"), nodes=NODES)[0] == served, node
