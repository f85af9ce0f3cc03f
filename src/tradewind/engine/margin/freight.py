"""What freight costs: which service a mode's parcels take, the weight that is billed, the card it is billed by.

freight of a parcel = billable kg x price per kg + price per parcel, billable = max(actual, volumetric),
volumetric kg = length x width x height in cm / divisor. An order travels as one parcel, or as many as the
service's weight limit makes it; its lines share the cost by the weight that governs and by units.
"""

from __future__ import annotations

import polars as pl

from tradewind.core.money import convert

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
_CLASSES = ("standard", "economy", "express")


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
        class_rank=pl.col("service_class").replace_strict(_places(_CLASSES), default=len(_CLASSES)),
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


def sent_parcels(parcels: pl.DataFrame, base: str, fx: pl.DataFrame) -> pl.DataFrame:
    """One row per order that was sent: its first parcel's service and node, and `sent_freight` in base currency.

    `sent_freight` adds up what was really billed, each parcel at the rate of its own day; null where any
    parcel's bill or rate is missing.
    """
    money = convert(parcels, "freight_amount", "currency", "created_at", base, fx)
    return (
        parcels.with_columns(money)
        .filter(pl.col("order_id").is_not_null())
        .sort("platform", "shop", "order_id", "created_at", "parcel_id")
        .group_by("platform", "shop", "order_id", maintain_order=True)
        .agg(
            pl.col("service").first(),
            pl.col("node").first(),
            sent_freight=pl.when(pl.col("freight_amount").is_not_null().all()).then(pl.col("freight_amount").sum()),
        )
    )


def with_card(lines: pl.DataFrame, services: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """`lines` (service, node, market) with the freight card and the node's inbound and storage cost; null if none."""
    cards = services.select(
        "service",
        "node",
        "market",
        "freight_per_kg",
        "freight_per_parcel",
        "volumetric_divisor_cm3_per_kg",
        pl.col("service_class").cast(pl.String),
        "max_weight_g",
        card_currency="currency",
    )
    places = nodes.select("node", "inbound_cost_per_unit", "storage_cost_per_m3_week", node_currency="currency")
    routes = lines.select("service", "node", "market").unique()
    known = routes.join(cards, on=["service", "node", "market"], how="left").join(places, on="node", how="left")
    return lines.join(known, on=["service", "node", "market"], how="left", maintain_order="left")


def card_freight() -> pl.Expr:
    """A line's share of its order's freight by the card, in base currency; null where weight, size or card is unknown.

    Reads order_weight_g and order_volume_cm3 (of the whole order), weight_g and volume_cm3 (of one piece), units,
    order_share (of what is paid per order), the card, and `card_rate` into base currency.
    """
    piece_kg = pl.max_horizontal(pl.col("weight_g") / 1000, pl.col("volume_cm3") / divisor())
    actual, volumetric = pl.col("order_weight_g") / 1000, pl.col("order_volume_cm3") / divisor()
    governs = actual >= volumetric
    share = (
        pl.when(pl.max_horizontal(actual, volumetric) == 0)
        .then("order_share")
        .when(governs)
        .then(pl.col("weight_g") * pl.col("units") / pl.col("order_weight_g"))
        .otherwise(pl.col("volume_cm3") * pl.col("units") / pl.col("order_volume_cm3"))
    )
    limit = pl.col("max_weight_g") / 1000
    heaviest = pl.max_horizontal(actual, volumetric)
    parcels = pl.when(limit.is_null() | (heaviest <= limit)).then(1.0).otherwise((heaviest / limit).ceil())
    cost = (
        heaviest * pl.col("freight_per_kg") * share + parcels * pl.col("freight_per_parcel") * pl.col("order_share")
    ) * pl.col("card_rate")
    fits = limit.is_null() | (piece_kg <= limit)
    known = actual.is_not_null() & volumetric.is_not_null()
    return pl.when(known & fits).then(cost)


def billable_g() -> pl.Expr:
    """The weight one piece is billed at: max(actual, volumetric), in grams; null where either is unknown."""
    volumetric = pl.col("volume_cm3") / divisor() * 1000
    known = pl.col("weight_g").is_not_null() & volumetric.is_not_null()
    return pl.when(known).then(pl.max_horizontal("weight_g", volumetric))


def divisor() -> pl.Expr:
    """The card's own volumetric divisor, else the assumed one of its service class; null without a class."""
    by_class = pl.lit(None, dtype=pl.Float64)
    for name in _CLASSES:
        by_class = pl.when(pl.col("service_class") == name).then(f"divisor_{name}").otherwise(by_class)
    return pl.coalesce("volumetric_divisor_cm3_per_kg", by_class)
