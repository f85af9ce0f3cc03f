"""Plans in words: their figures, whether they came out the same, how well planning did in the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tradewind.app.wording.figures import named, quantity
from tradewind.app.wording.tables import more_rows
from tradewind.app.wording.view import Table, View, table_of
from tradewind.core.text import catalogue, text

if TYPE_CHECKING:
    from tradewind.app.usecases.plans import BacktestResult, PlanResult, PlansResult, RerunResult


def plan_view(result: PlanResult, lang: str) -> View:
    """Which plan it is, its figures, and what to look at next."""
    return [plan_line(result, lang), summary_table(result.summary, lang), text("plans.next", lang)]


def rerun_view(result: RerunResult, lang: str) -> View:
    """Whether the plan came out the same."""
    tables = ", ".join(result.changed_tables)
    came_out = text("plans.same", lang) if result.same else text("plans.different", lang, tables=tables)
    return [plan_line(result, lang), came_out]


def plans_view(result: PlansResult, lang: str) -> View:
    """The plans kept, one a row."""
    page = result.page
    if not page.rows:
        return [text("plans.none", lang)]
    return [table_of(page.frame, lang), *more_rows(page.frame.height, page.rows, lang)]


def backtest_view(result: BacktestResult, lang: str) -> View:
    """Error and money of every method, each with how to read it."""
    parts: list[str | Table] = [text("backtest.known_then", lang)]
    for name, frame in (("error", result.error), ("money", result.money)):
        parts += [_methods(name, frame, lang), text(f"backtest_how.{name}", lang, **result.stated)]
    return parts


def plan_line(result: PlanResult, lang: str) -> str:
    """Which plan it is, in one line."""
    made = result.provenance
    as_of = "-" if made.as_of is None else made.as_of.strftime("%Y-%m-%d")
    return text("plans.plan", lang, run=made.run, as_of=as_of, weeks=result.horizon_weeks)


def summary_table(summary: pl.DataFrame, lang: str) -> Table:
    """The plan's figures, each with the time it is counted over."""
    known = catalogue(lang)
    rows = [
        [
            named("metric", r["metric"], lang),
            quantity(r["value"], r["unit"], lang),
            known.get(f"window.{r['window']}", r["window"] or ""),
        ]
        for r in summary.iter_rows(named=True)
    ]
    headings = [text(f"summary_head.{head}", lang) for head in ("figure", "value", "when")]
    return Table(headings, rows, numbers=frozenset({1}))


def _methods(name: str, frame: pl.DataFrame, lang: str) -> Table:
    shares = [c for c in ("bias", "coverage") if c in frame.columns]
    called = pl.Series("method", [named("method", m, lang) for m in frame["method"]], dtype=pl.String)
    return table_of(frame.with_columns(called), lang, title=text(f"backtest_part.{name}", lang), shares=shares)
