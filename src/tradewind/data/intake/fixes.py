"""Rows to correct as a workbook: a person corrects the marked cells and imports it again."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from tradewind.core.tables import TABLES
from tradewind.core.text import text
from tradewind.data.intake.headings import plain
from tradewind.data.intake.layout import layouts
from tradewind.data.intake.layouts import fixes as layout_of_fixes
from tradewind.data.intake.personal import HIDDEN
from tradewind.data.intake.sheets import NOTES_SHEET
from tradewind.data.table_files import open_workbook

MAX_ROWS = 100_000
_ABOUT = ("reason", "reason_zh", "fix", "fix_zh", "column", "value", "suggestion")


def write_fixes(corrections: pl.DataFrame, path: str | Path) -> Path:
    """One sheet per table with the rows that wait for correction, each cell to correct marked yellow.

    `corrections` is the frame a workspace gives. Every cell is written as text, so that nothing in it runs. At
    most 100,000 rows per table; whoever has more corrects the export. Rows keep where they came from and their
    line number; `detect` knows the workbook again as layout "fixes".
    """
    path = Path(path)
    with open_workbook(path) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        mark = book.add_format({"bg_color": "#FFF2A8", "num_format": "@"})
        plain_text = book.add_format({"num_format": "@"})
        _write_notes(book.add_worksheet(NOTES_SHEET), corrections, head)
        for (table,), rows in sorted(corrections.partition_by("table", as_dict=True).items()):
            sheet = book.add_worksheet(table)
            _write_table(sheet, table, rows.head(MAX_ROWS), {"head": head, "mark": mark, "text": plain_text})
    return path


def _write_notes(sheet: Any, corrections: pl.DataFrame, head: Any) -> None:
    sheet.set_column(0, 0, 100)
    lines = [text(f"fixes_notes.{key}", lang) for lang in ("zh", "en") for key in ("what", "how", "times")]
    if not corrections.height:
        lines = [text("fixes_notes.nothing", lang) for lang in ("zh", "en")]
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, head if row == 0 else None)


def _write_table(sheet: Any, table: str, rows: pl.DataFrame, formats: dict[str, Any]) -> None:
    fields = [c for c in TABLES[table].columns if c != "known_at"]
    marks = (layout_of_fixes.MARK, layout_of_fixes.FILE, layout_of_fixes.ROW)
    titles = [text(f"fixes_headings.{name}") for name in _ABOUT]
    for at, heading in enumerate([*titles, *marks, *fields]):
        sheet.write_string(0, at, heading, formats["head"])
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 3, 36)
    sheet.set_column(4, len(titles) + len(marks) + len(fields), 16, formats["text"])
    for number, row in enumerate(rows.iter_rows(named=True), start=1):
        raw = json.loads(row["raw"] or "{}")
        cells = [*_about(row, raw), row["problem"], row["file"], row["row"]]
        for at, value in enumerate(cells):
            _write(sheet, number, at, value, None)
        places = [row["column"] or "", *(also["column"] for also in raw.get("_also") or [])]
        wrong = {_canonical(row["layout"], table, place) for place in places}
        wrong |= {name for name in fields if raw.get(name) == HIDDEN}
        for at, name in enumerate(fields, start=len(cells)):
            value = row["line_no"] if name == "line_no" else raw.get(name)
            _write(sheet, number, at, value, formats["mark" if name in wrong else "text"])


def _about(row: dict[str, Any], raw: dict[str, Any]) -> list[Any]:
    """Reasons and fixes of all that is wrong with a row; the value and its suggestion are the first one's."""
    also = raw.get("_also") or []
    problems = dict.fromkeys([row["problem"], *(one["problem"] for one in also)])
    sentences = [
        joint.join(text(f"rows.{problem}.{part}", lang) for problem in problems)
        for part in ("reason", "fix")
        for lang, joint in (("en", " "), ("zh", ""))
    ]
    columns = ", ".join(filter(None, [row["column"], *(one["column"] for one in also)])) or None
    return [*sentences, columns, row["value"], raw.get("_suggestion")]


def _write(sheet: Any, row: int, column: int, value: Any, how: Any) -> None:
    if value is not None:
        sheet.write_string(row, column, str(value), how)
    elif how is not None:
        sheet.write_blank(row, column, None, how)


@cache
def _canonical(layout: str, table: str, heading: str) -> str | None:
    """The table's column that a source's heading fills."""
    if layout not in layouts():
        return heading
    for output in layouts()[layout].outputs:
        if output.table != table:
            continue
        feeds = [layouts()[layout].feed(name) for name in (output.feed, *(j.feed for j in output.joins))]
        names = [f.name for feed in feeds for f in feed.fields if plain(heading) in map(plain, (f.name, *f.headings))]
        for column in TABLES[table].columns:
            made_from = output.columns[column].meta.root_names() if column in output.columns else [column]
            if set(made_from) & set(names):
                return column
    return None
