"""Listings and bundles: what the platform calls the goods, and what is sold together; what a domestic shop keeps.

Some platform SKUs differ from the seller's own, and a few goods also sell as twin packs: order lines name them as the
platform does, and the listings and bundles tables say what they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from tradewind.core.tables import MODES, TABLES
from tradewind.data.simulated.markets import MARKETS
from tradewind.data.simulated.orders import (
    PLATFORM,
    SNAPSHOT_SECOND,
    WEEK_SECONDS,
    local_prices,
    minor_unit,
    mode_price,
    moments,
)
from tradewind.data.simulated.randomness import Flags
from tradewind.data.simulated.world import World

TWIN = "-TWIN"
DOMESTIC = "domestic shop"

_TWIN_SHARE, _RENAMED_SHARE, _RESERVED_SHARE = 0.04, 0.03, 0.05
_RESERVED_WEEKS, _RESERVED_UNITS = 13, 8
_FIRST_LISTING, _TWIN_OFFSET = 100_500_000_000, 500_000_000


@dataclass(frozen=True)
class Naming:
    """Per SKU: whether it also sells as a twin pack, whether the platform calls it by another name, and whether the
    domestic shop keeps some.
    """

    twin: Flags
    renamed: Flags
    reserved: Flags


def naming(world: World) -> Naming:
    """Twins among all goods, other names among the slow ones, reservations in the seller's own store."""
    goods, rng = world.goods, world.stream("naming")
    n = len(goods.sku)
    slow = goods.strength < np.median(goods.strength)
    own = world.places.node[world.places.point_of].min(axis=1) == world.scale.nodes.index("YIWU-STORE")
    draws = rng.random((3, n))
    twin, renamed, reserved = (
        draws[0] < _TWIN_SHARE,
        (draws[1] < _RENAMED_SHARE) & slow,
        (draws[2] < _RESERVED_SHARE) & own,
    )
    if world.scale.weekly_rates:
        twin, renamed, reserved = (np.zeros(n, np.bool_) for _ in range(3))
        reserved[1] = True
    return Naming(twin, renamed & ~twin, reserved)


def named_as_sold(world: World, names: Naming, lines: pl.DataFrame) -> pl.DataFrame:
    """Order lines as the platform names them: two units of a twin good are one twin pack, some SKUs its own."""
    sku = pl.Enum(world.goods.sku)
    twin = pl.Series(np.array(world.goods.sku)[names.twin], dtype=pl.String)
    renamed = pl.Series(np.array(world.goods.sku)[names.renamed], dtype=pl.String)
    market = pl.col("market").replace_strict({m: i for i, m in enumerate(world.scale.markets)}, return_dtype=pl.Int64)
    number = pl.col("sku").cast(sku).to_physical().cast(pl.Int64) * world.scale.shards + world.scale.shard
    packed = pl.col("sku").is_in(twin.implode()) & (pl.col("units") == 2)
    listing = _FIRST_LISTING + (number + pl.when(packed).then(_TWIN_OFFSET).otherwise(0)) * 100 + market
    return lines.with_columns(
        listing_id=listing.cast(pl.String),
        sku=pl.when(packed)
        .then(pl.col("sku") + TWIN)
        .when(pl.col("sku").is_in(renamed.implode()))
        .then(pl.lit("AE") + pl.col("sku").str.slice(4))
        .otherwise("sku"),
        units=pl.when(packed).then(1).otherwise("units").cast(pl.Int64),
        unit_price=pl.when(packed).then((pl.col("unit_price") * 2).round(2)).otherwise("unit_price"),
    )


