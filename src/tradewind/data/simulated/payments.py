"""What the platform pays, charges and fines.

Each order that was delivered is settled a market's lag after delivery, under its own number: the sale by line, less
commission or service fee, operation fee, freight and duty, all in the order's currency at the day's rate. A refund is
a settlement of its own, with the operation fee given back where the goods passed the warehouse's inspection. Weekly
payouts by shop, market and currency are the sums of what was settled; fines are charged in CNY. Orders sent but not
yet settled stand there as pending.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from tradewind.core.tables import TABLES
from tradewind.data.simulated.after_sales import FAULTS
from tradewind.data.simulated.exchange import BASE
from tradewind.data.simulated.goods import JIT, OVERSEAS, POP, STOCKED
from tradewind.data.simulated.markets import MARKETS, NODES
from tradewind.data.simulated.orders import PLATFORM, Orders, moments
from tradewind.data.simulated.parcels import Sending
from tradewind.data.simulated.randomness import Flags, Floats, by_week
from tradewind.data.simulated.world import World

COMMISSION, SERVICE_FEE, OPERATION_FEE, OVERSIZE_FEE, OVERSEAS_FEE = 0.08, 0.035, 5.20, 2.80, 9.00
"""Shares of the paid amount (pop and overseas; semi-managed), CNY an order (semi-managed; big parcels; overseas)."""

LATE_INBOUND_FINE, SUBSIDY_BACK = 3.00, 0.80
MISTAKES = 20
"""Of 997 just-in-time consignments received in time, those that are fined as late all the same."""
PAYOUT_LAG_DAYS = {"ES": 7, "FR": 7, "PL": 9, "SA": 12, "BR": 15, "US": 10, "DE": 7, "KR": 5}
OVERSIZE_G = 2_000.0

_DAY = 86_400.0
_REFUND_DAYS = 2.0
_LATE_SHIPMENT_DAYS, _LATE_SHIPMENT_FINE = 5.0, 5.0
_OUT_OF_STOCK_ODDS, _OUT_OF_STOCK_FINE = 0.15, 8.0
_WRONG_GOODS_ODDS, _WRONG_GOODS_FINE = 0.3, 10.0
_APPEAL_DAYS, _DECIDED_DAYS = 7.0, 14.0
_KEY = ["platform", "shop", "settlement_id"]


def settlements_table(
    world: World, placed: Orders, sent: Sending, lines: pl.DataFrame, returns: pl.DataFrame, fines: pl.DataFrame
) -> pl.DataFrame:
    """Amounts by settlement, positive to the seller; `lines` in the orders' sequence."""
    orders = _settled_orders(world, placed, sent)
    sales = _sales(world, orders, lines, placed)
    fees = _fees(world, orders, sales, placed, sent)
    rows = pl.concat(
        [sales.drop("mode"), fees, _refunds(world, returns, orders), _charged(fines)], how="diagonal_relaxed"
    )
    rows = rows.filter(pl.col("amount") != 0.0)
    known_from = pl.lit(moments(np.array([_first_day(world) * _DAY]), world.scale)[0])
    rows = rows.filter(pl.col("settled_at") >= known_from)
    rows = pl.concat([rows, _payouts(world, rows)], how="diagonal_relaxed").sort(*_KEY, "no", "sku", "kind")
    schema = TABLES["settlements"].empty().schema
    columns = [pl.lit(None).alias("description"), pl.col("settled_at").alias("known_at")]
    number = pl.int_range(1, pl.len() + 1).over(_KEY).alias("line_no")
    return rows.with_columns(number, *columns).select(schema.names()).cast(schema)


