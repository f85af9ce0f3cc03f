"""Goods on their way in: suppliers, what was ordered from them, and consignments into warehouses."""

from __future__ import annotations

import numpy as np
import polars as pl

from tradewind.core.tables import TABLES
from tradewind.data.simulated.exchange import BASE
from tradewind.data.simulated.markets import NODES
from tradewind.data.simulated.orders import PLATFORM, moments
from tradewind.data.simulated.trading import Trading
from tradewind.data.simulated.randomness import Floats
from tradewind.data.simulated.world import World

_DAY = 86_400.0
_MORNING = 9 / 24


def suppliers_table(world: World) -> pl.DataFrame:
    """The suppliers table: the lead time they state."""
    goods = world.goods
    lead = dict(zip(goods.supplier.tolist(), goods.supplier_lead_days.tolist(), strict=True))
    rows = [
        {"supplier": supplier_name(s), "qualification": "qualified", "lead_time_days": lead[s]} for s in sorted(lead)
    ]
    return pl.DataFrame(rows, schema=TABLES["suppliers"].empty().schema)


def purchase_orders_table(world: World, traded: Trading) -> pl.DataFrame:
    """One line an order; goods for a warehouse come to the seller's store first, `node` is where they go."""
    scale, goods, places, bought = world.scale, world.goods, world.places, traded.bought
    end = scale.weeks * 7.0
    sku, node = places.sku[bought.point], places.node[bought.point]
    inbound = np.array([NODES[n].inbound_days for n in scale.nodes])[node]
    received = np.maximum(bought.due_week * 7.0 - inbound, bought.ordered_day + 1.0) + _MORNING
    there = received < end
    ready = np.minimum(bought.ready_day, received - 0.5)
    ordered = moments((bought.ordered_day - 0.02) * _DAY, scale)
    columns = {
        "purchase_id": pl.Series([f"PO-{i + 1:07d}" for i in range(len(sku))], dtype=pl.String),
        "line_no": pl.repeat(1, len(sku), eager=True),
        "supplier": pl.Series([supplier_name(s) for s in goods.supplier[sku]], dtype=pl.String),
        "sku": pl.Series(goods.sku).gather(sku),
        "node": pl.repeat(None, len(sku), dtype=pl.String, eager=True),
        "ordered_at": ordered,
        "units": bought.units,
        "unit_cost": goods.unit_cost[sku],
        "deposit_amount": pl.repeat(None, len(sku), dtype=pl.Float64, eager=True),
        "currency": pl.repeat(BASE, len(sku), eager=True),
        "promised_on": moments((bought.ordered_day + goods.supplier_lead_days[sku]) * _DAY, scale).dt.date(),
        "shipped_at": moments(np.where(ready < end, ready, np.nan) * _DAY, scale),
        "received_at": moments(np.where(there, received, np.nan) * _DAY, scale),
        "received_units": pl.select(pl.when(pl.Series(there)).then(pl.Series(bought.units))).to_series(),
        "rejected_units": pl.select(pl.when(pl.Series(there)).then(0)).to_series(),
        "called_off_at": pl.repeat(None, len(sku), eager=True),
        "known_at": ordered,
    }
    return pl.DataFrame(columns).cast(TABLES["purchase_orders"].empty().schema)


def inbounds_table(world: World, traded: Trading) -> pl.DataFrame:
    """Consignments of stock into warehouses: one per arrival on a shelf."""
    scale, goods, places, came = world.scale, world.goods, world.places, traded.put_away
    kinds = np.array([NODES[n].kind for n in scale.nodes])
    rows = np.flatnonzero((kinds[places.node[came.point]] != "seller") & (came.week > 0))
    point, week, units = came.point[rows], came.week[rows], came.units[rows]
    days: Floats = np.array([NODES[n].inbound_days for n in scale.nodes])[places.node[point]]
    on_shelf: Floats = week * 7.0 + _MORNING
    booked = moments((on_shelf - days - 0.4) * _DAY, scale)
    sku = places.sku[point]
    columns = {
        "platform": pl.repeat(PLATFORM, len(rows), eager=True),
        "shop": pl.Series(scale.shops, dtype=pl.String).gather(goods.shop[sku]),
        "inbound_id": pl.Series([f"IB-{i + 1:07d}" for i in range(len(rows))], dtype=pl.String),
        "sku": pl.Series(goods.sku).gather(sku),
        "node": pl.Series(scale.nodes).gather(places.node[point]),
        "mode": pl.Series(
            np.where(kinds[places.node[point]] == "overseas", "overseas", "semi_stocked"), dtype=pl.String
        ),
        "carrier": pl.repeat(None, len(rows), eager=True),
        "tracking_no": pl.repeat(None, len(rows), eager=True),
        "booked_at": booked,
        "booked_units": units,
        "due_at": moments(on_shelf * _DAY, scale),
        "sent_at": moments((on_shelf - days) * _DAY, scale),
        "sent_units": units,
        "received_at": moments((on_shelf - 0.3) * _DAY, scale),
        "received_units": units,
        "inspected_at": moments((on_shelf - 0.1) * _DAY, scale),
        "rejected_units": pl.repeat(0, len(rows), eager=True),
        "rejected_reason": pl.repeat(None, len(rows), eager=True),
        "put_away_at": moments(on_shelf * _DAY, scale),
        "put_away_units": units,
        "known_at": booked,
    }
    return pl.DataFrame(columns).cast(TABLES["inbounds"].empty().schema)


def supplier_name(number: int) -> str:
    return f"SUP-{number + 1:03d}"
