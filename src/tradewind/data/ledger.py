"""The ledger: small state, row by row, in SQLite or on PostgreSQL. Which imports there were, which runs are kept.

Facts live in the lake. The list of imports is a copy of what the lake's log says, made so that it need not be read
each time; `sync_imports` brings it up to date. A run exists once its row is here, not before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from tradewind.core.errors import StorageError, UnknownRunError
from tradewind.data import migrating
from tradewind.data.databases import Database, Sqlite
from tradewind.data.lake import Committed
from tradewind.data.schema import IMPORTS, META, REVISION, RUN_VERSIONS, RUNS

_INSERTS: Final[dict[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True)
class ImportRow:
    """An import that is whole: its number, the hash of what was imported, its data moment, and its note."""

    seq: int
    import_id: str
    moment: datetime | None
    note: dict[str, str]
    committed_at: datetime


@dataclass(frozen=True)
class RunRow:
    """A kept run: what was asked, and the version of each table it read."""

    id: str
    created_at: datetime
    as_of: datetime
    asked_as_of: datetime | None
    seed: int
    horizon_weeks: int
    currency: str
    product_version: str
    versions: dict[str, int] = field(default_factory=dict)


class Ledger:
    """The ledger in one SQLite file, or in a schema of a PostgreSQL server."""

    def __init__(self, place: Path | Database) -> None:
        self.database: Database = Sqlite(place) if isinstance(place, Path) else place

    def create(self) -> None:
        """Make the tables, all or none, where there are none yet; what an interrupted creation left is made anew."""
        with self.database.errors():
            self.database.prepare()
            with self.database.changing(None) as connection:
                if not migrating.is_stamped(connection) and not _has_rows(connection):
                    META.drop_all(connection)
                    META.create_all(connection)
                    migrating.stamp(connection, REVISION)

    def open(self) -> None:
        """Check that the ledger is there and of this program's schema; one of an earlier schema is upgraded in place.

        Raises StorageError where there is none, NotAWorkspaceError where a newer program made it.
        """
        with self.database.errors():
            revision, stamped = self._revision()
            if revision is not None and not stamped:
                self.create()
                revision, stamped = self._revision()
            if revision is None:
                raise StorageError(
                    "ledger_none" if self._engine.dialect.name == "postgresql" else "data_gone",
                    path=self.database.place,
                    url=self.database.place,
                )
            if revision != REVISION or not stamped:
                migrating.upgrade(self.database, REVISION)

    def _revision(self) -> tuple[str | None, bool]:
        with self._engine.connect() as connection:
            return migrating.revision_of(connection), migrating.is_stamped(connection)

    @property
    def _engine(self) -> sa.Engine:
        return self.database.engine

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with self.database.errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _changing(self) -> Iterator[sa.Connection]:
        with self.database.errors(), self._engine.begin() as connection:
            yield connection

    def sync_imports(self, newer: Iterable[Committed]) -> None:
        """Copy imports from the lake's log; those already here are left alone."""
        rows = [
            {
                "seq": commit.seq,
                "import_id": commit.note["import_id"],
                "moment": commit.note.get("moment") or None,
                "note": commit.note,
                "committed_at": datetime.fromtimestamp(commit.at_ms / 1000, UTC).isoformat(),
            }
            for commit in newer
        ]
        if rows:
            with self._changing() as connection:
                insert = _INSERTS[connection.dialect.name](IMPORTS).on_conflict_do_nothing()
                connection.execute(insert, rows)

    def last_import(self) -> int:
        """The number of the newest import copied, 0 if none."""
        with self._reading() as connection:
            return connection.scalar(sa.select(sa.func.max(IMPORTS.c.seq))) or 0

    def imports(self) -> list[ImportRow]:
        """All imports, oldest first."""
        with self._reading() as connection:
            rows = connection.execute(IMPORTS.select().order_by(IMPORTS.c.seq)).mappings().all()
        return [ImportRow(**_with_times(row, "moment", "committed_at")) for row in rows]

    def add_run(self, run: RunRow) -> None:
        """Make a run visible, in one transaction."""
        values = {**run.__dict__, "created_at": run.created_at.isoformat(), "as_of": run.as_of.isoformat()}
        values["asked_as_of"] = run.asked_as_of.isoformat() if run.asked_as_of else None
        versions = values.pop("versions")
        with self._changing() as connection:
            connection.execute(RUNS.insert(), values)
            pins = [{"run_id": run.id, "table": table, "version": version} for table, version in versions.items()]
            connection.execute(RUN_VERSIONS.insert(), pins)

    def runs(self) -> list[RunRow]:
        """All kept runs, oldest first."""
        with self._reading() as connection:
            rows = connection.execute(RUNS.select().order_by(RUNS.c.no)).mappings().all()
            pins = connection.execute(RUN_VERSIONS.select()).all()
        versions: dict[str, dict[str, int]] = {}
        for run_id, table, version in pins:
            versions.setdefault(run_id, {})[table] = version
        return [_run_row(row, versions.get(row["id"], {})) for row in rows]

    def run(self, run_id: str | None = None) -> RunRow:
        """One run by its id, or the latest. Raises UnknownRunError."""
        runs = self.runs()
        if not runs:
            raise UnknownRunError("no_runs")
        if run_id is None:
            return runs[-1]
        for run in runs:
            if run.id == run_id:
                return run
        raise UnknownRunError("run_unknown", run=run_id, latest=runs[-1].id)


def _has_rows(connection: sa.Connection) -> bool:
    """Whether the ledger has been in use; one that was half made has not."""
    there = sa.inspect(connection).get_table_names()
    tables = [table for table in META.sorted_tables if table.name in there]
    return any(connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() for table in tables)


def _with_times(row: Any, *columns: str) -> dict[str, Any]:
    values = dict(row)
    return values | {c: datetime.fromisoformat(values[c]) if values[c] else None for c in columns}


def _run_row(row: Any, versions: dict[str, int]) -> RunRow:
    values = _with_times(row, "created_at", "as_of", "asked_as_of")
    values.pop("no")
    return RunRow(**values, versions=versions)
