"""The waterfall added up: by mode and market, and what keeps part of it in the dark."""

from __future__ import annotations

import polars as pl

from tradewind.engine.margin.value import COMPONENTS

_BLOCKED = {
    "cause": pl.String, "lines": pl.Int64, "money": pl.Float64, "currency": pl.String, "example": pl.String,
}  # fmt: skip

ORDER = ["platform", "shop", "order_id"]


def margin_by(waterfall: pl.DataFrame) -> pl.DataFrame:
    """Sums by mode and market: orders, units, lines, revenue, each cost, margin, known_revenue, known_share.

    `waterfall` is what landed_margin returns, or some columns of it: costs it lacks are left out. Costs and margin are
    summed over the lines whose margin is known, and `known_revenue` is the revenue of those lines, so that revenue -
    costs = margin holds for them; `revenue` is of all lines, null where one line's is not known. Margin is null where
    no line's is known.
    """
    known = pl.col("margin").is_not_null()
    money = [c for c in (*COMPONENTS, "margin") if c != "revenue" and c in waterfall.columns]
    return (
        waterfall.group_by("mode", "market", maintain_order=True)
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
        .group_by("component", maintain_order=True)
        .agg(lines=pl.len().cast(pl.Int64), revenue=pl.col("revenue").sum())
        .sort("component")
    )


def blocked_money(waterfall: pl.DataFrame, base: str) -> pl.DataFrame:
    """What is missing where a margin is not known, most money first: cause, lines, money (what was paid for the lines
    it keeps in the dark), currency (`base`; what was paid in, where its rate is missing: a row each), example.

    `waterfall` is what landed_margin gives `in_full`. Causes: mode, unit_cost, weight, size, card (no freight card),
    hs_code, price (the source holds no money), and exchange rates: rate (of what was paid), cost_rate and card_rate (of
    what goods and freight cost; the example is the currency); other (the example names the component). A line with
    several causes counts for each.
    """
    dark = waterfall.filter(pl.col("margin").is_null())
    absent = {c: pl.col(c).is_null() for c in ("mode", "unit_cost", "cost_rate", "card_rate", "freight", "duty", "tax")}
    unpriced, rated = absent["freight"] & ~absent["mode"], pl.col("order_rate").is_not_null()
    no_card = pl.all_horizontal(pl.col("freight_per_kg", "freight_per_parcel").is_null()) & ~pl.col("tiered")
    causes = {
        "mode": absent["mode"],
        "unit_cost": absent["unit_cost"],
        "weight": unpriced & pl.col("order_weight_g").is_null(),
        "size": (unpriced & pl.col("order_volume_cm3").is_null())
        | (~absent["mode"] & pl.col("oversize_fee").is_null() & pl.col("longest_cm").is_null()),
        "card": unpriced & no_card,
        "hs_code": ~absent["mode"] & (absent["duty"] | absent["tax"]) & pl.col("order_headings").is_null(),
        "card_rate": unpriced & ~no_card & absent["card_rate"],
        "cost_rate": ~absent["unit_cost"] & absent["cost_rate"],
    }
    causes["price"] = pl.col("paid_currency").is_null()
    causes["rate"] = ~rated & ~causes["price"]
    causes["other"] = ~pl.any_horizontal(causes.values())
    examples = {
        "mode": "order_id", "card": "market", "card_rate": "card_currency", "cost_rate": "cost_currency",
        "rate": "paid_currency", "price": "order_id", "other": "component",
    }  # fmt: skip
    dark = dark.with_columns(
        component=pl.col("unknown").list.first(),
        money=pl.coalesce("revenue", "paid"),
        currency=pl.coalesce(pl.when(~rated).then("paid_currency"), pl.lit(base)),
    )
    parts = [_blocked(dark.filter(rule), cause, examples.get(cause, "sku")) for cause, rule in causes.items()]
    return pl.concat(parts).sort(["money", "cause", "currency"], descending=[True, False, False], nulls_last=True)


def _blocked(rows: pl.DataFrame, cause: str, example: str) -> pl.DataFrame:
    found = rows.group_by("currency", maintain_order=True).agg(
        cause=pl.lit(cause),
        lines=pl.len(),
        money=pl.col("money").sum(),
        example=pl.col(example).cast(pl.String).min(),
    )
    return found.select(pl.col(c).cast(t) for c, t in _BLOCKED.items())
