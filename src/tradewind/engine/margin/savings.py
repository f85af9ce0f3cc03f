"""Changes that lower fulfilment cost, each in money per month.

Read off the order lines of the past weeks as `valued_lines` took them apart, so that a saving is a difference of the
same freight the margin counts. Kinds: below_tier (billed just above a step of the card), smaller_pack (paid by volume),
cheaper_service (another card from the same node, its promise no later), standard_box, on_time (late inbound fee),
consolidate (orders of one buyer within two days). A row is one thing to do: a pack is made smaller for all markets and
modes of a SKU at once, a service is changed for one. Overlaps (a smaller pack on a cheaper service) are not netted.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from tradewind.engine.margin.cards import LANE
from tradewind.engine.margin.lines import KEY

JUST_ABOVE = 0.10
"""A parcel this share above a step is just above it: packing may take it below."""
SMALLER = 0.9**3
"""Volume of a pack a tenth smaller in each side."""
WITHIN = timedelta(days=2)

_FULFILMENT = ("operation_fee", "oversize_fee", "freight", "surcharges", "inbound_cost", "late_cost")

SCHEMA = {
    "kind": pl.String, "sku": pl.String, "market": pl.String, "mode": pl.String, "service": pl.String,
    "other": pl.String, "money": pl.Float64, "parcels": pl.Float64, "per_parcel": pl.Float64, "billed_g": pl.Float64,
    "actual_g": pl.Float64, "step_g": pl.Float64, "over_g": pl.Float64, "currency": pl.String, "reason": pl.String,
}  # fmt: skip


def savings(
    lines: pl.DataFrame,
    *,
    months: float,
    services: pl.DataFrame | None = None,
    brackets: pl.DataFrame | None = None,
    promises: pl.DataFrame | None = None,
    buyers: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The rows of SCHEMA, most money first; `money` is per month in base currency.

    `lines`: of `valued_lines` over `months` months. `brackets`: tiers of cards; `promises`: service, node, market,
    promise_days (null: none), without which no other service counts as equally sure; `buyers`: platform, shop,
    order_id, buyer_key. Which of them the seller may decide is for `within_control` to say.
    """
    paid = lines.with_columns(pl.col("mode").cast(pl.String)).filter(pl.col("freight") > 0)
    found = [
        _smaller_pack(paid),
        _below_tier(paid, brackets),
        _cheaper_service(paid, services, promises),
        _per_order(lines, "box", "standard_box"),
        _per_order(lines, "late_cost", "on_time"),
        _consolidate(paid, buyers),
    ]
    full = [
        frame.with_columns(
            pl.lit(None, dtype=dtype).alias(c) for c, dtype in SCHEMA.items() if c not in frame.columns
        ).select(pl.col(c).cast(dtype) for c, dtype in SCHEMA.items())
        for frame in found
    ]
    worthwhile = pl.concat(full).filter(pl.col("money") > 0)
    return worthwhile.with_columns(
        pl.col("money", "parcels") / months,
        reason=pl.format("saving.{}", "kind"),
        currency=pl.lit(_currency(lines), pl.String),
    ).sort(["money", "kind", "sku", "market", "mode"], descending=[True, *[False] * 4], nulls_last=True)


def fulfilment_cost(margin_by: pl.DataFrame) -> float:
    """What getting the goods to the buyers cost in all, on the lines whose every cost is known."""
    return float(margin_by.select(pl.sum_horizontal(pl.col(*_FULFILMENT).sum())).item() or 0.0)


def _grouped(rows: pl.DataFrame, kind: str, by: tuple[str, ...], *more: pl.Expr) -> pl.DataFrame:
    """By `by`: money over all parcels, parcels, money per parcel."""
    parcels = pl.col("order_parcels") * pl.col("order_share")
    return (
        rows.filter(pl.col("saves") > 0)
        .group_by(by, maintain_order=True)
        .agg(pl.col("saves").sum().alias("money"), parcels.sum().alias("parcels"), *more)
        .with_columns(per_parcel=pl.col("money") / pl.col("parcels"), kind=pl.lit(kind))
    )


def _smaller_pack(lines: pl.DataFrame) -> pl.DataFrame:
    actual, by_volume = pl.col("order_weight_g") / 1000, pl.col("order_volume_cm3") / pl.col("divisor_used")
    lighter = pl.max_horizontal(actual, by_volume * SMALLER)
    share = pl.col("volume_cm3") * pl.col("units") / pl.col("order_volume_cm3")
    saves = (pl.col("order_kg") - lighter) * pl.coalesce("tier_per_kg", "freight_per_kg") * pl.col("card_rate") * share
    rows = lines.filter(pl.col("volume_governs").fill_null(False)).with_columns(saves=saves)
    return _grouped(
        rows, "smaller_pack", ("sku",), _a_parcel("parcel_g", "billed_g"), _a_parcel("weight_g", "actual_g")
    )


