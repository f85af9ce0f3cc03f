"""Who decides what in which mode, and proposals kept inside what the seller may decide.

The matrix is data: rules control.<decision>.<mode> say seller, platform, both (the seller within what the platform
allows) or none (there is no such decision in that mode).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from tradewind.core.proposals import SELLERS
from tradewind.core.rules import Rules

DECISION_OF = {
    "stock_order": "stock_quantity",
    "price": "retail_price",
    "supply_price": "supply_price",
    "cheaper_service": "international_line",
    "standard_box": "domestic_leg",
    "on_time": "domestic_leg",
    "consolidate": "international_line",
}
"""What kind of proposal is which decision; a kind that is not named (the goods' own box) is nobody's but the
seller's."""


def control_matrix(rules: Rules, on: date) -> pl.DataFrame:
    """decision, mode, decided_by, source, confidence of every cell in force on a day, by decision and mode."""
    rows = [
        (*row.id.removeprefix("control.").rsplit(".", 1), str(row.value), row.source, row.confidence)
        for row in rules.in_force(on, "control.")
    ]
    schema = dict.fromkeys(("decision", "mode", "decided_by", "source", "confidence"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row").sort("decision", "mode")


def within_control(proposals: pl.DataFrame, rules: Rules, on: date) -> pl.DataFrame:
    """The rows of `proposals` (kind, mode) the seller may decide; what the matrix does not have is not the seller's."""
    matrix = control_matrix(rules, on).select("decision", "mode", "decided_by")
    decision = pl.col("kind").replace_strict(DECISION_OF, default=None, return_dtype=pl.String)
    judged = (
        proposals.with_columns(decision=decision, _mode=pl.col("mode").cast(pl.String))
        .join(matrix, left_on=["decision", "_mode"], right_on=["decision", "mode"], how="left", maintain_order="left")
        .filter(pl.col("decision").is_null() | pl.col("decided_by").is_in(SELLERS).fill_null(False))
    )
    return judged.drop("decision", "_mode", "decided_by")
