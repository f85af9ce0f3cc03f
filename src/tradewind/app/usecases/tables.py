"""The tables themselves: what was imported and what was planned, page by page or as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from tradewind.app.usecases.context import Context
from tradewind.app.usecases.requests import ExportRequest, ShowRequest
from tradewind.app.usecases.result import Page, Provenance, next_page
from tradewind.app.usecases.rows import chosen_rows, unknown
from tradewind.core.errors import UnknownNameError, UnknownRunError

if TYPE_CHECKING:
    from tradewind.data.runs import Run

_Ask: TypeAlias = Callable[[Callable[[pl.LazyFrame], pl.LazyFrame]], pl.DataFrame]
"""Gives what is chosen of a table, without reading more of it than that needs."""


@dataclass(frozen=True)
class TablesResult:
    """The rows of each table: `loaded` in the workspace, and of the plan asked for (none where there is no plan)."""

    provenance: Provenance
    loaded: Mapping[str, int]
    plan: Mapping[str, int]


@dataclass(frozen=True)
class TableResult:
    """A page of the rows of `table` for which every condition of `where` holds."""

    provenance: Provenance
    table: str
    where: tuple[str, ...]
    page: Page


@dataclass(frozen=True)
class ExportResult:
    """All `rows` of a table that were asked for, written to `path`."""

    provenance: Provenance
    table: str
    rows: int
    path: Path


def show_table(context: Context, request: ShowRequest) -> TableResult | TablesResult:
    """Rows of a table of the workspace or of a plan; without a name, the tables there are.

    Raises UnknownNameError for a table or column there is none of, UnknownRunError, RequestError for a condition that
    cannot be one.
    """
    if request.table is None:
        return _contents(context, request.run)
    ask, provenance = _table(context, request.table, request.run)
    rows = ask(lambda table: _chosen(table, request).select(pl.len())).item()
    frame = ask(lambda table: _chosen(table, request).slice(request.after, request.limit))
    page = Page(frame, rows, next_page(rows, request.limit, request.after))
    return TableResult(provenance, request.table, request.where, page)


def export_table(context: Context, request: ExportRequest) -> ExportResult:
    """All rows of a table that are meant, as xlsx, csv or parquet by the file's ending.

    Raises as `show_table`, ParameterError for another ending or more rows than Excel takes, StorageError.
    """
    from tradewind.data.table_files import write_table

    ask, provenance = _table(context, request.table, request.run)
    frame = ask(lambda table: _chosen(table, request))
    path = write_table(frame, request.to, sheet=request.table)
    return ExportResult(provenance, request.table, frame.height, path)


def _chosen(table: pl.LazyFrame, request: ShowRequest | ExportRequest) -> pl.LazyFrame:
    """The rows and columns that are meant."""
    return chosen_rows(table, request.where, request.columns)


def _table(context: Context, name: str, run: str | None) -> tuple[_Ask, Provenance]:
    """How to ask a table, and what it rests on.

    Without a plan named, a table of the workspace goes before one of the latest plan.
    """
    found = None if run is not None else _imported(context, name)
    return found or _planned(context, name, run)


def _imported(context: Context, name: str) -> tuple[_Ask, Provenance] | None:
    from tradewind.core.tables import TABLES

    workspace = context.workspace
    if name in TABLES:
        versions = workspace.versions()
        seen = Provenance(versions={n: v for n, v in versions.items() if n == name})
        return (lambda choose: workspace.query(name, versions, choose)), seen
    if name in ("corrections", "unmatched"):
        rows = workspace.corrections() if name == "corrections" else workspace.unmatched()
        return (lambda choose: choose(rows.lazy()).collect()), Provenance(versions=workspace.versions())
    return None


def _planned(context: Context, name: str, run: str | None) -> tuple[_Ask, Provenance]:
    plan = _plan(context, run)
    if plan is None or name not in plan.tables:
        raise _unknown_table(name, plan)
    rows = plan[name]
    return (lambda choose: choose(rows.lazy()).collect()), context.provenance(plan)


def _plan(context: Context, run: str | None) -> Run | None:
    """The plan named, which must be there, or the latest if there is one."""
    try:
        return context.plan(run)
    except UnknownRunError:
        if run is not None:
            raise
        return None


def _unknown_table(name: str, plan: Run | None) -> UnknownNameError:
    from tradewind.core.tables import TABLES

    known = sorted({*TABLES, "corrections", "unmatched", *(plan.tables if plan else ())})
    return unknown("unknown_table" if plan else "unknown_table_no_plan", name, known, "table", table=name)


def _contents(context: Context, run: str | None) -> TablesResult:
    from tradewind.data.frames import row_counts

    plan = _plan(context, run)
    versions = context.workspace.versions()
    loaded = row_counts(context.workspace.tables(versions))
    provenance = Provenance(versions=versions) if plan is None else context.provenance(plan)
    return TablesResult(provenance, loaded, {} if plan is None else dict(sorted(row_counts(plan.tables).items())))
