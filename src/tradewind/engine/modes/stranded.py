"""What becomes of the goods that lie in the warehouses of the mode a SKU leaves, and what that costs.

sold off      units x outlay x leftover loss (rule <mode>.leftover_loss, and the capital of a month)
shipped back  units x what bringing one there had cost
sold first    nothing is lost, but the gain of the change begins when they are gone: the months they last x the gain
"""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from tradewind.core.rules import Rules
from tradewind.engine.modes.earning import leftover_loss

STOCKED: Final = ("semi_stocked", "overseas")
"""Modes whose goods lie where no other mode sends from."""


def leaving(
    rows: pl.DataFrame, stocked: pl.DataFrame | None, economics: pl.DataFrame, rules: Rules, on: date
) -> pl.DataFrame:
    """`rows` (sku, previous_mode, present_units a month, and gain, that of a change a month) with stranded_units,
    stranded_cost (the cheapest way out, base currency) and way_out (sold_off, shipped_back, sold_first; null: nothing).

    `stocked`: sku, units (on hand and on the way in the platform's warehouses and abroad). A cost that is not known is
    no way out; where none is known the goods are sold first.
    """
    held = rows.with_columns(stranded_units=pl.lit(0.0))
    if stocked is not None:
        held = rows.join(
            stocked.select("sku", _units="units"), on="sku", how="left", maintain_order="left"
        ).with_columns(
            stranded_units=pl.when(pl.col("previous_mode").is_in(STOCKED))
            .then(pl.col("_units").cast(pl.Float64).fill_null(0.0))
            .otherwise(0.0)
        )
    each = economics.group_by("sku", previous_mode=pl.col("mode").cast(pl.String)).agg(
        _outlay=(pl.col("product_cost") + pl.col("inbound_cost")).mean(), _back=pl.col("inbound_cost").mean()
    )
    loss = {mode: leftover_loss(rules, mode, on) for mode in STOCKED}
    met = held.join(each, on=["sku", "previous_mode"], how="left", maintain_order="left")
    units, lost = pl.col("stranded_units"), pl.col("previous_mode").replace_strict(loss, default=0.0)
    ways = {
        "sold_off": units * pl.col("_outlay") * lost,
        "shipped_back": units * pl.col("_back"),
        "sold_first": units / pl.col("present_units") * pl.col("gain").clip(0.0),
    }
    cheapest = pl.min_horizontal(*ways.values())
    way = pl.coalesce(pl.when(cost == cheapest).then(pl.lit(name)) for name, cost in ways.items())
    some = units > 0
    return met.with_columns(
        stranded_cost=pl.when(some).then(cheapest.fill_nan(None)).otherwise(0.0), way_out=pl.when(some).then(way)
    ).select(*rows.columns, "stranded_units", "stranded_cost", "way_out")