def listings_table(world: World, names: Naming) -> pl.DataFrame:
    """What is on sale on the last day: a listing per SKU and market at today's list price, twin packs too.

    Listings that ended are described still, without a price, so that old orders can be read.
    """
    scale, goods = world.scale, world.goods
    week = scale.weeks - 1
    sku, market = (a.ravel() for a in np.indices((len(goods.sku), len(scale.markets))))
    twin = np.concatenate([np.zeros(len(sku), np.bool_), names.twin[sku]])
    sku, market = np.concatenate([sku, sku]), np.concatenate([market, market])
    keep = np.concatenate([goods.launch_week[sku[: len(sku) // 2]] <= week, names.twin[sku[len(sku) // 2 :]]])
    sku, market, twin = sku[keep], market[keep], twin[keep]
    mode = world.places.mode_of[sku, market]
    price = local_prices(world)[sku, market, week] * mode_price(mode) * np.where(twin, 2.0, 1.0)
    number = sku * scale.shards + scale.shard + np.where(twin, _TWIN_OFFSET, 0)
    own = pl.Series(goods.sku, dtype=pl.String).gather(sku)
    columns = {
        "platform": pl.repeat(PLATFORM, len(sku), eager=True),
        "shop": pl.Series(scale.shops, dtype=pl.String).gather(goods.shop[sku]),
        "listing_id": pl.Series(_FIRST_LISTING + number * 100 + market).cast(pl.String),
        "sku": pl.DataFrame({"s": own, "t": twin})
        .select(pl.when("t").then(pl.col("s") + TWIN).otherwise("s"))
        .to_series(),
        "market": pl.Series(scale.markets, dtype=pl.String).gather(market),
        "mode": pl.Series(MODES, dtype=pl.String).gather(mode),
        "list_price": np.where(goods.alive(week)[sku], minor_unit(price, market, scale), np.nan),
        "currency": pl.Series([MARKETS[m].currency for m in scale.markets], dtype=pl.String).gather(market),
        "known_at": pl.repeat(None, len(sku), eager=True),
    }
    table = pl.DataFrame(columns).with_columns(pl.col("list_price").fill_nan(None))
    return table.cast(TABLES["listings"].empty().schema).sort("platform", "shop", "listing_id")


def bundles_table(world: World, names: Naming) -> pl.DataFrame:
    """Twin packs; in the tests' small world one pack of two goods that nobody bought yet."""
    rows = [
        {"bundle_sku": world.goods.sku[i] + TWIN, "sku": world.goods.sku[i], "units": 2}
        for i in np.flatnonzero(names.twin)
    ]
    if world.scale.weekly_rates:
        rows = [{"bundle_sku": "SKU-SET", "sku": sku, "units": 1} for sku in world.goods.sku[:2]]
    return pl.DataFrame(rows, schema=TABLES["bundles"].empty().schema).sort("bundle_sku", "sku")


def reservations_table(world: World, names: Naming) -> pl.DataFrame:
    """What the domestic shop kept of the seller's store at the counts of the last quarter.

    These units lie in the store besides what the platforms may sell: the stock table counts them as available.
    """
    scale = world.scale
    sku = np.flatnonzero(names.reserved)
    weeks = np.arange(max(scale.weeks - min(_RESERVED_WEEKS, scale.count_weeks) + 1, 1), scale.weeks + 1)
    week, which = (a.ravel() for a in np.meshgrid(weeks, sku, indexing="ij"))
    taken = moments((week - 1) * WEEK_SECONDS + SNAPSHOT_SECOND, scale)
    columns = {
        "node": pl.repeat("YIWU-STORE", len(week), eager=True),
        "sku": pl.Series(world.goods.sku, dtype=pl.String).gather(which),
        "channel": pl.repeat(DOMESTIC, len(week), eager=True),
        "taken_at": taken,
        "units": 2 + (which * 7 + week) % _RESERVED_UNITS,
        "expires_on": pl.repeat(None, len(week), dtype=pl.Date, eager=True),
        "known_at": taken,
    }
    return pl.DataFrame(columns).cast(TABLES["reservations"].empty().schema)


def with_reserved(stock: pl.DataFrame, reserved: pl.DataFrame) -> pl.DataFrame:
    """The stock counts with what the domestic shop keeps beside it counted too."""
    place = ["node", "sku", "taken_at"]
    kept = reserved.select(*place, kept="units")
    whole = pl.col("available_units") + pl.col("kept").fill_null(0)
    return (
        stock.join(kept, on=place, how="left", maintain_order="left").with_columns(available_units=whole).drop("kept")
    )
