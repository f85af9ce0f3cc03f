"""One SKU, several prices: how far its prices lie apart across modes, and where its channels compete."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl

from tradewind.core.money import convert
from tradewind.core.rules import Rules
from tradewind.engine.margin.lines import known_lines, sold_lines

_SUPPLIED = "full"
"""In full-managed the seller's price is a supply price: not compared, but the same goods in two channels compete."""

CLASHES = ("parity.apart", "parity.full_conflict")
"""Reasons of rows worth a look: prices too far apart, and channels that take each other's orders."""


def price_parity(
    order_lines: pl.DataFrame,
    rules: Rules,
    *,
    as_of: datetime,
    base: str,
    fx: pl.DataFrame,
    weeks: int = 13,
) -> pl.DataFrame:
    """One row per sku, market and mode of the pairs sold in two modes or more in the `weeks` before `as_of`.

    sku, market, mode, price (per unit, base currency; null where a rate is missing), units, reference (of the mode
    that sold most), gap_share (price / reference - 1; null in full-managed), reason: parity.reference, parity.inside,
    parity.apart (beyond the guard rail parity.gap), parity.full_conflict, parity.supply_price, parity.unknown.
    """
    on: date = as_of.date()
    sold = sold_lines(known_lines(order_lines, as_of)).with_columns(pl.col("mode").cast(pl.String))
    sold = sold.filter((pl.col("ordered_at") >= as_of - timedelta(weeks=weeks)) & pl.col("mode").is_not_null())
    money = convert(sold, "revenue", "currency", "day", base, fx)
    prices = (
        sold.with_columns(money)
        .group_by("sku", "market", "mode", maintain_order=True)
        .agg(
            units=pl.col("units").sum(),
            price=pl.when(pl.col("revenue").is_not_null().all()).then(pl.col("revenue").sum() / pl.col("units").sum()),
        )
        .filter(pl.len().over("sku", "market") > 1)
        .sort(["sku", "market", "units", "mode"], descending=[False, False, True, False])
    )
    retail = pl.col("mode") != _SUPPLIED
    reference = pl.col("price").filter(retail).first().over("sku", "market")
    rivals = rules.items("conflict.full", on)
    conflict = (pl.col("mode") == _SUPPLIED).any().over("sku", "market") & pl.col("mode").is_in(rivals)
    prices = prices.with_columns(reference=reference).with_columns(
        gap_share=pl.when(retail).then(pl.col("price") / pl.col("reference") - 1)
    )
    reason = (
        pl.when(~retail)
        .then(pl.lit("parity.supply_price"))
        .when(conflict)
        .then(pl.lit("parity.full_conflict"))
        .when(pl.col("gap_share").is_null())
        .then(pl.lit("parity.unknown"))
        .when(pl.col("gap_share").abs() > rules.value("parity.gap", on=on))
        .then(pl.lit("parity.apart"))
        .when(pl.col("gap_share") == 0)
        .then(pl.lit("parity.reference"))
        .otherwise(pl.lit("parity.inside"))
    )
    return prices.with_columns(reason=reason, currency=pl.lit(base)).select(
        "sku", "market", "mode", "price", "units", "reference", "gap_share", "currency", "reason"
    ).sort("sku", "market", "mode")  # fmt: skip
