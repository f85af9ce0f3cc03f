"""The forecast: sales in, odds of demand per SKU, market and week out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from tradewind.core.counts import negative_binomial
from tradewind.core.errors import ParameterError
from tradewind.core.weeks import week_of
from tradewind.engine.demand.classes import CLASSES, demand_class
from tradewind.engine.demand.level import credible, smooth
from tradewind.engine.demand.odds import sizes_by_class
from tradewind.engine.demand.panel import Floats, Ints, Panel, panel_of
from tradewind.engine.demand.season import Season, fit_season


@dataclass(frozen=True)
class ForecastParams:
    """half_lives in weeks: how fast the past fades in each smoothing that is averaged."""

    half_lives: tuple[float, ...] = (5.0, 13.0, 40.0)

    def __post_init__(self) -> None:
        if not self.half_lives or min(self.half_lives) <= 0:
            raise ParameterError("parameter_range", name="half_lives", value=self.half_lives, allowed="above 0")


def forecast(
    sales: pl.DataFrame,
    *,
    first_week: date,
    horizon_weeks: int = 13,
    calendar: pl.DataFrame | None = None,
    products: pl.DataFrame | None = None,
    params: ForecastParams | None = None,
) -> pl.DataFrame:
    """Odds of demand for every pair ever sold, for `horizon_weeks` weeks from `first_week` on.

    Returns sku, market, week, mean, p_zero, quantiles, tail (a count Distribution), level (units in a
    normal week), season (multiplier), demand_class, size (negative binomial), basis (message id).
    """
    params = params or ForecastParams()
    if first_week != week_of(first_week):
        raise ParameterError("parameter_range", name="first_week", value=first_week, allowed="a Monday")
    if horizon_weeks < 1:
        raise ParameterError("parameter_range", name="horizon_weeks", value=horizon_weeks, allowed="1 or more")
    panel = panel_of(sales, first_week=first_week, products=products)
    if not len(panel):
        return _frame(panel, [], np.zeros((0, 0)), np.zeros(0), np.zeros((0, 0)), np.zeros(0), np.zeros(0, int), True)
    past = len(panel.weeks)
    season = fit_season(panel, horizon_weeks, calendar)
    level = _levels(panel, season.of(0, past), [past], params)[0]
    ahead = season.of(past, horizon_weeks)
    classes = demand_class(panel.units, panel.exposure)
    sizes = _sizes(panel, season, classes, params)
    mean = level[:, None] * ahead
    return _frame(panel, season.weeks[past:], mean, level, ahead, sizes[classes], classes, season.known)


def _levels(panel: Panel, season: Floats, moments: list[int], params: ForecastParams) -> list[Floats]:
    group, groups = panel.codes("market", "category")
    lumpy = np.full(groups.height, 4.0)
    states = smooth(panel.units, panel.exposure * season, params.half_lives, moments)
    return [credible(state, group, lumpy).mean(axis=1) for state in states]


def _sizes(panel: Panel, season: Season, classes: Ints, params: ForecastParams) -> Floats:
    past = len(panel.weeks)
    moments = [m for m in (past - 4, past - 8, past - 12, past - 20) if m >= 4]
    if not moments:
        return np.ones(len(CLASSES))
    s = season.of(0, past)
    parts = []
    for moment, level in zip(moments, _levels(panel, s, moments, params), strict=True):
        t = slice(moment, min(moment + 4, past))
        weight = panel.exposure[:, t]
        known = panel.exposure[:, :moment].sum(axis=1) > 0
        mean = np.maximum(level[:, None] * s[:, t] * weight, 1e-9)
        rows = (weight > 0) & known[:, None]
        parts.append((np.broadcast_to(classes[:, None], rows.shape)[rows], mean[rows], panel.units[:, t][rows]))
    c, mean, units = (np.concatenate(x) for x in zip(*parts, strict=True))
    return sizes_by_class(c, mean, units, np.ones(len(mean)), len(CLASSES), 200.0)


def _frame(
    panel: Panel,
    weeks: list[date],
    mean: Floats,
    level: Floats,
    ahead: Floats,
    size: Floats,
    classes: Ints,
    known: bool,
) -> pl.DataFrame:
    n, h = mean.shape
    law = negative_binomial(mean.ravel(), np.repeat(size, h))
    keys = panel.keys.select("sku", "market")
    rows = keys.select(pl.all().repeat_by(h).explode()) if n and h else keys.clear()
    return rows.with_columns(
        pl.Series("week", np.tile(np.array(weeks, dtype="datetime64[D]"), n) if h else [], dtype=pl.Date),
        *law.columns(),
        pl.Series("level", np.repeat(level, h), dtype=pl.Float64),
        pl.Series("season", ahead.ravel(), dtype=pl.Float64),
        pl.Series("demand_class", np.repeat(np.array(CLASSES)[classes], h), dtype=pl.String),
        pl.Series("size", np.repeat(size, h), dtype=pl.Float64),
        pl.lit("demand_basis.season" if known else "demand_basis.flat").alias("basis"),
    )
