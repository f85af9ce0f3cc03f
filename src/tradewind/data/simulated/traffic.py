"""Traffic: impressions, visitors, clicks and carts by day and channel, consistent with the orders.

Traffic follows demand, not availability: a product out of stock still has visitors. Advertising
runs in its campaigns' weeks and is paid by the click.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from tradewind.core.tables import TABLES
from tradewind.data.simulated.campaigns import AD_COST_PER_CLICK, campaigns, market_lift
from tradewind.data.simulated.markets import MARKETS
from tradewind.data.simulated.orders import PLATFORM, Orders
from tradewind.data.simulated.randomness import Floats, Ints
from tradewind.data.simulated.trading import Sold
from tradewind.data.simulated.visits import realised_rates
from tradewind.data.simulated.world import World

CONVERSION = 0.025
"""Purchases per visitor at full stock."""

_CLICK_RATE, _CART_RATE, _AD_CONVERSION = 0.05, 0.09, 0.012


def traffic_table(world: World, sold: Sold, placed: Orders, lines: pl.DataFrame) -> pl.DataFrame:
    """The last days, by SKU, market, day and channel (organic, ads): only days with impressions."""
    scale = world.scale
    last = scale.weeks
    weeks = range(max(last - -(-scale.traffic_days // 7), 0), last)
    parts = [_week(world, week) for week in weeks]
    frame = pl.concat(parts)
    bought = _bought(world, sold, placed, lines, weeks.start)
    key = ["sku_no", "market_no", "day", "channel"]
    frame = frame.join(bought, on=key, how="full", coalesce=True).with_columns(pl.exclude(key).fill_null(0)).sort(key)
    return _as_table(world, frame)


def _week(world: World, week: int) -> pl.DataFrame:
    """Visitors by day of a week: organic ones from demand without advertising, the lift of advertising by ads."""
    scale, rng = world.scale, world.stream(f"traffic {week}")
    rates = realised_rates(world.goods, world.visits, week)
    on = campaigns(scale, world.seed).running["ads"][:, week]
    lift = np.where(on[:, None], market_lift(scale, "ads")[None, :], 0.0)
    organic, ads = rates / (1.0 + lift) / CONVERSION, rates * lift / (1.0 + lift) / _AD_CONVERSION
    course = np.diff(world.visits.hour_of_week[week][:, 23::24], prepend=0.0, axis=1)
    parts = []
    for number, mean in enumerate((organic, ads)):
        visits_drawn = rng.poisson(mean[:, :, None] * course[None, :, :])
        sku, market, day = np.nonzero(visits_drawn)
        visitors = visits_drawn[sku, market, day]
        parts.append(_page_views(sku, market, day + 7 * week, number, visitors, rng))
    return pl.concat(parts)


def _page_views(
    sku: Ints, market: Ints, day: Ints, channel: int, visitors: Ints, rng: np.random.Generator
) -> pl.DataFrame:
    clicks = visitors + rng.binomial(visitors, 0.3)
    return pl.DataFrame(
        {
            "sku_no": sku,
            "market_no": market,
            "day": day,
            "channel": np.full(len(sku), channel),
            "visitors": visitors,
            "clicks": clicks,
            "impressions": clicks + rng.negative_binomial(np.maximum(clicks, 1), _CLICK_RATE),
            "carts": rng.binomial(visitors, _CART_RATE),
        }
    ).cast(pl.Int64)


def _bought(world: World, sold: Sold, placed: Orders, lines: pl.DataFrame, first_week: int) -> pl.DataFrame:
    """Buyers, coupons used and their discount, by SKU, market and day: every buyer was a visitor with a cart."""
    second = placed.second[placed.line]
    rows = np.flatnonzero(second >= first_week * 7 * 86_400)
    bought = sold.lines.take(placed.lines[rows])
    off: Floats = (lines["unit_price"] * lines["units"]).to_numpy()[rows] * placed.coupon[placed.line[rows]]
    return (
        pl.DataFrame(
            {
                "sku_no": bought.sku,
                "market_no": bought.market,
                "day": (second[rows] // 86_400).astype(np.int64),
                "channel": np.zeros(len(rows), np.int64),
                "coupons": placed.coupon[placed.line[rows]] > 0,
                "off": off,
            }
        )
        .group_by("sku_no", "market_no", "day", "channel")
        .agg(buyers=pl.len().cast(pl.Int64), coupons=pl.col("coupons").sum().cast(pl.Int64), off=pl.col("off").sum())
    )


def _as_table(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    scale, goods = world.scale, world.goods
    schema = TABLES["traffic"].empty().schema
    sku = frame["sku_no"].to_numpy()
    days = pl.lit(scale.first_week) + pl.duration(days=pl.col("day"))
    paid = world.exchange
    rate = np.array([paid.at_start(c) for c in _currencies(world)])[frame["market_no"].to_numpy()]
    ads = pl.col("channel") == 1
    visitors = pl.max_horizontal("visitors", "buyers")
    clicks = pl.max_horizontal("clicks", visitors)
    return (
        frame.with_columns(
            platform=pl.lit(PLATFORM),
            shop=pl.Series(scale.shops, dtype=pl.String).gather(goods.shop[sku]),
            sku=pl.Series(goods.sku, dtype=pl.String).gather(sku),
            market=pl.Series(scale.markets, dtype=pl.String).gather(frame["market_no"].to_numpy()),
            currency=pl.Series(_currencies(world), dtype=pl.String).gather(frame["market_no"].to_numpy()),
            on_date=days.cast(pl.Date),
            impressions=pl.max_horizontal("impressions", clicks),
            visitors=visitors,
            clicks=clicks,
            carts=pl.max_horizontal("carts", "buyers"),
            coupons_used=pl.when(ads).then(None).otherwise("coupons"),
            coupon_amount=pl.when(ads).then(None).otherwise(pl.col("off").round(2)),
            ad_spend=pl.when(ads)
            .then((pl.col("clicks") * AD_COST_PER_CLICK / pl.Series(rate)).round(2))
            .otherwise(0.0),
            channel=pl.when(ads).then(pl.lit("ads")).otherwise(pl.lit("organic")),
        )
        .filter(pl.col("on_date") > scale.last_day - timedelta(days=scale.traffic_days))
        .with_columns(
            known_at=pl.col("on_date").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
            + pl.duration(days=1)
            - pl.duration(seconds=1)
        )
        .select(schema.names())
        .cast(schema)
    )


def _currencies(world: World) -> list[str]:

    return [MARKETS[m].currency for m in world.scale.markets]
