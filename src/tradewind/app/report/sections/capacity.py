"""Does it fit? What demand and the planned stock take up in each warehouse, and what more room is worth."""

from __future__ import annotations

import polars as pl

from tradewind.app.report.charts.capacity import RoomWords, room_chart
from tradewind.app.report.plan import Plan
from tradewind.app.report.sections.section import Figure, Section, page_table
from tradewind.app.wording.figures import money

TOP_NODES = 4


def room(plan: Plan) -> Section:
    """The warehouses where room is scarcest first."""
    title = plan.say("report_section.room")
    frame = plan.table("capacity", "node", "week", "demand_m3", "stock_m3", "capacity_m3", "value_per_m3")
    if frame is not None:
        frame = _in_use(frame)
    if frame is None or not frame.height:
        return Section("room", title, missing=plan.missing("room", "stock", "nodes", "products"))
    order = (
        frame.with_columns(fill=pl.col("stock_m3") / pl.col("capacity_m3"))
        .group_by("node")
        .agg(value=pl.col("value_per_m3").max().fill_null(0), fill=pl.col("fill").max().fill_null(0))
        .sort("value", "fill", "node", descending=[True, True, False])
    )
    nodes = [(n, frame.filter(pl.col("node") == n)) for n in order["node"].head(TOP_NODES)]
    chart_title = plan.say("report_room.chart")
    words = RoomWords(
        **{w: plan.say(f"report_room.{w}") for w in ("demand", "stock", "room", "no_limit")}, alt=chart_title
    )
    figure = Figure(chart_title, room_chart(nodes, words, "room"), plan.say("report_room.note"))
    scarce = frame.filter(pl.col("value_per_m3") > 0).sort(
        "value_per_m3", "node", "week", descending=[True, False, False]
    )
    dearest = scarce.unique("node", keep="first", maintain_order=True).head(TOP_NODES)
    lead = [_worth(plan, r) for r in dearest.to_dicts()] or [plan.say("report_room.enough")]
    columns = ["node", "week", "demand_m3", "stock_m3", "capacity_m3", "value_per_m3"]
    tables = (
        [
            page_table(
                scarce.select(columns).head(20),
                plan.lang,
                caption=plan.say("report_room.full"),
                moneys=["value_per_m3"],
                currency=plan.currency,
            )
        ]
        if scarce.height
        else []
    )
    return Section("room", title, lead, figures=[figure], tables=tables)


def _in_use(frame: pl.DataFrame) -> pl.DataFrame:
    """Warehouses that hold or send anything in the weeks planned."""
    moved = (pl.col("demand_m3").fill_null(0) + pl.col("stock_m3").fill_null(0)).sum().over("node")
    return frame.filter(moved > 0)


def _worth(plan: Plan, row: dict[str, object]) -> str:
    worth = money(float(str(row["value_per_m3"])), plan.currency, plan.lang)
    return plan.say("report_room.worth", node=row["node"], week=row["week"], money=worth)
