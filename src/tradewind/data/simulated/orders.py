"""Purchases turned into what a seller exports: orders with their lines, money, buyers and dates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from tradewind.core.tables import MODES, TABLES
from tradewind.core.weeks import start_of_day
from tradewind.data.simulated.buyers import COUPON_ODDS
from tradewind.data.simulated.campaigns import COUPON_SHARE, LIFT, campaigns
from tradewind.data.simulated.events import daily_discount
from tradewind.data.simulated.goods import OVERSEAS, POP
from tradewind.data.simulated.markets import MARKETS
from tradewind.data.simulated.randomness import Flags, Floats, Ints, Numbers, by_week
from tradewind.data.simulated.scales import Scale
from tradewind.data.simulated.trading import Sold
from tradewind.data.simulated.visits import Visits
from tradewind.data.simulated.world import World

PLATFORM = "aliexpress"
SNAPSHOT_SECOND = 7 * 86_400 - 1_800
"""Stock is counted on Sunday at 23:30 UTC; the week's orders are all before."""

WEEK_SECONDS = 7 * 86_400

_FIRST_ORDER = 810_000_000_000
_ORDER_STEP = 37
_COUPON = 0.05
_DEARER_ABROAD, _CHEAPER_POP = 1.08, 0.97


@dataclass(frozen=True)
class Orders:
    """One entry per order, by time: `second` since the first week began; `line` maps each line to its order,
    `lines` sorts the purchases by order. `cancelled_second` is NaN where the order stands; `account` the buyer's,
    `coupon` the share off by coupon.
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
    account: Ints
    coupon: Floats

    @property
    def week(self) -> Ints:
        return (self.second // WEEK_SECONDS).astype(np.int64)

    @property
    def sent(self) -> Flags:
        return np.isnan(self.cancelled_second)


def orders(world: World, sold: Sold) -> Orders:
    """Number the orders by time, date their cancellations (hours after the order), say who bought with what coupon."""
    bought = sold.lines
    first = np.flatnonzero(np.diff(sold.order, prepend=-1))
    second = _seconds(sold.week[first], bought.market[first], bought.moment[first], world.visits)
    by_time = np.lexsort((sold.order[first], second))
    rank = np.empty_like(by_time)
    rank[by_time] = np.arange(len(by_time))
    line = rank[sold.order]
    lines = np.argsort(line, kind="stable")
    line = line[lines]
    starts = np.searchsorted(line, line, side="left")
    head = first[by_time]
    second, week, market = second[by_time], sold.week[head], bought.market[head]
    running = campaigns(world.scale, world.seed).running
    coupon, ads = (running[k][bought.sku[head], week] for k in ("coupon", "ads"))

    def of_week(number: int, rows: slice) -> Floats:
        rng = world.stream(f"orders {number}")
        wait = rng.lognormal(np.log(5 * 3_600), 0.8, len(head[rows]))
        step = rng.integers(0, _ORDER_STEP, len(wait))
        lift = 1.0 + np.outer(coupon[rows], LIFT["coupon"]) + np.outer(ads[rows], LIFT["ads"])
        account = world.buyers.choose(market[rows], lift, rng)
        used = rng.random(len(wait)) < _coupon_odds(world, account, coupon[rows])
        return np.column_stack([wait, step, account, used])

    wait, step, account, used = by_week(week, of_week).reshape(-1, 4).T
    cancelled = np.minimum(second + wait, world.scale.weeks * WEEK_SECONDS - 1)
    serial = np.arange(len(head)) * world.scale.shards + world.scale.shard
    return Orders(
        number=_FIRST_ORDER + _ORDER_STEP * serial + step.astype(np.int64),
        second=second,
        market=market,
        node=world.places.node[bought.point[head]],
        mode=world.places.mode_of[bought.sku[head], bought.market[head]],
        shop=world.goods.shop[bought.sku[head]],
        cancelled_second=np.where(sold.cancelled[head], cancelled, np.nan),
        lines=lines,
        line=line,
        line_no=np.arange(len(line)) - starts + 1,
        account=account.astype(np.int64),
        coupon=np.where(used > 0, np.where(coupon, COUPON_SHARE, _COUPON), 0.0),
    )


def order_lines_table(
    world: World, sold: Sold, placed: Orders, sent_second: Floats, delivered_second: Floats
) -> pl.DataFrame:
    """The order_lines table; `sent_second`, `delivered_second` per order, NaN or later than the end: not yet."""
    scale, bought = world.scale, sold.lines.take(placed.lines)
    sku, market, units = bought.sku, bought.market, bought.units
    mode, line = placed.mode[placed.line], placed.line
    price = local_prices(world)[sku, market, sold.week[placed.lines]] * mode_price(mode)
    price = minor_unit(price, market, scale)
    off = daily_discount(world.events, scale.first_week, scale.weeks * 7, scale.markets)
    day = (placed.second[line] // 86_400).astype(int)
    discount = minor_unit(price * units * (off[day, market] + placed.coupon[line]), market, scale)
    account = placed.account[line]
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
        "paid_amount": minor_unit(price * units - discount, market, scale),
        "shipping_paid": pl.repeat(None, len(line), dtype=pl.Float64, eager=True),
        "currency": _words([MARKETS[m].currency for m in scale.markets], market),
        "status": _status(scale, placed, sent_second, delivered_second).gather(line),
        "cancelled_at": moments(placed.cancelled_second[line], scale),
        "buyer_key": world.buyers.key.gather(account),
        "postcode_prefix": pl.Series(world.buyers.postcode[account]).cast(pl.String).str.zfill(2),
        "known_at": moments(placed.second[line], scale),
    }
    return pl.DataFrame(columns).cast(TABLES["order_lines"].empty().schema)


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


def _coupon_odds(world: World, account: Ints, campaign: Flags) -> Floats:
    """Ordinary days: by segment; under a coupon campaign most buyers use it; rings always do."""
    ordinary = np.array(COUPON_ODDS)[world.buyers.segment[account]]
    return np.where(world.buyers.abusive[account], 0.95, np.where(campaign, 0.85, ordinary))


def _seconds(week: Ints, market: Ints, moment: Floats, visits: Visits) -> Floats:
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


def mode_price(mode: Ints) -> Floats:
    """Multiple of the list price by mode: dearer from a warehouse nearby, cheaper where the seller ships himself."""
    return np.where(mode == OVERSEAS, _DEARER_ABROAD, np.where(mode == POP, _CHEAPER_POP, 1.0))


def minor_unit(amount: Floats, market: Ints, scale: Scale) -> Floats:
    """Rounded to what the market's currency can pay: cents, whole won."""
    whole = np.array([MARKETS[m].currency == "KRW" for m in scale.markets])[market]
    return np.where(whole, np.round(amount, 0), np.round(amount, 2))


def _words(words: tuple[str, ...] | list[str], index: Ints) -> pl.Series:
    return pl.Series(list(words), dtype=pl.String).gather(index)
