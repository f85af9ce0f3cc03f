from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from tradewind.core.errors import ParameterError
from tradewind.engine.modes import MonthDemand, present_modes, tier_facts

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
    frame = KEYS.with_columns(mean=pl.Series([20.0, 5.0]), spread=pl.Series([10.0, 1.0]))
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


def sale(sku: str, mode: str | None, units: int, days_ago: int) -> dict[str, object]:
    return {"sku": sku, "mode": mode, "units": units, "ordered_at": AS_OF - timedelta(days=days_ago)}


def test_the_present_mode_is_the_one_most_units_were_sold_in_lately():
    rows = [sale("a", "pop", 3, 5), sale("a", "semi_jit", 4, 5), sale("a", "pop", 90, 200), sale("b", None, 4, 5)]
    rows += [sale("a", "pop", 90, -1)]
    schema = {"sku": pl.String, "mode": pl.String, "units": pl.Int64, "ordered_at": pl.Datetime("us", "UTC")}
    assert present_modes(pl.DataFrame(rows, schema=schema), as_of=AS_OF).rows() == [("a", "semi_jit")]
