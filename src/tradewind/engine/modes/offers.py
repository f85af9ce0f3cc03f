"""Full-managed: the supply price below which to walk away, and the one to answer with.

What a piece earns at supply price p is a p - c (revenue less what is taken of it, less what it costs), so two points of
`unit_economics` give a and c per market. Over the month, with demand D and the mode's multiplier k:

    floor      = c / a                              nothing is left
    walk-away  = (margin of the best other mode / (k D) + c) / a
    limit      = mean retail price x (1 - the platform's take)
    counter    = walk-away + share x (limit - walk-away)       where there is room (Nash 1950)

The platform sets the retail price: it is an input, taken to be today's. Stock the platform sends back is not counted.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from tradewind.core.rules import Rules
from tradewind.engine.modes.effect import multipliers
from tradewind.engine.modes.month import MonthDemand

_PROBE = (1.0, 0.5)


def probe_prices(economics: pl.DataFrame) -> list[pl.DataFrame]:
    """Two supply prices per SKU (sku, mode, price) at which `unit_economics` is to be asked about full-managed."""
    usual = economics.group_by("sku").agg(price=pl.col("price").mean()).drop_nulls().sort("sku")
    return [usual.select("sku", mode=pl.lit("full"), price=pl.col("price") * share) for share in _PROBE]


def supply_offers(
    at_prices: list[pl.DataFrame],
    economics: pl.DataFrame,
    month: MonthDemand,
    options: pl.DataFrame,
    rules: Rules,
    on: date,
    *,
    present: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One row per SKU with a known cost: sku, retail_price, floor_price, walk_away_price, platform_limit,
    counter_offer (null where there is no room), best_other_mode, best_other_margin, monthly_units, currency, reason.

    `at_prices`: the full-managed rows of `unit_economics` at the two `probe_prices`; `options`: of `choose_mode`.
    """
    pairs = month.keys.with_columns(demand=pl.Series(month.draws.mean(axis=1).astype(float)))
    retail = economics.group_by("sku", "market").agg(retail=pl.col("price").first())
    lines = _lines(at_prices).join(pairs, on=["sku", "market"]).join(retail, on=["sku", "market"], how="left")
    lines = lines.join(_moves(rules, on, present), on="sku", how="left").with_columns(
        pl.col("k").fill_null(1.0), demand=pl.col("demand") * pl.col("k").fill_null(1.0)
    )
    d = pl.col("demand")
    whole = lines.group_by("sku").agg(
        slope=(pl.col("a") * d).sum(),
        cost=pl.when(pl.col("c").is_not_null().all()).then((pl.col("c") * d).sum()),
        monthly_units=d.sum(),
        retail_price=(pl.col("retail") * d).sum() / d.sum(),
        currency=pl.col("currency").first(),
    )
    others = options.filter((pl.col("mode") != "full") & pl.col("monthly_margin").is_not_null())
    best = (
        others.sort(["sku", "monthly_margin", "mode"], descending=[False, True, False])
        .unique("sku", keep="first", maintain_order=True)
        .select("sku", best_other_mode="mode", best_other_margin="monthly_margin")
    )
    take, share = rules.value("full.platform_take", on=on), rules.value("full.counter_share", on=on)
    rows = whole.filter((pl.col("slope") > 0) & pl.col("cost").is_not_null()).join(best, on="sku", how="left")
    rows = rows.with_columns(
        floor_price=pl.col("cost") / pl.col("slope"),
        walk_away_price=(pl.col("best_other_margin").fill_null(0.0).clip(0.0) + pl.col("cost")) / pl.col("slope"),
        platform_limit=pl.col("retail_price") * (1 - take),
    )
    room = pl.col("platform_limit") > pl.col("walk_away_price")
    between = pl.col("walk_away_price") + share * (pl.col("platform_limit") - pl.col("walk_away_price"))
    return rows.with_columns(
        counter_offer=pl.when(room).then(between),
        reason=pl.when(room).then(pl.lit("supply_offer.room")).otherwise(pl.lit("supply_offer.no_room")),
    ).select(
        "sku", "retail_price", "floor_price", "walk_away_price", "platform_limit", "counter_offer", "best_other_mode",
        "best_other_margin", "monthly_units", "currency", "reason",
    ).sort("sku")  # fmt: skip


def _lines(at_prices: list[pl.DataFrame]) -> pl.DataFrame:
    """Per sku x market the straight line margin = a p - c through two points."""
    high, low = (
        frame.filter(pl.col("mode") == "full").select("sku", "market", "price", "margin", "currency")
        for frame in at_prices
    )
    both = high.join(low, on=["sku", "market"], suffix="_low")
    a = (pl.col("margin") - pl.col("margin_low")) / (pl.col("price") - pl.col("price_low"))
    return both.with_columns(a=a).with_columns(c=pl.col("a") * pl.col("price") - pl.col("margin"))


def _moves(rules: Rules, on: date, present: pl.DataFrame | None) -> pl.DataFrame:
    """sku, k: what full-managed makes of the demand seen in the present mode."""
    if present is None:
        return pl.DataFrame(schema={"sku": pl.String, "k": pl.Float64})
    stated = multipliers(rules, on)
    base = pl.col("mode").cast(pl.String).replace_strict(stated, default=1.0, return_dtype=pl.Float64)
    return present.select("sku", k=stated["full"] / base)
