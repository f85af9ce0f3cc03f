"""What the data itself proposes: rows to correct, newer exports to import."""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.core.proposals import Frames, Proposer, proposals

STALE_DAYS: Final = 7
"""Orders older than this leave a whole week unknown, which would be taken for a week without sales."""


def correct_rows(frames: Frames, currency: str) -> pl.DataFrame:
    """Correct the rows of imported files that could not be used; their worth is not known."""
    rows = (
        frames["corrections"]
        .group_by("table", "problem")
        .agg(rows=pl.len(), file=pl.col("file").sort().first())
        .with_columns(
            money=pl.lit(None, dtype=pl.Float64),
            reason=pl.lit("action.correct_rows.reason"),
        )
    )
    return proposals(rows, "correct_rows", "money", currency, evidence_table="corrections", by=("table", "problem"))


def import_orders(frames: Frames, currency: str) -> pl.DataFrame:
    """Import a newer export of a shop whose orders ended more than a week before the plan."""
    rows = (
        frames["freshness"]
        .filter(pl.col("days_old") > STALE_DAYS)
        .with_columns(money=pl.lit(None, dtype=pl.Float64), reason=pl.lit("action.import_orders.reason"))
    )
    return proposals(rows, "import_orders", "money", currency, evidence_table="freshness", by=("platform", "shop"))


PROPOSERS: Final[tuple[Proposer, ...]] = (correct_rows, import_orders)
