"""What the cash calendar proposes: cash to find before the lowest week."""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.core.proposals import Frames, Proposer, proposals

SHORT_ODDS: Final = 0.1
"""Odds of running short from which it is worth a proposal."""


def cash_short(frames: Frames, currency: str) -> pl.DataFrame:
    """Find cash, or put purchases off, before the lowest week; worth what is expected to lack."""
    rows = frames["cash_low"].filter((pl.col("odds_short") >= SHORT_ODDS) & (pl.col("short_money") > 0))
    rows = rows.with_columns(
        lacks=-pl.col("low_p10"),
        odds=pl.col("odds_short") * 100,
        reason=pl.when(pl.col("opening_known"))
        .then(pl.lit("action.cash_short.reason"))
        .otherwise(pl.lit("action.cash_short.needed")),
    )
    return proposals(rows, "cash_short", "short_money", currency, evidence_table="cash_low", by=("low_week",))


PROPOSERS: Final[tuple[Proposer, ...]] = (cash_short,)
