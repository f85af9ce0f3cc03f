"""A small seller for the stock tests, and the plan worked out the slow way: by playing every week and every order."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from tradewind.engine.demand import DemandPaths
from tradewind.engine.stock import StockFacts, StockParams, StockPlan, plan_stock

MONDAY = date(2026, 11, 16)
AS_OF = datetime(2026, 11, 16, tzinfo=UTC)
PARAMS = StockParams(review_weeks=1, cover_weeks=4, capital_rate_per_year=0.2, salvage_share=0.3)


@dataclass(frozen=True)
class World:
    """4 SKUs for 2 markets from 2 nodes; cups and lamps from HZ, cups and hats from PL, pens from nowhere yet."""

    draws: np.ndarray
    keys: pl.DataFrame
    network: pl.DataFrame
    stock: pl.DataFrame
    products: pl.DataFrame
    nodes: pl.DataFrame
    economics: pl.DataFrame
    calendar: pl.DataFrame | None = None
    deliveries: pl.DataFrame | None = None
    left: pl.DataFrame | None = None
    as_of: datetime = AS_OF

    def plan(self, params: StockParams = PARAMS) -> StockPlan:
        weeks = [MONDAY + timedelta(weeks=i) for i in range(self.draws.shape[1])]
        return plan_stock(
            DemandPaths(self.keys, weeks, self.draws.astype(np.float32)),
            StockFacts(
                self.network,
                self.stock,
                self.products,
                self.nodes,
                self.economics,
                calendar=self.calendar,
                deliveries=self.deliveries,
                left=self.left,
            ),
            as_of=self.as_of,
            first_week=MONDAY,
            base="CNY",
            params=params,
        )

    def with_products(self, **columns: object) -> World:
        return replace(self, products=_with(self.products, columns))

    def with_nodes(self, **columns: object) -> World:
        return replace(self, nodes=_with(self.nodes, columns))

    def with_economics(self, **columns: object) -> World:
        return replace(self, economics=_with(self.economics, columns))

    def with_stock(self, **columns: object) -> World:
        return replace(self, stock=_with(self.stock, columns))


def _with(frame: pl.DataFrame, columns: dict[str, object]) -> pl.DataFrame:
    return frame.with_columns(
        **{name: pl.Series(value) if isinstance(value, list) else pl.lit(value) for name, value in columns.items()}
    ).cast({name: frame.schema[name] for name in columns})


def world(seed: int = 1, scenarios: int = 12, weeks: int = 6) -> World:
    keys = pl.DataFrame({"sku": ["cup", "cup", "hat", "lamp", "pen"], "market": ["CN", "PL", "PL", "CN", "PL"]})
    means = np.array([2.0, 1.5, 1.0, 0.5, 0.3])[:, None, None]
    draws = np.random.default_rng(seed).poisson(means, (5, weeks, scenarios))
    return World(
        draws=draws,
        keys=keys,
        network=pl.DataFrame(
            {
                "sku": ["cup", "cup", "hat", "lamp", "pen"],
                "market": ["CN", "PL", "PL", "CN", "PL"],
                "node": ["HZ", "PL", "PL", "HZ", "PL"],
            }
        ),
        stock=pl.DataFrame(
            {
                "node": ["HZ", "HZ", "PL", "PL"],
                "sku": ["cup", "lamp", "cup", "hat"],
                "available_units": [3, 0, 1, 0],
                "on_the_way_units": [0, None, 2, 1],
                "on_the_way_due_on": [None, None, date(2026, 11, 23), date(2026, 12, 7)],
            },
            schema_overrides={"on_the_way_due_on": pl.Date},
        ),
        products=pl.DataFrame(
            {
                "sku": ["cup", "hat", "lamp", "pen"],
                "length_mm": [1000.0, 1000.0, 1000.0, 500.0],
                "width_mm": [1000.0] * 4,
                "height_mm": [100.0, 200.0, 500.0, 100.0],
                "supplier_lead_time_days": [5.0, 12.0, 5.0, 5.0],
                "moq_units": [1, 2, 1, 3],
                "carton_units": [2, 1, 1, 1],
            }
        ),
        nodes=pl.DataFrame(
            {
                "node": ["HZ", "PL"],
                "kind": ["preferred", "overseas"],
                "market": ["CN", "PL"],
                "capacity_m3": [None, None],
                "storage_cost_per_m3_week": [1.0, 4.0],
                "inbound_days": [2.0, 2.0],
                "currency": ["CNY", "CNY"],
            },
            schema_overrides={"capacity_m3": pl.Float64},
        ),
        economics=pl.DataFrame(
            {
                "sku": ["cup", "cup", "hat", "lamp", "pen"],
                "market": ["CN", "PL", "PL", "CN", "PL"],
                "margin": [9.0, 11.0, 20.0, 30.0, 6.0],
                "product_cost": [5.0, 5.0, 12.0, 20.0, 2.0],
                "inbound_cost": [0.5, 1.5, 2.0, 1.0, 0.5],
                "capital_cost": [0.0] * 5,
            }
        ),
    )


@dataclass(frozen=True)
class Line:
    """One (node, sku) as the slow way sees it."""

    node: str
    sku: str
    arrival: int
    allowed: list[int]
    gain: dict[int, float]
    space: dict[int, np.ndarray]


def best_by_enumeration(world: World, params: StockParams = PARAMS, up_to: int = 12) -> dict[str, object]:
    """Every order vector of every node tried: the best value that fits, and its units."""
    total, units = 0.0, {}
    lines = [_line(world, params, *row, up_to) for row in _rows(world)]
    for node in sorted({line.node for line in lines}):
        own = [line for line in lines if line.node == node]
        capacity = world.nodes.filter(node=node)["capacity_m3"].item()
        limit = np.inf if capacity is None else capacity
        idle = sum(line.space[0] for line in own)
        best, chosen = -np.inf, ()
        over = idle > limit + 1e-9
        for orders in itertools.product(*([0] if over[line.arrival] else line.allowed for line in own)):
            space = sum(line.space[n] for line, n in zip(own, orders, strict=True))
            value = sum(line.gain[n] for line, n in zip(own, orders, strict=True))
            if (space[~over] <= limit + 1e-9).all() and value > best + 1e-9:
                best, chosen = value, orders
        total += best
        units |= {(line.node, line.sku): n for line, n in zip(own, chosen, strict=True)}
    return {"value": total, "units": units}


def _rows(world: World) -> list[tuple[str, str]]:
    return sorted(set(world.network.select("node", "sku").rows()))


def _line(world: World, params: StockParams, node: str, sku: str, up_to: int) -> Line:
    product = world.products.filter(sku=sku).row(0, named=True)
    place = world.nodes.filter(node=node).row(0, named=True)
    market = world.network.filter(node=node, sku=sku)["market"].item()
    money = world.economics.filter(sku=sku, market=market).row(0, named=True)
    at = world.keys.with_row_index().filter(sku=sku, market=market)["index"].item()
    held = world.stock.filter(node=node, sku=sku).rows(named=True)
    volume = product["length_mm"] * product["width_mm"] * product["height_mm"] / 1e9
    days = product["supplier_lead_time_days"] + place["inbound_days"]
    arrival = int(-(-days // 7))
    paid = money["product_cost"] + money["inbound_cost"]
    holding = place["storage_cost_per_m3_week"] * volume + params.capital_rate_per_year * 7 / 365.25 * paid
    loss = paid - params.salvage_share * money["product_cost"]
    stock = held[0]["available_units"] if held else 0
    coming = (held[0]["on_the_way_units"] or 0) if held else 0
    due = held[0]["on_the_way_due_on"] if held else None
    due_week = arrival if due is None else -(-(due - MONDAY).days // 7)
    weeks = world.draws.shape[1]

    def play(path: np.ndarray, order: int) -> tuple[list[float], list[float], list[float]]:
        left, starts, ends, sales = float(stock), [], [], []
        for week in range(max(weeks, arrival + params.cover_weeks)):
            left += coming * (week == due_week) + order * (week == arrival)
            starts.append(left)
            beyond = arrival + params.cover_weeks - weeks
            demand = path[week] if week < weeks else path[weeks - beyond + (week - weeks)]
            sold = min(left, demand)
            left -= sold
            sales.append(sold)
            ends.append(left)
        return starts, ends, sales

    gain, life, space = {}, {}, {}
    for order in range(up_to + 1):
        waiting, never, at_start = [], [], []
        for path in world.draws[at].T:
            (_, e0, x0), (s1, e1, x1) = play(path, 0), play(path, order)
            until = slice(arrival, arrival + params.review_weeks)
            made_up = slice(arrival, arrival + params.review_weeks + 1)
            waiting.append(
                money["margin"] * (sum(x1[until]) - sum(x0[until])) - holding * (sum(e1[made_up]) - sum(e0[made_up]))
            )
            until = slice(arrival, arrival + params.cover_weeks)
            extra = sum(x1[until]) - sum(x0[until])
            never.append(money["margin"] * extra - holding * (sum(e1[until]) - sum(e0[until])) - loss * (order - extra))
            at_start.append(s1[:weeks])
        gain[order], life[order] = float(np.mean(waiting)), float(np.mean(never))
        space[order] = volume * np.mean(at_start, axis=0)
    step = product["carton_units"]
    least = -(-product["moq_units"] // step) * step
    paying = [n for n in range(step, up_to + 1, step) if life[n] - life[n - step] > 1e-9]
    most = max(paying, default=0)
    if most < least:
        most = least if life[least] > 1e-9 else 0
    return Line(node, sku, arrival, [0, *range(least, most + 1, step)], gain, space)
