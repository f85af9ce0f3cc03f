"""What freight costs: the weight that is billed, the card it is billed by. Which service is taken is in routes.py.

freight of a parcel = billable kg x price per kg + price per parcel, billable = max(actual, volumetric),
volumetric kg = length x width x height in cm / divisor; a card with tiers or a first weight is in cards.py.
An order travels as one parcel, or as many as its pieces need under the service's weight limit: a piece is never cut.
Its lines share the cost by the weight that governs and by units.
"""

from __future__ import annotations

import polars as pl

from tradewind.core.money import convert

_ROUNDING = 1e-9
CLASSES = ("standard", "economy", "express")


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


def with_parcel_weight(lines: pl.DataFrame) -> pl.DataFrame:
    """`lines` with order_kg (what the order is billed at), order_parcels and parcel_g (of each); null if unknown."""
    actual, volumetric = pl.col("order_weight_g") / 1000, pl.col("order_volume_cm3") / divisor()
    known = actual.is_not_null() & volumetric.is_not_null()
    order_kg = pl.when(known).then(pl.max_horizontal(actual, volumetric))
    lines = lines.with_columns(order_kg=order_kg, volume_governs=volumetric > actual)
    return _with_parcels(lines).with_columns(parcel_g=(pl.col("order_kg") / pl.col("order_parcels") * 1000).round(6))


def _with_parcels(lines: pl.DataFrame) -> pl.DataFrame:
    """`lines` with order_parcels: 1 up to the weight limit of the service, beyond it what whole pieces need.

    Of one SKU ceil(pieces / pieces that a parcel takes), between two whole numbers where the pieces are a mean. Of
    several SKUs (lines with order_no) the least that can do: by weight, and a parcel a piece over half the limit.
    A piece that no parcel takes counts by weight; its freight is unknown.
    """
    over = (pl.col("order_kg") > pl.col("max_weight_g") / 1000).fill_null(False)
    lines = lines.with_columns(order_parcels=pl.lit(1.0))
    heavy = lines.with_row_index("_row").filter(over)
    if heavy.is_empty():
        return lines
    limit = pl.col("max_weight_g") / 1000
    pieces = pl.col("units") / pl.col("order_share")
    by_weight = (pl.col("order_kg") / limit).ceil()
    in_one = (limit / _piece_kg() + _ROUNDING).floor()
    whole = pieces.floor()
    rest = pieces - whole
    needed = (1 - rest) * (whole / in_one).ceil() + rest * ((whole + 1) / in_one).ceil()
    if "order_no" in lines.columns:
        several = pl.col("sku").n_unique().over("order_no") > 1
        alone = pl.col("units").filter(in_one < 2).sum().over("order_no").cast(pl.Float64)
        needed = pl.when(several).then(pl.max_horizontal(by_weight, alone)).otherwise(needed)
    needed = pl.when(in_one >= 1).then(needed.clip(lower_bound=1.0)).otherwise(by_weight)
    found = heavy.select("_row", _needed=needed)
    numbered = lines.with_row_index("_row").join(found, on="_row", how="left", maintain_order="left")
    return numbered.with_columns(order_parcels=pl.coalesce("_needed", "order_parcels")).drop("_row", "_needed")


def card_freight() -> pl.Expr:
    """A line's share of its order's freight by the card, in base currency; null where weight, size or card is unknown.

    Reads what `with_parcel_weight` and `with_bracket` add, order_weight_g and order_volume_cm3 (of the whole order),
    weight_g and volume_cm3 (of one unit), units, order_share (of what is paid per order), the card, and `card_rate`
    into base currency. Beyond the last tier of a card there is no price.
    """
    share = (
        pl.when(pl.col("order_kg") == 0)
        .then("order_share")
        .when(~pl.col("volume_governs"))
        .then(pl.col("weight_g") * pl.col("units") / pl.col("order_weight_g"))
        .otherwise(pl.col("volume_cm3") * pl.col("units") / pl.col("order_volume_cm3"))
    )
    limit = pl.col("max_weight_g") / 1000
    fits = limit.is_null() | (_piece_kg() <= limit)
    per_kg = pl.when(pl.col("tiered")).then("tier_per_kg").otherwise("freight_per_kg")
    per_parcel = pl.when(pl.col("tiered")).then("tier_per_parcel").otherwise("freight_per_parcel")
    cost = (per_kg * billed_kg() * share + pl.col("order_parcels") * per_parcel * pl.col("order_share")) * pl.col(
        "card_rate"
    )
    return pl.when(fits).then(cost)


def _piece_kg() -> pl.Expr:
    """What one unit is billed at by itself, in kilograms."""
    return pl.max_horizontal(pl.col("weight_g") / 1000, pl.col("volume_cm3") / divisor())


def billed_kg() -> pl.Expr:
    """Kilograms of the order that are billed by weight: rounded up where the card says so, less the first weight."""
    step = pl.col("round_up_g") / 1000
    each = pl.col("order_kg") / pl.col("order_parcels")
    rounded_up = pl.when(step.is_not_null()).then(((each / step).round(9).ceil()) * step).otherwise(each)
    beyond = pl.max_horizontal(rounded_up - pl.col("first_g").fill_null(0.0) / 1000, pl.lit(0.0))
    plain = pl.when(each.is_not_null()).then(pl.max_horizontal(rounded_up, pl.lit(0.0)))
    return pl.col("order_parcels") * pl.when(pl.col("first_g").is_null()).then(plain).otherwise(
        pl.when(each.is_not_null()).then(beyond)
    )


def billable_g() -> pl.Expr:
    """The weight one unit is billed at: max(actual, volumetric), in grams; null where either is unknown."""
    volumetric = pl.col("volume_cm3") / divisor() * 1000
    known = pl.col("weight_g").is_not_null() & volumetric.is_not_null()
    return pl.when(known).then(pl.max_horizontal("weight_g", volumetric))


def divisor() -> pl.Expr:
    """The card's own volumetric divisor, else the assumed one of its service class; null without a class."""
    by_class = pl.lit(None, dtype=pl.Float64)
    for name in CLASSES:
        by_class = pl.when(pl.col("service_class") == name).then(f"divisor_{name}").otherwise(by_class)
    return pl.coalesce("volumetric_divisor_cm3_per_kg", by_class)
