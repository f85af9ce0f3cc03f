"""What the shop's figures propose: to act before a threshold is broken."""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.core.proposals import Frames, Proposer, proposals


def shop_threshold(frames: Frames, currency: str) -> pl.DataFrame:
    """Act on a figure of the shop that has broken the platform's threshold, or is about to; its worth is not known."""
    rows = (
        frames["shop_health"]
        .filter(pl.col("state").is_in(["broken", "soon"]))
        .with_columns(
            money=pl.lit(None, dtype=pl.Float64),
            reason=pl.concat_str(pl.lit("action.shop_threshold."), "state", pl.lit("_"), "bound"),
            day=pl.col("break_on").cast(pl.String),
        )
    )
    return proposals(
        rows, "shop_threshold", "money", currency, evidence_table="shop_health", by=("platform", "shop", "figure")
    )


PROPOSERS: Final[tuple[Proposer, ...]] = (shop_threshold,)
