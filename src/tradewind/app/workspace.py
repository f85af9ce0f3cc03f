"""A workspace: one folder with a seller's facts (lake), the plans made from them (runs) and the ledger of both.

    ws = Workspace.create("shop", currency="CNY")
    ws.import_file("exports/")
    run = ws.run()

In the folder: `workspace.toml` (what it is, its currency), `lake/` (Delta tables), `runs/`, `ledger.db`, `buyer.key`
(the secret buyers' hashes are keyed with; whoever has it can test a guess, so it never leaves the folder),
`lock` and, while an import runs, `staging/`. One process writes at a time; readers never wait.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import polars as pl
from filelock import FileLock, Timeout

from tradewind import __version__
from tradewind.core.errors import (
    InputError,
    NotAWorkspaceError,
    NotEnoughDataError,
    ParameterError,
    WorkspaceBusyError,
    WorkspaceError,
)
from tradewind.core.tables import CURRENCY, TABLES
from tradewind.core.weeks import start_of_day
from tradewind.data import runs as kept_runs
from tradewind.data.frames import Frames
from tradewind.data.lake import CORRECTION_COLUMNS, Lake
from tradewind.data.ledger import ImportRow, Ledger, RunRow
from tradewind.data.replacing import Counts, Import
from tradewind.data.runs import Run
from tradewind.data.storage import staging_folder, storage_errors, write_at_once

if TYPE_CHECKING:
    from tradewind.core.rules import Rules
    from tradewind.data.intake import Source

Progress = Callable[[str, int, int], None]

_MARK: Final = "workspace.toml"
_FORMAT: Final = 1
STAGING: Final = "staging"


@dataclass(frozen=True)
class ImportReport:
    """What became of one table of one imported file (or folder of files that belong together).

    `rows_same` were in the workspace already. `notes` counts what was left out or is worth knowing, by catalogue id
    `notes.<id>`; `skipped` names parts of the file that no layout knows.
    """

    file: str
    layout: str
    table: str
    rows_new: int
    rows_replaced: int
    rows_same: int
    rows_to_correct: int
    seconds: float
    notes: Mapping[str, int] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()


class Imported(list[ImportReport]):
    """What an import brought, a report per file and table; `passed_over` are files left out, with the error why."""

    def __init__(self) -> None:
        super().__init__()
        self.passed_over: list[tuple[str, InputError]] = []


@dataclass(frozen=True)
class Snapshot:
    """The tables as known at `as_of`, and the version of each that was read.

    `asked_as_of` is None where everything loaded is visible; `as_of` is then midnight UTC after the newest fact.
    """

    as_of: datetime
    asked_as_of: datetime | None
    versions: dict[str, int]
    tables: Mapping[str, pl.DataFrame]

    def __getitem__(self, table: str) -> pl.DataFrame:
        return self.tables[table]


class Workspace:
    """Opens the workspace in folder `path`. Raises NotAWorkspaceError where there is none.

    `busy_timeout_s` is how long a writer waits for another one before WorkspaceBusyError.
    """

    def __init__(self, path: str | Path, *, busy_timeout_s: float = 30.0) -> None:
        self.path = Path(path)
        self.busy_timeout_s = busy_timeout_s
        try:
            settings = tomllib.loads((self.path / _MARK).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise NotAWorkspaceError("workspace_none", path=self.path) from None
        except OSError as error:
            raise NotAWorkspaceError("workspace_unreadable", path=self.path, detail=error.strerror) from error
        if settings.get("format") != _FORMAT:
            raise NotAWorkspaceError("workspace_format", path=self.path, format=settings.get("format"), known=_FORMAT)
        self.currency: str = settings["currency"]
        _check_name(self.path)
        self._lake = Lake(self.path / "lake")

    @classmethod
    def create(cls, path: str | Path, currency: str = "CNY", *, busy_timeout_s: float = 30.0) -> Workspace:
        """Make an empty workspace, sums in `currency` (ISO 4217). Raises WorkspaceError where there is one already."""
        folder = Path(path)
        if not re.match(CURRENCY, currency):
            raise ParameterError("parameter_range", name="currency", value=currency, allowed="three capitals, like CNY")
        _check_name(folder)
        if (folder / _MARK).exists():
            raise WorkspaceError("workspace_exists", path=folder)
        with storage_errors(folder):
            (folder / "runs").mkdir(parents=True, exist_ok=True)
            with _lock(folder, busy_timeout_s):
                _secret_key(folder / "buyer.key")
                Lake(folder / "lake").create()
                Ledger(folder / "ledger.db").create()
                # The mark comes last and at once: a folder that has it is a whole workspace.
                write_at_once(folder / _MARK, f'format = {_FORMAT}\ncurrency = "{currency}"\n'.encode())
        return cls(folder, busy_timeout_s=busy_timeout_s)

    def import_file(self, path: str | Path, layout: str | None = None, progress: Progress | None = None) -> Imported:
        """Bring in a file, a folder or a zip; the layout is detected unless named.

        What is in the workspace already is skipped, so that a repeat costs nothing and changes nothing. Each file is
        in as a whole or not at all. Raises InputError where nothing can be read, WorkspaceBusyError, StorageError.
        """
        from tradewind.data.intake import detect

        with self._writing():
            found = detect(Path(path), layout)
            done = Imported()
            done.passed_over += found.unknown
            for source in sorted(found, key=_master_data_first):
                try:
                    done += self._import(source, progress)
                except InputError as error:
                    if len(found) == 1:
                        raise
                    done.passed_over.append((source.name, error))
            self._lake.tidy(run.versions for run in self._ledger.runs())
        return done

    def snapshot(self, as_of: datetime | None = None, versions: Mapping[str, int] | None = None) -> Snapshot:
        """The tables as they were known at `as_of` (UTC); without it, everything loaded.

        `versions` reads earlier versions of the tables. Tables are read when they are asked for, and hold the
        columns of their schema, sorted by key. Raises NotEnoughDataError where no fact says what "now" is.
        """
        seen = dict(versions) if versions is not None else self._versions()
        asked = as_of.astimezone(UTC) if as_of is not None else None
        if asked is not None:
            return Snapshot(asked, asked, seen, self._tables(seen, asked))
        with storage_errors(self.path):
            newest = self._lake.newest_fact(seen)
        if newest is None:
            raise NotEnoughDataError("facts_none", path=self.path)
        return Snapshot(start_of_day(newest.date() + timedelta(days=1)), None, seen, self._tables(seen, None))

    def table(self, name: str) -> pl.DataFrame:
        """Everything loaded of one table, as known now. Raises KeyError for a name that is no table."""
        return self._tables(self._versions(), None)[name]

    def corrections(self) -> pl.DataFrame:
        """Rows that wait for a correction: where they are, what is wrong, and what the row said."""
        with storage_errors(self.path):
            return self._lake.open_corrections(self._versions()).select(*CORRECTION_COLUMNS)

    def rules(self) -> Rules:
        """The rule packs, overlaid by the workspace's own `rules.yaml` where there is one. Raises RuleError."""
        from tradewind.data.rules import load_rules

        return load_rules(overrides=self.path / "rules.yaml")

    def previous_table(self, name: str, before: datetime) -> pl.DataFrame | None:
        """A table of the last kept run that planned from an earlier moment than `before`; None without one."""
        earlier = [row for row in self._earlier_runs() if row.as_of < before]
        if not earlier:
            return None
        last = max(enumerate(earlier), key=lambda found: (found[1].as_of, found[0]))[1]
        with storage_errors(self.path):
            return kept_runs.load(self.path / "runs", last).tables.get(name)

    def imports(self) -> list[ImportRow]:
        """What was imported, oldest first."""
        with storage_errors(self.path):
            self._sync_imports()
            return self._ledger.imports()

    def health(self, today: date | None = None) -> dict[str, pl.DataFrame]:
        """What is loaded and how fresh, what waits for correction, what can be computed: see `app.health`."""
        from tradewind.app.health import health

        tables = self._tables(self._versions(), None)
        return health(tables, self.corrections(), self.currency, today or datetime.now(UTC).date())

    def run(
        self,
        as_of: datetime | None = None,
        horizon_weeks: int = 13,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> Run:
        """Plan, and keep the plan."""
        from tradewind.app import cycle

        return cycle.run(self, as_of=as_of, horizon_weeks=horizon_weeks, seed=seed, progress=progress)

    def rerun(self, run_id: str | None = None, progress: Progress | None = None) -> Run:
        """A kept run once more, from the versions of the tables it read; not kept.

        `changed` of the result names the tables that did not come out the same to the last bit: none with the same
        installation and thread count. Raises UnknownRunError.
        """
        from tradewind.app import cycle

        kept = self.load_run(run_id)
        asked = {"as_of": kept.asked_as_of, "horizon_weeks": kept.horizon_weeks, "seed": kept.seed}
        again = cycle.run(_Replay(self, kept), **asked, progress=progress)
        changed = kept_runs.differences(kept.tables, again.tables)
        return replace(again, changed=tuple(changed))

    def save_run(self, tables: Mapping[str, pl.DataFrame], *, snapshot: Snapshot, seed: int, horizon_weeks: int) -> Run:
        """Keep what a run computed from `snapshot`: it is there as a whole, or not at all."""
        row = self._run_row(snapshot, seed, horizon_weeks)
        with self._writing():
            return kept_runs.save(self.path / "runs", self._ledger, row, tables)

    def runs(self) -> pl.DataFrame:
        """The plans kept, oldest first: id, created_at, as_of, seed, horizon_weeks, currency."""
        with storage_errors(self.path):
            rows = self._ledger.runs()
        moment = pl.Datetime("us", "UTC")
        said = {
            "id": pl.String(),
            "created_at": moment,
            "as_of": moment,
            "seed": pl.Int64(),
            "horizon_weeks": pl.Int64(),
        }
        schema = pl.Schema({**said, "currency": pl.String()})
        return pl.DataFrame([{name: getattr(row, name) for name in schema} for row in rows], schema=schema)

    def load_run(self, run_id: str | None = None) -> Run:
        """A kept plan by its id, or the latest. Raises UnknownRunError."""
        with storage_errors(self.path):
            return kept_runs.load(self.path / "runs", self._ledger.run(run_id))

    @cached_property
    def _ledger(self) -> Ledger:
        return Ledger(self.path / "ledger.db")

    def _earlier_runs(self) -> list[RunRow]:
        with storage_errors(self.path):
            return self._ledger.runs()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Alone with the workspace, what a writer that died left behind cleared away."""
        with storage_errors(self.path), _lock(self.path, self.busy_timeout_s):
            if (self.path / STAGING).exists() or self._lake.roll_back():
                shutil.rmtree(self.path / STAGING, ignore_errors=True)
                self._lake.sweep(run.versions for run in self._ledger.runs())
            self._sync_imports()
            yield

    def _import(self, source: Source, progress: Progress | None) -> list[ImportReport]:
        from tradewind.data.intake import parse

        began = time.perf_counter()
        import_id = f"{source.layout}:{source.content_hash}"
        earlier = self._ledger.imports()
        for row in earlier:
            if row.import_id == import_id:
                return _seen_before(source, row)
        newest = max((row.moment for row in earlier if row.moment), default=None)
        notes: dict[str, Counter[str]] = {}
        with staging_folder(self.path / STAGING) as staging:
            bringing = Import(self._lake, staging, import_id, merge=source.merge, newest_fact=newest)
            (staging / "reading").mkdir()
            batches = parse(
                source,
                buyer_salt=(self.path / "buyer.key").read_bytes(),
                staging=staging / "reading",
                progress=progress,
                imported_at=datetime.now(UTC),
                known_skus=self._lake.column("products", "sku"),
            )
            for batch in batches:
                bringing.add(batch.table, batch.rows, batch.corrections)
                notes.setdefault(batch.table, Counter()).update(dict(batch.notes.iter_rows()))
            bringing.commit({"file": source.name, "layout": source.layout}, progress)
        self._sync_imports()
        return _reports(source, bringing.counts, time.perf_counter() - began, notes)

    def _versions(self) -> dict[str, int]:
        with storage_errors(self.path):
            return self._lake.versions()

    def _sync_imports(self) -> None:
        self._ledger.sync_imports(self._lake.imports_after(self._ledger.last_import()))

    def _tables(self, versions: Mapping[str, int], as_of: datetime | None) -> Frames:
        def read(name: str) -> pl.DataFrame:
            with storage_errors(self.path):
                return self._lake.read(name, versions, as_of)

        return Frames(TABLES, read)

    def _run_row(self, snapshot: Snapshot, seed: int, horizon_weeks: int) -> RunRow:
        return RunRow(
            id=f"{snapshot.as_of:%Y%m%d}-{uuid4().hex[:8]}",
            created_at=datetime.now(UTC),
            as_of=snapshot.as_of,
            asked_as_of=snapshot.asked_as_of,
            seed=seed,
            horizon_weeks=horizon_weeks,
            currency=self.currency,
            product_version=__version__,
            versions=snapshot.versions,
        )


class _Replay(Workspace):
    """The workspace as a kept run saw it: its snapshot is that run's, and nothing it computes is kept."""

    def __init__(self, workspace: Workspace, kept: Run) -> None:
        super().__init__(workspace.path)
        self._kept = kept

    def save_run(self, tables: Mapping[str, pl.DataFrame], *, snapshot: Snapshot, seed: int, horizon_weeks: int) -> Run:
        return replace(self._kept, tables=dict(tables))

    def _versions(self) -> dict[str, int]:
        return self._kept.versions

    def _earlier_runs(self) -> list[RunRow]:
        rows = super()._earlier_runs()
        return rows[: [row.id for row in rows].index(self._kept.id)]


def _check_name(folder: Path) -> None:
    """Delta reads paths as addresses: these characters it cannot tell apart from an address's own."""
    awkward = re.search(r"[\[\]^|#?\\]|%[0-9A-Fa-f]{2}", folder.absolute().as_posix())
    if awkward:
        raise WorkspaceError("workspace_name", path=folder.absolute(), characters=awkward.group())


@contextmanager
def _lock(folder: Path, timeout_s: float) -> Iterator[None]:
    try:
        with FileLock(folder / "lock", timeout=timeout_s):
            yield
    except Timeout:
        raise WorkspaceBusyError("workspace_busy", path=folder, seconds=f"{timeout_s:g}") from None


def _master_data_first(source: Source) -> bool:
    """Sorts what is known about goods and places before what happened to them: rows are checked against it."""
    return any(part.feed not in TABLES or TABLES[part.feed].fact_time is not None for part in source.parts)


def _reports(
    source: Source, counts: Mapping[str, Counts], seconds: float, notes: Mapping[str, Mapping[str, int]]
) -> list[ImportReport]:
    return [
        ImportReport(
            source.name,
            source.layout,
            table,
            **vars(counts.get(table, Counts())),
            seconds=seconds,
            notes=dict(notes.get(table, {})),
            skipped=source.skipped,
        )
        for table in sorted({*counts, *notes})
    ]


def _seen_before(source: Source, row: ImportRow) -> list[ImportReport]:
    """Nothing of a file that was imported before is new; its rows to correct are on the list already."""
    before: dict[str, dict[str, int]] = json.loads(row.note["counts"])
    counts = {
        table: Counts(
            rows_same=sum(found.values()) - found["rows_to_correct"], rows_to_correct=found["rows_to_correct"]
        )
        for table, found in before.items()
    }
    return _reports(source, counts, 0.0, {})


def _secret_key(path: Path) -> None:
    if path.exists():
        return
    write_at_once(path, secrets.token_bytes(32), mode=0o600)
