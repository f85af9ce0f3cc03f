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

KINDS_OF_MODE = {
    "full": ["origin", "preferred"],
    "semi_stocked": ["origin", "preferred"],
    "semi_jit": ["seller"],
    "pop": ["seller"],
    "own": ["seller"],
    "overseas": ["overseas"],
}
"""Kinds of node a mode sells from."""

KNOWN_FOR = timedelta(days=8)
"""How long a snapshot speaks for the time after it."""

WEEK_OF_PAIR = ["sku", "market", "week"]


def exposure(in_stock_share: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Share of a week that counts as observed: 0 below MASK_BELOW, the share itself above, 1 where unknown."""
    share = np.where(np.isnan(in_stock_share), 1.0, np.clip(in_stock_share, 0.0, 1.0))
    return np.where(share < MASK_BELOW, 0.0, share)


def in_stock_shares(
    stock: pl.DataFrame,
    pairs: pl.DataFrame,
    *,
    first_week: date,
    nodes: pl.DataFrame | None = None,
    serving: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Share of each week in which a pair could be served: sku, market, week, in_stock_share.

    `pairs` (sku, market, mode) are served by the node that `serving` (sku, market, node) names for them, from the
    first week it had the goods on; other pairs, and earlier weeks, by the best stocked of the nodes that fit their
    mode (see `_by_mode`). Between two snapshots the goods were there, were not, or (one of the two) for half of the
    time. Weeks with less than half their days between snapshots at most eight days apart are unknown and yield no
    row.
    """
    by_node = _weekly(_spans(stock)).filter(pl.col("week") < first_week)
    held = stock.select("node", "sku").unique()
    usual = _best(_by_mode(pairs, held, nodes), by_node)
    if serving is None:
        return usual.sort(WEEK_OF_PAIR)
    named = serving.select(pl.col("sku", "market", "node").cast(pl.String)).unique()
    stated = _best(named.join(pairs, on=["sku", "market"], how="semi"), _since_stocked(by_node))
    return pl.concat([stated, usual.join(stated, on=WEEK_OF_PAIR, how="anti")]).sort(WEEK_OF_PAIR)


def _best(serving: pl.DataFrame, by_node: pl.DataFrame) -> pl.DataFrame:
    """The share of the best stocked of the nodes that serve a pair, by week."""
    return serving.join(by_node, on=["node", "sku"]).group_by(WEEK_OF_PAIR).agg(pl.col("in_stock_share").max())


def _since_stocked(by_node: pl.DataFrame) -> pl.DataFrame:
    """Weeks of a node from the first one it had the SKU on: before, other nodes must have served."""
    had = by_node.filter(pl.col("in_stock_share") > 0).group_by("node", "sku").agg(since=pl.col("week").min())
    return by_node.join(had, on=["node", "sku"]).filter(pl.col("week") >= pl.col("since")).drop("since")


def _by_mode(pairs: pl.DataFrame, held: pl.DataFrame, nodes: pl.DataFrame | None) -> pl.DataFrame:
    """Which nodes can serve a pair: sku, market, node.

    The nodes that hold the SKU and are of a kind its mode sells from; overseas warehouses serve their own market, or
    any where none is in it. Of a pair without mode, any node serves but the overseas warehouses of other markets.
    """
    offers = pairs.join(held, on="sku")
    if nodes is None or nodes.is_empty():
        return offers.select("sku", "market", "node")
    places = nodes.select("node", pl.col("kind").cast(pl.String), pl.col("market").alias("at"))
    offers = offers.join(places, on="node").with_columns(
        abroad=pl.col("kind") == "overseas",
        fits=pl.col("mode").replace_strict(KINDS_OF_MODE, default=None).list.contains(pl.col("kind")),
        here=pl.col("at") == pl.col("market"),
    )
    near = pl.col("here") | ~pl.col("here").any().over("sku", "market")
    usable = (
        pl.when(pl.col("mode") == "overseas")
        .then(pl.col("abroad") & near)
        .otherwise(pl.col("fits").fill_null(True) & (~pl.col("abroad") | pl.col("here")))
    )
    return offers.filter(usable).select("sku", "market", "node")


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
        .group_by("node", "sku", "week", maintain_order=True)
        .agg(
            ((pl.col("share") * pl.col("days")).sum() / pl.col("days").sum()).alias("in_stock_share"),
            pl.col("days").sum(),
        )
        .filter(pl.col("days") >= 4)
        .drop("days")
    )
