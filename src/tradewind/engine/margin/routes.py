"""By which service, and from which warehouse, a mode's parcels go to a market.

What is sold next will go as the parcels of its mode went lately: not all by the service most of them took, and what
express costs on one parcel in five is part of what a unit costs. Where nothing was sent, the warehouses say it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from tradewind.engine.margin.cards import LANE
from tradewind.engine.margin.freight import CLASSES

_ROUTE_OF = {
    "semi_stocked": "platform",
    "semi_jit": "platform",
    "full": "platform",
    "pop": "seller",
    "own": "seller",
    "overseas": "overseas",
}
_NODE_KINDS = {
    "platform": ("preferred", "origin", "seller"),
    "seller": ("seller", "origin", "preferred"),
    "overseas": ("overseas",),
}
_ORDER = ["platform", "shop", "order_id"]


def route_mix(
    order_lines: pl.DataFrame, parcels: pl.DataFrame, nodes: pl.DataFrame, *, as_of: datetime, weeks: int = 26
) -> pl.DataFrame:
    """How the parcels of each mode went to each market in the `weeks` before `as_of`: mode, market, service, node,
    share (of the parcels; those of a mode and market add up to 1).

    Overseas counts what left from a warehouse abroad, the other modes what did not. All SKUs of a mode are taken to go
    the same ways: that one is too heavy for a service, or holds a battery, is not seen here.
    """
    recent = parcels.filter(
        (pl.col("known_at") <= as_of).fill_null(True)
        & (pl.col("created_at") < as_of)
        & (pl.col("created_at") >= as_of - timedelta(weeks=weeks))
    ).drop_nulls(["order_id", "service", "node"])
    modes = order_lines.select(*_ORDER, mode=pl.col("mode").cast(pl.String)).drop_nulls("mode").unique(_ORDER)
    abroad = nodes.filter(pl.col("kind").cast(pl.String) == "overseas")["node"]
    counted = (
        recent.join(modes, on=_ORDER)
        .filter(pl.col("node").is_in(abroad.implode()) == (pl.col("mode") == "overseas"))
        .group_by("mode", "market", "service", "node")
        .agg(parcels=pl.len())
    )
    share = pl.col("parcels") / pl.col("parcels").sum().over("mode", "market")
    return counted.select("mode", "market", "service", "node", share=share).sort("mode", *LANE)


def routes_on(
    services: pl.DataFrame, nodes: pl.DataFrame, parcels: pl.DataFrame, mix: pl.DataFrame | None
) -> pl.DataFrame:
    """The ways of `mix` (of `route_mix`) that `services` has a card for, with their shares anew; for the modes and
    markets it says nothing of, the one of `usual_routes`: mode, market, service, node, share."""
    usual = usual_routes(services, nodes, parcels).with_columns(share=pl.lit(1.0))
    if mix is None:
        return usual
    seen = mix.join(services.select(*LANE), on=list(LANE), how="semi", maintain_order="left")
    seen = seen.with_columns(share=pl.col("share") / pl.col("share").sum().over("mode", "market"))
    return pl.concat([seen, usual.join(seen, on=["mode", "market"], how="anti")]).sort("mode", *LANE)


def main_routes(routes: pl.DataFrame) -> pl.DataFrame:
    """The service most parcels of a mode take to a market, and the node most of these leave: mode, market, service,
    node."""
    by_service = pl.col("share").sum().over("mode", "market", "service")
    first = routes.sort("mode", "market", -by_service, "service", -pl.col("share"), "node")
    return first.unique(["mode", "market"], keep="first", maintain_order=True).drop("share")


def usual_routes(services: pl.DataFrame, nodes: pl.DataFrame, parcels: pl.DataFrame) -> pl.DataFrame:
    """The service and node a mode's parcels to a market usually take: mode, market, service, node.

    Among the services from the kind of node the mode sends from (semi-managed from a preferred warehouse,
    POP from the seller's own, overseas from a warehouse abroad, in the same market first), the one with
    most parcels; without parcels the standard class before economy and express. Where the mode's own kind
    of node has no card, the nearest other kind stands in, except for overseas: no card, no row.
    """
    used = parcels.group_by("service", "node", "market").agg(parcels=pl.len())
    offered = (
        services.select("service", "node", "market", pl.col("service_class").cast(pl.String))
        .join(nodes.select("node", pl.col("kind").cast(pl.String), node_market="market"), on="node", how="left")
        .join(used, on=["service", "node", "market"], how="left")
        .with_columns(pl.col("parcels").fill_null(0))
    )
    return pl.concat([_usual_route(mode, offered) for mode in _ROUTE_OF]).sort("mode", "market")


def _usual_route(mode: str, offered: pl.DataFrame) -> pl.DataFrame:
    route = _ROUTE_OF[mode]
    abroad = pl.col("kind").fill_null("") == "overseas"
    ranked = offered.filter(abroad if route == "overseas" else ~abroad).with_columns(
        away=pl.when(abroad).then(pl.col("node_market") != pl.col("market")),
        kind_rank=pl.col("kind").replace_strict(_places(_NODE_KINDS[route]), default=len(_NODE_KINDS[route])),
        class_rank=pl.col("service_class").replace_strict(_places(CLASSES), default=len(CLASSES)),
    )
    return (
        ranked.sort(
            "away", "kind_rank", "parcels", "class_rank", "service", "node",
            descending=[False, False, True, False, False, False],
        )
        .unique("market", keep="first", maintain_order=True)
        .select(pl.lit(mode).alias("mode"), "market", "service", "node")
    )  # fmt: skip


def _places(names: tuple[str, ...]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}
