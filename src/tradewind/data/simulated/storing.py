"""Where the seller's goods lie: stock points (a SKU at a node), whom they serve, and how much a node holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from tradewind.core.tables import NODE_KINDS, TABLES
from tradewind.data.simulated.goods import OVERSEAS, STOCKED, Goods
from tradewind.data.simulated.markets import NODES
from tradewind.data.simulated.randomness import Floats, Ints
from tradewind.data.simulated.scales import Scale
from tradewind.data.simulated.visits import Visits, structural_rates, units_per_purchase


@dataclass(frozen=True)
class Storing:
    """`sku`, `node` (P,) of each stock point, ordered by both; `point_of` and `mode_of` (N, M): exactly one stock
    point serves a SKU in a market, in one mode. `usual_units` (P,) structural units of an average week through the
    point; `capacity_m3` (nodes,), infinite where there is no limit.
    """

    sku: Ints
    node: Ints
    point_of: Ints
    mode_of: Ints
    usual_units: Floats
    capacity_m3: Floats


def storing(scale: Scale, goods: Goods, visits: Visits) -> Storing:
    """Stocked goods lie in one of the warehouses in China (by supplier), the rest in the seller's own store."""
    node_of, mode_of = _serving(scale, goods)
    n, m = node_of.shape
    pair = np.arange(n)[:, None] * len(scale.nodes) + node_of
    keys, point_of = np.unique(pair, return_inverse=True)
    point_of = point_of.reshape(n, m).astype(np.int64)
    sku, node = keys // len(scale.nodes), keys % len(scale.nodes)
    usual = _usual_units(scale, goods, visits)
    through = np.bincount(point_of.ravel(), usual.ravel(), len(keys)).astype(np.float64)
    volume = np.bincount(node, through * goods.volume_m3[sku], len(scale.nodes))
    cover = np.array([NODES[name].cover_weeks for name in scale.nodes])
    capacity = np.where(cover > 0, _round_up(np.maximum(cover * volume, 0.01)), np.inf)
    return Storing(sku, node, point_of, mode_of, through, capacity)


def nodes_table(scale: Scale, places: Storing) -> pl.DataFrame:
    """The nodes table; no capacity where there is no limit."""
    nodes = [NODES[name] for name in scale.nodes]
    columns = {
        "node": [n.name for n in nodes],
        "kind": [NODE_KINDS[NODE_KINDS.index(n.kind)] for n in nodes],
        "market": [n.market for n in nodes],
        "capacity_m3": [float(c) * scale.shards if np.isfinite(c) else None for c in places.capacity_m3],
        "storage_cost_per_m3_week": [n.storage_cost_per_m3_week for n in nodes],
        "inbound_cost_per_unit": [n.inbound_cost_per_unit for n in nodes],
        "inbound_days": [n.inbound_days for n in nodes],
        "currency": [n.currency for n in nodes],
        "known_at": [None] * len(nodes),
    }
    return pl.DataFrame(columns, schema=TABLES["nodes"].empty().schema).sort("node")


def _serving(scale: Scale, goods: Goods) -> tuple[Ints, Ints]:
    m = len(scale.markets)
    kinds = np.array([NODES[name].kind for name in scale.nodes])
    own = int(np.flatnonzero(kinds == "seller")[0])
    china = np.flatnonzero((kinds == "preferred") | (kinds == "origin"))
    home = np.where(goods.mode == STOCKED, china[goods.supplier % len(china)], own)
    node_of, mode_of = np.repeat(home[:, None], m, axis=1), np.repeat(goods.mode[:, None], m, axis=1)
    for j, market in enumerate(scale.markets):
        for k in np.flatnonzero(kinds == "overseas"):
            if market in NODES[scale.nodes[k]].serves:
                node_of[goods.abroad, j], mode_of[goods.abroad, j] = k, OVERSEAS
    return node_of, mode_of


def _usual_units(scale: Scale, goods: Goods, visits: Visits) -> Floats:
    """Structural units of the average week of the last year, (N, M)."""
    weeks = range(max(0, scale.weeks - 52), scale.weeks)
    total = sum(structural_rates(goods, visits, w) for w in weeks)
    usual: Floats = np.asarray(total) / len(weeks) * units_per_purchase(goods.pack_odds)[:, None]
    return usual


def _round_up(volume: Floats) -> Floats:
    step = np.where(volume >= 20, 5.0, np.where(volume >= 2, 0.5, 0.01))
    rounded: Floats = np.ceil(volume / step) * step
    return rounded.round(2)
