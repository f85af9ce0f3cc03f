"""Which warehouse serves a market's demand for a SKU: the one that has lately done so, else the one that could best."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import polars as pl

KINDS: Final[dict[str, tuple[str, ...]]] = {
    "semi_stocked": ("preferred", "origin"),
    "overseas": ("overseas",),
    "pop": ("seller", "origin", "preferred"),
    "own": ("seller", "origin", "preferred"),
    "semi_jit": ("seller",),
    "full": ("seller",),
}
"""Kinds of node a mode sends from, the preferred first; goods that lie abroad are sent from there in any mode."""

STARTED_EMPTY: Final = ("semi_stocked", "overseas")
"""Modes whose goods may be put into a warehouse that has none of them yet; others are served where they lie."""

ANY_KIND: Final = ("preferred", "origin", "seller")

PAIR: Final = ["sku", "market"]


def serving_network(
    sales: pl.DataFrame,
    stock_position: pl.DataFrame,
    nodes: pl.DataFrame,
    modes: pl.DataFrame | None = None,
    *,
    shipped: pl.DataFrame | None = None,
    services: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One node per (sku, market) of `sales`: sku, market, node, mode, sorted; pairs no stock serves are absent.

    `sales`: any frame with sku and market. `shipped`: what was lately sent from where (see `shipped_from`); it decides
    wherever it knows a pair. For the others `modes` says the mode of each pair (None: not known, mode is
    then null and any node that holds the SKU may serve), and of the nodes that fit the mode, or abroad hold the SKU,
    serves, in this order: one abroad, one that holds the SKU, the mode's preferred kind, the one with most of it, the
    first by name. A node abroad serves its own market and those it has a freight card to in `services`.
    """
    pairs = sales.select(pl.col(PAIR).cast(pl.String)).unique()
    known = _most_shipped(pairs, shipped, nodes)
    places = nodes.select(
        pl.col("node", "kind").cast(pl.String),
        abroad=pl.col("kind") == "overseas",
        own=pl.col("market").cast(pl.String),
    )
    held = stock_position.select(
        pl.col("node", "sku").cast(pl.String),
        held_units=pl.col("available_units") + pl.col("on_the_way_units").fill_null(0),
    )
    cards = nodes.select("node", "market") if services is None else services.select("node", "market")
    reached = cards.select(pl.col("node", "market").cast(pl.String)).unique().with_columns(reached=pl.lit(True))
    offers = (
        _moded(pairs.join(known, on=PAIR, how="anti"), modes)
        .join(places, how="cross")
        .join(_kinds(), on=["by_mode", "kind"], how="left")
        .join(held, on=["node", "sku"], how="left")
        .join(reached, on=["node", "market"], how="left")
        .filter(
            ~pl.col("abroad") | (pl.col("own") == pl.col("market")) | pl.col("reached").fill_null(False),
            pl.col("preference").is_not_null() | pl.col("abroad"),
            pl.col("held_units").is_not_null()
            | (pl.col("by_mode").is_in(STARTED_EMPTY) & pl.col("preference").is_not_null()),
        )
    )
    chosen = offers.sort(
        *PAIR,
        ~pl.col("abroad"),
        pl.col("held_units").is_null(),
        "preference",
        -pl.col("held_units").fill_null(0),
        "node",
    ).unique(PAIR, keep="first", maintain_order=True)
    mode = pl.when(pl.col("abroad") & pl.col("mode").is_not_null()).then(pl.lit("overseas")).otherwise("mode")
    return pl.concat([known, chosen.select("sku", "market", "node", mode.alias("mode"))]).sort(PAIR)


def shipped_from(order_lines: pl.DataFrame, parcels: pl.DataFrame, *, as_of: datetime, weeks: int = 26) -> pl.DataFrame:
    """Units per sku, market, node and mode in parcels created in the `weeks` before `as_of`, sorted."""
    order = ["platform", "shop", "order_id"]
    recent = parcels.filter((pl.col("created_at") < as_of) & (pl.col("created_at") >= as_of - timedelta(weeks=weeks)))
    return (
        order_lines.join(recent.select(*order, "node").drop_nulls().unique(), on=order)
        .group_by("sku", "market", "node", pl.col("mode").cast(pl.String))
        .agg(pl.col("units").sum())
        .sort("sku", "market", "node", "mode")
    )


def warehouses_left(network: pl.DataFrame, modes: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """The goods that a change of mode leaves behind: node, sku, mode (the coming one), sorted.

    `network`: of `serving_network`; `modes`: the mode each pair is to be sold in (sku, market, mode). A warehouse of
    the platform or abroad is left where none of the markets it serves with the SKU stays in the mode it belongs to.
    """
    coming = modes.select(pl.col(*PAIR).cast(pl.String), coming=pl.col("mode").cast(pl.String))
    kinds = nodes.select(pl.col("node", "kind").cast(pl.String))
    served = network.join(kinds, on="node").join(coming, on=PAIR, how="left", maintain_order="left")
    leaves = pl.col("mode").is_in(STARTED_EMPTY) & (pl.col("kind") != "seller") & (pl.col("coming") != pl.col("mode"))
    return (
        served.group_by("node", "sku")
        .agg(all=leaves.fill_null(False).all(), mode=pl.col("coming").first())
        .filter("all")
        .select("node", "sku", "mode")
        .sort("node", "sku")
    )


def stocked_units(network: pl.DataFrame, stock_position: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Goods on hand and on the way where only their mode sends from (`warehouses_left`): sku, units, sorted."""
    kinds = nodes.select(pl.col("node", "kind").cast(pl.String))
    own = network.join(kinds, on="node").filter(pl.col("mode").is_in(STARTED_EMPTY) & (pl.col("kind") != "seller"))
    held = stock_position.join(own.select("node", "sku").unique(), on=["node", "sku"], how="semi")
    units = pl.col("available_units") + pl.col("on_the_way_units").fill_null(0)
    return held.group_by("sku").agg(units=units.sum()).sort("sku")


def _most_shipped(pairs: pl.DataFrame, shipped: pl.DataFrame | None, nodes: pl.DataFrame) -> pl.DataFrame:
    """The node, and its mode, that sent most of each pair, of nodes that still exist."""
    if shipped is None:
        return pairs.clear().with_columns(node=pl.lit(None, pl.String), mode=pl.lit(None, pl.String))
    per_node = shipped.join(pairs, on=PAIR, how="semi").join(nodes, on="node", how="semi")
    return (
        per_node.sort(
            *PAIR, -pl.col("units").sum().over(*PAIR, "node"), "node", -pl.col("units"), "mode", nulls_last=True
        )
        .unique(PAIR, keep="first", maintain_order=True)
        .select(pl.col("sku", "market", "node", "mode").cast(pl.String))
    )


def _moded(pairs: pl.DataFrame, modes: pl.DataFrame | None) -> pl.DataFrame:
    if modes is None:
        return pairs.with_columns(mode=pl.lit(None, pl.String), by_mode=pl.lit(""))
    return pairs.join(modes.select(pl.col(*PAIR, "mode").cast(pl.String)), on=PAIR).with_columns(
        by_mode=pl.col("mode").fill_null("")
    )


def _kinds() -> pl.DataFrame:
    preferred = {**KINDS, "": ANY_KIND}
    rows = [(mode, kind, place) for mode, kinds in preferred.items() for place, kind in enumerate(kinds)]
    return pl.DataFrame(rows, schema={"by_mode": pl.String, "kind": pl.String, "preference": pl.Int64}, orient="row")
