"""Actions in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tradewind.app.usecases.actions import ActionsResult
from tradewind.app.wording.figures import money, named
from tradewind.app.wording.sentences import action_sentences
from tradewind.app.wording.tables import more_rows
from tradewind.app.wording.view import Table, View
from tradewind.core.text import catalogue, text


def actions_view(result: ActionsResult, lang: str) -> View:
    """Rank, money, what to do, and why."""
    top, rows = result.page.frame, result.page.rows
    if not top.height:
        return [text("actions.none", lang)]
    cells = [
        [str(r["rank"]), money(r["expected_money"], r["currency"], lang), action_title(r, lang), sentence]
        for r, sentence in zip(top.iter_rows(named=True), action_sentences(top, lang), strict=True)
    ]
    headings = ["#", *(text(f"column.{c}", lang) for c in ("expected_money", "action", "reason"))]
    return [Table(headings, cells, "", frozenset({0, 1})), *more_rows(top.height, rows, lang)]


def action_name(action: str, lang: str) -> str:
    """What an action's kind is called."""
    return catalogue(lang).get(f"action.{action}.title") or named("action_name", action, lang)


def action_title(action: Mapping[str, Any], lang: str) -> str:
    """What kind of action it is, and for which SKU, market, warehouse or service."""
    about = [str(action[c]) for c in ("sku", "market", "node", "service") if action.get(c)]
    return " · ".join([action_name(action["action"], lang), *about])
