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


def blocked_money(waterfall: pl.DataFrame, base: str) -> pl.DataFrame:
    """What is missing where a margin is not known, most money first: cause, lines, money (what was paid for the lines
    it keeps in the dark), currency, example.

    `waterfall` is what landed_margin gives `in_full`. Causes: mode, unit_cost, weight, size, card (no freight card),
    hs_code, cost_rate and card_rate (exchange rates of what goods and freight cost; the example is the currency), rate
    (of what was paid: a row per currency, the money in it), other (the example names the component). A line with
    several causes counts for each; money is null where no line's is known in base currency.
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
        "hs_code": (absent["duty"] | absent["tax"]) & pl.col("order_headings").is_null(),
        "card_rate": unpriced & ~no_card & absent["card_rate"],
        "cost_rate": ~absent["unit_cost"] & absent["cost_rate"],
    }
    examples = {"mode": "order_id", "card": "market", "card_rate": "card_currency", "cost_rate": "cost_currency"}
    named = pl.any_horizontal(causes.values()) | ~rated
    parts = [_blocked(dark.filter(rule), cause, examples.get(cause, "sku"), base) for cause, rule in causes.items()]
    paid_in = (
        dark.filter(~rated).group_by("paid_currency").agg(lines=pl.len().cast(pl.Int64), money=pl.col("paid").sum())
    )
    parts.append(
        paid_in.select(
            pl.lit("rate").alias("cause"), "lines", "money", pl.col("paid_currency").alias("currency"),
            pl.col("paid_currency").alias("example"),
        )
    )  # fmt: skip
    other = dark.filter(~named).with_columns(component=pl.col("unknown").list.first())
    parts.append(_blocked(other, "other", "component", base))
    return pl.concat([p.select(pl.col(c).cast(t) for c, t in _BLOCKED.items()) for p in parts]).sort(
        ["money", "cause", "currency"], descending=[True, False, False], nulls_last=True
    )


def _blocked(rows: pl.DataFrame, cause: str, example: str, base: str) -> pl.DataFrame:
    if rows.is_empty():
        return pl.DataFrame(schema=_BLOCKED)
    known = pl.col("revenue").is_not_null()
    return rows.select(
        cause=pl.lit(cause),
        lines=pl.len().cast(pl.Int64),
        money=pl.when(known.any()).then(pl.col("revenue").sum()),
        currency=pl.lit(base),
        example=pl.col(example).cast(pl.String).min(),
    )
