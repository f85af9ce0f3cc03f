"""Which kind of product a SKU is, for the marks it needs: as stated, else guessed from words of title and category."""

from __future__ import annotations

import re
from datetime import date

import polars as pl

from tradewind.core.rules import Rules, members

_PREFIX = "kind_words."
_SCHEMA = {"sku": pl.String, "kind": pl.String, "stated": pl.Boolean, "trigger": pl.String}


def kinds(goods: pl.DataFrame, rules: Rules, on: date) -> pl.DataFrame:
    """sku, kind, stated, trigger: one row for a stated kind, one for each kind guessed.

    `trigger` names the cell and the word, so that a false alarm (a bag with "kids" in its title) is seen to be one.
    """
    stated = goods.filter(pl.col("kind").is_not_null()).select(
        "sku", "kind", stated=pl.lit(True), trigger=pl.format("kind = {}", "kind")
    )
    open_ = goods.filter(pl.col("kind").is_null())
    guessed = [
        open_.filter(has_word(word, column)).select(
            "sku",
            kind=pl.lit(row.id.removeprefix(_PREFIX)),
            stated=pl.lit(False),
            trigger=pl.lit(f"{column}: {word}"),
        )
        for row in rules.in_force(on, _PREFIX)
        for word in members(row)
        for column in ("title", "category")
    ]
    found = pl.concat([pl.DataFrame(schema=_SCHEMA), stated, *guessed])
    return found.unique(["sku", "kind"], keep="first", maintain_order=True).sort("sku", "kind")


def has_word(word: str, column: str) -> pl.Expr:
    """Chinese words anywhere, others as whole words: "toy" is not in "Toyota"."""
    pattern = rf"(?i)\b{re.escape(word)}s?\b" if word.isascii() else re.escape(word)
    return pl.col(column).str.contains(pattern).fill_null(False)
