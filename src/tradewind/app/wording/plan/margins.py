"""Where the money goes: from what buyers pay to what is left, by mode and market."""

from __future__ import annotations

import polars as pl

from tradewind.app.wording.charts import Waterfall, WaterfallChart
from tradewind.app.wording.figures import money, named, share
from tradewind.app.wording.plan.plan import Plan
from tradewind.app.wording.plan.section import Figure, Section
from tradewind.app.wording.sentences import row_sentences
from tradewind.app.wording.view import Table, table_of
from tradewind.core.text import catalogue
from tradewind.engine.margin import COSTS

TOP_MODES = 4
TOP_SAVINGS = 5
NOTICEABLE = 0.005
"""Share of what was paid below which a cost gets no step of its own."""
SEEN = 0.0005
"""Share below which a step would be no wider than a hair."""


def margins(plan: Plan) -> Section:
    """Only order lines with every cost known are in the waterfall; how much is not known is said."""
    title = plan.say("report_section.margins")
    frame = plan.table("margin_by", "mode", "market", "revenue", "margin")
    if frame is None:
        return Section("margins", title, missing=plan.missing("margins", "order_lines", "products"))
    frame = frame.with_columns(pl.col("mode").cast(pl.String).fill_null("unknown"))
    lead = _spoken(plan, frame)
    lower = _savings(plan)
    tables = [_table(plan, frame), *([lower] if lower else [])]
    return Section("margins", title, lead, figures=_figures(plan, frame), tables=tables)


def _spoken(plan: Plan, frame: pl.DataFrame) -> list[str]:
    revenue, known = float(frame["revenue"].sum()), float(known_revenue(frame).sum())
    margin = frame["margin"].drop_nulls()
    left = float(margin.sum()) if len(margin) else None
    if left is None or not known:
        return [plan.say("report_margins.nothing", revenue=money(revenue, plan.currency, plan.lang))]
    said = plan.say(
        "report_margins.lead",
        revenue=money(revenue, plan.currency, plan.lang),
        margin=money(left, plan.currency, plan.lang),
        share=share(left / known, plan.lang),
    )
    if revenue - known <= SEEN * revenue:
        return [said]
    return [said, plan.say("report_margins.unknown", share=share(1 - known / revenue, plan.lang))]


def known_revenue(frame: pl.DataFrame) -> pl.Series:
    """Revenue of the lines whose every cost is known."""
    if "known_revenue" in frame.columns:
        return frame["known_revenue"].fill_null(0.0)
    return frame.select(pl.when(pl.col("margin").is_not_null()).then(pl.col("revenue")).otherwise(0.0)).to_series()


def _figures(plan: Plan, frame: pl.DataFrame) -> list[Figure]:
    costs = [c for c in COSTS if c in frame.columns]
    by_mode = (
        frame.with_columns(paid=known_revenue(frame))
        .filter(pl.col("margin").is_not_null())
        .group_by("mode")
        .agg(pl.col("paid", "margin", *costs).sum())
        .filter(pl.col("paid") > 0)
        .sort("paid", "mode", descending=[True, False])
    )
    if not by_mode.height:
        return []
    waterfalls = [_waterfall(plan, r, costs) for r in by_mode.head(TOP_MODES).iter_rows(named=True)]
    title = plan.say("report_margins.chart", currency=plan.currency)
    return [Figure(title, WaterfallChart("margins", title, waterfalls), plan.say("report_margins.note"))]


def _waterfall(plan: Plan, row: dict[str, float], costs: list[str]) -> Waterfall:
    """Costs too small to see are put together; what the parts do not explain is shown as such."""
    words = catalogue(plan.lang)
    paid = row["paid"]
    large = [c for c in costs if abs(row[c] or 0) > NOTICEABLE * paid]
    steps = [(words.get(f"margin_lines.{c}", c), row[c]) for c in large]
    small = sum(row[c] or 0 for c in costs if c not in large)
    rest = paid - sum(row[c] or 0 for c in costs) - row["margin"]
    steps += [(plan.say("report_margins.small"), small)] if abs(small) > SEEN * paid else []
    steps += [(plan.say("report_margins.rest"), rest)] if abs(rest) > SEEN * paid else []
    return Waterfall(
        named("mode", str(row["mode"]), plan.lang),
        (words.get("margin_lines.revenue", "revenue"), paid),
        steps,
        (words.get("margin_lines.margin", "margin"), row["margin"]),
    )


def _table(plan: Plan, frame: pl.DataFrame) -> Table:
    known = known_revenue(frame)
    table = frame.with_columns(
        known_share=pl.when(pl.col("revenue") > 0).then(known / pl.col("revenue")),
        margin_share=pl.when(known > 0).then(pl.col("margin") / known),
        mode=pl.col("mode").replace({m: named("mode", m, plan.lang) for m in frame["mode"].unique()}),
    ).sort("revenue", "mode", "market", descending=[True, False, False])
    columns = [
        c
        for c in ("mode", "market", "orders", "units", "revenue", "margin", "margin_share", "known_share")
        if c in table.columns
    ]
    more = plan.say("report_word.in_workbook", rows=f"{table.height - 30:,}") if table.height > 30 else ""
    return table_of(
        table.select(columns).head(30),
        plan.lang,
        more=more,
        moneys=["revenue", "margin"],
        shares=["margin_share", "known_share"],
        currency=plan.currency,
    )


def savings_list(plan: Plan) -> pl.DataFrame | None:
    """What would lower fulfilment cost, in words, most money first."""
    frame = plan.table("savings", "money", "kind", "reason")
    if frame is None:
        return None
    return frame.select(
        "sku",
        "market",
        money_a_month="money",
        saving=pl.Series([named("saving_kind", k, plan.lang) for k in frame["kind"]], dtype=pl.String),
        reason=pl.Series(row_sentences(frame, plan.lang), dtype=pl.String),
    )


def _savings(plan: Plan) -> Table | None:
    frame = savings_list(plan)
    if frame is None:
        return None
    top = frame.select("money_a_month", "saving", "reason").head(TOP_SAVINGS)
    rest = frame.height - top.height
    more = plan.say("report_word.in_workbook", rows=f"{rest:,}") if rest else ""
    caption = plan.say("report_margins.savings")
    return table_of(top, plan.lang, title=caption, more=more, moneys=["money_a_month"], currency=plan.currency)
