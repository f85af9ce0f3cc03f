"""The figures of a plan as a whole, in the order they are shown."""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.engine.metrics.metric import Metric, Source, known_sum, ratio, weighted_share, whole_sum

_LAST_13_WEEKS, _HORIZON, _PLAN_DAY = "last_13_weeks", "horizon", "now"

_ON_TIME = Source("deliveries", weighted_share("on_time", "parcels"))
_FIVE_DAYS = Source("promises", weighted_share("reachable_5_days", "parcels"))

PLAN_METRICS: Final = (
    Metric("revenue", "plan", "money", _LAST_13_WEEKS, Source("margin_by", whole_sum("revenue"))),
    Metric("margin", "plan", "money", _LAST_13_WEEKS, Source("margin_by", known_sum("margin"))),
    Metric("margin_share", "plan", "share", _LAST_13_WEEKS, Source("margin_by", ratio("margin", "known_revenue"))),
    Metric(
        "expected_units", "plan", "units", _HORIZON,
        Source("demand", known_sum("mean")),
        (Source("demand_totals", known_sum("mean"), pl.col("group") == "total"),),
    ),
    Metric("plan_gain", "plan", "money", _HORIZON, Source("orders", known_sum("expected_gain"))),
    Metric("order_cost", "plan", "money", _PLAN_DAY, Source("orders", known_sum("order_cost"))),
    Metric("late_parcels", "plan", "parcels", _PLAN_DAY, Source("late_parcels", known_sum("p_late"))),
    Metric("on_time_share", "plan", "share", _LAST_13_WEEKS, _ON_TIME),
    Metric("five_day_share", "plan", "share", _PLAN_DAY, _FIVE_DAYS),
    Metric("actions_money", "plan", "money", _HORIZON, Source("actions", known_sum("expected_money"))),
    Metric("order_age", "plan", "days", _PLAN_DAY, Source("freshness", pl.col("days_old").max())),
    Metric("rows_to_correct", "plan", "rows", _PLAN_DAY, Source("corrections", pl.len())),
)  # fmt: skip
"""The summary of a plan; `now` is the day of the plan."""


DETAIL_METRICS: Final = (
    Metric(
        "market_units", "market", "units", _HORIZON,
        Source("demand", known_sum("mean")),
        (Source("demand_totals", known_sum("mean"), pl.col("group") == "market", by=("key",)),),
    ),
    Metric("month_units", "sku_market", "units", "month", Source("month_units", pl.col("monthly_units").first())),
    Metric("month_contribution", "sku", "money", "month", Source("tiers", pl.col("contribution").first())),
    Metric("month_sales", "sku", "money", "month", Source("tiers", pl.col("sales").first())),
    Metric(
        "month_margin", "sku_mode", "money", "month",
        Source("mode_options", pl.col("monthly_margin").first()),
        (
            Source("modes", pl.col("monthly_margin").first()),
            Source("modes", pl.col("present_margin").first(), by=("sku", "previous_mode")),
            Source("modes", pl.col("runner_up_margin").first(), by=("sku", "runner_up")),
            Source("mode_offers", pl.col("best_other_margin").first(), by=("sku", "best_other_mode")),
        ),
    ),
    Metric("cash_balance", "week", "money", "week_end", Source("cash_weeks", pl.col("balance_p50").first())),
    Metric("cash_lowest", "plan", "money", _HORIZON, Source("cash_low", pl.col("low_p50").first())),
    Metric("shop_order_age", "shop", "days", _PLAN_DAY, Source("freshness", pl.col("days_old").first())),
    Metric("data_age", "table", "days", "today", Source("loaded", pl.col("days_before_today").first())),
)  # fmt: skip
"""Figures of a market, a SKU, a week or a shop. `loaded` is a frame of data health, not of a plan."""
