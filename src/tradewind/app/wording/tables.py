"""Tables as they are kept, in words: their own column names, and how many rows there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tradewind.app.wording.figures import cell
from tradewind.app.wording.view import Table, View, table_of
from tradewind.core.text import text

if TYPE_CHECKING:
    import polars as pl

    from tradewind.app.usecases.tables import ExportResult, TableResult, TablesResult


def table_view(result: TableResult, lang: str) -> View:
    """The rows under the columns' own names, which conditions take; what has no short text is left to `as_data`."""
    page = result.page
    if not page.rows:
        key = "tables.none_such" if result.where else "tables.empty"
        return [text(key, lang, table=result.table, where=", ".join(result.where))]
    readable = _readable(page.frame)
    table = replace(table_of(readable, lang), headings=readable.columns, cut=True)
    shown = text("tables.shown", lang, shown=page.frame.height, rows=f"{page.rows:,}", table=result.table)
    return [table, shown]


def tables_view(result: TablesResult, lang: str) -> View:
    """The tables of the workspace and of the plan, each with its rows."""
    return [
        _counted(tables, text(title, lang), lang)
        for title, tables in (("tables.imported", result.loaded), ("tables.planned", result.plan))
        if tables
    ]


def export_view(result: ExportResult, lang: str) -> View:
    """Where the rows are now."""
    return [text("tables.exported", lang, rows=f"{result.rows:,}", path=result.path)]


def more_rows(shown: int, rows: int, lang: str) -> list[str]:
    """That there is more than is shown, where there is."""
    return [text("tables.more_rows", lang, shown=shown, rows=f"{rows:,}")] if rows > shown else []


def _readable(frame: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return frame.select(c for c in frame.columns if not isinstance(frame[c].dtype, (pl.Array, pl.Struct)))


def _counted(tables: Mapping[str, int], title: str, lang: str) -> Table:
    headings = [text("column.table", lang), text("column.rows", lang)]
    return Table(headings, [[name, cell(rows, lang)] for name, rows in tables.items()], title, frozenset({1}))
