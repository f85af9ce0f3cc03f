"""The plan in frames a planner reads: orders with their reasons, and space week by week."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from tradewind.engine.stock.decide import Decisions
from tradewind.engine.stock.params import StockParams
from tradewind.engine.stock.projection import Floats
from tradewind.engine.stock.value import MAKE_UP_WEEKS

ORDER_COLUMNS = (
    "node", "sku", "order_units", "order_up_to", "available_units", "on_the_way_units", "arrives_week",
    "stockout_week", "expected_gain", "missed_gain", "stockout_odds_before", "stockout_odds_after", "order_cost",
    "volume_m3", "critical_ratio", "wanted_units", "least_units", "lead_time_days", "currency", "unknown", "reason",
)  # fmt: skip


GAINS = ("expected_gain", "missed_gain", "stockout_odds_after", "wanted_units")


def orders_frame(
    facts: pl.DataFrame, decisions: Decisions, weeks: list[date], currency: str, params: StockParams
) -> pl.DataFrame:
    """One row per (node, sku), sorted: ORDER_COLUMNS. order_units is null where no order could be worked out.

    expected_gain: base currency, against waiting for the next order; missed_gain: what wanted_units, the order were
    space plenty, would gain beyond that. stockout_week: the first week by whose
    end a sale has more likely than not been lost without an order (null: none in the plan's weeks). Odds before
    and after: of losing a sale between this order's arrival and the next one's. critical_ratio: the odds of serving
    the weeks until the next order up to which one unit more just pays, m / (m + holding until it is made up for).
    """
    held = (params.review_weeks + MAKE_UP_WEEKS) * pl.col("unit_holding")
    rows = facts.with_columns(
        pl.Series("units", decisions.units, pl.Int64),
        pl.Series("wanted_units", decisions.unconstrained, pl.Int64),
        pl.Series("most_units", decisions.most, pl.Int64),
        pl.Series("least_units", decisions.least, pl.Int64),
        pl.Series("expected_gain", decisions.gain, pl.Float64),
        pl.Series("missed_gain", decisions.missed_gain, pl.Float64),
        pl.Series("stockout_odds_before", decisions.odds_before, pl.Float64),
        pl.Series("stockout_odds_after", decisions.odds_after, pl.Float64),
        pl.Series("expected_units", decisions.demand_units.sum(axis=1), pl.Float64),
        pl.Series("overfull", decisions.overfull, pl.Boolean),
        pl.Series("stockout_week", _first_week_likely_out(decisions.lost_odds, weeks), pl.Date),
        pl.lit(currency).alias("currency"),
        critical_ratio=pl.col("unit_margin") / (pl.col("unit_margin") + held),
    ).with_columns(reason=_reason())
    known = pl.col("blocked").is_null()
    position = pl.col("available_units").fill_null(0) + pl.col("on_the_way_units").fill_null(0)
    return rows.with_columns(
        *(pl.when(known).then(pl.col(c)).alias(c) for c in GAINS),
        critical_ratio=pl.when(known & (pl.col("unit_margin") > 0)).then(pl.col("critical_ratio")),
        arrives_week=pl.when(pl.col("lead_time_days").is_not_null()).then(pl.col("arrives_week")),
        order_units=pl.when(known).then(pl.col("units")),
        order_up_to=pl.when(known).then(position + pl.col("units")),
        order_cost=pl.when(known).then(pl.col("unit_paid") * pl.col("units")),
        volume_m3=pl.when(known).then(pl.col("volume_m3") * pl.col("units")),
    ).select(ORDER_COLUMNS)


def _reason() -> pl.Expr:
    """The id of the sentence that says why this many."""
    units, unconstrained = pl.col("units"), pl.col("wanted_units")
    some = pl.col("available_units") + pl.col("on_the_way_units").fill_null(0) > 0
    likely_enough = pl.col("stockout_odds_before") <= 1 - pl.col("critical_ratio")
    return pl.coalesce(
        "blocked",
        pl.when(pl.col("coming_mode").is_not_null()).then(pl.format("stock_left_for_{}", "coming_mode")),
        pl.when((units > 0) & (units < unconstrained)).then(pl.lit("stock_order_squeezed")),
        pl.when((units > 0) & pl.col("stockout_week").is_not_null()).then(pl.lit("stock_order")),
        pl.when(units > 0).then(pl.lit("stock_order_odds")),
        pl.when((unconstrained > 0) & pl.col("overfull")).then(pl.lit("stock_overfull")),
        pl.when(unconstrained > 0).then(pl.lit("stock_no_room")),
        pl.when(pl.col("unit_margin") <= 0).then(pl.lit("stock_no_profit")),
        pl.when(pl.col("expected_units") == 0).then(pl.lit("stock_no_demand")),
        pl.when(likely_enough & some).then(pl.lit("stock_enough")),
        pl.when(likely_enough).then(pl.lit("stock_seldom")),
        pl.lit("stock_too_large"),
    )


def _first_week_likely_out(lost_odds: Floats, weeks: list[date]) -> list[date | None]:
    likely = lost_odds > 0.5
    first = np.where(likely.any(axis=1), likely.argmax(axis=1), -1)
    return [weeks[i] if i >= 0 else None for i in first]


def capacity_frame(facts: pl.DataFrame, decisions: Decisions, weeks: list[date], nodes: pl.DataFrame) -> pl.DataFrame:
    """Every node and week: m3 of expected demand, of expected stock at its start with the orders, capacity, value.

    value_per_m3: what one more cubic metre that week would earn, 0 where space is plenty; null where what is there
    and on the way exceeds the space whatever is ordered: the next cubic metre is already spoken for.
    skus_without_size counts the node's SKUs left out of the volumes because their size is unknown.
    """
    volume = facts["volume_m3"].fill_null(0.0).to_numpy()[:, None]
    long = pl.DataFrame(
        {
            "node": np.repeat(facts["node"].to_numpy(), len(weeks)),
            "week": np.tile(np.array(weeks, "datetime64[D]"), facts.height),
            "demand_m3": (decisions.demand_units * volume).ravel(),
            "stock_m3": decisions.stock_m3.ravel(),
            "value_per_m3": pl.Series(decisions.value_per_m3.ravel(), nan_to_null=True),
            "without_size": np.repeat(facts["volume_m3"].is_null().to_numpy(), len(weeks)),
        },
        schema_overrides={"node": pl.String},
    )
    per_week = long.group_by("node", "week", maintain_order=True).agg(
        pl.col("demand_m3", "stock_m3").sum(),
        pl.col("value_per_m3").max(),
        skus_without_size=pl.col("without_size").sum().cast(pl.Int64),
    )
    every = nodes.select(pl.col("node").cast(pl.String), "capacity_m3").join(pl.DataFrame({"week": weeks}), how="cross")
    return (
        every.join(per_week, on=["node", "week"], how="left")
        .with_columns(
            pl.when(pl.col("skus_without_size").is_null()).then(0.0).otherwise(pl.col(c)).alias(c)
            for c in ("demand_m3", "stock_m3", "value_per_m3")
        )
        .with_columns(pl.col("skus_without_size").fill_null(0))
        .select("node", "week", "demand_m3", "stock_m3", "capacity_m3", "value_per_m3", "skus_without_size")
        .sort("node", "week")
    )
