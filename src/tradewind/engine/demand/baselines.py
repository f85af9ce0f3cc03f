"""The forecasts anyone could make, which ours has to beat.

Each is a set of equally likely samples per series and week ahead, (n, horizon, draws), made from the same
panel as our own forecast, so that it cannot see more.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl

from tradewind.core.distribution import Distribution
from tradewind.core.weeks import weeks_from
from tradewind.engine.demand.panel import Floats, Panel, panel_of

RECENT_WEEKS = 26
MOVING_WEEKS = 8
YEAR_WEEKS = 52


def climatology(panel: Panel, horizon_weeks: int) -> Floats:
    """The series' own last 26 weeks, each as likely as the other."""
    recent = _padded(panel.units, RECENT_WEEKS)
    return np.repeat(recent[:, None, :], horizon_weeks, axis=1)


def moving_average(panel: Panel, horizon_weeks: int) -> Floats:
    """The mean of the last 8 weeks, plus the errors that rule made over the last 26 weeks at the same distance."""
    sums = np.cumsum(_padded(panel.units, RECENT_WEEKS + horizon_weeks + MOVING_WEEKS), axis=1)
    means = (sums[:, MOVING_WEEKS:] - sums[:, :-MOVING_WEEKS]) / MOVING_WEEKS
    return _with_errors(panel, means[:, -1:].repeat(horizon_weeks, axis=1), means, horizon_weeks)


def seasonal_naive(panel: Panel, horizon_weeks: int) -> Floats:
    """What the same week sold last year, plus the errors that rule made over the last 26 weeks.

    Where last year is not known, the series' last known week stands for it.
    """
    long = _padded(panel.units, RECENT_WEEKS + YEAR_WEEKS + horizon_weeks)
    known = len(panel.weeks) > YEAR_WEEKS
    point = long[:, -YEAR_WEEKS:][:, :horizon_weeks] if known else long[:, -1:].repeat(horizon_weeks, axis=1)
    if len(panel.weeks) >= YEAR_WEEKS + RECENT_WEEKS:
        past = long[:, -YEAR_WEEKS - RECENT_WEEKS : -YEAR_WEEKS]
    else:
        past = long[:, -RECENT_WEEKS - 1 : -1]
    errors = long[:, -RECENT_WEEKS:] - past
    return np.maximum(point[:, :, None] + errors[:, None, :], 0.0)


def zeros(panel: Panel, horizon_weeks: int) -> Floats:
    """Nothing will sell: hard to beat on goods that hardly sell, and worthless."""
    return np.zeros((len(panel), horizon_weeks, 1))


BASELINES: dict[str, Callable[[Panel, int], Floats]] = {
    "seasonal_naive": seasonal_naive,
    "moving_average": moving_average,
    "climatology": climatology,
    "zeros": zeros,
}


def baseline_demand(name: str, sales: pl.DataFrame, *, first_week: date, horizon_weeks: int = 13) -> pl.DataFrame:
    """A baseline as a demand frame: sku, market, week, mean, p_zero, quantiles, tail."""
    panel = panel_of(sales, first_week=first_week)
    samples = BASELINES[name](panel, horizon_weeks) if len(panel) else np.zeros((0, horizon_weeks, 1))
    distribution = Distribution.from_samples(np.ceil(samples.reshape(-1, samples.shape[-1])), "count")
    weeks = pl.Series("week", weeks_from(first_week, horizon_weeks) * len(panel), dtype=pl.Date)
    keys = panel.keys.select("sku", "market")
    rows = keys[np.repeat(np.arange(len(panel)), horizon_weeks)]
    return rows.with_columns(weeks, *distribution.columns())


def _padded(units: Floats, weeks: int) -> Floats:
    """The last `weeks` columns, with zeros before the first."""
    return np.pad(units, ((0, 0), (max(weeks - units.shape[1], 0), 0)))[:, -weeks:]


def _with_errors(panel: Panel, point: Floats, means: Floats, horizon_weeks: int) -> Floats:
    """Samples around `point` (n, horizon) from each distance's own errors over the last 26 weeks."""
    recent = _padded(panel.units, RECENT_WEEKS)
    out = np.empty((len(panel), horizon_weeks, RECENT_WEEKS))
    for h in range(horizon_weeks):
        back = means[:, -RECENT_WEEKS - 1 - h : means.shape[1] - 1 - h]
        out[:, h] = np.maximum(point[:, h, None] + recent - back, 0.0)
    return out
