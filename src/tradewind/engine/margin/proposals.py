"""What the waterfall proposes: costs to complete, where margins are not known."""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.core.proposals import Frames, Proposer, proposals


def complete_costs(frames: Frames, currency: str) -> pl.DataFrame:
    """Fill in what keeps margins from being known; what that is worth is not known.

    Components missing on just as many lines with the same revenue are one action: it is the same lines.
    """
    rows = (
        frames["unknown_costs"]
        .group_by("lines", "revenue")
        .agg(pl.col("component").sort().str.join(", "))
        .with_columns(
            money=pl.lit(None, dtype=pl.Float64),
            reason=pl.when(pl.col("revenue") > 0)
            .then(pl.lit("action.complete_costs.reason"))
            .otherwise(pl.lit("action.complete_costs.unpriced")),
        )
    )
    return proposals(rows, "complete_costs", "money", currency, evidence_table="unknown_costs", by=("lines",))


PROPOSERS: Final[tuple[Proposer, ...]] = (complete_costs,)
