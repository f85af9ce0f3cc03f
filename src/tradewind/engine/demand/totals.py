"""Totals with their own odds: what a market, a category or the whole shop will sell.

The mean of a sum is the sum of means, and is taken from the forecast itself; the band of a sum is not the sum of bands,
and comes from adding up scenarios.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.engine.demand.paths import DemandPaths

GROUPS = ("total", "market", "category")


def demand_totals(paths: DemandPaths, demand: pl.DataFrame, products: pl.DataFrame) -> pl.DataFrame:
    """Weekly totals by group ("total", "market", "category") and key: mean, p10, p90.

    `demand`: sku, market, week, mean of every pair and week of `paths`. SKUs without a category are added up under the
    key "?". p10 and p90 are the values that one scenario in ten stays below or above.
    """
    placed = _placed(paths.keys, products)
    means = demand.sort("sku", "market", "week").select("sku", "week", "mean", market=pl.col("market").cast(pl.String))
    means = _placed(means, products)
    parts = [
        _bands(name, placed[name], paths.weeks, paths.draws).join(_means(name, means), on=["key", "week"], how="left")
        for name in GROUPS
    ]
    return pl.concat(parts).select("group", "key", "week", "mean", "p10", "p90").sort("group", "key", "week")


def _placed(rows: pl.DataFrame, products: pl.DataFrame) -> pl.DataFrame:
    """`rows` (sku, market), in their order, with their key in each of GROUPS."""
    return rows.join(products.select("sku", "category"), on="sku", how="left", maintain_order="left").with_columns(
        total=pl.lit("all"), category=pl.col("category").fill_null("?")
    )


def _means(name: str, means: pl.DataFrame) -> pl.DataFrame:
    return means.group_by(pl.col(name).alias("key"), "week", maintain_order=True).agg(pl.col("mean").sum())


def past_totals(sales: pl.DataFrame, products: pl.DataFrame) -> pl.DataFrame:
    """What was sold by group, key and week: units; the history beside `demand_totals`."""
    placed = sales.join(products.select("sku", "category"), on="sku", how="left").with_columns(
        total=pl.lit("all"), category=pl.col("category").fill_null("?")
    )
    parts = [
        placed.group_by(key=pl.col(name), week="week")
        .agg(units=pl.col("units").sum())
        .select(pl.lit(name).alias("group"), "key", "week", "units")
        for name in GROUPS
    ]
    return pl.concat(parts).sort("group", "key", "week")


def _bands(name: str, members: pl.Series, weeks: Sequence[date], draws: npt.NDArray[np.float32]) -> pl.DataFrame:
    labels, starts, order = _runs(members)
    sums = np.empty((len(labels), *draws.shape[1:]), np.float64)
    for week in range(draws.shape[1] if len(labels) else 0):
        np.add.reduceat(draws[order, week], starts, axis=0, dtype=np.float64, out=sums[:, week])
    p10, p90 = np.quantile(sums, [0.1, 0.9], axis=2) if len(labels) else np.zeros((2, 0, len(weeks)))
    return pl.DataFrame(
        {
            "group": pl.Series([name] * (len(labels) * len(weeks)), dtype=pl.String),
            "key": pl.Series(np.repeat(labels.to_numpy(), len(weeks)), dtype=pl.String),
            "week": pl.Series(list(weeks) * len(labels), dtype=pl.Date),
            "p10": p10.ravel(),
            "p90": p90.ravel(),
        }
    )


def _runs(members: pl.Series) -> tuple[pl.Series, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The distinct members in order, where each begins once the rows are sorted, and that order of the rows."""
    order = members.arg_sort()
    first = pl.DataFrame({"label": members.gather(order)}).with_row_index("at").unique("label", keep="first").sort("at")
    return first["label"], first["at"].to_numpy().astype(np.int64), order.to_numpy().astype(np.int64)
