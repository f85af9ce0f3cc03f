"""What to order now for every warehouse: gather -> project -> decide -> explain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from tradewind.core.errors import ParameterError
from tradewind.core.weeks import WEEK, start_of_day, week_of
from tradewind.engine.demand import DemandPaths
from tradewind.engine.stock.decide import decide
from tradewind.engine.stock.facts import StockFacts, served_pairs, stock_facts
from tradewind.engine.stock.params import StockParams
from tradewind.engine.stock.plan_frames import capacity_frame, orders_frame


@dataclass(frozen=True)
class StockPlan:
    """orders and capacity frames; `value` of the orders against waiting, and `bound`, what no orders can exceed.

    `gap` is the share of `bound` that may have been missed: 0 where no warehouse is short of space.
    """

    orders: pl.DataFrame
    capacity: pl.DataFrame
    value: float
    bound: float
    gap: float


def plan_stock(
    paths: DemandPaths,
    facts: StockFacts,
    *,
    as_of: datetime,
    first_week: date,
    base: str,
    params: StockParams | None = None,
) -> StockPlan:
    """Order, per stocked (node, sku), up to the unit that is worth no more, within each warehouse's space.

    Demand of the markets a node serves is pooled path by path; stock there and on the way is projected along
    each path, unmet demand lost and not backordered, up to the arrival of an order placed now. The order earns most
    against waiting `review_weeks` for the next one, of the batches allowed (0, or whole cartons from the minimum
    on), never past the unit that would not pay over `cover_weeks`; in scarce space each week's m3 has a price.
    Deliveries say what comes when; what the stock count has on the way beyond them comes on its
    one date. Volume is the expected stock at the start of each week. Where what is there and on the way exceeds the
    space whatever is ordered, nothing is ordered that would arrive then.

    Not promised: later orders' need of space; space taken on other than the expected path; transfers.
    Raises ParameterError where weeks, network or economics contradict each other.
    """
    params = params or StockParams()
    if not paths.weeks or paths.weeks[0] != first_week or week_of(as_of.date()) != first_week:
        raise ParameterError("stock_weeks", first_week=first_week, as_of=as_of.isoformat())
    pairs = served_pairs(facts, paths)
    rows = stock_facts(
        pairs, facts, as_of=as_of, first_week=first_week, weeks=len(paths.weeks), base=base, params=params
    )
    decisions = decide(rows, pairs, paths.draws, first_week_share=share_to_come(as_of, first_week), params=params)
    return StockPlan(
        orders_frame(rows, decisions, paths.weeks, base, params),
        capacity_frame(rows, decisions, paths.weeks, facts.nodes),
        decisions.value,
        decisions.bound,
        decisions.gap,
    )


def share_to_come(as_of: datetime, first_week: date) -> float:
    """The part of the first week that lies after `as_of`."""
    return (start_of_day(first_week) + WEEK - as_of) / WEEK
