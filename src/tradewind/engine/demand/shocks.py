"""How strongly forecast errors are correlated: the shares of shocks that SKUs and weeks have in common.

Past forecasts are compared with outcomes. Each outcome's place in its forecast distribution becomes a standard normal
score. Products of the scores of two SKUs in the same market and week, of two of the same category, and of one
series in two weeks, average to the shares of the shocks they have in common (moments of a Gaussian copula).
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
from scipy.special import ndtri

from tradewind.core.distribution import Distribution
from tradewind.core.scenarios import row_keys, uniforms
from tradewind.core.weeks import WEEK
from tradewind.engine.demand.forecast import forecast
from tradewind.engine.demand.panel import with_category

USUAL_SHARES = {"market_week": 0.05, "category_week": 0.03, "series": 0.12}
"""Shares assumed without evidence; estimates are shrunk to them where it is thin."""

BACK_WEEKS = (26, 13)
WEEKS_BEFORE = 26
SERIES = 3_000
MIN_SALE_SHARE = 0.5
PRIOR_WEEKS = 40.0
_PIT_SEED = 11


def shared_shocks(
    sales: pl.DataFrame,
    *,
    first_week: date,
    products: pl.DataFrame | None = None,
    calendar: pl.DataFrame | None = None,
) -> dict[str, float]:
    """Shares of a forecast's uncertainty that rows have in common, for `sample_paths`.

    market_week: with all SKUs of a market in a week; category_week: with those of its category beyond that;
    series: with itself in the other weeks of the horizon. Measured on forecasts made 26 and 13 weeks before
    `first_week`, of at most 3,000 pairs that sell in most weeks (rare sales show little); shrunk to USUAL_SHARES
    as far as weeks are few.
    """
    scores = [_scores(sales, first_week - WEEK * back, first_week, products, calendar) for back in BACK_WEEKS]
    known = pl.concat([s for s in scores if s is not None]) if any(s is not None for s in scores) else None
    if known is None or known.is_empty():
        return dict(USUAL_SHARES)
    weeks = known.select("market", "week").unique().height
    trust = weeks / (weeks + PRIOR_WEEKS)
    found = _moments(known)
    shares = {name: trust * found[name] + (1 - trust) * usual for name, usual in USUAL_SHARES.items()}
    total = sum(shares.values())
    return {name: round(share * min(1.0, 0.8 / total), 4) for name, share in shares.items()}


def _scores(
    sales: pl.DataFrame,
    origin: date,
    first_week: date,
    products: pl.DataFrame | None,
    calendar: pl.DataFrame | None,
) -> pl.DataFrame | None:
    """sku, market, category, origin, week, score of the 13 weeks from `origin`; None without half a year before it."""
    before = sales.filter(pl.col("week") < origin)
    if before.is_empty() or before["week"].min() > origin - timedelta(weeks=WEEKS_BEFORE):  # type: ignore[operator]
        return None
    recent = before.filter((pl.col("week") >= origin - WEEK * 8) & (pl.col("units") > 0))
    often = recent.group_by("sku", "market").len().filter(pl.col("len") >= 8 * MIN_SALE_SHARE).sort("sku", "market")
    chosen = often[np.sort(np.argsort(row_keys(often, ["sku", "market"]), kind="stable")[:SERIES])]
    if chosen.is_empty():
        return None
    weeks = min(13, (first_week - origin) // WEEK)
    demand = forecast(before, first_week=origin, horizon_weeks=weeks, products=products, calendar=calendar, only=chosen)
    came = demand.join(
        sales.select("sku", "market", "week", "units", "in_stock_share"),
        on=["sku", "market", "week"],
        how="left",
        maintain_order="left",
    )
    units = came["units"].fill_null(0).to_numpy().astype(float)
    odds = Distribution.from_frame(came, "count")
    uniform = uniforms(row_keys(came, ["sku", "market", "week"]), [origin.toordinal()], 1, _PIT_SEED)[:, 0, 0]
    below, upto = odds.cdf(units - 1), odds.cdf(units)
    pit = np.clip(below + uniform * (upto - below), 1e-3, 1 - 1e-3)
    return (
        came.select("sku", "market", "week")
        .with_columns(
            origin=pl.lit(origin), score=pl.Series(ndtri(pit)), in_stock=came["in_stock_share"].fill_null(1.0)
        )
        .filter(pl.col("in_stock") > 0.9)
        .pipe(with_category, products)
    )


def _moments(known: pl.DataFrame) -> dict[str, float]:
    market = _together(known, ["market", "week", "origin"])
    category = _together(known, ["market", "category", "week", "origin"])
    same = category[1] / max(market[1], 1.0)
    if same < 0.9:
        own = max(category[0] - market[0], 0.0) / (1.0 - same)
        base = max(market[0] - same * own, 0.0)
    else:
        own, base = 0.0, max(market[0], 0.0)
    series = max(_together(known, ["sku", "market", "origin"])[0], 0.0)
    return {"market_week": base, "category_week": own, "series": series}


def _together(known: pl.DataFrame, group: list[str]) -> tuple[float, float]:
    """Mean product of the scores of two different rows of a group, over all groups; and how many such pairs."""
    sums = known.group_by(group, maintain_order=True).agg(
        (pl.col("score").sum() ** 2 - (pl.col("score") ** 2).sum()).alias("products"),
        (pl.len() * (pl.len() - 1)).cast(pl.Float64).alias("pairs"),
    )
    pairs = float(sums["pairs"].sum())
    return (float(sums["products"].sum()) / pairs if pairs else 0.0), pairs
