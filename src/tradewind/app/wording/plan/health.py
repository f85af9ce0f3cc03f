"""What the plan rests on: what is loaded and how fresh, which rows wait, and what more files would switch on."""

from __future__ import annotations

import polars as pl

from tradewind.app.wording.data_health import blocked_rows, capability_state, health_notes, named_problems
from tradewind.app.wording.figures import heading, named
from tradewind.app.wording.plan.plan import Plan
from tradewind.app.wording.plan.section import Section
from tradewind.app.wording.view import Table, table_of

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


def _loaded(plan: Plan) -> Table | None:
    frame = plan.health.get("loaded")
    if frame is None or not frame.height:
        return None
    return table_of(named_problems(frame, plan.lang), plan.lang, title=plan.say("report_health.loaded"))


def _waiting(plan: Plan) -> Table | None:
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
        return Table([], [], title=plan.say("report_health.no_corrections"))
    frame = named_problems(frame, plan.lang)
    plain = frame.select(c for c in frame.columns if not frame[c].dtype.is_nested())
    return table_of(plain.head(ON_PAGE), plan.lang, title=plan.say("report_health.corrections"))


def _blocked(plan: Plan) -> Table | None:
    """What is missing for margins, with the money it keeps in the dark."""
    frame = plan.health.get("blocked")
    if frame is None or not frame.height:
        return None
    headings = [heading(c, plan.lang) for c in ("cause", "rows", "blocked_money")]
    return Table(headings, blocked_rows(frame, plan.lang), title=plan.say("health_part.blocked"))


def _capabilities(plan: Plan) -> Table | None:
    frame = plan.health.get("capabilities")
    if frame is None or not frame.height or not {"capability", "on", "missing_tables"} <= set(frame.columns):
        return None
    rows = [(named("capability", r["capability"], plan.lang), capability_state(r, plan.lang)) for r in frame.to_dicts()]
    headings = [plan.say("report_health.capability"), plan.say("report_health.state")]
    return Table(headings, rows, title=plan.say("report_health.capabilities"))


def _notes(plan: Plan) -> Table | None:
    frame = plan.health.get("notes")
    if frame is None or not frame.height:
        return None
    rows = [(said,) for said in health_notes(frame, plan.lang)]
    return Table([plan.say("column.note")], rows, title=plan.say("report_health.notes"))
