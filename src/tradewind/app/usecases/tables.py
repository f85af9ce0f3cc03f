"""The tables themselves: what was imported and what was planned, page by page or as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tradewind.app.usecases.context import Context
from tradewind.app.usecases.requests import ExportRequest, ShowRequest
from tradewind.app.usecases.result import Page, Provenance, paged
from tradewind.core.errors import UnknownNameError, UnknownRunError

if TYPE_CHECKING:
    import polars as pl

    from tradewind.data.runs import Run


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
    frame, provenance = chosen_table(context, request.table, request)
    page = paged(frame, request.limit, request.after)
    return TableResult(provenance, request.table, request.where, page)


def export_table(context: Context, request: ExportRequest) -> ExportResult:
    """All rows of a table that are meant, as xlsx, csv or parquet by the file's ending.

    Raises as `show_table`, ParameterError for another ending or more rows than Excel takes, StorageError.
    """
    from tradewind.data.table_files import write_table

    frame, provenance = chosen_table(context, request.table, request)
    path = write_table(frame, request.to, sheet=request.table)
    return ExportResult(provenance, request.table, frame.height, path)


def chosen_table(context: Context, name: str, request: ShowRequest | ExportRequest) -> tuple[pl.DataFrame, Provenance]:
    """The rows and columns that are meant of a table, and what they rest on.

    Without a plan named, a table of the workspace goes before one of the latest plan.
    """
    from tradewind.app.usecases.rows import chosen_rows

    found = None if request.run is not None else _imported(context, name)
    frame, provenance = found or _planned(context, name, request.run)
    return chosen_rows(frame, request.where, request.columns), provenance


def _imported(context: Context, name: str) -> tuple[pl.DataFrame, Provenance] | None:
    from tradewind.core.tables import TABLES

    workspace = context.workspace
    versions = workspace.versions()
    if name in TABLES:
        return workspace.tables(versions)[name], Provenance(versions={n: v for n, v in versions.items() if n == name})
    if name == "corrections":
        return workspace.corrections(), Provenance(versions=versions)
    if name == "unmatched":
        return workspace.unmatched(), Provenance(versions=versions)
    return None


def _planned(context: Context, name: str, run: str | None) -> tuple[pl.DataFrame, Provenance]:
    plan = _plan(context, run)
    if plan is None or name not in plan.tables:
        raise _unknown_table(name, plan)
    return plan[name], context.provenance(plan)


def _plan(context: Context, run: str | None) -> Run | None:
    """The plan named, which must be there, or the latest if there is one."""
    try:
        return context.plan(run)
    except UnknownRunError:
        if run is not None:
            raise
        return None


def _unknown_table(name: str, plan: Run | None) -> UnknownNameError:
    from tradewind.app.usecases.rows import unknown
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
