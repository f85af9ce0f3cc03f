"""Which SKUs matter how much, and in which mode each earns most."""

from __future__ import annotations

import polars as pl

from tradewind.app.report.figures import named
from tradewind.app.report.plan import Plan
from tradewind.app.report.sections.section import PageTable, Section, page_table
from tradewind.app.report.sentences import row_sentences

ON_PAGE = 15
TIERS = ("hot", "potential", "long_tail")


def modes(plan: Plan) -> Section:
    """How many SKUs stand in each tier and mode, and the changes of mode worth most."""
    title = plan.say("report_section.modes")
    tables = [t for t in (_tiers(plan), _chosen(plan), _changes(plan)) if t is not None]
    if not tables:
        return Section("modes", title, missing=plan.missing("modes", "order_lines", "products"))
    return Section("modes", title, [plan.say("report_modes.lead")], tables=tables)


def _tiers(plan: Plan) -> PageTable | None:
    frame = plan.table("tiers", "sku", "tier", "contribution")
    if frame is None:
        return None
    whole = float(frame["contribution"].sum() or 0)
    table = (
        frame.with_columns(pl.col("tier").cast(pl.String))
        .group_by("tier")
        .agg(skus=pl.len(), contribution=_known_sum("contribution"))
        .with_columns(share=pl.col("contribution") / whole if whole > 0 else pl.lit(None, dtype=pl.Float64))
        .sort(pl.col("tier").replace_strict({t: i for i, t in enumerate(TIERS)}, default=len(TIERS)))
        .with_columns(tier=_names("tier", plan))
    )
    caption = plan.say("report_modes.tiers")
    return page_table(
        table, plan.lang, caption=caption, moneys=["contribution"], shares=["share"], currency=plan.currency
    )


def _chosen(plan: Plan) -> PageTable | None:
    frame = plan.table("modes", "sku", "mode", "monthly_margin")
    frame = frame.filter(pl.col("mode").is_not_null()) if frame is not None else None
    if frame is None or not frame.height:
        return None
    table = (
        frame.with_columns(pl.col("mode").cast(pl.String))
        .group_by("mode")
        .agg(skus=pl.len(), monthly_margin=_known_sum("monthly_margin"))
        .sort("skus", "mode", descending=[True, False])
        .with_columns(mode=_names("mode", plan))
    )
    caption = plan.say("report_modes.chosen")
    return page_table(table, plan.lang, caption=caption, moneys=["monthly_margin"], currency=plan.currency)


def _changes(plan: Plan) -> PageTable | None:
    frame = plan.table("modes", "sku", "mode", "previous_mode", "monthly_margin")
    if frame is None:
        return None
    changed = frame.filter(
        pl.col("previous_mode").is_not_null()
        & (pl.col("previous_mode").cast(pl.String) != pl.col("mode").cast(pl.String))
    )
    if not changed.height:
        return None
    by = "gain" if "gain" in changed.columns else "monthly_margin"
    top = changed.sort(by, "sku", descending=[True, False], nulls_last=True).head(ON_PAGE)
    said = pl.Series(row_sentences(top, plan.lang) if "reason" in top.columns else [""] * top.height, dtype=pl.String)
    table = (
        top.select(c for c in ("sku", "previous_mode", "mode", "monthly_margin", "gain") if c in top.columns)
        .with_columns(pl.col("mode", "previous_mode").cast(pl.String))
        .with_columns(mode=_names("mode", plan), previous_mode=_names("mode", plan, "previous_mode"), reason=said)
    )
    more = plan.say("report_word.in_workbook", rows=f"{changed.height - ON_PAGE:,}") if changed.height > ON_PAGE else ""
    moneys = ["monthly_margin", "gain"]
    return page_table(
        table, plan.lang, caption=plan.say("report_modes.changes"), more=more, moneys=moneys, currency=plan.currency
    )


def _known_sum(column: str) -> pl.Expr:
    """The sum of what is known; unknown where nothing is."""
    return pl.when(pl.col(column).is_not_null().any()).then(pl.col(column).sum()).alias(column)


def _names(group: str, plan: Plan, column: str | None = None) -> pl.Expr:
    from tradewind.core.tables import MODES

    ids = TIERS if group == "tier" else MODES
    return pl.col(column or group).replace({i: named(group, i, plan.lang) for i in ids})
