"""Inbound goods: purchase orders, and consignments into warehouses, stocked and just in time."""

from __future__ import annotations

import numpy as np
import polars as pl

from tradewind.core.tables import TABLES
from tradewind.data.simulated.events import events_between, open_days
from tradewind.data.simulated.exchange import BASE
from tradewind.data.simulated.goods import JIT, supplier_names
from tradewind.data.simulated.markets import NODES
from tradewind.data.simulated.orders import PLATFORM, Orders, moments
from tradewind.data.simulated.parcels import Sending
from tradewind.data.simulated.randomness import Floats, Ints
from tradewind.data.simulated.replenishing import Bought
from tradewind.data.simulated.trading import Sold, Trading
from tradewind.data.simulated.world import World

DUE_DAYS = 3
"""A just-in-time consignment is due by the end of the third day (UTC+8) after it was booked."""

_DAY = 86_400.0
_MORNING = 9 / 24
_CHINA = 8 / 24
_COURIERS = ("Swift Courier", "Heron Express", "Yellow Van")
_VESSELS = ("Ocean Star", "Silk Sea")
_LABELS = ("E102 barcode not bound", "E205 label incomplete")


def purchase_orders_table(world: World, traded: Trading) -> pl.DataFrame:
    """One line an order; goods for a warehouse come to the seller's store first and are inspected there.

    `promised_on` is the lead time the supplier states, in working days; the true one is drawn from the supplier's own
    distribution.
    """
    scale, goods, places, bought = world.scale, world.goods, world.places, traded.bought
    end = scale.weeks * 7.0
    sku, supplier = places.sku[bought.point], goods.supplier[places.sku[bought.point]]
    received = _received(world, bought.point, bought.due_week, bought.ordered_day)
    there = pl.Series(received < end)
    sent = np.clip(received - 1.5, bought.ordered_day + 0.2, bought.ready_day + 0.5)
    ordered = moments((bought.ordered_day - 0.02) * _DAY, scale)
    deposit = world.suppliers.deposit[supplier] * bought.units * goods.unit_cost[sku]
    number = np.arange(len(sku)) * scale.shards + scale.shard + 1
    columns = {
        "purchase_id": pl.Series([f"PO-{i:07d}" for i in number.tolist()], dtype=pl.String),
        "line_no": pl.repeat(1, len(sku), eager=True),
        "supplier": pl.Series(supplier_names(scale, supplier), dtype=pl.String),
        "sku": pl.Series(goods.sku).gather(sku),
        "node": pl.repeat(None, len(sku), dtype=pl.String, eager=True),
        "ordered_at": ordered,
        "units": bought.units,
        "unit_cost": goods.unit_cost[sku],
        "deposit_amount": deposit.round(2),
        "currency": pl.repeat(BASE, len(sku), eager=True),
        "promised_on": _promised(world, bought),
        "shipped_at": moments(np.where(sent < end, sent, np.nan) * _DAY, scale),
        "received_at": moments(np.where(received < end, received, np.nan) * _DAY, scale),
        "received_units": _where(there, bought.units),
        "rejected_units": _where(there, bought.rejected),
        "called_off_at": pl.repeat(None, len(sku), eager=True),
        "known_at": ordered,
    }
    return pl.DataFrame(columns).cast(TABLES["purchase_orders"].empty().schema).sort("purchase_id")


def stocked_inbounds(world: World, traded: Trading) -> pl.DataFrame:
    """Consignments of stock into warehouses: one per arrival, booked when there is room, on the shelf on Monday.

    One refused for its labels is rejected whole and comes again the week after.
    """
    scale, places, came = world.scale, world.places, traded.put_away
    kinds = np.array([NODES[n].kind for n in scale.nodes])
    rows = np.flatnonzero((kinds[places.node[came.point]] != "seller") & (came.week > 0))
    point, bounced = came.point[rows], came.bounced[rows]
    sku, node = places.sku[point], places.node[point]
    days: Floats = np.array([NODES[n].inbound_days for n in scale.nodes], dtype=np.float64)[node]
    shelf: Floats = came.week[rows].astype(np.float64) * 7.0 + _MORNING
    overseas = kinds[node] == "overseas"
    number = np.arange(len(rows)) * scale.shards + scale.shard + 1
    carriers = np.where(overseas, len(_COURIERS) + number % len(_VESSELS), number % len(_COURIERS))
    return _consignments(
        world,
        ids=pl.Series([f"IB-{i:07d}" for i in number.tolist()], dtype=pl.String),
        sku=sku,
        node=node,
        mode=pl.Series(np.where(overseas, "overseas", "semi_stocked"), dtype=pl.String),
        carrier=carriers,
        units=came.units[rows],
        bounced=bounced,
        days=np.stack([shelf - days - 0.4, shelf + 0.5, shelf - days, shelf - 0.3, shelf - 0.1, shelf]),
    )


