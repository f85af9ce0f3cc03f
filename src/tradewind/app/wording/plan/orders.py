"""What to order: each line with what it costs, what it is expected to earn and how the odds of running out change."""

from __future__ import annotations

import polars as pl

from tradewind.app.wording.figures import money
from tradewind.app.wording.plan.plan import Plan
from tradewind.app.wording.plan.section import Section
from tradewind.app.wording.view import Table, table_of

ON_PAGE = 20
COLUMNS = (
    "node",
    "sku",
    "order_units",
    "available_units",
    "on_the_way_units",
    "arrives_week",
    "order_cost",
    "expected_gain",
    "stockout_odds_before",
    "stockout_odds_after",
)
SHORT_COLUMNS = (
    "sku", "supplier", "sold_units", "expected_units", "available_units", "on_the_way_units", "weeks_of_cover",
    "stockout_odds", "buy_units", "contribution_lost",
)  # fmt: skip


def orders(plan: Plan) -> Section:
    """The lines that earn most; all of them stand in the workbook. Below, goods that run short and have none."""
    title = plan.say("report_section.orders")
    short = running_short(plan)
    frame = plan.table("orders", "node", "sku", "order_units", "expected_gain")
    placed = order_list(frame) if frame is not None else None
    if (placed is None or not placed.height) and short is not None:
        return Section("orders", title, [plan.say("report_orders.by_stock_alone")], tables=[short])
    if placed is None or not placed.height:
        return Section("orders", title, missing=plan.missing("orders", "stock", "nodes", "products"))
    cost = placed["order_cost"].drop_nulls() if "order_cost" in placed.columns else pl.Series([], dtype=pl.Float64)
    lead = plan.say(
        "report_orders.lead",
        lines=f"{placed.height:,}",
        units=f"{int(placed['order_units'].sum()):,}",
        cost=money(float(cost.sum()) if len(cost) else None, plan.currency, plan.lang),
        gain=money(float(placed["expected_gain"].sum()), plan.currency, plan.lang),
    )
    more = plan.say("report_word.in_workbook", rows=f"{placed.height - ON_PAGE:,}") if placed.height > ON_PAGE else ""
    table = table_of(
        placed.select(c for c in COLUMNS if c in placed.columns).head(ON_PAGE),
        plan.lang,
        more=more,
        moneys=["order_cost", "expected_gain"],
        shares=["stockout_odds_before", "stockout_odds_after"],
        currency=plan.currency,
    )
    return Section("orders", title, [lead], tables=[table, *([] if short is None else [short])])


def running_short(plan: Plan) -> Table | None:
    """What to buy, by stock and demand alone, of goods the stock plan could not work out an order for."""
    supply, worked_out = (
        plan.table("supply", "sku", "buy_units", "lost_units"),
        plan.table("orders", "sku", "order_units"),
    )
    if supply is None:
        return None
    rows = supply.filter(pl.col("buy_units") > 0)
    if worked_out is not None:
        known = worked_out.filter(pl.col("order_units").is_not_null()).select("sku").unique()
        rows = rows.join(known, on="sku", how="anti", maintain_order="left")
    if rows.is_empty():
        return None
    rows = rows.sort("contribution_lost", "lost_units", "sku", descending=[True, True, False], nulls_last=True)
    rows = rows.with_columns(pl.col("expected_units").round(0).cast(pl.Int64), pl.col("weeks_of_cover").round(1))
    more = plan.say("report_word.in_workbook", rows=f"{rows.height - ON_PAGE:,}") if rows.height > ON_PAGE else ""
    return table_of(
        rows.select(c for c in SHORT_COLUMNS if c in rows.columns).head(ON_PAGE),
        plan.lang,
        title=plan.say("report_orders.running_short"),
        more=more,
        moneys=["contribution_lost"],
        shares=["stockout_odds"],
        currency=plan.currency,
    )


def order_list(frame: pl.DataFrame) -> pl.DataFrame:
    """The lines with something to order, the most gain first."""
    return frame.filter(pl.col("order_units") > 0).sort(
        "expected_gain", "node", "sku", descending=[True, False, False], nulls_last=True
    )
