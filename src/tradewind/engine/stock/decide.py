"""From facts and paths to units: row by row where space is plenty, warehouse by warehouse where it is not."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import polars as pl

from tradewind.engine.stock.allocation import TOLERANCE_M3, Flags, Orders, space_taken
from tradewind.engine.stock.capacity import CapacityFit, fit_capacity
from tradewind.engine.stock.params import StockParams
from tradewind.engine.stock.projection import Draws, Floats, Ints, Projection, Supply, project
from tradewind.engine.stock.value import (
    Batches,
    against_never,
    against_waiting,
    best_units,
    expected_sold,
    whole_batches,
)

CHUNK = 4096
"""Rows projected at a time where they do not compete for space: bounds memory, changes no answer."""


@dataclass(frozen=True)
class Decisions:
    """Of each row of the facts, arrays (rows,) or (rows, weeks).

    units, unconstrained     to order; what would be ordered were space plenty
    most, least              the last unit that pays over its life; the smallest order allowed
    gain, missed_gain        money against waiting for the next order; what plenty of space would add to it
    odds_before, odds_after  of losing a sale between this order's arrival and the next one's
    lost_odds                of having lost a sale by the week's end, without an order
    demand_units             expected
    stock_m3                 expected at the start of the week, orders included; 0 where the volume is unknown
    value_per_m3             of the row's node; 0 where space is plenty, nan where the node is overfull anyway
    overfull                 whether what is there and on the way fills the node when the order would arrive
    value, bound             of all orders together; no orders that fit can be worth more than `bound`
    """

    units: Ints
    unconstrained: Ints
    most: Ints
    least: Ints
    gain: Floats
    missed_gain: Floats
    odds_before: Floats
    odds_after: Floats
    lost_odds: Floats
    demand_units: Floats
    stock_m3: Floats
    value_per_m3: Floats
    overfull: Flags
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """Share of the bound that these orders may have missed."""
        return max(self.bound - self.value, 0.0) / self.bound if self.bound > 0 else 0.0


def decide(
    facts: pl.DataFrame, pairs: pl.DataFrame, draws: Draws, *, first_week_share: float, params: StockParams
) -> Decisions:
    """Units to order for every row of `facts` (sorted by node, sku), given the draws of its pairs."""
    members, starts = _members(facts, pairs)
    groups = _groups(facts)
    parts = []
    for rows in groups:
        own = facts[rows]
        pooled = np.concatenate([members[starts[i] : starts[i + 1]] for i in rows])
        supply, limited = _supply(own, draws.shape[1]), own["capacity_m3"][0] is not None
        reach = max(params.cover_weeks, draws.shape[1]) if limited else params.cover_weeks
        ends = np.append(0, np.cumsum(starts[rows + 1] - starts[rows]))
        projection = project(draws, pooled, ends, supply, cover=reach, first_week_share=first_week_share)
        parts.append(_order(own, supply, projection, params))
    return _joined(groups, parts, draws.shape[1])


def _order(facts: pl.DataFrame, supply: Supply, projection: Projection, params: StockParams) -> Decisions:
    """The orders of rows decided together: all of one node short of space, or any that are not."""
    weeks, reach = projection.stock_units.shape[1], projection.need.shape[1]
    stays = facts["blocked"].is_null() & facts["coming_mode"].is_null()
    may_order = (stays & (facts["unit_margin"] > 0)).fill_null(False).to_numpy()
    margin = np.where(may_order, _floats(facts, "unit_margin"), 0.0)
    holding, loss = _floats(facts, "unit_holding"), _floats(facts, "unit_leftover_loss")
    batches = whole_batches(_integers(facts, "moq_units", 1), _integers(facts, "carton_units", 1))
    life = against_never(margin, holding, loss, cover=params.cover_weeks, reach=reach)
    most = np.where(may_order, best_units(projection.need, life, batches), 0)
    orders = Orders(
        projection.need,
        against_waiting(margin, holding, review=params.review_weeks, reach=reach),
        Batches(batches.step, batches.least, most),
        _floats(facts, "volume_m3"),
        supply.arrival_week,
    )
    unconstrained = best_units(orders.need, orders.worth, orders.batches)
    there = orders.volume_m3[:, None] * projection.stock_units
    over = _overfull_weeks(facts, there)
    overfull = over[np.minimum(supply.arrival_week, weeks - 1)]
    fit = _fitted(facts, orders, unconstrained, there.sum(axis=0), over, overfull, params)
    sold = expected_sold(projection.need, fit.units)
    gain = orders.worth.of(sold, fit.units)
    missing = projection.need[:, params.review_weeks - 1]
    return Decisions(
        units=fit.units,
        unconstrained=unconstrained,
        most=most,
        least=batches.least,
        gain=gain,
        missed_gain=orders.worth.of(expected_sold(projection.need, unconstrained), unconstrained) - gain,
        odds_before=(missing > 0).mean(axis=1),
        odds_after=(missing > fit.units[:, None]).mean(axis=1),
        lost_odds=projection.lost_odds,
        demand_units=projection.demand_units,
        stock_m3=there + space_taken(fit.units, sold, orders.volume_m3, supply.arrival_week, weeks),
        value_per_m3=np.broadcast_to(np.where(over, np.nan, fit.value_per_m3), projection.stock_units.shape),
        overfull=overfull,
        value=fit.value,
        bound=fit.bound,
    )


def _overfull_weeks(facts: pl.DataFrame, there: Floats) -> Flags:
    """Weeks in which what is there and on the way exceeds the node's space, orders or not."""
    capacity = facts["capacity_m3"][0]
    return there.sum(axis=0) > (np.inf if capacity is None else capacity) + TOLERANCE_M3


