"""Purchases turned into what a seller exports: orders with their lines, money, buyers and dates; and the listings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from tradewind.core.tables import MODES, TABLES
from tradewind.core.weeks import start_of_day
from tradewind.data.simulated.goods import OVERSEAS, POP
from tradewind.data.simulated.markets import MARKETS
from tradewind.data.simulated.occasions import daily_discount
from tradewind.data.simulated.randomness import Flags, Floats, Ints, Numbers
from tradewind.data.simulated.scales import Scale
from tradewind.data.simulated.trading import Sold
from tradewind.data.simulated.visits import Visits
from tradewind.data.simulated.world import World

PLATFORM = "aliexpress"
SNAPSHOT_SECOND = 7 * 86_400 - 1_800
"""Stock is counted on Sunday at 23:30 UTC; the week's orders are all before."""

_FIRST_ORDER = 810_000_000_000
_ORDER_STEP = 37
_BUYERS_PER_ORDER = 0.7
_COUPON_ODDS, _COUPON = 0.22, 0.05
_DEARER_ABROAD, _CHEAPER_POP = 1.08, 0.97


@dataclass(frozen=True)
class Orders:
    """One entry per order, by time: `second` since the first week began; `line` maps each line to its order,
    `lines` sorts the purchases by order. `cancelled_second` is NaN where the order stands.
    """

    number: Ints
    second: Floats
    market: Ints
    node: Ints
    mode: Ints
    shop: Ints
    cancelled_second: Floats
    lines: Ints
    line: Ints
    line_no: Ints

    @property
    def sent(self) -> Flags:
        return np.isnan(self.cancelled_second)


def orders(world: World, sold: Sold) -> Orders:
    """Number the orders by time and date their cancellations (hours after the order)."""
    rng, bought = world.stream("orders"), sold.lines
    first = np.flatnonzero(np.diff(sold.order, prepend=-1))
    second = _seconds(sold.week[first], bought.market[first], bought.moment[first], world.visits, rng)
    by_time = np.lexsort((sold.order[first], second))
    rank = np.empty_like(by_time)
    rank[by_time] = np.arange(len(by_time))
    line = rank[sold.order]
    lines = np.argsort(line, kind="stable")
    line = line[lines]
    starts = np.searchsorted(line, line, side="left")
    head = first[by_time]
    second = second[by_time]
    wait = rng.lognormal(np.log(5 * 3_600), 0.8, len(head))
    cancelled = np.minimum(second + wait, world.scale.weeks * 7 * 86_400 - 1)
    return Orders(
        number=_FIRST_ORDER + _ORDER_STEP * np.arange(len(head)) + rng.integers(0, _ORDER_STEP, len(head)),
        second=second,
        market=bought.market[head],
        node=world.places.node[bought.point[head]],
        mode=world.places.mode_of[bought.sku[head], bought.market[head]],
        shop=world.goods.shop[bought.sku[head]],
        cancelled_second=np.where(sold.cancelled[head], cancelled, np.nan),
        lines=lines,
        line=line,
        line_no=np.arange(len(line)) - starts + 1,
    )