def fines_table(
    world: World, placed: Orders, sent: Sending, inbounds: pl.DataFrame, jit: pl.DataFrame, returns: pl.DataFrame
) -> pl.DataFrame:
    """Fines for consignments that came late, orders sent late or called off for want of goods, wrong goods sent; and a
    few for consignments that were there in time.

    `jit`: which order went in which just-in-time consignment.
    """
    scale = world.scale
    in_time = pl.col("received_at") <= pl.col("due_at")
    by_mistake = pl.col("inbound_id").str.replace_all(r"\D", "").str.tail(9).cast(pl.UInt64) * 7919 % 997 < MISTAKES
    late = inbounds.filter(pl.col("mode").cast(pl.String) == "semi_jit", ~in_time | by_mistake)
    orders_in = jit.group_by("inbound_id").agg(orders=pl.col("order").n_unique())
    of_inbound = late.join(orders_in, on="inbound_id").select(
        "platform",
        "shop",
        "inbound_id",
        kind=pl.lit("late_inbound"),
        amount=(pl.col("orders") * LATE_INBOUND_FINE).round(2),
        fined_at=pl.max_horizontal("received_at", "due_at"),
        reason=pl.lit("received after it was due"),
        name=pl.col("inbound_id"),
    )
    slow = (placed.mode == POP) & (sent.reached[:, 0] - sent.created_day > _LATE_SHIPMENT_DAYS)
    short = ~placed.sent & (_coins(world, placed) < _OUT_OF_STOCK_ODDS)
    of_order = pl.concat(
        [
            _order_fines(world, placed, slow, sent.reached[:, 0] + 1.0, "late_shipment", _LATE_SHIPMENT_FINE),
            _order_fines(world, placed, short, placed.cancelled_second / _DAY, "out_of_stock", _OUT_OF_STOCK_FINE),
        ]
    )
    wrong = returns.filter(pl.col("reason") == "wrong_goods").filter(
        pl.col("return_id").str.slice(2).cast(pl.UInt64) * 7919 % 1000 < int(1000 * _WRONG_GOODS_ODDS)
    )
    of_return = wrong.select(
        "platform",
        "shop",
        "order_id",
        kind=pl.lit("wrong_goods"),
        amount=pl.lit(_WRONG_GOODS_FINE),
        fined_at="opened_at",
        reason=pl.lit("the buyer got other goods"),
        name=pl.col("return_id"),
    )
    rows = pl.concat([of_inbound, of_order, of_return], how="diagonal_relaxed")
    end = moments(np.array([scale.weeks * 7 * _DAY]), scale)[0]
    rows = rows.filter(pl.col("fined_at") < end).sort("fined_at", "name")
    return _judged(rows, end)


def _order_fines(world: World, placed: Orders, chosen: Flags, day: Floats, kind: str, amount: float) -> pl.DataFrame:
    rows = np.flatnonzero(chosen & np.isfinite(day) & (np.nan_to_num(day) < world.scale.weeks * 7))
    ids = pl.Series(placed.number[rows]).cast(pl.String)
    return pl.DataFrame(
        {
            "platform": pl.repeat(PLATFORM, len(rows), eager=True),
            "shop": pl.Series(world.scale.shops, dtype=pl.String).gather(placed.shop[rows]),
            "order_id": ids,
            "kind": pl.repeat(kind, len(rows), eager=True),
            "amount": np.full(len(rows), amount),
            "fined_at": moments(day[rows] * _DAY, world.scale),
            "reason": pl.repeat(kind.replace("_", " "), len(rows), eager=True),
            "name": ids,
        }
    )


def _judged(rows: pl.DataFrame, end: object) -> pl.DataFrame:
    """Some fines are appealed, some of those forgiven; young ones are open. Known when fined."""
    schema = TABLES["fines"].empty().schema
    coin = pl.int_range(pl.len()) * 7919 % 100
    old = pl.col("fined_at") + pl.duration(days=_DECIDED_DAYS) < pl.lit(end)
    status = (
        pl.when(coin < 6)
        .then(pl.when(old).then(pl.lit("cancelled")).otherwise(pl.lit("appealed")))
        .when(old)
        .then(pl.lit("upheld"))
        .otherwise(pl.lit("open"))
    )
    missing = [pl.lit(None, pl.String).alias(c) for c in ("order_id", "inbound_id") if c not in rows.columns]
    return (
        rows.with_columns(*missing)
        .with_columns(
            fine_id=pl.format("F-{}-{}", "kind", "name"),
            currency=pl.lit(BASE),
            appeal_by=pl.col("fined_at") + pl.duration(days=_APPEAL_DAYS),
            status=status,
            known_at="fined_at",
        )
        .select(schema.names())
        .cast(schema)
        .sort("fine_id")
    )


