"""The past replayed: each week forecast with what was known then, scored on what came, in error and in money.

Every method sees the same weeks of the same series; the order rule in the money table is the same for all, so that a
difference in cost is the forecast's alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from tradewind.app.planning.observe import network_in_use, observed_sales
from tradewind.core.distribution import Distribution
from tradewind.core.errors import NotEnoughDataError, ParameterError
from tradewind.core.scenarios import row_keys, uniforms
from tradewind.core.weeks import WEEK, start_of_day, week_of
from tradewind.engine.demand import forecast, shared_shocks
from tradewind.engine.demand.baselines import BASELINES, baseline_demand
from tradewind.engine.demand.scores import LEVELS_99, bias, coverage, pinball, randomised_pit
from tradewind.engine.stock.policy_simulation import PolicyCosts, Sampling, simulate_policy

if TYPE_CHECKING:
    from tradewind.app.workspace import Snapshot, Workspace

Progress = Callable[[str, int, int], None]

OURS: Final = "tradewind"
ACTIVE_WEEKS: Final = 26
IN_STOCK_AT_LEAST: Final = 0.9


@dataclass(frozen=True)
class BacktestParams:
    """`weeks_ahead` are scored; `money` are the stated costs and times of the order rule; `seed` of all draws."""

    weeks_ahead: tuple[int, ...] = (1, 4)
    money: PolicyCosts = field(default_factory=PolicyCosts)
    seed: int = 7

    @property
    def horizon(self) -> int:
        return max(*self.weeks_ahead, self.money.lead_time_weeks + self.money.review_weeks)


def backtest(
    workspace: Workspace,
    weeks: int = 13,
    params: BacktestParams | None = None,
    progress: Progress | None = None,
) -> dict[str, pl.DataFrame]:
    """Forecast each of the last `weeks` complete weeks from what was known at its start; then score.

    Returns `error`: method, weeks_ahead, loss, loss_per_unit, bias, coverage, series_weeks; and `money`: the cost of
    the order rule on each forecast (engine/stock/policy_simulation.py). Methods are ours and the baselines. Series are
    the pairs with a sale in the 26 weeks before the first origin; weeks out of stock are not scored. Loss is the
    mean loss over the levels 0.01 to 0.99, loss_per_unit that over the units sold; coverage is of the 80 %
    band and should be 0.8. Raises NotEnoughDataError where the history is too short, ParameterError for `weeks` < 1.
    """
    params = params or BacktestParams()
    if weeks < 1:
        raise ParameterError("parameter_range", name="weeks", value=weeks, allowed=">= 1")
    now = workspace.snapshot()
    end = week_of(now.as_of)
    actual = _sales(now, end)
    origins = [end - WEEK * (weeks - i) for i in range(weeks)]
    cohort = _active(actual, origins[0])
    if not cohort.height:
        raise NotEnoughDataError("backtest_too_short", weeks=weeks, needed=weeks + ACTIVE_WEEKS)
    with TemporaryDirectory(prefix="tradewind-backtest-") as place:
        kept = {method: _Kept(Path(place), method) for method in (OURS, *BASELINES)}
        errors = []
        for done, origin in enumerate(origins):
            _tell(progress, "backtest", done, len(origins))
            for method, demand in _forecasts(workspace, origin, params.horizon, cohort):
                mine = demand.join(cohort, on=["sku", "market"], how="semi").sort("sku", "market", "week")
                kept[method][origin] = mine
                errors.append(_judged(mine, method, origin, actual, params))
        _tell(progress, "backtest_money", 0, 1)
        sampling = Sampling(seed=params.seed, shares=_shares(workspace, actual, origins[0]))
        money = simulate_policy(kept, actual, params.money, sampling=sampling, in_stock_at_least=IN_STOCK_AT_LEAST)
    return {"error": _scores(pl.concat(errors)), "money": money}


def _forecasts(
    workspace: Workspace, origin: date, horizon: int, cohort: pl.DataFrame
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Every method's demand frame, from what was known at the start of week `origin`; ours of `cohort` alone."""
    then = workspace.snapshot(as_of=start_of_day(origin))
    sales = _sales(then, origin)
    yield (
        OURS,
        forecast(
            sales,
            first_week=origin,
            horizon_weeks=horizon,
            calendar=then["calendar"],
            products=then["products"],
            only=cohort,
        ),
    )
    for name in BASELINES:
        yield name, baseline_demand(name, sales, first_week=origin, horizon_weeks=horizon)


