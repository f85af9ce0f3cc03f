"""Each figure against its threshold, where it is heading, and when it would break it at the present trend."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import polars as pl

from tradewind.core.rules import Rules
from tradewind.engine.shop.figures import FIGURES, SHOP, Figure, ShopFacts

WEEKS_BACK: Final = 8
SOON_DAYS: Final = 28
_FARTHEST_DAYS: Final = 180
_FEW: Final = 20
_LEAST_POINTS: Final = 4
RATINGS = {"platform": pl.String, "shop": pl.String, "on": pl.Date, "figure": pl.String, "value": pl.Float64}


def shop_health(
    facts: ShopFacts, rules: Rules, *, as_of: datetime, ratings: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Every figure of every shop as of `as_of`, what is broken first, then what would break soonest.

    `ratings` (platform, shop, on, figure, value) are what the seller read off the seller centre, for figures no table
    holds; only those dated up to `as_of` count, the newest is the value. Trend: the slope of a straight line (least
    squares) through the figure at weekly moments of the last eight weeks (or the ratings of that time) whose windows
    the loaded facts cover, given from four points on, and for rates from 20 cases' worth of evidence on; windows
    overlap, so it is a direction, not a forecast. break_on: where that line meets the threshold, within 180 days.

    Columns: platform, shop, figure, value, cases, of, threshold, bound ("least", "most"), state ("broken"; "soon",
    within 28 days; "kept"; "unknown"), per_week (trend), break_on, days_left, asked (the seller must state it), rule,
    source, confidence, reason (id). A figure that cannot be counted has value null, never 0.
    """
    ratings = pl.DataFrame(schema=RATINGS) if ratings is None else ratings
    shops = facts.order_lines.select(SHOP).unique().sort(SHOP)
    watched = [_watched(figure, facts, rules, as_of, ratings, shops) for figure in FIGURES]
    parts = [part for part in watched if part is not None]
    if not parts or shops.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    order = pl.col("state").replace_strict({"broken": 0, "soon": 1, "kept": 2, "unknown": 3}, return_dtype=pl.Int8)
    return pl.concat(parts).sort(order, "break_on", *SHOP, "figure", nulls_last=True)


_SCHEMA: Final = {
    "platform": pl.String, "shop": pl.String, "figure": pl.String, "value": pl.Float64, "cases": pl.Int64,
    "of": pl.Int64, "threshold": pl.Float64, "bound": pl.String, "state": pl.String, "per_week": pl.Float64,
    "break_on": pl.Date, "days_left": pl.Int64, "asked": pl.Boolean, "rule": pl.String, "source": pl.String,
    "confidence": pl.String, "reason": pl.String,
}  # fmt: skip


def _watched(
    figure: Figure, facts: ShopFacts, rules: Rules, as_of: datetime, ratings: pl.DataFrame, shops: pl.DataFrame
) -> pl.DataFrame | None:
    row = rules.find(figure.rule, as_of.date())
    if row is None or isinstance(row.value, str):
        return None
    points = _stated(figure, ratings, as_of) if figure.count is None else _weekly(figure, facts, rules, as_of)
    trends = _trends(points, figure)
    latest = points.sort("days_ago").unique(SHOP, keep="first", maintain_order=True)
    if figure.count is not None:
        latest = latest.filter(pl.col("days_ago") == 0)
    threshold, least = float(row.value), figure.bound == "least"
    found = shops.join(latest, on=SHOP, how="left", maintain_order="left").join(
        trends, on=SHOP, how="left", maintain_order="left"
    )
    value, trend = pl.col("value"), pl.col("per_week")
    broken = value < threshold if least else value > threshold
    towards = trend < 0 if least else trend > 0
    ahead = pl.when(towards & ~broken).then((threshold - value) / trend * 7)
    found = found.with_columns(days=pl.when(ahead <= _FARTHEST_DAYS).then(ahead.ceil().cast(pl.Int64)))
    state = (
        pl.when(value.is_null()).then(pl.lit("unknown"))
        .when(broken).then(pl.lit("broken"))
        .when((pl.col("days") <= SOON_DAYS).fill_null(False)).then(pl.lit("soon"))
        .otherwise(pl.lit("kept"))
    )  # fmt: skip
    found = found.with_columns(state=state, asked=pl.lit(figure.count is None))
    unknown = pl.when(pl.col("asked")).then(pl.lit("shop_figure.ask")).otherwise(pl.lit("shop_figure.no_data"))
    reason = pl.concat_str(pl.lit("shop_figure."), "state", pl.lit("_"), pl.lit(figure.bound))
    return found.with_columns(
        figure=pl.lit(figure.name),
        threshold=pl.lit(threshold),
        bound=pl.lit(figure.bound),
        days_left="days",
        break_on=pl.lit(as_of.date()) + pl.duration(days=pl.col("days")),
        rule=pl.lit(figure.rule),
        source=pl.lit(row.source),
        confidence=pl.lit(row.confidence),
        reason=pl.when(pl.col("state") == "unknown").then(unknown).otherwise(reason),
    ).select(pl.col(name).cast(dtype) for name, dtype in _SCHEMA.items())


def _weekly(figure: Figure, facts: ShopFacts, rules: Rules, as_of: datetime) -> pl.DataFrame:
    """The figure at weekly moments: shop, days_ago, value, cases, of."""
    assert figure.count is not None
    window = rules.find(figure.window, as_of.date())
    span = timedelta(days=float(window.value) if window else 30.0)
    table, moment = figure.source
    began = getattr(facts, table)[moment].min()
    parts = []
    for weeks in range(WEEKS_BACK + 1):
        if weeks and (began is None or as_of - timedelta(weeks=weeks) - span < began):
            break
        found = figure.count(facts, as_of - timedelta(weeks=weeks), span)
        value = figure.metric.source.formula.over(SHOP).cast(pl.Float64)
        parts.append(found.select(*SHOP, "cases", "of", days_ago=pl.lit(7 * weeks, pl.Int64), value=value))
    return pl.concat(parts)


def _stated(figure: Figure, ratings: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    ago = (pl.lit(as_of.date()) - pl.col("on")).dt.total_days()
    mine = ratings.filter((pl.col("figure") == figure.name) & (pl.col("on") <= as_of.date()))
    nobody = pl.lit(None, pl.Int64)
    return mine.select(*SHOP, "value", cases=nobody, of=nobody, days_ago=ago)


def _trends(points: pl.DataFrame, figure: Figure) -> pl.DataFrame:
    """Slope of the value per week over the last eight weeks; a shop with too little evidence has no row."""
    enough = (pl.col("of") >= _FEW).fill_null(True) | pl.lit(figure.metric.unit == "cases")
    recent = points.filter((pl.col("days_ago") <= 7 * WEEKS_BACK) & pl.col("value").is_not_null() & enough)
    week, value = -pl.col("days_ago") / 7.0, pl.col("value")
    off = week - week.mean()
    return (
        recent.sort(*SHOP, "days_ago")
        .group_by(SHOP, maintain_order=True)
        .agg(points=pl.len(), per_week=(off * value).sum() / (off**2).sum())
        .filter(pl.col("points") >= _LEAST_POINTS)
        .select(*SHOP, "per_week")
    )