def _settled_orders(world: World, placed: Orders, sent: Sending) -> pl.DataFrame:
    """Orders sent: row, day settled (or sent, where pending), status, CNY for one unit of the order's currency and of
    the one its carrier bills in."""
    scale = world.scale
    end = scale.weeks * 7.0
    lag = np.array([PAYOUT_LAG_DAYS[m] for m in scale.markets])[placed.market]
    due = sent.delivered_day + lag
    # a lost parcel is paid and refunded in one stroke, when it is given up
    due = np.where(np.isnan(due) & placed.sent, sent.created_day + 60.0 + lag, due)
    rows = np.flatnonzero(placed.sent & (sent.created_day < end))
    settled = due[rows] < end
    day = np.where(settled, due[rows], sent.created_day[rows])
    return pl.DataFrame(
        {
            "row": rows,
            "settled_at": moments(day * _DAY, scale),
            "status": np.where(settled, "settled", "pending"),
            "rate": _rates(world, placed.market[rows], day),
            "bill_rate": _node_rates(world, placed.node[rows], day),
        }
    )


def _rates(world: World, market: np.ndarray[tuple[int], np.dtype[np.int64]], day: Floats) -> Floats:
    """CNY for one unit of each market's currency on `day`."""
    return _rates_of(world, [MARKETS[m].currency for m in world.scale.markets], market, day)


def _node_rates(world: World, node: np.ndarray[tuple[int], np.dtype[np.int64]], day: Floats) -> Floats:
    """CNY for one unit of the currency an order's node is billed in, on `day`."""
    return _rates_of(world, [NODES[n].currency for n in world.scale.nodes], node, day)


def _rates_of(
    world: World, currencies: list[str], which: np.ndarray[tuple[int], np.dtype[np.int64]], day: Floats
) -> Floats:
    paths = world.exchange.rates
    days = len(next(iter(paths.values())))
    table = np.stack([paths[c] if c in paths else np.ones(days) for c in currencies])
    offset = (world.scale.first_week - world.exchange.first).days
    rate: Floats = table[which, np.clip(day.astype(np.int64) + offset, 0, days - 1)]
    return rate


def _sales(world: World, orders: pl.DataFrame, lines: pl.DataFrame, placed: Orders) -> pl.DataFrame:
    names = ["platform", "shop", "order_id", "sku", "market", "mode", "currency"]
    of_line = lines.select(*names, amount="paid_amount").with_columns(row=pl.Series(placed.line), no=pl.lit(0))
    sale = pl.lit("sale").alias("kind")
    return of_line.join(orders, on="row", maintain_order="left").with_columns(sale, settlement_id="order_id")


def _fees(world: World, orders: pl.DataFrame, sales: pl.DataFrame, placed: Orders, sent: Sending) -> pl.DataFrame:
    """What each order costs: one row a kind, in the order's currency."""
    whole = sales.group_by("row", maintain_order=True).agg(
        pl.col(
            "platform",
            "shop",
            "order_id",
            "market",
            "currency",
            "settlement_id",
            "settled_at",
            "status",
            "rate",
            "bill_rate",
        ).first(),
        paid=pl.col("amount").sum(),
    )
    row = whole["row"].to_numpy()
    mode, heavy = placed.mode[row], sent.weight_g[row] > OVERSIZE_G
    semi = np.isin(mode, (STOCKED, JIT))
    scenario = world.scenario
    duty = np.zeros(len(row))
    if scenario.duty:
        here = placed.market[row] == world.scale.markets.index(scenario.duty_market)
        duty = np.where(here & (placed.week[row] >= scenario.week), scenario.duty, 0.0)
    own_freight = pl.Series(np.where(mode == POP, 0.0, 1.0))
    freight = pl.Series(sent.freight[row]) * own_freight
    abroad = pl.Series(np.where(mode == OVERSEAS, sent.freight[row], 0.0))
    home = pl.Series(np.where(mode == OVERSEAS, 0.0, 1.0))
    operation = np.where(
        semi, OPERATION_FEE + np.where(heavy, OVERSIZE_FEE, 0.0), np.where(mode == OVERSEAS, OVERSEAS_FEE, 0.0)
    )
    amounts = {
        "commission": pl.col("paid") * pl.Series(np.where(semi, 0.0, COMMISSION)),
        "service_fee": pl.col("paid") * pl.Series(np.where(semi, SERVICE_FEE, 0.0)),
        "operation_fee": pl.Series(operation) / pl.col("rate"),
        "freight": freight * home / pl.col("rate"),
        "last_mile": abroad * pl.col("bill_rate") / pl.col("rate"),
        "tax": pl.col("paid") * pl.Series(duty),
    }
    wide = whole.with_columns(**{k: -v.round(2) for k, v in amounts.items()})
    keep = [c for c in whole.columns if c != "paid"]
    long = wide.unpivot(list(amounts), index=keep, variable_name="kind", value_name="amount")
    return long.with_columns(no=pl.lit(1))


