"""What parcels on their way propose: buyers to warn before a promise is missed."""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.core.proposals import Frames, Proposer, proposals

LIKELY_LATE: Final = 0.5
"""Odds of missing the promise from which a parcel counts."""


def warn_late(frames: Frames, currency: str) -> pl.DataFrame:
    """Tell buyers, or extend the date, before parcels miss their promise; one proposal a service and market."""
    rows = (
        frames["late_parcels"]
        .filter(pl.col("p_late") >= LIKELY_LATE)
        .group_by("service", "market", maintain_order=True)
        .agg(
            parcels=pl.len(),
            expected_late=pl.col("p_late").sum(),
            money=pl.when(pl.col("cost_if_late").is_not_null().any()).then(
                (pl.col("p_late") * pl.col("cost_if_late")).sum()
            ),
            paid=pl.col("paid_amount").sum(),
        )
        .with_columns(reason=pl.lit("action.warn_late.reason"))
    )
    return proposals(rows, "warn_late", "money", currency, evidence_table="late_parcels", by=("service", "market"))


PROPOSERS: Final[tuple[Proposer, ...]] = (warn_late,)
