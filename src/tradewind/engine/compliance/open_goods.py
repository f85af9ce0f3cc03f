"""Which goods the mode takes at all: what is banned, and what is on the part of the open list that is known."""

from __future__ import annotations

from datetime import date

import polars as pl

from tradewind.core.rules import Rules
from tradewind.engine.compliance.goods import findings, goods_held
from tradewind.engine.compliance.kinds import has_word


def banned(goods: pl.DataFrame, product_kinds: pl.DataFrame, rules: Rules, on: date) -> pl.DataFrame:
    """Medical devices, built-in batteries, magnetic goods: refused or to be verified, as the rule is read.

    What is only guessed to be banned is to be verified.
    """
    medical = product_kinds.filter(kind="medical_device").select("sku", "stated", "trigger")
    built_in = goods.filter(battery="built_in").select("sku", stated=pl.lit(True), trigger=pl.lit("battery = built_in"))
    magnetic = goods.filter(pl.col("hazards").list.contains("magnet").fill_null(False)).select(
        "sku", stated=pl.lit(True), trigger=pl.lit("hazards: magnet")
    )
    parts = []
    for name, hit in (("medical_device", medical), ("battery_built_in", built_in), ("magnetic", magnetic)):
        row = rules.row(f"category.banned.{name}", on)
        severity = (
            pl.when(pl.col("stated") & (pl.lit(row.value) == "refused"))
            .then(pl.lit("refused"))
            .otherwise(pl.lit("verify"))
        )
        rows = hit.join(goods.select("sku", "currency", held=goods_held()), on="sku", how="left").with_columns(
            severity=severity
        )
        refused = pl.col("severity") == "refused"
        parts.append(
            findings(
                rows,
                check="banned",
                severity=pl.col("severity"),
                what=name,
                trigger=pl.col("trigger"),
                money_at_risk=pl.when(refused).then("held"),
                money_kind=pl.when(refused).then(pl.lit("goods")),
                currency=pl.col("currency"),
                rule=row.id,
                reading=row.reading or None,
                confidence=row.confidence,
                reason=pl.format("preflight_reason.banned_{}", "severity"),
            )
        )
    return pl.concat(parts)


def named_categories(goods: pl.DataFrame, rules: Rules, on: date) -> pl.DataFrame:
    """Goods none of the named classes' words is found in: the list has more classes than are named, so only a note."""
    row = rules.row("category.named_words", on)
    known = pl.any_horizontal(
        has_word(word, column) for word in rules.items(row.id, on) for column in ("title", "category")
    )
    return findings(
        goods.filter(~known),
        check="category",
        severity="note",
        what=pl.coalesce("category", "title", "sku"),
        trigger="category, title",
        rule="category.named",
        confidence=row.confidence,
        reason="preflight_reason.category_not_named",
    )
