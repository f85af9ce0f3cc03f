"""Data in, in words: a new workspace, files imported, a first mapping, empty templates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tradewind.app.wording.figures import cell, heading
from tradewind.app.wording.view import Table, View
from tradewind.core.text import catalogue, text

if TYPE_CHECKING:
    from tradewind.app.usecases.data import DraftResult, ImportResult, PassedOver, TemplatesResult, WorkspaceResult
    from tradewind.app.workspace.importing import ImportReport

_COLUMNS: Final = (
    "file", "layout", "table", "rows_new", "rows_changed", "rows_removed", "rows_same", "rows_to_correct", "seconds",
)  # fmt: skip

_SHOWN: Final = 8
"""Headings not read that are named at the terminal; data has all of them."""


def workspace_view(result: WorkspaceResult, lang: str) -> View:
    """Where the new workspace is, how others come to it, and what to do next."""
    parts = [text("workspace.made", lang, folder=result.workspace, currency=result.currency)]
    parts += [text("workspace.shared", lang, folder=result.workspace)] if result.shared else []
    return [*parts, text("workspace.next", lang)]


def import_view(result: ImportResult, lang: str) -> View:
    """What became of each table of each file, what was left out, and what waits for correction."""
    parts: list[str | Table] = [_reports(result.imports, lang)] if result.imports else []
    parts += [_noted(one, lang) for one in result.imports if one.notes]
    parts += [line for one in _files(result.imports) for line in _unread(one, lang)]
    parts += [text("imported.no_rows", lang, file=name) for name in result.empty]
    seen = len({one.file for one in result.imports if one.seen})
    parts += [text("imported.seen", lang, count=f"{seen:,}")] if seen else []
    parts += [
        text("imported.passed_over", lang, file=o.file, why=o.error.what(lang), fix=o.error.fix(lang))
        for o in result.passed_over
    ]
    waiting = sum(one.rows_to_correct for one in result.imports)
    parts += [text("imported.corrections", lang, rows=f"{waiting:,}")] if waiting else []
    return [*parts, text("imported.next", lang)] if result.imports else parts


def draft_view(result: DraftResult, lang: str) -> View:
    """The first rows as the draft reads them, and what is still to be said in it."""
    rows = [[one.column, one.heading, *one.cells] for one in result.sample]
    width = max((len(row) for row in rows), default=2)
    headings = [text("column.column", lang), text("column.heading", lang), *(str(n) for n in range(1, width - 1))]
    sample = Table(headings, [row + [""] * (width - len(row)) for row in rows], cut=True)
    path, mapping = typed(result.path), typed(result.mapping)
    parts: list[str | Table] = [
        sample,
        text("draft.written", lang, file=result.path.name, table=result.table, mapping=mapping),
    ]
    parts += [text("draft.asked", lang, columns=", ".join(result.asked))] if result.asked else []
    parts += [text("draft.guessed", lang, columns=", ".join(result.guessed))] if result.guessed else []
    return [*parts, text("draft.next", lang, path=path, mapping=mapping)]


def templates_view(result: TemplatesResult, lang: str) -> View:
    """The files written."""
    return [
        text("templates.written", lang, count=len(result.files), folder=result.folder),
        *(str(file) for file in result.files),
    ]


def passed_over_data(passed_over: PassedOver, lang: str) -> Mapping[str, Any]:
    """The file, why it was left out, as a code and in words, and what to do."""
    error = passed_over.error
    return {"file": passed_over.file, "code": error.code, "why": error.what(lang), "fix": error.fix(lang)}


def typed(path: Path) -> str:
    """A path as it can be typed again."""
    return f'"{path}"' if " " in str(path) else str(path)


def _reports(reports: tuple[ImportReport, ...], lang: str) -> Table:
    rows = [[cell(getattr(one, c), lang) for c in _COLUMNS] for one in reports]
    return Table([heading(c, lang) for c in _COLUMNS], rows, numbers=frozenset(range(3, len(_COLUMNS))))


def _files(reports: tuple[ImportReport, ...]) -> list[ImportReport]:
    """One report of each file: what was not read is the whole file's."""
    return list({one.file: one for one in reports}.values())


def _unread(report: ImportReport, lang: str) -> list[str]:
    """The headings and sheets of a file that were not read, and what each heading might be."""
    comma = text("report_word.comma", lang)
    headings = [
        one.heading
        if one.perhaps is None
        else text("imported.perhaps", lang, heading=one.heading, column=heading(one.perhaps, lang))
        for one in sorted(report.unread, key=lambda one: one.perhaps is None)
    ]
    more = len(headings) - _SHOWN
    listed = comma.join(headings[:_SHOWN]) + (text("imported.more", lang, count=more) if more > 0 else "")
    found = [text("imported.unread", lang, file=report.file, headings=listed)] if headings else []
    for kind in ("skipped", "hidden"):
        sheets = getattr(report, kind)
        if sheets:
            found.append(text(f"imported.{kind}", lang, file=report.file, sheets=comma.join(sheets)))
    return found


def _noted(report: ImportReport, lang: str) -> str:
    """What was left out of a file or is worth knowing of it, in one line."""
    known = catalogue(lang)
    notes = [f"{count:,} x {known.get(f'notes.{name}', name)}" for name, count in sorted(report.notes.items())]
    return text("imported.noted", lang, file=report.file, notes="; ".join(notes))
