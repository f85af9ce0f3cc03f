"""Data in: a workspace to keep it, files imported, how things stand, empty templates."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tradewind.app.usecases.context import Context
from tradewind.app.usecases.requests import HealthRequest, ImportRequest, InitRequest, TemplateRequest
from tradewind.app.usecases.result import Provenance, Rows
from tradewind.core.errors import TradewindError, UnreadableFileError

if TYPE_CHECKING:
    import polars as pl

    from tradewind.app.workspace.importing import ImportReport
    from tradewind.data.ledger import ImportRow


@dataclass(frozen=True)
class WorkspaceResult:
    """A new workspace: its folder, the currency of its sums, and where its ledger and lake lie (no passwords).

    `shared`: one of them lies outside the folder, for a team.
    """

    workspace: Path
    currency: str
    ledger: str
    lake: str
    shared: bool


@dataclass(frozen=True)
class PassedOver:
    """A file among several that was left out, and why."""

    file: str
    error: TradewindError


@dataclass(frozen=True)
class ImportResult:
    """A report per file and table; `empty` are paths without rows, `failures` what kept whole paths out.

    `partly`: something was read and something else could not be.
    """

    imports: tuple[ImportReport, ...]
    passed_over: tuple[PassedOver, ...]
    empty: tuple[str, ...]
    failures: tuple[Exception, ...] = ()
    partly: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "partly", bool(self.imports) and bool(self.passed_over or self.failures))


@dataclass(frozen=True)
class SampleColumn:
    """A column of a draft: the heading it is read from and its first cells as they would be read."""

    column: str
    heading: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class DraftResult:
    """A first mapping of the file at `path`, written to `mapping`; nothing was imported.

    `asked`: columns that are needed and that no heading was found for; `guessed`: those to look through.
    """

    path: Path
    mapping: Path
    table: str
    asked: tuple[str, ...]
    guessed: tuple[str, ...]
    sample: tuple[SampleColumn, ...]


@dataclass(frozen=True)
class HealthResult:
    """What is loaded and how fresh, what waits for correction, what can be computed (see `planning.data_health`).

    `blocked`: what is missing for the margins of the last 13 weeks, with the money it keeps unknown; empty before the
    first order. `export`: the workbook that `rows_to_correct` rows were written to, None where there were none or
    nobody asked for it.
    """

    provenance: Provenance
    loaded: pl.DataFrame
    corrections: pl.DataFrame
    capabilities: pl.DataFrame
    notes: pl.DataFrame
    blocked: Annotated[pl.DataFrame, Rows("blocked")]
    export: Path | None
    rows_to_correct: int

    def frames(self) -> dict[str, pl.DataFrame]:
        """The tables by name."""
        return {name: getattr(self, name) for name in ("loaded", "corrections", "capabilities", "notes", "blocked")}


@dataclass(frozen=True)
class TemplatesResult:
    """One empty file per table, in `folder`."""

    folder: Path
    files: tuple[Path, ...]


def create_workspace(context: Context, request: InitRequest) -> WorkspaceResult:
    """A new, empty workspace in the folder named, else in `dir`.

    Without `ledger` and `lake`, TRADEWIND_LEDGER and TRADEWIND_LAKE say where a team keeps them. Raises WorkspaceError
    where there is a workspace already, ParameterError for what is no currency.
    """
    from tradewind.app.workspace import Workspace
    from tradewind.app.workspace.location import LAKE, LEDGER

    folder = context.folder if context.named else request.dir
    ledger, lake = (
        stated or os.environ.get(name, "").strip() or None
        for stated, name in ((request.ledger, LEDGER), (request.lake, LAKE))
    )
    made = Workspace.create(folder, currency=request.currency.upper(), ledger=ledger, lake=lake)
    return WorkspaceResult(folder, made.currency, *made.places, made.shared)


def import_files(context: Context, request: ImportRequest) -> ImportResult | DraftResult:
    """Each path in turn; one that cannot be read does not keep the others out.

    With a mapping that is not there yet, nothing is imported: a draft of it is written instead.
    """
    from tradewind.app.workspace import Workspace

    workspace = Workspace(context.folder, busy_timeout_s=request.wait)
    if request.map is not None and not request.map.exists():
        return _drafted(workspace.path, request.path[0], request.map, context.lang)
    reports: list[ImportReport] = []
    passed_over: list[PassedOver] = []
    failures: list[Exception] = []
    empty: list[str] = []
    for path in request.path:
        try:
            imported = workspace.import_file(
                _existing(path),
                request.layout,
                context.progress,
                mapping=request.map,
                shop=request.shop,
                currency=request.currency and request.currency.upper(),
                sheet=request.sheet,
                hidden=request.hidden,
                encoding=request.encoding,
                alone=len(request.path) == 1,
            )
        except (TradewindError, OSError) as error:
            failures.append(error)
            continue
        reports += imported
        passed_over += [PassedOver(name, why) for name, why in imported.passed_over]
        empty += [] if imported or imported.passed_over else [path.name]
    return ImportResult(_named(reports), tuple(passed_over), tuple(empty), tuple(failures))


def data_health(context: Context, request: HealthRequest) -> HealthResult:
    """What is loaded and how fresh, which rows to correct, and what each missing file would switch on.

    Raises RuleError where there are orders and the rules cannot be read.
    """
    import polars as pl

    from tradewind.app.planning.data_health import health

    workspace = context.workspace
    versions = workspace.versions()
    corrections = workspace.corrections()
    frames = health(workspace.tables(versions), corrections, workspace.currency, context.now().date())
    frames["notes"] = pl.concat([frames["notes"], _unread(workspace.imports())])
    return HealthResult(
        Provenance(versions=versions),
        **frames,
        blocked=_blocked(context, frames["loaded"]),
        export=_fixes(corrections, request.export),
        rows_to_correct=corrections.height,
    )


def write_templates(context: Context, request: TemplateRequest) -> TemplatesResult:
    """Tradewind's own templates, each with an example row and its columns explained."""
    from tradewind.data.intake import write_templates as written

    return TemplatesResult(request.dir, tuple(sorted(written(request.dir))))


