"""One writer at a time: a lock that goes with the process that holds it, whether it ends or dies.

    with alone_in(Path("shop/lock"), wait_s=30) as still_alone:
        ...; still_alone(); ...

A workspace whose ledger is on a server is locked there (an advisory lock, held by a connection of its own), any
other by a file in its folder. Readers take no lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from filelock import FileLock, Timeout

from tradewind.core.errors import WorkspaceBusyError
from tradewind.data.databases import Postgres

Waiting = Callable[[], None]


@contextmanager
def alone_in(lock: Path, wait_s: float, waiting: Waiting) -> Iterator[Callable[[], None]]:
    """Hold the file `lock`; `waiting` is called when another process has it. Raises WorkspaceBusyError."""
    held = FileLock(lock)
    try:
        try:
            held.acquire(timeout=0)
        except Timeout:
            waiting()
            held.acquire(timeout=wait_s)
    except Timeout:
        raise WorkspaceBusyError("workspace_busy", path=lock.parent, seconds=f"{wait_s:g}") from None
    try:
        yield lambda: None
    finally:
        held.release()


@contextmanager
def alone_on(server: Postgres, wait_s: float, waiting: Waiting) -> Iterator[Callable[[], None]]:
    """Hold the workspace's lock on its server; yields a function that raises where the lock was lost.

    Raises WorkspaceBusyError naming who holds it, StorageError where the server cannot be reached.
    """
    key = {"key": server.lock_key("write")}
    with server.errors():
        connection = server.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        with server.errors():
            _notice_death_soon(connection)
            if not connection.scalar(sa.text("SELECT pg_try_advisory_lock(:key)"), key):
                waiting()
                _wait(connection, server, key, wait_s)
        yield lambda: _check(connection, server)
    finally:
        connection.invalidate()  # closing the connection is what frees the lock, also where it broke


def _wait(connection: sa.Connection, server: Postgres, key: dict[str, int], wait_s: float) -> None:
    connection.execute(sa.text("SELECT set_config('lock_timeout', :ms, false)"), {"ms": f"{max(1, wait_s * 1000):.0f}"})
    try:
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), key)
    except sa.exc.OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != "55P03":
            raise
        who = _holder(connection, server)
        raise WorkspaceBusyError("workspace_busy_by", holder=who, seconds=f"{wait_s:g}", url=server.place) from None


def _holder(connection: sa.Connection, server: Postgres) -> str:
    key = server.lock_key("write") & 0xFFFF_FFFF_FFFF_FFFF
    asked = sa.text(
        "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' "
        "AND granted AND classid::bigint = :high AND objid::bigint = :low AND objsubid = 1 "
        "AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    return str(connection.scalar(asked, {"high": key >> 32, "low": key & 0xFFFF_FFFF}) or "?")


def _notice_death_soon(connection: sa.Connection) -> None:
    """A machine that loses its power says no goodbye: the server asks after it each half minute."""
    for setting, seconds in (("tcp_keepalives_idle", 30), ("tcp_keepalives_interval", 10), ("tcp_keepalives_count", 3)):
        connection.execute(sa.text("SELECT set_config(:name, :value, false)"), {"name": setting, "value": str(seconds)})


def _check(connection: sa.Connection, server: Postgres) -> None:
    try:
        alive: Any = connection.scalar(sa.text("SELECT 1"))
    except sa.exc.DBAPIError as error:
        raise WorkspaceBusyError("workspace_lock_lost", url=server.place) from error
    assert alive == 1
