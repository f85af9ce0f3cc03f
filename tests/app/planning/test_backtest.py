"""The past replayed: each origin sees only what was known, every method the same weeks."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tradewind.app.planning.backtest import backtest
from tradewind.app.workspace import Workspace
from tradewind.core.errors import NotEnoughDataError, ParameterError

MONDAY = date(2025, 9, 1)


def shop(folder: Path, weeks: int = 40, spike_in: int | None = None) -> Workspace:
    """Three SKUs in one market, Poisson demand of 1, 4 and 12 a week; `spike_in` multiplies one week by 50."""
    rng = np.random.default_rng(5)
    rows = []
    for week in range(weeks):
        for sku, rate in (("slow", 1.0), ("steady", 4.0), ("fast", 12.0)):
            units = int(rng.poisson(rate)) * (50 if week == spike_in else 1)
            day = MONDAY + timedelta(weeks=week, days=2)
            if units:
                rows.append((f"o{week}-{sku}", sku, f"{day} 10:00:00", units))
    orders = pl.DataFrame(rows, schema=["order_id", "sku", "ordered_at", "units"], orient="row").with_columns(
        platform=pl.lit("own"),
        shop=pl.lit("main"),
        line_no=pl.lit(1),
        market=pl.lit("ES"),
        unit_price=pl.lit(10.0),
        paid_amount=pl.col("units") * 10.0,
        currency=pl.lit("EUR"),
        status=pl.lit("paid"),
    )
    folder.mkdir()
    orders.write_csv(folder / "order_lines.csv")
    ws = Workspace.create(folder / "shop", currency="EUR")
    ws.import_file(folder / "order_lines.csv")
    return ws


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> dict[str, pl.DataFrame]:
    return backtest(shop(tmp_path_factory.mktemp("backtest") / "steady"), weeks=8)


def test_every_method_is_scored_on_the_same_weeks(told):
    assert set(told["error"]["method"]) == {"tradewind", "climatology", "moving_average", "seasonal_naive", "zeros"}
    assert told["error"].group_by("weeks_ahead").agg(pl.col("series_weeks").n_unique())["series_weeks"].to_list() == [
        1,
        1,
    ]
    assert told["money"]["series_weeks"].n_unique() == 1


def test_on_steady_demand_the_forecast_is_unbiased_and_better_than_nothing(told):
    error = {(r["method"], r["weeks_ahead"]): r for r in told["error"].to_dicts()}
    assert abs(error["tradewind", 1]["bias"]) < 0.25
    assert error["tradewind", 1]["loss"] < 0.5 * error["zeros", 1]["loss"]
    money = {r["method"]: r["total_cost"] for r in told["money"].to_dicts()}
    assert money["tradewind"] < money["zeros"]


def test_a_later_spike_leaves_earlier_forecasts_as_they_were(tmp_path):
    """Forecasts are the same, so forecast over actual falls by the one factor by which the actual grew."""
    calm = backtest(shop(tmp_path / "calm"), weeks=8)["error"]
    spiked = backtest(shop(tmp_path / "spiked", spike_in=38), weeks=8)["error"]
    both = calm.join(spiked, on=["method", "weeks_ahead"], suffix="_spiked").filter(pl.col("method") != "zeros")
    for ahead in (1, 4):
        part = both.filter(weeks_ahead=ahead)
        factor = (1 + part["bias"]) / (1 + part["bias_spiked"])
        assert factor.min() == pytest.approx(factor.max(), rel=1e-9)
        assert factor.min() > 2


def test_a_history_too_short_is_said(tmp_path):
    with pytest.raises(NotEnoughDataError, match="replay 60 weeks"):
        backtest(shop(tmp_path / "short", weeks=5), weeks=60)


def test_no_weeks_are_refused(tmp_path):
    with pytest.raises(ParameterError, match="weeks"):
        backtest(shop(tmp_path / "none", weeks=5), weeks=0)
