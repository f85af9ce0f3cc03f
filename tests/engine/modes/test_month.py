from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from tradewind.core.errors import ParameterError
from tradewind.engine.modes import MonthDemand, present_modes, tier_facts
from tradewind.engine.modes.month import sku_present_mode, with_present

KEYS = pl.DataFrame({"sku": ["b", "a"], "market": ["ES", "ES"]})
AS_OF = datetime(2026, 3, 2, tzinfo=UTC)


def test_a_month_is_four_weeks_and_a_third_of_the_fifth():
    weekly = np.ones((2, 5, 3)) * np.array([6.0, 1.0])[:, None, None]
    month = MonthDemand.from_weeks(KEYS, weekly)
    assert month.keys["sku"].to_list() == ["a", "b"]
    assert month.draws[0].tolist() == pytest.approx([365 / 84] * 3)
    assert month.draws[1].tolist() == pytest.approx([6 * 365 / 84] * 3)


def test_a_horizon_under_a_month_is_refused():
    with pytest.raises(ParameterError, match="horizon_weeks"):
        MonthDemand.from_weeks(KEYS, np.ones((2, 4, 3)))


def test_draws_from_mean_and_spread_have_them_and_depend_on_the_seed_alone():
    frame = KEYS.with_columns(mean=pl.Series([20.0, 5.0]), sd=pl.Series([10.0, 1.0]))
    month = MonthDemand.from_moments(frame, scenarios=20_000, seed=7)
    assert month.draws.mean(axis=1).tolist() == pytest.approx([5.0, 20.0], rel=0.03)
    assert month.draws.std(axis=1).tolist() == pytest.approx([5.0**0.5, 10.0], rel=0.05)
    again = MonthDemand.from_moments(frame.reverse(), scenarios=20_000, seed=7)
    assert np.array_equal(month.draws, again.draws)


def test_a_sku_brings_its_margin_in_its_present_mode_and_swings_as_its_month_does():
    economics = pl.DataFrame(
        {
            "sku": ["a", "a", "b"], "market": ["ES"] * 3, "mode": ["pop", "semi_jit", "pop"],
            "price": [30.0, 30.0, 10.0],
            "margin": [3.0, 5.0, None], "currency": ["CNY"] * 3,
        }
    )  # fmt: skip
    month = MonthDemand(KEYS.sort("sku"), np.array([[8.0, 12.0], [0.0, 2.0]]))
    present = pl.DataFrame({"sku": ["a"], "mode": ["pop"]})
    assert tier_facts(economics, month, present).rows() == [
        ("a", 30.0, 300.0, pytest.approx(10 / 12), "CNY"),
        ("b", None, 10.0, pytest.approx(0.5), "CNY"),
    ]
    assert tier_facts(economics, month)["contribution"].to_list() == [50.0, None]


def sale(sku: str, mode: str | None, units: int, days_ago: int, market: str = "ES") -> dict[str, object]:
    sold_at = AS_OF - timedelta(days=days_ago)
    return {"sku": sku, "market": market, "mode": mode, "units": units, "ordered_at": sold_at}


SALE = {
    "sku": pl.String, "market": pl.String, "mode": pl.String, "units": pl.Int64,
    "ordered_at": pl.Datetime("us", "UTC"),
}  # fmt: skip


def present(*sales: dict[str, object]) -> list[tuple[str, str, str]]:
    return present_modes(pl.DataFrame(sales, schema=SALE), as_of=AS_OF).rows()


def test_the_present_mode_is_the_one_most_units_were_sold_in_lately():
    rows = [sale("a", "pop", 3, 5), sale("a", "semi_jit", 4, 5), sale("a", "pop", 90, 200), sale("b", None, 4, 5)]
    assert present(*rows, sale("a", "pop", 90, -1)) == [("a", "ES", "semi_jit")]


def test_each_market_has_its_own_and_a_quiet_one_that_of_most_of_the_skus_units():
    rows = [sale("a", "overseas", 9, 5), sale("a", "pop", 4, 5, "BR"), sale("a", "pop", 1, 200, "FR")]
    assert present(*rows) == [("a", "BR", "pop"), ("a", "ES", "overseas"), ("a", "FR", "overseas")]


def counted_as(present: dict[str, str], **offered: str) -> str | None:
    """Of SKU a, sold as `present` says by market; `offered`: the markets of each mode."""
    pairs = pl.DataFrame({"sku": "a", "market": list(present)})
    rows = [("a", market, mode) for mode, markets in offered.items() for market in markets.split()]
    economics = pl.DataFrame(rows, schema=["sku", "market", "mode"], orient="row")
    found = sku_present_mode(economics, pairs, pairs.with_columns(mode=pl.Series(list(present.values()))))
    return found["previous_mode"].item()


@pytest.mark.parametrize(
    ("sold", "counts_as"),
    [
        ({"ES": "pop", "BR": "pop"}, "pop"),
        ({"ES": "overseas", "BR": "pop"}, "overseas"),  # wherever stock abroad reaches
        ({"ES": "overseas", "FR": "pop", "BR": "pop"}, "mixed"),  # stock abroad would reach France
        ({"ES": "own", "BR": "own"}, "own"),
    ],
)
def test_a_sku_counts_as_sold_in_the_mode_that_has_all_the_markets_it_reaches(sold, counts_as):
    assert counted_as(sold, pop="ES FR BR", overseas="ES FR") == counts_as


def test_how_a_sku_is_sold_may_be_said_for_all_its_markets_at_once():
    pairs = pl.DataFrame({"sku": ["b", "a"], "market": ["ES", "BR"]})
    seen = with_present(pairs, pl.DataFrame({"sku": ["a"], "mode": ["pop"]}))
    assert seen.rows() == [("b", "ES", None), ("a", "BR", "pop")]
