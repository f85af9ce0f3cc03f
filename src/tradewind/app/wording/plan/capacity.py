"""Does it fit? What demand and the planned stock take up in each warehouse, and what more capacity is worth."""

from __future__ import annotations

import polars as pl

from tradewind.app.wording.charts import CapacityChart, CapacityWords
from tradewind.app.wording.figures import money
from tradewind.app.wording.plan.plan import Plan
from tradewind.app.wording.plan.section import Figure, Section
from tradewind.app.wording.view import table_of

TOP_NODES = 4


def capacity(plan: Plan) -> Section:
    """The warehouses where capacity is scarcest first."""
    title = plan.say("report_section.capacity")
    frame = plan.table("capacity", "node", "week", "demand_m3", "stock_m3", "capacity_m3", "value_per_m3")
    if frame is not None:
        frame = _in_use(frame)
    if frame is None or not frame.height:
        return Section("capacity", title, missing=plan.missing("capacity", "stock", "nodes", "products"))
    order = (
        frame.with_columns(fill=pl.col("stock_m3") / pl.col("capacity_m3"))
        .group_by("node")
        .agg(value=pl.col("value_per_m3").max().fill_null(0), fill=pl.col("fill").max().fill_null(0))
        .sort("value", "fill", "node", descending=[True, True, False])
    )
    nodes = [(n, frame.filter(pl.col("node") == n)) for n in order["node"].head(TOP_NODES)]
    chart_title = plan.say("report_capacity.chart")
    words = CapacityWords(**{w: plan.say(f"report_capacity.{w}") for w in ("demand", "stock", "capacity", "no_limit")})
    chart = CapacityChart("capacity", chart_title, nodes, words)
    figure = Figure(chart_title, chart, plan.say("report_capacity.note"))
    scarce = frame.filter(pl.col("value_per_m3") > 0).sort(
        "value_per_m3", "node", "week", descending=[True, False, False]
    )
    dearest = scarce.unique("node", keep="first", maintain_order=True).head(TOP_NODES)
    lead = [_worth(plan, r) for r in dearest.to_dicts()] or [plan.say("report_capacity.enough")]
    columns = ["node", "week", "demand_m3", "stock_m3", "capacity_m3", "value_per_m3"]
    tables = (
        [
            table_of(
                scarce.select(columns).head(20),
                plan.lang,
                title=plan.say("report_capacity.full"),
                moneys=["value_per_m3"],
                currency=plan.currency,
            )
        ]
        if scarce.height
        else []
    )
    return Section("capacity", title, lead, figures=[figure], tables=tables)


def _in_use(frame: pl.DataFrame) -> pl.DataFrame:
    """Warehouses that hold or send anything in the weeks planned."""
    moved = (pl.col("demand_m3").fill_null(0) + pl.col("stock_m3").fill_null(0)).sum().over("node")
    return frame.filter(moved > 0)


def _worth(plan: Plan, row: dict[str, object]) -> str:
    worth = money(float(str(row["value_per_m3"])), plan.currency, plan.lang)
    return plan.say("report_capacity.worth", node=row["node"], week=row["week"], money=worth)
