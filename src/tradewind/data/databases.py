"""The two databases a ledger can lie in: an SQLite file, or a schema of its own on a PostgreSQL server.

    Sqlite(Path("shop/ledger.db"))
    Postgres(server_url("postgresql://tradewind:…@db.example.com/team"), schema="tradewind_3f2a91")

Each workspace has its own schema, named after it, so that several share a server without ever meeting.
"""

from __future__ import annotations

import hashlib
import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol

import sqlalchemy as sa

from tradewind.core.errors import MissingExtraError, ParameterError, StorageError

_BUSY_MS: Final = 30_000
_CONNECT_S: Final = 10
# What a server says to a connection it refuses (there is no code before one is open); newer ones translate it.
_WORDS: Final = {
    "password authentication failed": "ledger_login",
    "no password supplied": "ledger_login",
    "no pg_hba.conf entry": "ledger_login",
    "role": "ledger_login",
    "database": "ledger_no_database",
    "connection option": "ledger_url",
}
_STATES: Final = {
    "28P01": "ledger_login",
    "28000": "ledger_login",
    "3D000": "ledger_no_database",
    "42501": "ledger_refused",
    "3F000": "ledger_none",
    "42P01": "ledger_none",
    "53100": "ledger_full",
}


class Database(Protocol):
    """Where a ledger's tables lie. Nothing stays open between calls: safe across processes."""

    @property
    def engine(self) -> sa.Engine: ...

    @property
    def place(self) -> str:
        """How the database is named to a user, without its password."""
        ...

    def errors(self) -> Any:
        """What it refuses, as StorageError."""
        ...

    def prepare(self) -> None:
        """Make the place the tables go to."""
        ...

    def changing(self, backup: str | None) -> Any:
        """A connection that changes the tables: alone, as a whole or not at all; `backup` names a copy made first."""
        ...


