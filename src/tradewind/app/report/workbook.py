"""The plan as a workbook: every table a sheet, headings in words, nothing in it a formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

from tradewind.app.wording.actions import action_name
from tradewind.app.wording.figures import heading, named
from tradewind.app.wording.number_formats import number_formats
from tradewind.app.wording.plan.margins import savings_list
from tradewind.app.wording.plan.modes import POLICIES, TIERS, mode_list
from tradewind.app.wording.plan.orders import order_list
from tradewind.app.wording.plan.plan import Plan
from tradewind.app.wording.sentences import action_sentences, row_sentences
from tradewind.core.distribution import Distribution
from tradewind.core.tables import MODES
from tradewind.core.text import catalogue
from tradewind.data.table_files import EXCEL_ROWS, fill_sheet, workbook
from tradewind.engine.modes.month import MIXED

DEMAND_ROWS: Final = 50_000
"""More rows of the forecast than this are left to `tradewind export`: Excel would open them too slowly."""


def write_workbook(plan: Plan, path: Path) -> None:
    """All sheets that have rows, in the page's order."""
    with workbook(path) as book:
        _sheet(book, plan, "summary", _summary(plan))
        _sheet(book, plan, "actions", _actions(plan), table="actions")
        orders = plan.table("orders", "order_units", "expected_gain", "node", "sku")
        _sheet(book, plan, "orders", None if orders is None else order_list(_worded(orders, plan)), table="orders")
        _sheet(book, plan, "demand", _demand(plan), table="demand", of=plan.run.tables)
        for name, table in _PLAIN:
            frame = plan.table(table)
            _sheet(book, plan, name, None if frame is None else _worded(frame, plan), table=table)
        _sheet(book, plan, "savings", savings_list(plan), table="savings")
        _sheet(book, plan, "shop_health", _shop(plan), table="shop_health")
        for name in ("loaded", "corrections", "capabilities"):
            _sheet(book, plan, name, plan.health.get(name))
        _sheet(book, plan, "about", _about(plan))


_PLAIN: Final = (
    ("demand_totals", "demand_totals"),
    ("capacity", "capacity"),
    ("promises", "promises"),
    ("margins", "margin_by"),
    ("tiers", "tiers"),
    ("modes", "modes"),
    ("mode_options", "mode_options"),
    ("mode_offers", "mode_offers"),
    ("price_parity", "price_parity"),
    ("tier_policies", "tier_policies"),
    ("mode_control", "mode_control"),
    ("earned", "margin_actual"),
    ("cash", "cash_weeks"),
    ("fines", "fines"),
    ("fees_back", "fees_back"),
)


def _sheet(
    book: Any,
    plan: Plan,
    name: str,
    frame: pl.DataFrame | None,
    table: str = "",
    of: Mapping[str, pl.DataFrame] | None = None,
) -> None:
    """A sheet of a frame; where it is shorter than the table `of` which it is the head, it says how to have all."""
    if frame is None or not frame.height:
        return
    shown = frame.head(EXCEL_ROWS - 1)
    rows = of[table].height if of is not None else frame.height
    note = ""
    if rows > shown.height:
        command = f"tradewind export {table} --to {table}.csv"
        note = plan.say("report_book.cut", shown=f"{shown.height:,}", rows=f"{rows:,}", command=command)
    headings = [heading(c, plan.lang) for c in frame.columns]
    fill_sheet(book, plan.say(f"report_book.{name}"), shown, headings, number_formats(table), note)


def _summary(plan: Plan) -> pl.DataFrame | None:
    frame = plan.table("summary", "metric", "value", "unit")
    if frame is None:
        return None
    words = catalogue(plan.lang)
    meaning = [words.get(f"metric_meaning.{m}", "") for m in frame["metric"]]
    label = [words.get(f"metric.{m}", m) for m in frame["metric"]]
    window = (
        [words.get(f"window.{w}", w) for w in frame["window"]] if "window" in frame.columns else [""] * frame.height
    )
    return frame.select(
        metric=pl.Series(label, dtype=pl.String),
        value="value",
        unit="unit",
        window=pl.Series(window, dtype=pl.String),
        meaning=pl.Series(meaning, dtype=pl.String),
    )