def _refunds(world: World, returns: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """Refunds two days after the claim; the operation fee back for goods returned without fault of the seller's."""
    end = moments(np.array([world.scale.weeks * 7 * _DAY]), world.scale)[0]
    base = returns.with_columns(
        settled_at=pl.col("opened_at") + pl.duration(days=_REFUND_DAYS),
        settlement_id="return_id",
        status=pl.lit("settled"),
    ).filter(pl.col("settled_at") < pl.lit(end))
    names = ["platform", "shop", "order_id", "sku", "market", "currency", "settled_at", "settlement_id", "status"]
    fault = pl.col("reason").replace_strict(FAULTS)
    fees = base.filter(pl.col("kind").cast(pl.String) == "return")
    given = pl.when(fault == "seller").then(-SUBSIDY_BACK).otherwise(OPERATION_FEE)
    rate = pl.col("currency").replace_strict(
        {c: world.exchange.at_start(c) for c in {MARKETS[m].currency for m in world.scale.markets}}
    )
    return pl.concat(
        [
            base.select(*names, kind=pl.lit("refund"), amount=-pl.col("refund_amount"), no=pl.lit(0)),
            fees.select(*names, kind=pl.lit("adjustment"), amount=(given / rate).round(2), no=pl.lit(1)),
        ]
    )


def _charged(fines: pl.DataFrame) -> pl.DataFrame:
    """Fines upheld or open are charged when fined; those forgiven are not."""
    due = fines.filter(pl.col("status").cast(pl.String) != "cancelled")
    return due.select(
        "platform",
        "shop",
        "order_id",
        "currency",
        settlement_id="fine_id",
        kind=pl.lit("fine"),
        amount=-pl.col("amount"),
        status=pl.lit("settled"),
        settled_at="fined_at",
        no=pl.lit(0),
    )


def _payouts(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    """The sums of what was settled in a week, by shop, market and currency, paid out on the Monday after."""
    end = moments(np.array([world.scale.weeks * 7 * _DAY]), world.scale)[0]
    paid = pl.col("settled_at").dt.truncate("1w") + pl.duration(days=7, hours=8)
    name = pl.format(
        "PAY-{}-{}-{}", pl.col("market").fill_null("ALL"), "currency", pl.col("paid_at").dt.strftime("%Y%m%d")
    )
    return (
        rows.filter(pl.col("status") == "settled")
        .with_columns(paid_at=paid)
        .filter(pl.col("paid_at") < pl.lit(end))
        .sort("paid_at", "settlement_id", "no", "sku", "kind")
        .group_by("platform", "shop", "market", "currency", "paid_at", maintain_order=True)
        .agg(amount=pl.col("amount").sum().round(2))
        .with_columns(settlement_id=name, kind=pl.lit("payout"), status=pl.lit("settled"), no=pl.lit(0))
        .rename({"paid_at": "settled_at"})
    )


def _first_day(world: World) -> int:
    return max(world.scale.weeks - world.scale.settled_weeks, 0) * 7 - 366 * (
        world.scale.settled_weeks >= world.scale.weeks
    )


def _coins(world: World, placed: Orders) -> Floats:
    """One draw in [0, 1) an order."""

    def of_week(week: int, rows: slice) -> Floats:
        return world.stream(f"fines {week}").random(len(placed.second[rows]))

    return by_week(placed.week, of_week).astype(np.float64)
