"""What judged fines propose: appeals."""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.core.proposals import Frames, Proposer, proposals


def appeal_fine(frames: Frames, currency: str) -> pl.DataFrame:
    """Appeal a fine that the record contradicts while an appeal is open; worth what could come back."""
    rows = frames["fines"].filter((pl.col("verdict") == "against") & pl.col("open") & (pl.col("money") > 0))
    rows = rows.with_columns(
        deadline=pl.col("appeal_by").dt.strftime("%Y-%m-%d %H:%M"),
        reason=pl.when(pl.col("appeal_by").is_null())
        .then(pl.lit("action.appeal_fine.undated"))
        .otherwise(pl.lit("action.appeal_fine.reason")),
    )
    return proposals(rows, "appeal_fine", "money", currency, evidence_table="fines", by=("platform", "shop", "fine_id"))


PROPOSERS: Final[tuple[Proposer, ...]] = (appeal_fine,)
