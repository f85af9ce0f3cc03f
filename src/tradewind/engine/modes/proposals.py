"""What the comparison of modes proposes: another mode where it earns more, another price where every unit loses."""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.core.proposals import Frames, Proposer, decided_by_others, proposals


def switch_mode(frames: Frames, currency: str) -> pl.DataFrame:
    """Sell a SKU in the mode that is expected to earn more a month than its present mode."""
    rows = (
        frames["modes"]
        .filter(pl.col("mode") != pl.col("previous_mode"))
        .with_columns(more=pl.col("monthly_margin") - pl.col("present_margin"))
        .filter(pl.col("more") > 0)
    )
    return proposals(rows, "switch_mode", "more", currency, evidence_table="mode_options", by=("sku",))


def stop_losing(frames: Frames, currency: str) -> pl.DataFrame:
    """Raise the price of, or stop selling, what loses money on every unit in the mode it is sold in; where the retail
    price is not the seller's to set, that is the supply price.

    A SKU that had better switch its mode is left to that proposal.
    """
    month = (
        frames["demand"]
        .group_by("sku", "market")
        .agg(units_4_weeks=pl.col("mean").sort_by("week").head(4).sum())
        .filter(pl.col("units_4_weeks") > 0)
    )
    stays = frames["modes"].filter((pl.col("mode") == pl.col("previous_mode")).fill_null(True))
    sold_in = frames["sold_in"].join(stays, on="sku", how="semi")
    rows = (
        frames["economics"]
        .filter(pl.col("margin") < 0)
        .join(sold_in, on=["sku", "market", "mode"])
        .join(month, on=["sku", "market"])
        .with_columns(unit_loss=-pl.col("margin"))
        .with_columns(
            loss=pl.col("unit_loss") * pl.col("units_4_weeks"),
            reason=pl.when(pl.col("target_price").is_null())
            .then(pl.lit("action.stop_losing.hopeless"))
            .when(pl.col("mode").is_in(decided_by_others(frames["mode_control"], "retail_price")))
            .then(pl.lit("action.stop_losing.supplied"))
            .otherwise(pl.lit("action.stop_losing.reason")),
        )
        .drop("unknown", strict=False)
    )
    return proposals(rows, "stop_losing", "loss", currency, evidence_table="economics", by=("sku", "market", "mode"))


PROPOSERS: Final[tuple[Proposer, ...]] = (switch_mode, stop_losing)
