"""The waterfall added up: by mode and market, and what keeps part of it in the dark."""

from __future__ import annotations

import polars as pl

from tradewind.engine.margin.value import COMPONENTS

ORDER = ["platform", "shop", "order_id"]


def margin_by(waterfall: pl.DataFrame) -> pl.DataFrame:
    """Sums by mode and market: orders, units, lines, revenue, each cost, margin, known_revenue, known_share.

    `waterfall` is what landed_margin returns. Costs and margin are summed over the lines whose margin is known, and
    `known_revenue` is the revenue of those lines, so that revenue - costs = margin holds for them; `revenue`
    is of all lines, null where one line's is not known. Margin is null where no line's is known.
    """
    known = pl.col("margin").is_not_null()
    money = [c for c in (*COMPONENTS, "margin") if c != "revenue"]
    return (
        waterfall.group_by("mode", "market")
        .agg(
            orders=pl.struct(ORDER).n_unique().cast(pl.Int64),
            lines=pl.len().cast(pl.Int64),
            units=pl.col("units").sum(),
            revenue=pl.when(pl.col("revenue").is_not_null().all()).then(pl.col("revenue").sum()),
            known_revenue=pl.col("revenue").filter(known).sum(),
            **{c: pl.when(known.any()).then(pl.col(c).filter(known).sum()) for c in money},
        )
        .with_columns(known_share=pl.when(pl.col("revenue") > 0).then(pl.col("known_revenue") / pl.col("revenue")))
        .sort("mode", "market", nulls_last=True)
    )


def unknown_costs(waterfall: pl.DataFrame) -> pl.DataFrame:
    """For each component that is missing somewhere: component, lines, revenue that has no margin because of it."""
    return (
        waterfall.select("revenue", component="unknown")
        .explode("component")
        .drop_nulls("component")
        .group_by("component")
        .agg(lines=pl.len().cast(pl.Int64), revenue=pl.col("revenue").sum())
        .sort("component")
    )
