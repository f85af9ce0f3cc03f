"""The forecast: sales in, odds of demand per SKU, market and week out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.distribution import LEVELS, Distribution
from tradewind.core.errors import ParameterError
from tradewind.core.scenarios import row_keys, uniforms
from tradewind.core.weeks import week_of
from tradewind.engine.demand.classes import CLASSES, demand_class
from tradewind.engine.demand.features import ACTIVE, features_at, log_size, odds_shift, size_shift, usual_buyers
from tradewind.engine.demand.hurdle import (
    HORIZONS,
    HurdleModel,
    TrainingSample,
    bucket,
    count_distribution,
    fit_hurdle,
    odds_of_sale,
    own_season,
    sizes,
)
from tradewind.engine.demand.panel import Floats, Ints, Panel, cohorts_of, panel_of
from tradewind.engine.demand.season import Season, fit_season

SPREAD_SEED = 20091201
"""Counts are spread over unit intervals with draws keyed by series and week; this names the stream."""

EMPTY = pl.DataFrame(
    schema={
        "sku": pl.String,
        "market": pl.String,
        "week": pl.Date,
        "mean": pl.Float64,
        "p_zero": pl.Float64,
        "quantiles": pl.Array(pl.Float64, len(LEVELS)),
        "tail": pl.Float64,
        "level": pl.Float64,
        "season": pl.Float64,
        "demand_class": pl.String,
        "size": pl.Float64,
        "basis": pl.String,
    }
)
"""A demand frame without rows."""


@dataclass(frozen=True)
class ForecastParams:
    """What the hurdle model is trained on.

    origin_every_weeks  weeks between the past forecast origins
    origins             how many of them
    training_series     series at most (whole SKUs, chosen by their name's hash)
    """

    origin_every_weeks: int = 4
    origins: int = 13
    training_series: int = 30_000

    def __post_init__(self) -> None:
        for name in ("origin_every_weeks", "origins", "training_series"):
            if getattr(self, name) < 1:
                raise ParameterError("parameter_range", name=name, value=getattr(self, name), allowed="1 or more")


def forecast(
    sales: pl.DataFrame,
    *,
    first_week: date,
    horizon_weeks: int = 13,
    calendar: pl.DataFrame | None = None,
    products: pl.DataFrame | None = None,
    only: pl.DataFrame | None = None,
    params: ForecastParams | None = None,
) -> pl.DataFrame:
    """Odds of demand for every pair ever sold, for `horizon_weeks` weeks from `first_week` on.

    All sales train the model; `only` (sku, market) limits the pairs that are forecast.

    Returns sku, market, week, mean, p_zero, quantiles, tail (a count Distribution), level (units in a
    normal week), season (multiplier), demand_class, size (negative binomial with the same variance), basis (message
    id), sorted by key.
    """
    params = params or ForecastParams()
    if first_week != week_of(first_week):
        raise ParameterError("parameter_range", name="first_week", value=first_week, allowed="a Monday")
    if horizon_weeks < 1:
        raise ParameterError("parameter_range", name="horizon_weeks", value=horizon_weeks, allowed="1 or more")
    panel = panel_of(sales, first_week=first_week, products=products)
    if not len(panel):
        return EMPTY
    season = fit_season(panel, horizon_weeks, calendar)
    cohorts = cohorts_of(panel)
    models = _fit(panel, season, cohorts, params)
    rows = _rows_of(panel, only)
    demand = predict(panel, season, cohorts, models, horizon_weeks, rows)
    return _frame(panel, season, demand, horizon_weeks, rows)


def _fit(panel: Panel, season: Season, cohorts: Ints, params: ForecastParams) -> list[HurdleModel]:
    """A hurdle model per horizon, from what was sold after past origins."""
    weeks = len(panel.weeks)
    chosen = _training_rows(panel, params.training_series)
    training, factor = panel.take(chosen), season.of(0, weeks)[chosen]
    origins = list(range(weeks - 1, 3, -params.origin_every_weeks))[: params.origins + 3]
    uniform = _spread(training)
    features = features_at(training, factor, uniform, origins)
    buyers, cohort = usual_buyers(training), cohorts[chosen]
    models = []
    for horizon in HORIZONS:
        samples = []
        for state in [s for s in features if s.origin + horizon <= weeks][: params.origins]:
            t = state.origin + horizon - 1
            rows = np.flatnonzero((state.active > ACTIVE) & (training.exposure[:, t] > 0.95))
            sold = rows[training.units[rows, t] > 0]
            samples.append(
                TrainingSample(
                    cohort=cohort[rows],
                    occurrence=state.occurrence_at(t)[rows],
                    odds_offset=odds_shift(buyers[rows], factor[rows, t]),
                    sold=(training.units[rows, t] > 0).astype(float),
                    sale_size=state.sale_size_at(t)[sold],
                    usual=state.usual[sold],
                    scatter=state.scatter[sold],
                    log_size=log_size(training.units[sold, t], uniform[sold, t])
                    - size_shift(buyers[sold], factor[sold, t])
                    - state.usual[sold],
                )
            )
        models.append(fit_hurdle(samples, int(cohorts.max(initial=0)) + 1))
    return models


def _training_rows(panel: Panel, limit: int) -> Ints:
    """Rows of whole SKUs, taken in the order of their names' hash until `limit` series are reached."""
    if len(panel) <= limit:
        return np.arange(len(panel))
    order = np.argsort(row_keys(panel.keys, ["sku"]), kind="stable")
    return np.sort(order[:limit])


def _spread(panel: Panel) -> Floats:
    keys = row_keys(panel.keys, ["sku", "market"])
    steps = [week.toordinal() // 7 for week in panel.weeks]
    return uniforms(keys, steps, 1, SPREAD_SEED)[:, :, 0].astype(float)


def predict(
    panel: Panel, season: Season, cohorts: Ints, models: list[HurdleModel], horizon_weeks: int, rows: Ints
) -> Distribution:
    """Distributions of the series `rows`, week by week: len(rows) * horizon rows."""
    past = len(panel.weeks)
    (everyone,) = features_at(panel, season.of(0, past), _spread(panel), [past])
    state, buyers, cohorts = everyone.take(rows), usual_buyers(panel)[rows], cohorts[rows]
    shape = (len(rows), horizon_weeks)
    p, shift, log_mean = np.empty(shape), np.empty(shape), np.empty(shape)
    quantiles = np.empty((*shape, len(LEVELS)))
    known = {b: sizes(models[b], state) for b in {bucket(h + 1) for h in range(horizon_weeks)}}
    for h in range(horizon_weeks):
        model, factor = models[bucket(h + 1)], season.of(past + h, 1)[rows, 0]
        quantiles[:, h], log_mean[:, h] = known[bucket(h + 1)]
        p[:, h] = odds_of_sale(model, state, past + h, cohorts, odds_shift(buyers, factor))
        shift[:, h] = size_shift(buyers, factor) + own_season(model, state, past + h)
    return count_distribution(p.ravel(), quantiles.reshape(-1, len(LEVELS)), log_mean.ravel(), shift.ravel())


def _rows_of(panel: Panel, only: pl.DataFrame | None) -> Ints:
    if only is None:
        return np.arange(len(panel))
    wanted = panel.keys.with_row_index("row").join(only, on=["sku", "market"], how="semi", maintain_order="left")
    return wanted["row"].to_numpy().astype(np.int64)


def _frame(panel: Panel, season: Season, distribution: Distribution, horizon_weeks: int, chosen: Ints) -> pl.DataFrame:
    rows = np.repeat(chosen, horizon_weeks)
    ahead = season.of(len(panel.weeks), horizon_weeks)[chosen]
    classes = np.array(CLASSES)[demand_class(panel.units, panel.exposure)]
    size = distribution.mean**2 / np.maximum(distribution.variance() - distribution.mean, 1e-4 * distribution.mean**2)
    weeks = np.array(season.weeks[len(panel.weeks) :], dtype="datetime64[D]")
    return panel.keys.select("sku", "market")[rows].with_columns(
        pl.Series("week", np.tile(weeks, len(chosen)), dtype=pl.Date),
        *distribution.columns(),
        pl.Series("level", distribution.mean / ahead.ravel(), dtype=pl.Float64),
        pl.Series("season", ahead.ravel(), dtype=pl.Float64),
        pl.Series("demand_class", classes[rows], dtype=pl.String),
        pl.Series("size", size, dtype=pl.Float64),
        pl.Series("basis", _basis(panel, season)[rows], dtype=pl.String),
    )


def _basis(panel: Panel, season: Season) -> npt.NDArray[np.str_]:
    """Message id (n,) of how each series was forecast."""
    sold = (panel.units > 0).any(axis=1)
    return np.where(sold, "demand_basis.season" if season.known else "demand_basis.flat", "demand_basis.new")
