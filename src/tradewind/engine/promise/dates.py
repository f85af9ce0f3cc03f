"""From odds of transit time to the date promised to the buyer."""

from __future__ import annotations

import numpy as np
import polars as pl

from tradewind.core.distribution import Distribution, Floats
from tradewind.core.errors import MissingColumnError
from tradewind.engine.promise.params import PromiseParams

_KEY = ["service", "node", "market", "region"]
_NEEDED = ["service", "node", "market", "mean", "p_zero", "quantiles", "tail", "parcels"]


_DEFAULT = PromiseParams()


def promise(options: pl.DataFrame, params: PromiseParams = _DEFAULT) -> pl.DataFrame:
    """The date each line can promise: the earliest whole day k with P(delivered by day k) >= on_time_odds.

    `options` is a lanes frame (TransitModel.predict); every row is judged by its own distribution, never by a mix of
    two lines. Days are calendar days after the parcel's creation; a parcel lost on the way counts as late.
    As k days are counted from the hour of creation, a parcel delivered later on calendar day k is
    on time too, so the promise is kept at least as often as stated.

    Returns service, node, market, region, promise_days (null: no promise), on_time_odds (of that day),
    odds_5_days, reachable_5_days (null where the evidence is thin; both named after reachable_days), parcels,
    reason. Raises MissingColumnError.
    """
    missing = [c for c in _NEEDED if c not in options.columns]
    if missing:
        raise MissingColumnError("promise_column_missing", columns=", ".join(missing))
    rows = options if "region" in options.columns else options.with_columns(region=pl.lit(None, pl.String))
    rows = rows.sort(_KEY, nulls_last=True)
    known = rows["mean"].is_not_null().to_numpy()
    by_day = np.full((rows.height, params.longest_days), np.nan)
    within_reach = np.full(rows.height, np.nan)
    if known.any():
        distribution = Distribution.from_frame(rows.filter(pl.Series(known)), "time")
        by_day[known] = _odds_by_day(distribution, params.longest_days)
        within_reach[known] = distribution.cdf(float(params.reachable_days))
    enough = rows["parcels"].fill_null(0).to_numpy() >= params.min_parcels
    day = np.where(known & enough, _earliest(by_day, params), 0)
    kept = np.take_along_axis(by_day, np.maximum(day - 1, 0)[:, None], 1)[:, 0]
    odds, tag = f"odds_{params.reachable_days}_days", f"reachable_{params.reachable_days}_days"
    return rows.with_columns(
        pl.Series("promise_days", day, dtype=pl.Int64),
        pl.Series("on_time_odds", np.where(day > 0, kept, np.nan), dtype=pl.Float64, nan_to_null=True),
        pl.Series(odds, within_reach, dtype=pl.Float64, nan_to_null=True),
        pl.Series(tag, within_reach >= params.reachable_odds),
        pl.Series("reason", _reasons(rows, known, enough, day), dtype=pl.String),
        pl.Series("judged", known & enough),
    ).select(
        *_KEY,
        pl.when(pl.col("promise_days") > 0).then("promise_days"),
        "on_time_odds",
        odds,
        pl.when("judged").then(tag),
        "parcels",
        "reason",
    )


def _odds_by_day(distribution: Distribution, longest: int) -> Floats:
    """P(delivered by day k) for k = 1 .. longest."""
    return distribution.cdf(np.broadcast_to(np.arange(1.0, longest + 1), (len(distribution), longest)))


def _earliest(by_day: Floats, params: PromiseParams) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The day to promise, 0 where none will do."""
    if params.late_costs_days is not None:
        cost = np.arange(1.0, by_day.shape[1] + 1) + params.late_costs_days * (1.0 - by_day)
        return np.where(np.isnan(by_day[:, 0]), 0, np.argmin(np.nan_to_num(cost, nan=np.inf), axis=1) + 1)
    enough = by_day >= params.on_time_odds - 1e-12
    return np.where(enough.any(axis=1), np.argmax(enough, axis=1) + 1, 0)


def _reasons(rows: pl.DataFrame, known: np.ndarray, enough: np.ndarray, day: np.ndarray) -> list[str]:
    none_arrived = rows["parcels"].fill_null(0).to_numpy() == 0
    return list(
        np.select(
            [~known | none_arrived, ~enough, day == 0],
            ["promise_no_parcels", "promise_too_few_parcels", "promise_too_uncertain"],
            "promise_given",
        )
    )
