"""Bundles of the seller's goods, and what his domestic shop keeps of the common stock."""

from __future__ import annotations

import polars as pl

from tradewind.core.tables import TABLES
from tradewind.data.simulated.world import World

_BUNDLED = 0.03


def bundles_table(world: World) -> pl.DataFrame:
    """Twin packs of a few goods."""
    goods = world.goods
    many = max(1, round(_BUNDLED * len(goods.sku)))
    rows = [{"bundle_sku": f"{sku}-TWIN", "sku": sku, "units": 2} for sku in goods.sku[1 :: len(goods.sku) // many]]
    return pl.DataFrame(rows, schema=TABLES["bundles"].empty().schema)


def reservations_table() -> pl.DataFrame:
    """No domestic channel yet."""
    return TABLES["reservations"].empty()
