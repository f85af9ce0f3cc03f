"""Which warehouse serves a market's demand for a SKU."""

from __future__ import annotations

from typing import Final

import polars as pl

KINDS: Final[dict[str, tuple[str, ...]]] = {
    "semi_stocked": ("preferred", "origin"),
    "overseas": ("overseas",),
    "pop": ("seller", "origin", "preferred", "overseas"),
    "own": ("overseas", "seller", "origin", "preferred"),
    "semi_jit": ("seller",),
    "full": ("seller",),
}
"""Kinds of node goods of a mode are sent from, the preferred first."""

STARTED_EMPTY: Final = ("semi_stocked", "overseas")
"""Modes whose goods may be put into a warehouse that has none of them yet; the others are served where they lie."""

ANY_KIND: Final = ("overseas", "preferred", "origin", "seller")


def serving_network(
    sales: pl.DataFrame, stock_now: pl.DataFrame, nodes: pl.DataFrame, modes: pl.DataFrame | None = None
) -> pl.DataFrame:
    """One node per (sku, market) of `sales`: sku, market, node, mode, sorted; pairs that no stock serves are absent.

    `sales` any frame with sku and market (sales or order lines); `modes` the chosen mode per sku, or None where
    modes are not known (mode is then null, and any node that holds the SKU may serve). An overseas node serves
    its own market alone. Of several, in this order: the market's own node, the mode's preferred kind, a node that
    holds the SKU, the one with most of it, the first by name.
    """
    pairs = sales.select(pl.col("sku", "market").cast(pl.String)).unique()
    if modes is None:
        moded = pairs.with_columns(mode=pl.lit(None, pl.String))
        kinds = _kinds({"": ANY_KIND})
    else:
        moded = pairs.join(modes.select(pl.col("sku", "mode").cast(pl.String)), on="sku", how="inner")
        kinds = _kinds(KINDS)
    places = nodes.select(
        pl.col("node").cast(pl.String), pl.col("kind").cast(pl.String), node_market=pl.col("market").cast(pl.String)
    )
    held = stock_now.select(
        pl.col("node", "sku").cast(pl.String),
        held_units=pl.col("available_units") + pl.col("on_the_way_units").fill_null(0),
    )
    offers = (
        moded.with_columns(by_mode=pl.col("mode").fill_null(""))
        .join(kinds, on="by_mode")
        .join(places, on="kind")
        .join(held, on=["node", "sku"], how="left")
        .filter((pl.col("kind") != "overseas") | (pl.col("node_market") == pl.col("market")))
        .filter(pl.col("held_units").is_not_null() | pl.col("by_mode").is_in(STARTED_EMPTY))
    )
    return (
        offers.sort(
            "sku",
            "market",
            pl.col("node_market") != pl.col("market"),
            "preference",
            pl.col("held_units").is_null(),
            -pl.col("held_units").fill_null(0),
            "node",
        )
        .unique(["sku", "market"], keep="first", maintain_order=True)
        .select("sku", "market", "node", "mode")
        .sort("sku", "market")
    )


def _kinds(preferred: dict[str, tuple[str, ...]]) -> pl.DataFrame:
    rows = [(mode, kind, place) for mode, kinds in preferred.items() for place, kind in enumerate(kinds)]
    return pl.DataFrame(rows, schema={"by_mode": pl.String, "kind": pl.String, "preference": pl.Int64}, orient="row")
