"""What the plan rests on: what is loaded and how fresh, which rows wait, and what more files would switch on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from tradewind.app.report.plan import Plan
from tradewind.app.report.sections.section import PageTable, Section, page_table
from tradewind.app.wording.figures import heading, money, named, number
from tradewind.app.wording.sentences import sentence
from tradewind.core.text import catalogue

ON_PAGE = 20


def health(plan: Plan) -> Section:
    """Five tables; where the workspace's health was not handed over, the versions the plan saw."""
    title = plan.say("report_section.health")
    tables = [
        t for t in (_loaded(plan), _waiting(plan), _blocked(plan), _notes(plan), _capabilities(plan)) if t is not None
    ]
    if not tables:
        return Section("health", title, missing=plan.say("report_missing.health"))
    return Section("health", title, [plan.say("report_health.lead")], tables=tables)


def _loaded(plan: Plan) -> PageTable | None:
    frame = plan.health.get("loaded")
    if frame is None or not frame.height:
        return None
    return page_table(named_problems(frame, plan.lang), plan.lang, caption=plan.say("report_health.loaded"))


def _waiting(plan: Plan) -> PageTable | None:
    """Rows to correct by table and problem."""
    frame = plan.health.get("corrections")
    if frame is None:
        rows = plan.run.tables.get("corrections")
        if rows is None or not {"table", "problem"} <= set(rows.columns):
            return None
        frame = (
            rows.group_by("table", "problem")
            .agg(rows=pl.len())
            .sort("rows", "table", "problem", descending=[True, False, False])
        )
    if not frame.height:
        return PageTable([], [], caption=plan.say("report_health.no_corrections"))
    frame = named_problems(frame, plan.lang)
    plain = frame.select(c for c in frame.columns if not frame[c].dtype.is_nested())
    return page_table(plain.head(ON_PAGE), plan.lang, caption=plan.say("report_health.corrections"))


def _blocked(plan: Plan) -> PageTable | None:
    """What is missing for margins, with the money it keeps in the dark."""
    frame = plan.health.get("blocked")
    if frame is None or not frame.height:
        return None
    headings = [plan.say(f"column.{c}") for c in ("cause", "rows", "blocked_money")]
    return PageTable(headings, blocked_rows(frame, plan.lang), caption=plan.say("health_part.blocked"))


def blocked_rows(frame: pl.DataFrame, lang: str) -> list[tuple[str, ...]]:
    """Each cause in words, with how many lines and how much money it concerns."""
    return [
        (
            sentence(f"blocked.{r['cause']}", _readable(r, lang), lang),
            number(r["lines"], lang),
            money(r["money"], r["currency"], lang),
        )
        for r in frame.iter_rows(named=True)
    ]


def _readable(row: dict[str, Any], lang: str) -> dict[str, Any]:
    example = row["example"]
    return row | {"example": catalogue(lang)[f"margin_lines.{example}"] if row["cause"] == "other" else example}


def _capabilities(plan: Plan) -> PageTable | None:
    frame = plan.health.get("capabilities")
    if frame is None or not frame.height or not {"capability", "on", "missing_tables"} <= set(frame.columns):
        return None
    rows = [(named("capability", r["capability"], plan.lang), capability_state(r, plan.lang)) for r in frame.to_dicts()]
    headings = [plan.say("report_health.capability"), plan.say("report_health.state")]
    return PageTable(headings, rows, caption=plan.say("report_health.capabilities"))


def capability_state(row: Mapping[str, Any], lang: str) -> str:
    """Whether a capability is on, or which tables and columns (`table.column`) it waits for."""
    words = catalogue(lang)
    if row["on"]:
        return words["report_health.on"]
    tables = [named("table", t, lang) for t in row["missing_tables"]]
    columns = [c.partition(".") for c in row.get("missing_columns") or []]
    tables += [f"{named('table', t, lang)}: {heading(c, lang)}" for t, _, c in columns]
    return words["report_health.off"].format(tables=words["report_word.comma"].join(tables))


def health_notes(frame: pl.DataFrame, lang: str) -> list[str]:
    """What is loaded but cannot be used fully, one sentence each."""
    return [sentence(f"health_note.{r['note']}", r, lang) for r in frame.iter_rows(named=True)]


def _notes(plan: Plan) -> PageTable | None:
    frame = plan.health.get("notes")
    if frame is None or not frame.height:
        return None
    rows = [(said,) for said in health_notes(frame, plan.lang)]
    return PageTable([plan.say("column.note")], rows, caption=plan.say("report_health.notes"))


def named_problems(frame: pl.DataFrame, lang: str) -> pl.DataFrame:
    """Tables by their names, and problems by their own sentence where it has no blanks to fill."""
    words = catalogue(lang)
    if "table" in frame.columns:
        names = {t: named("table", t, lang) for t in frame["table"].drop_nulls().unique()}
        frame = frame.with_columns(pl.col("table").replace(names))
    if "problem" in frame.columns:
        known = {p: words.get(f"rows.{p}.reason", "") for p in frame["problem"].drop_nulls().unique()}
        said = {p: w if w and "{" not in w else p.replace("_", " ") for p, w in known.items()}
        frame = frame.with_columns(pl.col("problem").replace(said))
    return frame
