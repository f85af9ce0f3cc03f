"""The demo on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewind.app.wording.figures import money
from tradewind.app.wording.plans import plan_line, summary_table
from tradewind.app.wording.sentences import action_sentences
from tradewind.app.wording.view import Table, View
from tradewind.core.text import text

if TYPE_CHECKING:
    from tradewind.app.demo import DemoResult


def demo_view(result: DemoResult, lang: str) -> View:
    """Which plan it is, its figures, what to do first, where the report lies, and what to look at next."""
    folder = f'"{result.folder}"' if " " in str(result.folder) else str(result.folder)
    return [
        plan_line(result, lang),
        summary_table(result.summary, lang),
        _do_first(result, lang),
        *(text(f"report_written.{name}", lang, path=getattr(result, name).resolve()) for name in ("page", "workbook")),
        text("demo.look_further", lang, folder=folder),
    ]


def _do_first(result: DemoResult, lang: str) -> Table:
    sentences = action_sentences(result.do_first, lang)
    rows = [
        [str(r["rank"]), money(r["expected_money"], r["currency"], lang), sentence]
        for r, sentence in zip(result.do_first.iter_rows(named=True), sentences, strict=True)
    ]
    headings = ["#", text("column.expected_money", lang), text("column.reason", lang)]
    return Table(headings, rows, text("demo.do_first", lang), frozenset({0, 1}))