@dataclass(frozen=True)
class Sqlite:
    """One file (WAL: readers and the writer do not wait for each other)."""

    path: Path

    @cached_property
    def engine(self) -> sa.Engine:
        if self._read_only:
            return sa.create_engine("sqlite://", poolclass=sa.NullPool, creator=self._reader)
        engine = self._engine()
        sa.event.listen(engine, "connect", _prepare_sqlite)
        return engine

    @property
    def _read_only(self) -> bool:
        """Whether the file is there and nothing may be written beside it, which even a reader of it would do."""
        return self.path.exists() and not (os.access(self.path.parent, os.W_OK) and os.access(self.path, os.W_OK))

    @property
    def place(self) -> str:
        return str(self.path)

    def errors(self) -> Any:
        return nullcontext()  # the disk's, which whoever works in the folder names

    def prepare(self) -> None:
        with self.engine.connect():
            pass  # the file comes with its first connection, which says how it is written

    @contextmanager
    def changing(self, backup: str | None) -> Iterator[sa.Connection]:
        engine = self._engine(isolation_level=None)  # SQLite's driver would not begin before a CREATE or ALTER
        sa.event.listen(engine, "begin", _begin_alone)
        with engine.begin() as connection:
            if backup is not None:
                self._copy_to(self.path.with_name(f"{self.path.name}.{backup}"))
            yield connection

    def _engine(self, **driver: Any) -> sa.Engine:
        url = sa.URL.create("sqlite", database=str(self.path))
        return sa.create_engine(url, poolclass=sa.NullPool, connect_args={"timeout": _BUSY_MS / 1000, **driver})

    def _reader(self) -> sqlite3.Connection:
        """A connection that writes nothing; where no writer has the file open it is taken as it stands."""
        alone = not self.path.with_name(f"{self.path.name}-wal").exists()
        mode = "ro&immutable=1" if alone else "ro"
        return sqlite3.connect(f"{self.path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_BUSY_MS / 1000)

    def _copy_to(self, path: Path) -> None:
        half = path.with_name(f"{path.name}.half")
        half.unlink(missing_ok=True)
        source, copy = sqlite3.connect(self.path), sqlite3.connect(half)
        try:
            source.backup(copy)
        finally:
            source.close()
            copy.close()
        half.replace(path)


@dataclass(frozen=True)
class Postgres:
    """A schema on a server; `url` as `server_url` gives it."""

    url: sa.URL
    schema: str

    @cached_property
    def engine(self) -> sa.Engine:
        try:
            engine = sa.create_engine(self.url, poolclass=sa.NullPool, connect_args=self._connect_args())
        except ModuleNotFoundError as error:
            raise MissingExtraError("extra_missing", package="psycopg", extra="postgres") from error
        except (sa.exc.ArgumentError, ValueError) as error:
            raise ParameterError("ledger_url", url=self.place) from error
        sa.event.listen(engine, "connect", self._enter_schema)
        return engine

    @property
    def place(self) -> str:
        return shown(self.url)

    @contextmanager
    def errors(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.IntegrityError:
            raise
        except sa.exc.DBAPIError as error:
            detail = (str(error.orig).splitlines() or ["?"])[0].rstrip(". ")[:300]
            raise StorageError(_code_of(error), url=self.place, user=self.url.username, detail=detail) from error

    def prepare(self) -> None:
        with self.engine.begin() as connection:
            there = sa.text("SELECT 1 FROM pg_namespace WHERE nspname = :schema")
            if not connection.scalar(there, {"schema": self.schema}):  # IF NOT EXISTS asks for the right to make it
                connection.execute(sa.schema.CreateSchema(self.schema, if_not_exists=True))

    @contextmanager
    def changing(self, backup: str | None) -> Iterator[sa.Connection]:
        with self.engine.begin() as connection:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": self.lock_key("change")})
            yield connection

    def lock_key(self, purpose: str) -> int:
        """The number by which a lock of this workspace is known on the server."""
        digest = hashlib.sha256(f"{self.schema} {purpose}".encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)

    def _connect_args(self) -> dict[str, Any]:
        wanted = {"connect_timeout": _CONNECT_S, "application_name": f"tradewind {socket.gethostname()}:{os.getpid()}"}
        return {name: value for name, value in wanted.items() if name not in self.url.query}

    def _enter_schema(self, connection: Any, _record: Any) -> None:
        connection.execute(f'SET search_path TO "{self.schema}"')
        connection.commit()


def server_url(address: str) -> sa.URL:
    """A PostgreSQL address as SQLAlchemy takes it. Raises ParameterError where it is none, without its password."""
    try:
        url = sa.make_url(address)
    except (sa.exc.ArgumentError, ValueError):
        raise ParameterError("ledger_url", url=_hidden(address)) from None
    if url.drivername not in {"postgresql", "postgres", "postgresql+psycopg"} or not url.database:
        raise ParameterError("ledger_url", url=_hidden(address))
    return url.set(drivername="postgresql+psycopg")


def without_password(url: sa.URL) -> str:
    """The address as it may be written down."""
    bare = sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return bare.difference_update_query(["password"]).render_as_string()


def shown(url: sa.URL) -> str:
    """The address as it may be shown: without user, password and options."""
    return sa.URL.create("postgresql", None, None, url.host, url.port, url.database).render_as_string()


def _hidden(address: str) -> str:
    scheme, _, rest = address.rpartition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if scheme else address.rpartition("@")[2]


def _code_of(error: sa.exc.DBAPIError) -> str:
    if state := getattr(error.orig, "sqlstate", None):
        return _STATES.get(state, "ledger_failed")
    words = str(error.orig)
    refused = "FATAL" in words or "fe_sendauth" in words or "connection option" in words
    default = "ledger_failed" if refused else "ledger_unreachable"
    return next((code for word, code in _WORDS.items() if refused and word in words), default)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", f"busy_timeout = {_BUSY_MS}", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_alone(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
