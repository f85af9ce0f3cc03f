"""Who looked: visitors and clicks by day, which agree with what was bought."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from tradewind.core.tables import TABLES
from tradewind.data.simulated.world import World

_CONVERSION = 0.03
_DAYS = 28


def traffic_table(world: World, lines: pl.DataFrame) -> pl.DataFrame:
    """The last four weeks, by day, SKU and market in which something was bought."""
    scale, rng = world.scale, world.stream("traffic")
    schema = TABLES["traffic"].empty().schema
    first = scale.last_day - timedelta(days=_DAYS - 1)
    day = pl.col("ordered_at").dt.date()
    bought = (
        lines.filter(day >= first)
        .group_by("platform", "shop", "sku", "market", on_date=day)
        .agg(buyers=pl.len())
        .sort("platform", "shop", "sku", "market", "on_date")
    )
    next_day = pl.col("on_date").cast(pl.Datetime("us")).dt.replace_time_zone("UTC") + pl.duration(days=1)
    extra = pl.Series(rng.poisson(bought["buyers"].to_numpy() / _CONVERSION))
    return bought.with_columns(visitors=pl.col("buyers") + extra).select(
        "platform", "shop", "sku", "market", "on_date",
        channel=pl.lit("all"),
        impressions=pl.col("visitors") * 20,
        visitors="visitors",
        clicks="visitors",
        carts=pl.col("buyers") * 3,
        coupons_used=pl.lit(None),
        coupon_amount=pl.lit(None),
        ad_spend=pl.lit(None),
        currency=pl.lit(None),
        known_at=next_day - pl.duration(seconds=1),
    ).cast(schema)  # fmt: skip
