"""What a forecast is worth in money: an ordering policy simulated over the past, week by week, as known then.

The same policy orders for every forecast, so that the difference in cost is the forecast's alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.errors import NotEnoughDataError, ParameterError
from tradewind.core.weeks import WEEK
from tradewind.engine.demand import DemandPaths, sample_paths
from tradewind.engine.stock.projection import Floats, Ints, Supply, project
from tradewind.engine.stock.value import MAKE_UP_WEEKS, against_waiting, best_units, whole_batches

Forecasts = Mapping[date, DemandPaths | pl.DataFrame]
"""By first forecast week: draws, or a demand frame to draw from. May be lazy: read in order, one at a time."""

SCHEMA: Final[dict[str, pl.DataType]] = {
    "method": pl.String(),
    "holding_cost": pl.Float64(),
    "lost_sales_cost": pl.Float64(),
    "total_cost": pl.Float64(),
    "units_short": pl.Float64(),
    "units_held": pl.Float64(),
    "units_demanded": pl.Float64(),
    "series_weeks": pl.Int64(),
}


@dataclass(frozen=True)
class PolicyCosts:
    """Stated unit costs and times of the simulation, the same for every series and method.

    A unit short costs unit_margin + lost_sale_cost (what is lost beyond the margin); a unit held over a week's end
    holding_cost_per_week. An order placed at the start of a week counts lead_time_weeks >= 0 later, at the start of
    that week; orders are placed every review_weeks >= 1.
    """

    unit_margin: float = 1.0
    holding_cost_per_week: float = 0.2
    lost_sale_cost: float = 0.0
    lead_time_weeks: int = 2
    review_weeks: int = 1

    def __post_init__(self) -> None:
        for name, good, allowed in (
            ("unit_margin", self.unit_margin >= 0, ">= 0"),
            ("holding_cost_per_week", self.holding_cost_per_week > 0, "> 0"),
            ("lost_sale_cost", self.lost_sale_cost >= 0, ">= 0"),
            ("lead_time_weeks", self.lead_time_weeks >= 0, ">= 0"),
            ("review_weeks", self.review_weeks >= 1, ">= 1"),
        ):
            if not good:
                raise ParameterError("parameter_range", name=name, value=getattr(self, name), allowed=allowed)


@dataclass(frozen=True)
class Sampling:
    """How paths are drawn from a demand frame; `shares` tie the weeks of a path together (`shared_shocks`)."""

    scenarios: int = 200
    seed: int = 7
    shares: Mapping[str, float] = field(default_factory=dict)


def simulate_policy(
    forecasts: Mapping[str, Forecasts],
    sales: pl.DataFrame,
    costs: PolicyCosts,
    *,
    sampling: Sampling | None = None,
    in_stock_at_least: float = 0.9,
    cover_weeks: float | None = None,
) -> pl.DataFrame:
    """Costs per method over the weeks its orders decide, sorted by method: SCHEMA; costs in the money of `costs`.

    `forecasts`: method -> first forecast week -> forecast; the first weeks all methods have are used, and a week
    without one takes the latest before it. `sales`: sku, market, week, units, in_stock_share (missing rows sold
    nothing), simulated to their last week; the series are those of the first method's first forecast. Stock starts at
    recent sales over the lead time, the same for all; weeks before the first order could arrive are not counted, nor
    those with an in_stock_share known to be below `in_stock_at_least`: what was not on sale was not seen.
    `sampling` says how paths are drawn where a forecast is a frame. `cover_weeks` adds the method "weeks_of_cover" for
    comparison: order up to so many weeks of the last 13 weeks' mean sales.

    Raises NotEnoughDataError where no week can be counted, ParameterError where a forecast lacks series or weeks.
    """
    drawn = sampling or Sampling()

    def paths_from(method: str, origin: date) -> DemandPaths:
        given = forecasts[method][origin]
        if isinstance(given, DemandPaths):
            return given
        return sample_paths(given, scenarios=drawn.scenarios, seed=drawn.seed, shares=drawn.shares)

    origins = sorted(set.intersection(*(set(given) for given in forecasts.values()))) if forecasts else []
    last = sales["week"].max()
    if not origins or not isinstance(last, date) or origins[0] + WEEK * costs.lead_time_weeks > last:
        raise NotEnoughDataError("replay_too_short", lead_time_weeks=costs.lead_time_weeks)
    keys = paths_from(next(iter(forecasts)), origins[0]).keys.select("sku", "market").sort("sku", "market")
    history = _history(sales, keys, origins[0], last, costs.lead_time_weeks, in_stock_at_least)
    rows = [
        _cost_row(
            method, history, _simulate(history, costs, _ByForecast(method, paths_from, origins, history, costs)), costs
        )
        for method in forecasts
    ]
    if cover_weeks is not None:
        rows.append(
            _cost_row("weeks_of_cover", history, _simulate(history, costs, _ByCover(history, cover_weeks)), costs)
        )
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").sort("method")


@dataclass(frozen=True)
class History:
    """keys (sku, market), weeks simulated; (series, weeks): demand, what counts, the mean of the 13 weeks before."""

    keys: pl.DataFrame
    weeks: list[date]
    demand: Ints
    counted: npt.NDArray[np.bool_]
    recent_mean: Floats


class OrderRule(Protocol):
    """Units to order at the start of a week, given what is on hand and what will come each week from now on."""

    def __call__(self, week: int, coming: Ints) -> Ints: ...


@dataclass(frozen=True)
class _ByForecast:
    """The marginal-value rule on the latest forecast made by then."""

    method: str
    paths_from: Callable[[str, date], DemandPaths]
    origins: list[date]
    history: History
    costs: PolicyCosts
    latest: dict[date, DemandPaths] = field(default_factory=dict)

    def __call__(self, week: int, coming: Ints) -> Ints:
        now = self.history.weeks[week]
        origin = max(o for o in self.origins if o <= now)
        if origin not in self.latest:
            self.latest.clear()
            self.latest[origin] = self.paths_from(self.method, origin)
        paths, weeks_since = self.latest[origin], (now - origin) // WEEK
        costs = self.costs
        reach = costs.review_weeks + MAKE_UP_WEEKS
        needed = weeks_since + costs.lead_time_weeks + costs.review_weeks
        if paths.weeks[0] != origin or len(paths.weeks) < needed:
            raise ParameterError("replay_horizon", method=self.method, origin=origin, weeks=needed)
        rows = _rows_of(paths.keys, self.history.keys, self.method)
        series = len(rows)
        draws = np.ascontiguousarray(paths.draws[:, weeks_since : needed + MAKE_UP_WEEKS])
        supply = np.zeros((series, draws.shape[1]), np.int64)
        supply[:, : coming.shape[1]] = coming
        seen = project(
            draws,
            rows,
            np.arange(series + 1),
            Supply(supply, np.full(series, costs.lead_time_weeks)),
            cover=reach,
        )
        worth = against_waiting(
            np.full(series, costs.unit_margin + costs.lost_sale_cost),
            np.full(series, costs.holding_cost_per_week),
            review=costs.review_weeks,
            reach=reach,
        )
        single = np.ones(series, np.int64)
        return best_units(seen.need, worth, whole_batches(single, single))


@dataclass(frozen=True)
class _ByCover:
    """So many weeks of recent mean sales: what most sellers do."""

    history: History
    cover_weeks: float

    def __call__(self, week: int, coming: Ints) -> Ints:
        wanted = np.ceil(self.history.recent_mean[:, week] * self.cover_weeks).astype(np.int64)
        return np.maximum(wanted - coming.sum(axis=1), 0)


def _simulate(history: History, costs: PolicyCosts, rule: OrderRule) -> tuple[Floats, Floats]:
    """Units short and units held at the end, (series, weeks): stock is carried over, unmet demand is lost."""

    series, weeks = history.demand.shape
    lead = costs.lead_time_weeks
    coming = np.zeros((series, weeks + lead + 1), np.int64)
    coming[:, 0] = np.ceil(history.recent_mean[:, 0] * lead)
    short, held = np.zeros((series, weeks)), np.zeros((series, weeks))
    for week in range(weeks - lead):
        if week % costs.review_weeks == 0:
            coming[:, week + lead] += rule(week, coming[:, week : week + lead + 1])
        _sell(history, coming, week, short, held)
    for week in range(weeks - lead, weeks):
        _sell(history, coming, week, short, held)
    return short, held


def _sell(history: History, coming: Ints, week: int, short: Floats, held: Floats) -> None:
    left = coming[:, week] - history.demand[:, week]
    short[:, week], held[:, week] = np.maximum(-left, 0), np.maximum(left, 0)
    coming[:, week + 1] += np.maximum(left, 0)


def _history(
    sales: pl.DataFrame, keys: pl.DataFrame, first: date, last: date, lead: int, in_stock_at_least: float
) -> History:
    """Sales laid out by series and week, the 13 weeks before the first included for the mean."""
    before = 13
    weeks = [first + WEEK * i for i in range(-before, (last - first) // WEEK + 1)]
    grid = keys.with_row_index("row").join(
        pl.DataFrame({"week": weeks, "at": range(len(weeks))}, schema_overrides={"week": pl.Date}), how="cross"
    )
    seen = grid.join(sales, on=["sku", "market", "week"], how="left").sort("row", "at")
    shape = (keys.height, len(weeks))
    units = seen["units"].fill_null(0).cast(pl.Int64).to_numpy().reshape(shape)
    share = seen["in_stock_share"].fill_null(1.0).to_numpy().reshape(shape)
    counted = share[:, before:] >= in_stock_at_least
    counted[:, :lead] = False
    running = np.cumsum(np.pad(units, ((0, 0), (1, 0))), axis=1)
    mean = (running[:, before:-1] - running[:, : -before - 1]) / before
    return History(keys, weeks[before:], units[:, before:].copy(), counted, mean)


def _rows_of(drawn: pl.DataFrame, keys: pl.DataFrame, method: str) -> Ints:
    """Where each series stands among the draws' rows."""
    rows = keys.join(drawn.with_row_index("row"), on=["sku", "market"], how="left", maintain_order="left")["row"]
    if rows.null_count():
        at = int(rows.is_null().arg_max() or 0)
        raise ParameterError("replay_series", method=method, sku=keys["sku"][at], market=keys["market"][at])
    return rows.cast(pl.Int64).to_numpy()


def _cost_row(
    method: str, history: History, simulated: tuple[Floats, Floats], costs: PolicyCosts
) -> tuple[object, ...]:
    short, held = (float(units[history.counted].sum()) for units in simulated)
    holding, lost = held * costs.holding_cost_per_week, short * (costs.unit_margin + costs.lost_sale_cost)
    demanded = float(history.demand[history.counted].sum())
    return (method, holding, lost, holding + lost, short, held, demanded, int(history.counted.sum()))
