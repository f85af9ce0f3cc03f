"""A workspace: one folder with a seller's facts (lake), the plans made from them (runs) and the ledger of both.

    ws = Workspace.create("shop", currency="CNY")
    ws.import_file("exports/")
    ws.snapshot()["order_lines"]

In the folder: `workspace.toml` (what it is, its currency), `lake/` (Delta tables), `runs/`, `ledger.db`, `buyer.key`
(the secret that buyers' hashes are keyed with; whoever has it can test a guess, so only workers get it),
`lock` and, while an import runs, `staging/`; what a killed import left there goes when the workspace is next opened.
One process writes at a time; readers never wait.

    ws = Workspace.create("shop", ledger="postgresql://tradewind@db/team", lake="s3://bucket/shop")

For a team the ledger is on a PostgreSQL server, the lake and the runs are in a shared folder or a bucket. Each worker
has a folder with the same `workspace.toml` and `buyer.key`. See `app.workspace.location` for passwords and keys.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import Self
from uuid import uuid4

import polars as pl

from tradewind import __version__
from tradewind.app.workspace import mappings
from tradewind.app.workspace.importing import Imported, Place, Progress, import_all
from tradewind.app.workspace.leftovers import STAGING, sweep
from tradewind.app.workspace.location import SHOP_FILE, WORKSPACE_FILE, Location, check_name
from tradewind.app.workspace.snapshot import Snapshot, predecessor
from tradewind.core.errors import NotEnoughDataError, ParameterError, WorkspaceError
from tradewind.core.tables import TABLES
from tradewind.core.weeks import start_of_day
from tradewind.data import runs as kept_runs
from tradewind.data.corrections import CORRECTION_COLUMNS, fact_time
from tradewind.data.frames import Frames
from tradewind.data.jobs import Jobs
from tradewind.data.lake import Lake
from tradewind.data.ledger import ImportRow, Ledger, RunRow
from tradewind.data.runs import Run
from tradewind.data.storage import storage_errors
from tradewind.data.stores import Folder


class Workspace:
    """Opens the workspace in folder `path`. Raises NotAWorkspaceError where there is none.

    `busy_timeout_s` is how long a writer waits for another one before WorkspaceBusyError.
    """

    def __init__(self, path: str | Path, *, busy_timeout_s: float = 30.0) -> None:
        self.path = Path(path)
        self.busy_timeout_s = busy_timeout_s
        self._location = Location.read(self.path)
        self.currency: str = self._location.currency
        check_name(self.path)
        sweep(self.path)
        self._lake = Lake(self._location.store.within("lake"))
        self._runs = self._location.store.within("runs")

    @classmethod
    def create(
        cls,
        path: str | Path,
        currency: str = "CNY",
        *,
        ledger: str | None = None,
        lake: str | None = None,
        busy_timeout_s: float = 30.0,
    ) -> Self:
        """Make an empty workspace, sums in `currency` (ISO 4217). Raises WorkspaceError where there is one already.

        `ledger` is the address of a PostgreSQL database, `lake` a shared folder or s3://bucket/prefix that holds no
        other workspace; without them both are kept in the workspace's folder.
        """
        from tradewind.data.intake.values.currencies import is_money

        folder = Path(path)
        if not is_money(currency):
            raise ParameterError("parameter_range", name="currency", value=currency, allowed="ISO 4217, like CNY")
        check_name(folder)
        if (folder / WORKSPACE_FILE).exists():
            raise WorkspaceError("workspace_exists", path=folder)
        with storage_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            location = Location.new(folder, currency, ledger, lake)
            _prepare(location, busy_timeout_s)
        return cls(folder, busy_timeout_s=busy_timeout_s)

    @property
    def places(self) -> tuple[str, str]:
        """The addresses of the ledger and the lake, without password."""
        return self._location.database.place, self._location.store.address()

    @property
    def shared(self) -> bool:
        """Whether the ledger or the lake is outside the workspace's folder."""
        return self._location.id is not None

    def import_file(
        self,
        path: str | Path,
        layout: str | None = None,
        progress: Progress | None = None,
        *,
        mapping: str | Path | None = None,
        shop: str | None = None,
        currency: str | None = None,
        sheet: str | None = None,
        hidden: bool = False,
        encoding: str | None = None,
        alone: bool = True,
    ) -> Imported:
        """Bring in a file, a folder or a zip; the layout is detected unless named.

        `mapping` describes a layout of the user's own (see `data.intake.mapping`); it is kept in the workspace and
        recognised from then on. `shop` and `currency` (ISO 4217) are those of files that name none. Of workbooks
        `sheet` is read alone, and `hidden` sheets only where they are asked for; `encoding` is that of texts that do
        not tell theirs. What is in the workspace already is skipped, so that a repeat costs and changes nothing; but
        one file by itself (`alone`, no folder) whose tables later imports have written to restores what it says. Each
        file is in as a whole or not at all. Raises InputError where nothing can be read, MappingError, ParameterError
        for a currency that is none, WorkspaceBusyError, StorageError.
        """
        from tradewind.data.intake.values.currencies import is_money

        if currency is not None and not is_money(currency):
            raise ParameterError("parameter_range", name="currency", value=currency, allowed="ISO 4217, like CNY")
        with self._writing(progress) as place:
            own, named = mappings.known(self.path), layout
            if mapping is not None:
                mine = mappings.read(Path(mapping))
                own, named = (mine, *(one for one in own if one.name != mine.name)), mine.name
            said = replace(
                place, own=own, shop=shop, currency=currency, sheet=sheet, hidden=hidden, encoding=encoding, alone=alone
            )
            done = import_all(Path(path), named, said, progress)
            if mapping is not None:
                mappings.keep(self.path, Path(mapping), own[0].name)
            written = {report.table for report in done if report.rows_new or report.rows_changed or report.rows_removed}
            place.lake.compact(written, (run.versions for run in self._ledger.runs()))
        return done

    def snapshot(self, as_of: datetime | None = None, versions: Mapping[str, int] | None = None) -> Snapshot:
        """What was known at `as_of` (UTC); without it, everything loaded.

        `versions` reads earlier versions of the tables. Tables are read when they are asked for, and hold the
        columns of their schema, sorted by key. Raises NotEnoughDataError where no fact says what "now" is.
        """
        seen = dict(versions) if versions is not None else self._versions()
        asked = as_of.astimezone(UTC) if as_of is not None else None
        moment = asked or self._midnight_after_newest_fact(seen)
        return Snapshot(
            as_of=moment,
            asked_as_of=asked,
            base=self.currency,
            versions=seen,
            tables=self._own_tables(seen, asked),
            own_rules=self._own_rules(),
            shop_profile=self._shop_profile(),
            read_corrections=lambda: self._corrections(seen, asked),
            read_previous_tiers=lambda: self._tiers(predecessor(self._kept_rows(), moment)),
        )

    def snapshot_of(self, run: Run) -> Snapshot:
        """What a kept run saw: its versions, rules and shop profile, and the tiers of the plan that preceded it then.

        A run from before rules or profile were kept with it sees today's.
        """
        profile = run.tables.get("shop_file")
        return Snapshot(
            as_of=run.as_of,
            asked_as_of=run.asked_as_of,
            base=run.currency,
            versions=run.versions,
            tables=self._own_tables(run.versions, run.asked_as_of),
            own_rules=self._own_rules() if run.own_rules is None else run.own_rules,
            shop_profile=self._shop_profile() if profile is None else str(profile["said"].item()),
            read_corrections=lambda: self._corrections(run.versions, run.asked_as_of),
            read_previous_tiers=lambda: self._tiers(predecessor(self._kept_before(run), run.as_of)),
        )

    def versions(self) -> dict[str, int]:
        """The version each table has now."""
        return self._versions()

    def tables(self, versions: Mapping[str, int] | None = None) -> Frames:
        """Everything loaded, table by table, as it was imported; at earlier `versions` where they are given."""
        return self._tables(self._versions() if versions is None else versions, None)

    def table(self, name: str) -> pl.DataFrame:
        """Everything loaded of one table, as known now. Raises KeyError for a name that is no table."""
        return self.tables()[name]

    def query(
        self, name: str, versions: Mapping[str, int], choose: Callable[[pl.LazyFrame], pl.LazyFrame]
    ) -> pl.DataFrame:
        """What `choose` takes of a table as it was imported, sorted by key; no more is read than that needs."""
        with self._errors():
            return choose(self._lake.scan(name, versions).sort(TABLES[name].key)).collect()

    def unmatched(self) -> pl.DataFrame:
        """What was sold under names that no product, listing or bundle explains, with guesses (`data.sku_mapping`)."""
        from tradewind.data.sku_mapping import unmatched

        return unmatched(self._tables(self._versions(), None))

    def corrections(self) -> pl.DataFrame:
        """Rows to correct: where they are, what is wrong, and the values of the row."""
        return self._corrections(self._versions(), None)

    def imports(self) -> list[ImportRow]:
        """What was imported, oldest first."""
        with self._errors():
            self._place().sync_imports()
            return self._ledger.imports()

    def save_run(
        self,
        tables: Mapping[str, pl.DataFrame],
        *,
        snapshot: Snapshot,
        seed: int,
        horizon_weeks: int,
        progress: Progress | None = None,
    ) -> Run:
        """Keep what a run computed from `snapshot`: it is there as a whole, or not at all."""
        row = self._run_row(snapshot, seed, horizon_weeks)
        with self._writing(progress):
            return kept_runs.save(self._runs, self._ledger, row, tables, snapshot.own_rules)

    def kept_runs(self) -> pl.DataFrame:
        """The plans kept, oldest first: id, created_at, as_of, seed, horizon_weeks, currency."""
        rows = self._kept_rows()
        moment = pl.Datetime("us", "UTC")
        columns = {
            "id": pl.String(),
            "created_at": moment,
            "as_of": moment,
            "seed": pl.Int64(),
            "horizon_weeks": pl.Int64(),
        }
        schema = pl.Schema({**columns, "currency": pl.String()})
        return pl.DataFrame([{name: getattr(row, name) for name in schema} for row in rows], schema=schema)

    def load_run(self, run_id: str | None = None) -> Run:
        """A kept plan by its id, or the latest. Raises UnknownRunError."""
        with self._errors():
            return kept_runs.load(self._runs, self._ledger.run(run_id))

    def plan_id(self, run_id: str | None = None) -> str:
        """The id of a kept plan, as the ledger has it: of that one, or the latest. Raises UnknownRunError."""
        with self._errors():
            return self._ledger.run(run_id).id

    def jobs(self) -> Jobs:
        """The long work that servers of this workspace have done and do."""
        return Jobs(self._ledger.database)

    def is_current(self, run: Run) -> bool:
        """Whether `run` saw the data, the rules and the shop profile as they are now, up to the newest fact."""
        profile = run.tables["shop_file"]["said"].item() if "shop_file" in run.tables else None
        seen = (run.asked_as_of, dict(run.versions), run.own_rules, profile)
        return seen == (None, self._versions(), self._own_rules(), self._shop_profile())

    @cached_property
    def _ledger(self) -> Ledger:
        ledger = Ledger(self._location.database)
        with self._errors():
            ledger.open()
        return ledger

    def _kept_rows(self) -> list[RunRow]:
        with self._errors():
            return self._ledger.runs()

    def _kept_before(self, run: Run) -> Iterator[RunRow]:
        return takewhile(lambda row: row.id != run.id, self._kept_rows())

    @contextmanager
    def _writing(self, progress: Progress | None) -> Iterator[Place]:
        """The write lock held, and what a writer that died left behind removed."""

        def on_wait() -> None:
            if progress:
                progress("another_writer", 0, 1)

        with self._errors(), self._location.write_lock(self.busy_timeout_s, on_wait) as check_lock:
            self._location.claim()
            place = replace(self._place(), lake=replace(self._lake, check_lock=check_lock))
            if place.lake.roll_back() or place.staging.exists():
                place.lake.vacuum(run.versions for run in self._ledger.runs())
                shutil.rmtree(place.staging, ignore_errors=True)
            place.sync_imports()
            yield place

    def _place(self) -> Place:
        return Place(self._lake, self._ledger, self.path / STAGING, self._location.key(), datetime.now(UTC))

    def _errors(self) -> AbstractContextManager[None]:
        """What the disk or the bucket refuses, in one line."""
        return storage_errors(self.path) if isinstance(self._location.store, Folder) else self._location.store.errors()

    def _versions(self) -> dict[str, int]:
        with self._errors():
            return self._lake.versions()

    def _midnight_after_newest_fact(self, versions: Mapping[str, int]) -> datetime:
        with self._errors():
            newest = self._lake.newest_fact(versions)
        if newest is None:
            raise NotEnoughDataError("facts_none", path=self.path)
        return start_of_day(newest.date() + timedelta(days=1))

    def _own_rules(self) -> str:
        from tradewind.data.rules import OWN_RULES, own_rules

        with self._errors():
            return own_rules(self.path / OWN_RULES)

    def _shop_profile(self) -> str:
        place = self.path / SHOP_FILE
        with self._errors():
            return place.read_bytes().decode("utf-8", "replace") if place.exists() else ""

    def _corrections(self, versions: Mapping[str, int], as_of: datetime | None) -> pl.DataFrame:
        with self._errors():
            rows = self._lake.open_corrections(versions)
        if as_of is not None:
            rows = rows.filter((fact_time() <= as_of).fill_null(True))
        return rows.select(*CORRECTION_COLUMNS)

    def _tiers(self, row: RunRow | None) -> pl.DataFrame | None:
        if row is None:
            return None
        with self._errors():
            return kept_runs.load(self._runs, row).tables.get("tiers")

    def _tables(self, versions: Mapping[str, int], as_of: datetime | None) -> Frames:
        def read(name: str) -> pl.DataFrame:
            with self._errors():
                return self._lake.read(name, versions, as_of)

        def count(name: str) -> int:
            with self._errors():
                return self._lake.rows(name, versions, as_of)

        return Frames(TABLES, read, count)

    def _own_tables(self, versions: Mapping[str, int], as_of: datetime | None) -> Frames:
        """The tables in own SKUs: listings mapped, bundles split, reserved stock set aside."""
        from tradewind.data.sku_mapping import MAPPED_TABLES, map_table

        loaded = self._tables(versions, as_of)
        return Frames(TABLES, lambda name: map_table(name, loaded) if name in MAPPED_TABLES else loaded[name])

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


def _prepare(location: Location, wait_s: float) -> None:
    """Create ledger and lake of a new workspace; each may exist from an interrupted creation."""
    if isinstance(location.store, Folder):
        (location.store.path / "runs").mkdir(parents=True, exist_ok=True)
    with location.store.errors(), location.write_lock(wait_s, lambda: None):
        location.claim()
        Ledger(location.database).create()
        Lake(location.store.within("lake")).create()
        location.write()