def _existing(path: Path) -> Path:
    if not path.exists():
        raise UnreadableFileError("file_not_found", path=str(path))
    return path


def _named(reports: Sequence[ImportReport]) -> tuple[ImportReport, ...]:
    """Reports with the files' names, without the folders they lie in."""
    return tuple(replace(one, file=Path(one.file).name, seconds=round(one.seconds, 2)) for one in reports)


def _drafted(workspace: Path, path: Path, mapping: Path, lang: str) -> DraftResult:
    from tradewind.app.workspace import mappings

    draft = mappings.draft(workspace, _existing(path), mapping, lang)
    sample = tuple(SampleColumn(column, heading, tuple(cells)) for column, heading, cells in draft.sample)
    return DraftResult(path, mapping, draft.table, tuple(draft.asked), tuple(draft.guessed), sample)


def _unread(imports: Sequence[ImportRow]) -> pl.DataFrame:
    """Headings and sheets of imported files that were not read, as notes: note, rows (how many), example."""
    import polars as pl

    latest = {row.note.get("file", ""): json.loads(row.note.get("unread") or "{}") for row in imports}
    found = [
        (f"unread_{kind}", len(names), f"{Path(file).name}: {', '.join(names)}")
        for file, kinds in latest.items()
        for kind, names in kinds.items()
    ]
    return pl.DataFrame(found, schema={"note": pl.String, "rows": pl.Int64, "example": pl.String}, orient="row")


def _blocked(context: Context, loaded: pl.DataFrame) -> pl.DataFrame:
    """From the latest plan where it saw all of this, else computed."""
    from tradewind.app.planning.value import blocked
    from tradewind.core.plan_tables import PLAN_TABLES

    plan = context.kept("blocked")
    if plan is not None:
        return plan["blocked"]
    no_orders = loaded.filter(table="order_lines").is_empty()
    return PLAN_TABLES["blocked"].empty() if no_orders else blocked(context.facts())


def _fixes(corrections: pl.DataFrame, path: Path | None) -> Path | None:
    from tradewind.data.intake import write_fixes

    return write_fixes(corrections, path) if path is not None and corrections.height else None