def _actions(plan: Plan) -> pl.DataFrame | None:
    frame = plan.table("actions", "rank", "action", "reason", "args")
    if frame is None:
        return None
    frame = frame.sort("rank")
    kinds = {a: action_name(a, plan.lang) for a in frame["action"].unique()}
    said = pl.Series("reason", action_sentences(frame, plan.lang), dtype=pl.String)
    columns = ["rank", "expected_money", "currency", "action", "reason", "sku", "market", "node", "service"]
    return frame.with_columns(pl.col("action").replace(kinds), said).select(c for c in columns if c in frame.columns)


def _shop(plan: Plan) -> pl.DataFrame | None:
    """The shop's figures, each with its sentence."""
    frame = plan.table("shop_health", "figure", "state", "reason")
    if frame is None:
        return None
    words = {
        "figure": [named("metric", f, plan.lang) for f in frame["figure"]],
        "state": [named("shop_figure_state", s, plan.lang) for s in frame["state"]],
        "reason": row_sentences(frame, plan.lang),
    }
    return frame.with_columns(pl.Series(name, said, dtype=pl.String) for name, said in words.items())


def _demand(plan: Plan) -> pl.DataFrame | None:
    """The pairs that sell most first, each week with its expectation and the values one week in ten lies beyond."""
    frame = plan.table("demand", "sku", "market", "week", "mean")
    if frame is None:
        return None
    whole = pl.col("mean").sum().over("sku", "market")
    ranked = frame.sort(whole, "sku", "market", "week", descending=[True, False, False, False]).head(DEMAND_ROWS)
    shown = ranked.select("sku", "market", "week", "mean")
    if {"p_zero", "quantiles", "tail"} <= set(frame.columns):
        band = Distribution.from_frame(ranked, "count").quantile([[0.1, 0.5, 0.9]] * ranked.height)
        shown = shown.with_columns(pl.Series(name, band[:, i]) for i, name in enumerate(("p10", "p50", "p90")))
        shown = shown.with_columns(ranked["p_zero"])
    return shown


def _worded(frame: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Reasons as sentences, modes and tiers by their names."""
    if "reason" in frame.columns:
        frame = frame.with_columns(pl.Series("reason", row_sentences(frame, plan.lang), dtype=pl.String))
    if "modes" in frame.columns:
        frame = frame.with_columns(modes=mode_list(frame["modes"], plan))
    if "decision" in frame.columns:
        said = [named("control_decision", d, plan.lang) for d in frame["decision"]]
        frame = frame.with_columns(pl.Series("decision", said, dtype=pl.String))
    for group, columns, ids in _NAMED:
        names = {i: named(group, i, plan.lang) for i in ids}
        here = [c for c in columns if c in frame.columns]
        frame = frame.with_columns(pl.col(c).cast(pl.String).replace(names) for c in here)
    return frame


DECIDERS: Final = ("seller", "platform", "both", "none")

_NAMED: Final[tuple[tuple[str, Sequence[str], Sequence[str]], ...]] = (
    ("mode", ("mode", "previous_mode", "runner_up", "best_other_mode"), (*MODES, MIXED)),
    ("tier", ("tier", "previous_tier"), TIERS),
    ("tier_policy_name", ("policy",), POLICIES),
    ("control_by", ("decided_by",), DECIDERS),
)


def _about(plan: Plan) -> pl.DataFrame:
    """Which plan this is and how to make it again."""
    run = plan.run
    rows = [plan.say("report_page.made", run=run.id, seed=run.seed, as_of=run.as_of.strftime("%Y-%m-%d"))]
    rows += [plan.say("report_page.subtitle", weeks=run.horizon_weeks, week=plan.first_week, currency=run.currency)]
    rows += [plan.say("report_page.versions", versions=f"{n} {v}") for n, v in sorted(run.versions.items())]
    return pl.DataFrame({"note": rows})
