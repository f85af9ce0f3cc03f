"""What to do first: the actions with the most money at stake, each with its reason and the rows behind it."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from tradewind.app.wording.actions import action_title
from tradewind.app.wording.figures import money
from tradewind.app.wording.plan.plan import Plan
from tradewind.app.wording.plan.section import Item, Section
from tradewind.app.wording.sentences import action_sentences
from tradewind.app.wording.view import Table, table_of

ON_PAGE = 50
ROWS_BEHIND = 5
COLUMNS_BEHIND = 10


def actions(plan: Plan) -> Section:
    """The first fifty; all of them stand in the workbook."""
    title = plan.say("report_section.actions")
    frame = plan.table("actions", "rank", "action", "expected_money", "currency", "reason", "args")
    if frame is None:
        return Section("actions", title, missing=plan.missing("actions", "order_lines", "stock", "products"))
    top = frame.sort("rank").head(ON_PAGE)
    items = [
        Item(r["rank"], _worth(r, plan), action_title(r, plan.lang), sentence, rows_behind(r, plan))
        for r, sentence in zip(top.iter_rows(named=True), action_sentences(top, plan.lang), strict=True)
    ]
    known = frame["expected_money"].drop_nulls()
    total = money(float(known.sum()) if len(known) else None, plan.currency, plan.lang)
    lead = [plan.say("report_actions.lead", shown=len(items), rows=f"{frame.height:,}", total=total)]
    return Section("actions", title, lead, items=items)


def rows_behind(action: dict[str, Any], plan: Plan) -> Table | None:
    """The first rows of the evidence table that the action's filter selects."""
    table = plan.run.tables.get(action.get("evidence_table") or "")
    if table is None or not action.get("evidence"):
        return None
    rows = table.filter(matching(table, json.loads(action["evidence"])))
    if not rows.height:
        return None
    shown = [c for c in rows.columns if not rows[c].dtype.is_nested() and c not in {"reason", "args", "currency"}]
    more = plan.say("report_word.more_rows", rows=f"{rows.height - ROWS_BEHIND:,}") if rows.height > ROWS_BEHIND else ""
    return table_of(rows.select(shown[:COLUMNS_BEHIND]).head(ROWS_BEHIND), plan.lang, more=more)


def matching(table: pl.DataFrame, wanted: dict[str, Any]) -> pl.Expr:
    """Rows where every column has its wanted value, compared as text; a list means any of its values."""
    conditions = [pl.lit(True)]
    for column, value in wanted.items():
        if column in table.columns:
            values = [str(v) for v in (value if isinstance(value, list) else [value]) if v is not None]
            found = pl.col(column).cast(pl.String).is_in(values) if values else pl.col(column).is_null()
            conditions.append(found)
    return pl.all_horizontal(conditions)


def _worth(row: dict[str, Any], plan: Plan) -> str:
    if row["expected_money"] is None:
        return plan.say("report_actions.no_figure")
    return money(row["expected_money"], row["currency"], plan.lang)