def jit_inbounds(world: World, sold: Sold, placed: Orders, sent: Sending) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Consignments of just-in-time orders: what a shop sold of a SKU in a day (UTC+8) goes in together.

    It is received when the last of its parcels is handed over. Beside it which order went in which: order row,
    inbound_id.
    """
    scale, bought = world.scale, sold.lines.take(placed.lines)
    lines = np.flatnonzero((placed.mode[placed.line] == JIT) & (sent.created_day[placed.line] < scale.weeks * 7))
    order, sku = placed.line[lines], bought.sku[lines]
    frame = pl.DataFrame(
        {
            "order": order,
            "sku": sku,
            "units": bought.units[lines],
            "day": np.floor(sent.created_day[order] + _CHINA).astype(np.int64),
            "booked": sent.created_day[order],
            "received": sent.reached[order, 0],
        }
    ).with_columns(inbound_id=pl.format("JIT-{}-{}", "day", pl.Series(goods_codes(world)).gather(sku)))
    whole = (
        frame.group_by("inbound_id", "sku", "day")
        .agg(pl.col("units").sum(), pl.col("booked", "received").max())
        .sort("day", "sku")
    )
    booked, received = whole["booked"].to_numpy(), whole["received"].to_numpy()
    due = whole["day"].to_numpy() - _CHINA + DUE_DAYS + 1.0
    preferred = np.array([i for i, n in enumerate(scale.nodes) if NODES[n].kind == "preferred"])
    number = whole["sku"].to_numpy()
    steps = np.stack([booked, due, booked + 0.4 * (received - booked), received, received + 0.1, received + 0.2])
    table = _consignments(
        world,
        ids=whole["inbound_id"],
        sku=number,
        node=preferred[world.goods.shop[number] % len(preferred)],
        mode=pl.repeat("semi_jit", whole.height, eager=True),
        carrier=(number + whole["day"].to_numpy()) % len(_COURIERS),
        units=whole["units"].to_numpy(),
        bounced=np.zeros(whole.height, np.bool_),
        days=steps,
    )
    return table, frame.select("order", "inbound_id").unique(maintain_order=True)


def goods_codes(world: World) -> list[str]:
    """The SKUs without their common prefix."""
    return [sku.removeprefix("SKU-") for sku in world.goods.sku]


def _consignments(
    world: World,
    *,
    ids: pl.Series,
    sku: Ints,
    node: Ints,
    mode: pl.Series,
    carrier: Ints,
    units: Ints,
    bounced: np.ndarray[tuple[int], np.dtype[np.bool_]],
    days: Floats,
) -> pl.DataFrame:
    """The inbounds table; `days` (6, rows): booked, due, sent, received, inspected, put away."""
    scale, end = world.scale, world.scale.weeks * 7.0
    booked, due, sent, received, inspected, shelf = days
    inspected, shelf = (np.where(d < end, d, np.nan) for d in (inspected, shelf))
    shelf = np.where(bounced, np.nan, shelf)
    is_sent, is_received, is_inspected, is_put_away = (
        pl.Series(np.nan_to_num(d, nan=np.inf) < end) for d in (sent, received, inspected, shelf)
    )
    label = pl.Series(_LABELS).gather(np.arange(len(sku)) % len(_LABELS))
    columns = {
        "platform": pl.repeat(PLATFORM, len(sku), eager=True),
        "shop": pl.Series(scale.shops, dtype=pl.String).gather(world.goods.shop[sku]),
        "inbound_id": ids,
        "sku": pl.Series(world.goods.sku).gather(sku),
        "node": pl.Series(scale.nodes).gather(node),
        "mode": mode,
        "carrier": _where(is_sent, pl.Series([*_COURIERS, *_VESSELS]).gather(carrier)),
        "tracking_no": _where(is_sent, "DC" + ids.str.replace_all("-", "")),
        "booked_at": moments(booked * _DAY, scale),
        "booked_units": units,
        "due_at": moments(due * _DAY, scale),
        "sent_at": moments(np.where(sent < end, sent, np.nan) * _DAY, scale),
        "sent_units": _where(is_sent, units),
        "received_at": moments(np.where(received < end, received, np.nan) * _DAY, scale),
        "received_units": _where(is_received, units),
        "inspected_at": moments(inspected * _DAY, scale),
        "rejected_units": _where(is_inspected, np.where(bounced, units, 0)),
        "rejected_reason": _where(is_inspected & pl.Series(bounced), label),
        "put_away_at": moments(shelf * _DAY, scale),
        "put_away_units": _where(is_put_away, units),
        "known_at": moments(booked * _DAY, scale),
    }
    return pl.DataFrame(columns).cast(TABLES["inbounds"].empty().schema)


def _received(world: World, point: Ints, due_week: Ints, ordered_day: Floats) -> Floats:
    """Day the goods are in the seller's store: there they lie, or go on to their warehouse."""
    onward = np.array([0.0 if NODES[n].kind == "seller" else NODES[n].inbound_days for n in world.scale.nodes])
    days: Floats = np.maximum(due_week * 7.0 - onward[world.places.node[point]], ordered_day + 1.0) + _MORNING
    return days


def _promised(world: World, bought: Bought) -> pl.Series:
    """The Monday that fits the stated lead time, counted in the days suppliers work: goods come in on Mondays."""
    scale = world.scale
    first, days = scale.first_week, (scale.weeks + 20) * 7
    lead = world.goods.supplier_lead_days[world.places.sku[bought.point]]
    at_work = np.cumsum(open_days(events_between(first, world.events[-1].ends_on, scale.markets), first, days))
    placed = np.clip(bought.ordered_day.astype(np.int64), 1, days - 1)
    ready = np.where(
        bought.ordered_day < 1, bought.ordered_day + lead, np.searchsorted(at_work, at_work[placed - 1] + lead)
    )
    inbound = np.array([NODES[n].inbound_days for n in scale.nodes])[world.places.node[bought.point]]
    monday = np.maximum(np.ceil((ready + 1 + inbound) / 7.0), np.ceil(bought.ordered_day / 7.0) + 1).astype(np.int64)
    return moments(_received(world, bought.point, monday, bought.ordered_day) * _DAY, scale).dt.date()


def _where(there: pl.Series, value: pl.Series | Ints) -> pl.Series:
    """`value` where `there`, else null: what has not happened is not known."""
    column = value if isinstance(value, pl.Series) else pl.Series(value)
    return pl.DataFrame({"v": column, "t": there}).select(pl.when("t").then("v")).to_series()
