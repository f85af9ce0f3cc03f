"""Weeks in which goods were missing say nothing about what buyers wanted.

A stock-out week is censored, not a zero: below `MASK_BELOW` in stock it is left out, else its units count
against the share of the week in which they could be sold.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.weeks import WEEK, week_expr

MASK_BELOW = 0.3
"""Share of a week in stock below which the week counts as not observed."""

KNOWN_FOR = timedelta(days=8)
"""How long a snapshot speaks for the time after it."""


def exposure(in_stock_share: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Share of a week that counts as observed: 0 below MASK_BELOW, the share itself above, 1 where unknown."""
    share = np.where(np.isnan(in_stock_share), 1.0, np.clip(in_stock_share, 0.0, 1.0))
    return np.where(share < MASK_BELOW, 0.0, share)


def in_stock_shares(
    stock: pl.DataFrame, pairs: pl.DataFrame, *, first_week: date, nodes: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Share of each week in which a pair's market could be served: sku, market, week, in_stock_share.

    A market is served by the best stocked of all nodes except overseas warehouses of other markets.
    Between two snapshots the goods were there, were not, or (one of the two) for half of the time. Weeks
    with less than half their days between snapshots at most eight days apart are unknown and yield no row.
    """
    by_node = _weekly(_spans(stock)).filter(pl.col("week") < first_week)
    served = by_node.join(_only_market(nodes), on="node", how="left").drop("node")
    everywhere = pairs.join(served.filter(pl.col("only").is_null()).drop("only"), on="sku")
    local = pairs.join(served.drop_nulls("only").rename({"only": "market"}), on=["sku", "market"])
    return (
        pl.concat([everywhere, local], how="diagonal")
        .group_by("sku", "market", "week")
        .agg(pl.col("in_stock_share").max())
        .sort("sku", "market", "week")
    )


def _spans(stock: pl.DataFrame) -> pl.DataFrame:
    """Time between snapshots: node, sku, day, until (at most eight days later), share in stock."""
    daily = (
        stock.group_by("node", "sku", pl.col("taken_at").cast(pl.Date).alias("day"))
        .agg((pl.col("available_units").max() > 0).cast(pl.Float64).alias("there"))
        .sort("node", "sku", "day")
    )
    following = daily.with_columns(
        pl.col("day").shift(-1).over("node", "sku").alias("next_day"),
        pl.col("there").shift(-1).over("node", "sku").alias("next_there"),
    )
    return following.select(
        "node",
        "sku",
        "day",
        until=pl.min_horizontal(pl.col("next_day").fill_null(pl.col("day") + WEEK), pl.col("day") + KNOWN_FOR),
        share=(pl.col("there") + pl.col("next_there").fill_null(pl.col("there"))) / 2,
    )


def _weekly(spans: pl.DataFrame) -> pl.DataFrame:
    """Shares by calendar week; a span of at most eight days touches its first week and the one after."""
    first = spans.with_columns(week=week_expr("day"))
    parts = [first, first.with_columns(week=pl.col("week") + WEEK)]
    days = [
        part.with_columns(
            days=(pl.min_horizontal("until", pl.col("week") + WEEK) - pl.max_horizontal("day", "week")).dt.total_days()
        ).filter(pl.col("days") > 0)
        for part in parts
    ]
    return (
        pl.concat(days)
        .group_by("node", "sku", "week")
        .agg(
            ((pl.col("share") * pl.col("days")).sum() / pl.col("days").sum()).alias("in_stock_share"),
            pl.col("days").sum(),
        )
        .filter(pl.col("days") >= 4)
        .drop("days")
    )


def _only_market(nodes: pl.DataFrame | None) -> pl.DataFrame:
    """node -> the one market it serves, for overseas warehouses; other nodes serve all and do not appear."""
    if nodes is None or nodes.is_empty():
        return pl.DataFrame(schema={"node": pl.String, "only": pl.String})
    return nodes.filter(pl.col("kind").cast(pl.String) == "overseas").select("node", only="market")
