"""Shopify's inventory export: a row per variant and location.

A location is a place (`node`) under its own name; `not stocked` is no row. The export states no time: that of the file
counts (see `dating`). Available below zero (sold before it came) is nothing to sell: zero.
"""

from __future__ import annotations

import polars as pl

from tradewind.data.intake.fields import code, moment, text
from tradewind.data.intake.layout import Feed, Field, Layout, Note, Output

_NOT_STOCKED = ("available", "committed", "incoming", "unavailable")


def _count(name: str, *headings: str, required: bool = False) -> Field:
    """Pieces, where the word "not stocked" is no piece and no mistake."""
    return Field(name, headings, "whole", required)


def _without_words(rows: pl.DataFrame) -> pl.DataFrame:
    stocked = pl.col("available").str.to_lowercase().fill_null("") != "not stocked"
    cells = [pl.when(pl.col(n).str.to_lowercase() != "not stocked").then(n).alias(n) for n in _NOT_STOCKED]
    return rows.with_columns(*cells, is_stocked=stocked.cast(pl.String))


INVENTORY = Feed(
    "inventory",
    fields=(
        text("handle", "Handle", "URL handle", required=True),
        text("title", "Title"),
        text("option_1", "Option1 Value"),
        text("option_2", "Option2 Value"),
        text("option_3", "Option3 Value"),
        code("sku", "SKU"),
        text("node", "Location", required=True),
        text("bin", "Bin name"),
        _count("incoming", "Incoming (not editable)", "Incoming"),
        _count("unavailable", "Unavailable (not editable)", "Unavailable"),
        _count("committed", "Committed (not editable)", "Committed"),
        _count("available", "Available (not editable)", "Available", required=True),
        text("is_stocked"),
        moment("taken_at", "Snapshot date", required=False),
    ),
    group=("sku", "node"),
    dated_by="taken_at",
    split=_without_words,
    notes=(Note("not_stocked", pl.col("is_stocked") == "false"),),
)

LAYOUT = Layout(
    name="shopify-inventory",
    feeds=(INVENTORY,),
    outputs=(
        Output(
            "stock",
            "inventory",
            columns={
                "available_units": pl.col("available").clip(lower_bound=0),
                "locked_units": pl.sum_horizontal("committed", "unavailable", ignore_nulls=False),
                "on_the_way_units": pl.col("incoming"),
            },
            where=pl.col("is_stocked") == "true",
        ),
    ),
)
