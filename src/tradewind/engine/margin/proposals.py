"""What the waterfall proposes: costs to complete, where margins are not known."""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.core.proposals import Frames, Proposer, proposals


def complete_costs(frames: Frames, currency: str) -> pl.DataFrame:
    """Fill in the one thing that keeps most money from having a margin; what that is worth is not known."""
    rows = (
        frames["blocked"]
        .sort(["money", "lines", "cause", "currency"], descending=[True, True, False, False], nulls_last=True)
        .head(1)
        .rename({"currency": "paid_in"})
        .with_columns(
            expected=pl.lit(None, dtype=pl.Float64),
            reason=pl.concat_str(pl.lit("action.complete_costs."), "cause"),
        )
    )
    return proposals(rows, "complete_costs", "expected", currency, evidence_table="blocked", by=("cause",))


PROPOSERS: Final[tuple[Proposer, ...]] = (complete_costs,)