def order_lines_table(
    world: World, sold: Sold, placed: Orders, sent_second: Floats, delivered_second: Floats
) -> pl.DataFrame:
    """The order_lines table; `sent_second`, `delivered_second` per order, NaN or later than the end: not yet."""
    scale, rng, bought = world.scale, world.stream("money"), sold.lines.take(placed.lines)
    sku, market, units = bought.sku, bought.market, bought.units
    mode, line = placed.mode[placed.line], placed.line
    price = local_prices(world)[sku, market, sold.week[placed.lines]] * _mode_price(mode)
    price = _to_minor_unit(price, market, scale)
    off = daily_discount(world.listed, scale.first_week, scale.weeks * 7, scale.markets)
    day = (placed.second[line] // 86_400).astype(int)
    coupon = np.where(rng.random(len(placed.second)) < _COUPON_ODDS, _COUPON, 0.0)
    discount = _to_minor_unit(price * units * (off[day, market] + coupon[line]), market, scale)
    buyers = _buyers(len(placed.second), rng)
    columns = {
        "platform": pl.repeat(PLATFORM, len(line), eager=True),
        "shop": _words(scale.shops, placed.shop[line]),
        "order_id": pl.Series(placed.number).cast(pl.String).gather(line),
        "line_no": placed.line_no,
        "sku": _words(world.goods.sku, sku),
        "listing_id": pl.repeat(None, len(line), dtype=pl.String, eager=True),
        "market": _words(scale.markets, market),
        "mode": _words(MODES, mode),
        "ordered_at": moments(placed.second[line], scale),
        "units": units,
        "unit_price": price,
        "discount": discount,
        "paid_amount": _to_minor_unit(price * units - discount, market, scale),
        "currency": _words([MARKETS[m].currency for m in scale.markets], market),
        "status": _status(scale, placed, sent_second, delivered_second).gather(line),
        "cancelled_at": moments(placed.cancelled_second[line], scale),
        "buyer_key": buyers.gather(line),
        "postcode_prefix": pl.Series(rng.integers(1, 100, len(placed.second)))
        .cast(pl.String)
        .str.zfill(2)
        .gather(line),
        "known_at": moments(placed.second[line], scale),
    }
    return pl.DataFrame(columns).cast(TABLES["order_lines"].empty().schema)


def listings_table(world: World) -> pl.DataFrame:
    """What is on sale on the last day: one listing per SKU and market, at today's list price."""
    scale, goods = world.scale, world.goods
    week = scale.weeks - 1
    sku, market = (a.ravel() for a in np.indices((len(goods.sku), len(scale.markets))))
    keep = goods.alive(week)[sku]
    sku, market = sku[keep], market[keep]
    mode = world.places.mode_of[sku, market]
    price = local_prices(world)[sku, market, week] * _mode_price(mode)
    columns = {
        "platform": pl.repeat(PLATFORM, len(sku), eager=True),
        "shop": _words(scale.shops, goods.shop[sku]),
        "listing_id": pl.Series(100_500_000_000 + sku * 100 + market).cast(pl.String),
        "sku": _words(world.goods.sku, sku),
        "market": _words(scale.markets, market),
        "mode": _words(MODES, mode),
        "list_price": _to_minor_unit(price, market, scale),
        "currency": _words([MARKETS[m].currency for m in scale.markets], market),
        "known_at": pl.repeat(None, len(sku), eager=True),
    }
    return pl.DataFrame(columns).cast(TABLES["listings"].empty().schema).sort("platform", "shop", "listing_id")


def local_prices(world: World) -> Floats:
    """List price in the market's currency, (N, M, weeks + 26): set at the first day's rate, changed at most once."""
    to = [MARKETS[m] for m in world.scale.markets]
    level = np.array([m.price / world.exchange.at_start(m.currency) for m in to])
    start = world.goods.price_cny[:, None] * level[None, :]
    prices: Floats = start[:, :, None] * world.goods.price_level[:, None, :]
    return prices


def moments(second: Numbers, scale: Scale) -> pl.Series:
    """Seconds since the first week began as UTC times in whole seconds; NaN gives null."""
    there = np.isfinite(second)
    start = int(start_of_day(scale.first_week).timestamp())
    micro = (start + np.where(there, second, 0.0).astype(np.int64)) * 1_000_000
    times = pl.Series(micro).cast(pl.Datetime("us", "UTC"))
    return times if there.all() else times.to_frame("t").select(pl.when(pl.Series(there)).then("t")).to_series()


def _seconds(week: Ints, market: Ints, moment: Floats, visits: Visits, rng: np.random.Generator) -> Floats:
    """Place each moment in its week by the market's weekday and hour course."""
    course = visits.hour_of_week
    row = week * course.shape[1] + market
    table = (course.reshape(-1, 168) + np.arange(course.shape[0] * course.shape[1])[:, None]).ravel()
    hour = np.minimum(np.searchsorted(table, row + moment, side="right"), len(table) - 1) - row * 168
    hour = np.clip(hour, 0, 167)
    flat = course.reshape(-1, 168)
    before = np.where(hour > 0, flat[row, np.maximum(hour - 1, 0)], 0.0)
    inside = np.clip((moment - before) / np.maximum(flat[row, hour] - before, 1e-12), 0.0, 1.0 - 1e-9)
    return week * 7.0 * 86_400 + np.minimum(np.floor((hour + inside) * 3_600), SNAPSHOT_SECOND - 1)


def _status(scale: Scale, placed: Orders, sent_second: Floats, delivered_second: Floats) -> pl.Series:
    end = scale.weeks * 7 * 86_400
    stage = (sent_second < end).astype(int) + (delivered_second < end)
    words = np.array(["paid", "shipped", "delivered"])[np.where(np.isnan(sent_second), 0, stage)]
    return pl.Series(np.where(placed.sent, words, "cancelled"))


def _buyers(orders: int, rng: np.random.Generator) -> pl.Series:
    """A buyer's key as the intake would hash it; some buyers come again."""
    buyer = rng.integers(0, max(int(orders * _BUYERS_PER_ORDER), 1), orders)
    keys = rng.integers(2**52, 2**56, max(int(orders * _BUYERS_PER_ORDER), 1))
    return pl.Series([f"{k:014x}" for k in keys], dtype=pl.String).gather(buyer)


def _mode_price(mode: Ints) -> Floats:
    return np.where(mode == OVERSEAS, _DEARER_ABROAD, np.where(mode == POP, _CHEAPER_POP, 1.0))


def _to_minor_unit(amount: Floats, market: Ints, scale: Scale) -> Floats:
    whole = np.array([MARKETS[m].currency == "KRW" for m in scale.markets])[market]
    return np.where(whole, np.round(amount, 0), np.round(amount, 2))


def _words(words: tuple[str, ...] | list[str], index: Ints) -> pl.Series:
    return pl.Series(list(words), dtype=pl.String).gather(index)
