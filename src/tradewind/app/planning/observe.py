"""First stage: what was sold, from where, what was delivered, and how fresh that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from tradewind.app.planning.facts import Facts
from tradewind.app.planning.windows import RECENT_WEEKS
from tradewind.core.errors import NotEnoughDataError
from tradewind.engine.demand import weekly_sales
from tradewind.engine.demand.totals import past_totals
from tradewind.engine.modes import present_modes
from tradewind.engine.stock import serving_network, shipped_from, stock_position
from tradewind.engine.transit.on_time import deliveries
from tradewind.engine.transit.scans import resolved

if TYPE_CHECKING:
    from tradewind.app.workspace import Snapshot


@dataclass(frozen=True)
class Observed:
    """network: which node serves each pair; sales: complete weeks by pair; past_totals: their sums; deliveries: on-time
    record; freshness: age of each shop's newest order; corrections: rows that wait."""

    network: pl.DataFrame
    sales: pl.DataFrame
    past_totals: pl.DataFrame
    deliveries: pl.DataFrame
    freshness: pl.DataFrame
    corrections: pl.DataFrame


def observe(facts: Facts) -> Observed:
    """What the tables say happened, up to `facts.as_of`. Raises NotEnoughDataError where no complete week has sales."""
    network = network_in_use(facts, first_week=facts.first_week)
    sales = observed_sales(facts, first_week=facts.first_week, network=network)
    if sales.is_empty():
        raise NotEnoughDataError("history_none", week=facts.first_week.isoformat())
    return Observed(
        network=network,
        sales=sales,
        past_totals=past_totals(sales, facts["products"]),
        deliveries=deliveries(facts["parcels"], facts["events"], as_of=facts.as_of, weeks=RECENT_WEEKS),
        freshness=freshness(facts),
        corrections=facts.corrections,
    )


def with_histories(facts: Facts) -> Facts:
    """The facts with one history per parcel in place of what every shop and tracker reported (transit/scans.py)."""
    used = resolved(facts["events"], facts["parcels"], as_of=facts.as_of).used
    return replace(facts, tables={**facts.tables, "events": used.select(facts["events"].columns)})


def network_in_use(known: Facts | Snapshot, *, first_week: date) -> pl.DataFrame:
    """Which node serves each pair sold in a complete week before `first_week` (see `serving_network`)."""
    lines = known["order_lines"]
    present = present_modes(lines, as_of=known.as_of)
    return serving_network(
        weekly_sales(lines, first_week=first_week),
        stock_position(known["stock"], known.as_of),
        known["nodes"],
        present if present.height else None,
        shipped=shipped_from(lines, known["parcels"], as_of=known.as_of),
        services=known["services"],
    )


def observed_sales(known: Facts | Snapshot, *, first_week: date, network: pl.DataFrame) -> pl.DataFrame:
    """Sales of complete weeks, with the weeks in which the node that serves a pair was out of stock."""
    return weekly_sales(
        known["order_lines"], known["stock"], first_week=first_week, nodes=known["nodes"], serving=network
    )


def freshness(facts: Facts) -> pl.DataFrame:
    """How old the newest order of each shop is: platform, shop, last_order_on, days_old.

    Weeks since then look like weeks without sales; only who imports can tell whether they were.
    """
    return (
        facts["order_lines"]
        .group_by("platform", "shop")
        .agg(last_order_on=pl.col("ordered_at").max().dt.date())
        .with_columns(days_old=(pl.lit(facts.as_of.date()) - pl.col("last_order_on")).dt.total_days())
        .sort("platform", "shop")
    )