def _below_tier(lines: pl.DataFrame, brackets: pl.DataFrame | None) -> pl.DataFrame:
    if brackets is None or brackets.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    steps = brackets.select(
        *LANE, step_g="up_to_g", step_per_kg="tier_per_kg", step_fixed="tier_per_parcel", step_first="first_g",
        parcel_g=pl.col("up_to_g"),
    ).sort("parcel_g")  # fmt: skip
    near = lines.drop_nulls("parcel_g").sort("parcel_g", maintain_order=True)
    near = near.join_asof(steps, on="parcel_g", by=list(LANE), strategy="backward", check_sortedness=False)
    beyond = (pl.col("step_g") - pl.col("step_first").fill_null(0.0)).clip(lower_bound=0.0) / 1000
    at_step = (pl.col("step_fixed") + beyond * pl.col("step_per_kg")) * pl.col("card_rate") * pl.col("order_parcels")
    over = pl.col("parcel_g") - pl.col("step_g")
    order_freight = pl.col("freight") / pl.col("order_share")
    rows = near.filter((over > 0) & (over <= JUST_ABOVE * pl.col("step_g"))).with_columns(
        saves=(order_freight - at_step) * pl.col("order_share"), over_g=over
    )
    grams = (_a_parcel("parcel_g", "billed_g"), _a_parcel("over_g", "over_g"))
    return _grouped(rows, "below_tier", ("sku", "market", "service", "step_g"), *grams)


def _cheaper_service(lines: pl.DataFrame, services: pl.DataFrame | None, promises: pl.DataFrame | None) -> pl.DataFrame:
    """The cheapest other card from the same node whose promise is no later; cards in the same currency only."""
    if services is None or promises is None or services.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    sure = promises.filter(pl.col("promise_days").is_not_null()).select(*LANE, "promise_days")
    sure = sure.group_by(LANE).agg(pl.col("promise_days").max())
    cards = services.select(
        *LANE, "currency", "volumetric_divisor_cm3_per_kg", "max_weight_g", "freight_per_kg", "freight_per_parcel"
    ).drop_nulls(["freight_per_kg", "freight_per_parcel"])
    other = cards.join(sure, on=list(LANE)).rename(
        {"service": "other", "currency": "other_currency", "promise_days": "other_days", "max_weight_g": "other_limit",
         "volumetric_divisor_cm3_per_kg": "other_divisor", "freight_per_kg": "other_kg",
         "freight_per_parcel": "other_parcel"}
    )  # fmt: skip
    now = lines.join(sure, on=list(LANE), maintain_order="left").join(
        services.select(*LANE, own_currency="currency"), on=list(LANE), how="left", maintain_order="left"
    )
    met = now.join(other, on=["node", "market"], maintain_order="left_right").filter(
        (pl.col("other") != pl.col("service"))
        & (pl.col("other_days") <= pl.col("promise_days"))
        & (pl.col("other_currency") == pl.col("own_currency"))
        & (pl.col("parcel_g") <= pl.col("other_limit")).fill_null(True)
    )
    by_volume = pl.col("order_volume_cm3") / pl.coalesce("other_divisor", "divisor_used")
    heavy = pl.max_horizontal(pl.col("order_weight_g") / 1000, by_volume)
    theirs = (heavy * pl.col("other_kg") + pl.col("order_parcels") * pl.col("other_parcel")) * pl.col("card_rate")
    rows = met.with_columns(saves=pl.col("freight") - theirs * pl.col("order_share"))
    keys = ("sku", "market", "mode", "service")
    found = _grouped(rows, "cheaper_service", (*keys, "other"))
    return found.sort([*keys, "money", "other"], descending=[False] * 4 + [True, False]).unique(
        keys, keep="first", maintain_order=True
    )


def _per_order(lines: pl.DataFrame, of: str, kind: str) -> pl.DataFrame:
    """Expected fees per order that a habit saves: repacking, late inbound."""
    cost = pl.col("box_fee_order") * pl.col("box_share") * pl.col("order_share") if of == "box" else pl.col(of)
    orders = pl.col("order_share") * (pl.col("box_share") if of == "box" else pl.col("late_odds"))
    return (
        lines.with_columns(pl.col("mode").cast(pl.String), saves=cost, hit=orders)
        .filter(pl.col("saves") > 0)
        .group_by("sku", "mode", maintain_order=True)
        .agg(money=pl.col("saves").sum(), parcels=pl.col("hit").sum())
        .with_columns(kind=pl.lit(kind), per_parcel=pl.col("money") / pl.col("parcels"))
    )


def _consolidate(lines: pl.DataFrame, buyers: pl.DataFrame | None) -> pl.DataFrame:
    """Orders that could have gone with the buyer's order before: the price per parcel is saved."""
    if buyers is None:
        return pl.DataFrame(schema=SCHEMA)
    order = list(KEY[:3])
    fixed = pl.coalesce("tier_per_parcel", "freight_per_parcel") * pl.col("card_rate")
    orders = lines.group_by(*order, "market", "mode", "service", "node", maintain_order=True).agg(
        pl.col("ordered_at").first(), saves=fixed.first()
    )
    known = orders.join(buyers.drop_nulls("buyer_key").unique(order), on=order)
    same = ["platform", "shop", "buyer_key", "market", "mode", "service", "node"]
    follows = known.sort(*same, "ordered_at", "order_id").filter(
        (pl.col("ordered_at") - pl.col("ordered_at").shift().over(same)) <= WITHIN
    )
    return (
        follows.group_by("market", "mode", "service", maintain_order=True)
        .agg(money=pl.col("saves").sum(), parcels=pl.len())
        .with_columns(kind=pl.lit("consolidate"), per_parcel=pl.col("money") / pl.col("parcels"))
    )


def _a_parcel(column: str, name: str) -> pl.Expr:
    """What a parcel has of `column` on average (weight_g: on the scales), by parcels."""
    each = pl.col("order_weight_g") / pl.col("order_parcels") if column == "weight_g" else pl.col(column)
    parcels = pl.col("order_parcels") * pl.col("order_share")
    return ((each * parcels).sum() / parcels.sum()).alias(name)


def _currency(lines: pl.DataFrame) -> str | None:
    return lines["currency"][0] if lines.height else None