def _shares(workspace: Workspace, actual: pl.DataFrame, origin: date) -> dict[str, float]:
    then = workspace.snapshot(as_of=start_of_day(origin))
    return shared_shocks(actual, first_week=origin, products=then["products"], calendar=then["calendar"])


def _sales(snapshot: Snapshot, first_week: date) -> pl.DataFrame:
    network = network_in_use(snapshot, first_week=first_week)
    return observed_sales(snapshot, first_week=first_week, network=network)


def _active(actual: pl.DataFrame, first: date) -> pl.DataFrame:
    recent = pl.col("week").is_between(first - WEEK * ACTIVE_WEEKS, first, closed="left") & (pl.col("units") > 0)
    return actual.filter(recent).select("sku", "market").unique().sort("sku", "market")


def _judged(
    demand: pl.DataFrame, method: str, origin: date, actual: pl.DataFrame, params: BacktestParams
) -> pl.DataFrame:
    """One row per forecast whose week has come: what was expected, what came, loss and place in the band."""
    last = actual["week"].max()
    rows = (
        demand.with_columns(weeks_ahead=(pl.col("week") - origin).dt.total_days() // 7 + 1)
        .filter(pl.col("weeks_ahead").is_in(params.weeks_ahead) & (pl.col("week") <= last))
        .join(actual, on=["sku", "market", "week"], how="left", maintain_order="left")
        .with_columns(pl.col("units").fill_null(0), pl.col("in_stock_share").fill_null(1.0))
        .filter(pl.col("in_stock_share") >= IN_STOCK_AT_LEAST)
    )
    law = Distribution.from_frame(rows, "count")
    bands = law.quantile(np.broadcast_to(LEVELS_99, (len(law), len(LEVELS_99))))
    units = rows["units"].to_numpy()
    dice = uniforms(row_keys(rows, ["sku", "market", "week"]), [origin.toordinal()], 1, params.seed)[:, 0, 0]
    return rows.select(
        pl.lit(method).alias("method"),
        "weeks_ahead",
        "units",
        "mean",
        pl.Series("loss", pinball(units, bands)),
        pl.Series("place", randomised_pit(units, bands, dice)),
    )


def _scores(errors: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for (method, ahead), part in errors.group_by("method", "weeks_ahead"):
        units = float(part["units"].sum())
        loss = float(part["loss"].sum())
        rows.append(
            {
                "method": method,
                "weeks_ahead": ahead,
                "loss": loss / part.height,
                "loss_per_unit": loss / units if units else None,
                "bias": bias(part["units"], part["mean"]) if units else None,
                "coverage": coverage(part["place"]),
                "series_weeks": part.height,
            }
        )
    return pl.DataFrame(rows).sort("weeks_ahead", "loss")


class _Kept(Mapping[date, pl.DataFrame]):
    """Forecasts by origin, on disk: a year of weekly forecasts of many series does not fit into memory."""

    def __init__(self, place: Path, method: str) -> None:
        self._place = place
        self._method = method
        self._origins: list[date] = []

    def __setitem__(self, origin: date, demand: pl.DataFrame) -> None:
        demand.select("sku", "market", "week", "mean", "p_zero", "quantiles", "tail").write_parquet(self._file(origin))
        self._origins.append(origin)

    def __getitem__(self, origin: date) -> pl.DataFrame:
        return pl.read_parquet(self._file(origin), glob=False)

    def __iter__(self) -> Iterator[date]:
        return iter(self._origins)

    def __len__(self) -> int:
        return len(self._origins)

    def _file(self, origin: date) -> Path:
        return self._place / f"{self._method}-{origin.isoformat()}.parquet"


def _tell(progress: Progress | None, step: str, done: int, total: int) -> None:
    if progress is not None:
        progress(step, done, total)