def _fitted(
    facts: pl.DataFrame,
    orders: Orders,
    unconstrained: Ints,
    there: Floats,
    over: Flags,
    overfull: Flags,
    params: StockParams,
) -> CapacityFit:
    """`unconstrained` where there is no limit, else what fits on top of the stock that is there anyway.

    Goods that come when the node is overfull would wait outside, so they are not ordered; what came before may stay.
    """
    if facts["capacity_m3"][0] is None:
        value = float(orders.worth.of(expected_sold(orders.need, unconstrained), unconstrained).sum())
        return CapacityFit(unconstrained, np.zeros(len(there)), value, value)
    batches = replace(orders.batches, most=np.where(overfull, 0, orders.batches.most))
    free_m3 = np.where(over, np.inf, facts["capacity_m3"][0] - there)
    return fit_capacity(replace(orders, batches=batches), free_m3, goal=params.gap_goal, rounds=params.price_rounds)


def _groups(facts: pl.DataFrame) -> list[Ints]:
    """Rows to decide together: all of a node where space is limited, chunks of the rest."""
    limited = facts["capacity_m3"].is_not_null().to_numpy()
    free = np.flatnonzero(~limited)
    node = facts["node"].to_numpy()
    shared = [np.flatnonzero(limited & (node == name)) for name in np.unique(node[limited].astype(str))]
    return [*shared, *(free[at : at + CHUNK] for at in range(0, len(free), CHUNK))]


def _members(facts: pl.DataFrame, pairs: pl.DataFrame) -> tuple[Ints, Ints]:
    """Which draws each row pools, as one list and where each row's part of it starts."""
    row_of = facts.select("node", "sku", row=pl.int_range(pl.len(), dtype=pl.Int64))
    drawn = pairs.drop_nulls("draw").join(row_of, on=["node", "sku"]).sort("row", "market")
    starts = np.searchsorted(drawn["row"].to_numpy(), np.arange(facts.height + 1))
    return drawn["draw"].to_numpy().astype(np.int64), starts.astype(np.int64)


def _supply(facts: pl.DataFrame, weeks: int) -> Supply:
    """Stock on hand in week 0 and goods on the way in theirs; what comes after the last week is left out."""
    units = facts["coming"].to_numpy().copy()
    units[:, 0] += _integers(facts, "available_units", 0)
    return Supply(units[:, :weeks].copy(), np.minimum(_integers(facts, "arrival_week", weeks), weeks))


def _floats(facts: pl.DataFrame, column: str) -> Floats:
    return facts[column].cast(pl.Float64).fill_null(0.0).to_numpy()


def _integers(facts: pl.DataFrame, column: str, absent: int) -> Ints:
    return facts[column].cast(pl.Int64).fill_null(absent).to_numpy()


def _joined(groups: list[Ints], parts: list[Decisions], weeks: int) -> Decisions:
    """The parts' arrays back in the order of the facts; values and bounds add up, since nodes share nothing."""
    order = np.argsort(np.concatenate(groups)) if groups else np.zeros(0, np.int64)
    arrays: dict[str, Any] = {}
    for name in (f.name for f in fields(Decisions) if f.name not in ("value", "bound")):
        wide = name in ("lost_odds", "demand_units", "stock_m3", "value_per_m3")
        empty = np.zeros((0, weeks) if wide else 0)
        arrays[name] = np.concatenate([getattr(p, name) for p in parts])[order] if parts else empty
    return Decisions(**arrays, value=sum(p.value for p in parts), bound=sum(p.bound for p in parts))
