"""How often a SKU comes back or is refunded: its own record, drawn towards its category's; and more in some markets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from tradewind.core.errors import ParameterError
from tradewind.core.rules import Rules
from tradewind.engine.margin.costing import loaded
from tradewind.engine.margin.lines import known_lines, sold_lines
from tradewind.engine.margin.value import HIGHEST_RATE

_ORDER = ("platform", "shop", "order_id")


@dataclass(frozen=True)
class ReturnsParams:
    """`weight_units`: how many sold units the category's rate counts as beside the SKU's own; `settled_after_days`:
    a sale younger than this may still come back and is not counted yet; `weight_returns`: how many returned units a
    market's expected number counts as beside its own."""

    weight_units: float = 50.0
    weight_returns: float = 50.0
    settled_after_days: int = 45

    def __post_init__(self) -> None:
        if self.weight_units <= 0:
            raise ParameterError("parameter_range", name="weight_units", value=self.weight_units, allowed="> 0")
        if self.weight_returns <= 0:
            raise ParameterError("parameter_range", name="weight_returns", value=self.weight_returns, allowed="> 0")
        if self.settled_after_days < 0:
            raise ParameterError(
                "parameter_range", name="settled_after_days", value=self.settled_after_days, allowed=">= 0"
            )


def returns_rates(
    order_lines: pl.DataFrame,
    returns: pl.DataFrame | None,
    products: pl.DataFrame | None,
    rules: Rules,
    *,
    as_of: datetime,
    params: ReturnsParams | None = None,
) -> pl.DataFrame:
    """Share of sold units that is returned or refunded, per SKU: sku, returns_rate, sold_units, returned_units,
    and category_rate, what it is compared with.

    rate = (returned + w * category rate) / (sold + w), the category's rate drawn the same way to the shop's
    and that to the rules' assumed rate (a beta-binomial mean with a prior of w units). Only what was known
    by `as_of` counts, and only sales old enough to have come back. Cancellations before shipping are not
    returns. Without a returns table there is no record, and no row: `landed_margin` takes the assumed rate.
    """
    params = params or ReturnsParams()
    returns = loaded("returns", returns)
    if returns.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    counts = _counts(order_lines, returns, as_of, params, ["sku"])
    categories = loaded("products", products).select("sku", "category")
    counts = counts.join(categories, on="sku", how="left")
    w, prior = params.weight_units, rules.value("returns.assumed_rate", on=as_of.date())
    sold, back = pl.col("sold_units"), pl.col("returned_units")
    shop = (back.sum() + w * prior) / (sold.sum() + w)
    category = (back.sum().over("category") + w * shop) / (sold.sum().over("category") + w)
    rate = (back + w * category) / (sold + w)
    return counts.select(
        "sku",
        returns_rate=rate.clip(0.0, HIGHEST_RATE),
        sold_units=sold,
        returned_units=back,
        category_rate=category.clip(0.0, HIGHEST_RATE),
    ).sort("sku")


def returns_by_market(
    order_lines: pl.DataFrame,
    returns: pl.DataFrame | None,
    rates: pl.DataFrame,
    *,
    as_of: datetime,
    params: ReturnsParams | None = None,
) -> pl.DataFrame:
    """How much more often goods come back from a market than their SKUs' `rates` (of `returns_rates`) say: market,
    returns_factor = (returned + w) / (expected + w), w returned units drawing it towards 1. Counted as `returns_rates`
    counts; without a returns table no row."""
    params = params or ReturnsParams()
    returns = loaded("returns", returns)
    if returns.is_empty():
        return pl.DataFrame(schema={"market": pl.String, "returns_factor": pl.Float64})
    counts = _counts(order_lines, returns, as_of, params, ["sku", "market"])
    expected = pl.col("sold_units") * pl.col("returns_rate")
    w = params.weight_returns
    return (
        counts.join(rates.select("sku", "returns_rate"), on="sku", maintain_order="left")
        .group_by("market", maintain_order=True)
        .agg(returns_factor=(pl.col("returned_units").sum() + w) / (expected.sum() + w))
        .sort("market")
    )


_SCHEMA = {
    "sku": pl.String,
    "returns_rate": pl.Float64,
    "sold_units": pl.Int64,
    "returned_units": pl.Int64,
    "category_rate": pl.Float64,
}


def _counts(
    lines: pl.DataFrame, returns: pl.DataFrame, as_of: datetime, params: ReturnsParams, by: list[str]
) -> pl.DataFrame:
    settled = as_of - timedelta(days=params.settled_after_days)
    lines = sold_lines(known_lines(lines, as_of)).filter(pl.col("ordered_at") < settled)
    known = returns.filter(
        (pl.col("opened_at") <= as_of)
        & (pl.col("known_at") <= as_of).fill_null(True)
        & (pl.col("kind").cast(pl.String) != "cancellation")
    )
    orders = lines.select(*_ORDER, sold_to="market").unique(list(_ORDER), keep="first", maintain_order=True)
    named = known.filter(pl.col("order_id").is_not_null()).join(orders, on=list(_ORDER))
    named = named.with_columns(market="sold_to").drop("sold_to")
    unnamed = known.filter(pl.col("order_id").is_null() & (pl.col("opened_at") < settled))
    back = pl.concat([named, unnamed]).group_by(by).agg(returned_units=pl.col("units").sum())
    sold = lines.group_by(by).agg(sold_units=pl.col("units").sum())
    both = sold.join(back, on=by, how="left").sort(by)  # what is summed from them is the same to the last bit
    return both.with_columns(returned_units=pl.min_horizontal(pl.col("returned_units").fill_null(0), "sold_units"))
