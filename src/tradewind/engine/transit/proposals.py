"""What parcels on their way propose: buyers to warn, lateness to make good, lost parcels to claim."""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.core.proposals import Frames, Proposer, proposals

LIKELY_LATE: Final = 0.5
"""Odds of missing the promise from which a parcel counts."""
LIKELY_LOST: Final = 0.9
"""Odds of never arriving from which a parcel is claimed rather than waited for."""


def warn_late(frames: Frames, currency: str) -> pl.DataFrame:
    """Tell buyers, or extend the date, while the promise can still be kept or moved; one proposal a lane."""
    rows = frames["late_parcels"].filter(~_lost() & (pl.col("p_late") >= LIKELY_LATE) & (pl.col("p_late") < 1))
    return _by_lane(rows, "warn_late", pl.col("p_late") * pl.col("cost_if_late"), currency)


def parcels_late(frames: Frames, currency: str) -> pl.DataFrame:
    """Make good what is late already, or cannot be on time any more; one proposal a lane."""
    rows = frames["late_parcels"].filter(~_lost() & (pl.col("p_late") >= 1))
    return _by_lane(rows, "parcels_late", pl.col("cost_if_late"), currency)


def parcels_lost(frames: Frames, currency: str) -> pl.DataFrame:
    """Claim parcels that will almost surely never arrive, and refund or send again; worth what the buyers paid."""
    rows = frames["late_parcels"].filter(_lost())
    return _by_lane(rows, "parcels_lost", pl.col("p_never") * pl.col("paid_amount"), currency)


def _lost() -> pl.Expr:
    return pl.col("p_never") >= LIKELY_LOST


def _by_lane(parcels: pl.DataFrame, action: str, money: pl.Expr, currency: str) -> pl.DataFrame:
    """One proposal a service and market, worth the `money` of its parcels as far as it is known."""
    rows = (
        parcels.with_columns(worth=money)
        .group_by("service", "market", maintain_order=True)
        .agg(
            parcels=pl.len(),
            expected_late=pl.col("p_late").sum(),
            money=pl.when(pl.col("worth").is_not_null().any()).then(pl.col("worth").sum()),
            paid=pl.col("paid_amount").sum(),
        )
        .with_columns(reason=pl.lit(f"action.{action}.reason"))
    )
    return proposals(rows, action, "money", currency, evidence_table="late_parcels", by=("service", "market"))


PROPOSERS: Final[tuple[Proposer, ...]] = (warn_late, parcels_late, parcels_lost)
