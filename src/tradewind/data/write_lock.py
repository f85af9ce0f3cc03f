"""One writer at a time: a lock that is freed when the process that holds it ends or dies.

    with file_lock(Path("shop/lock"), wait_s=30) as check_held:
        ...; check_held(); ...

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

OnWait = Callable[[], None]


@contextmanager
def file_lock(path: Path, wait_s: float, on_wait: OnWait) -> Iterator[Callable[[], None]]:
    """Hold the file lock `path`; `on_wait` is called when another process has it. Raises WorkspaceBusyError."""
    held = FileLock(path)
    try:
        try:
            held.acquire(timeout=0)
        except Timeout:
            on_wait()
            held.acquire(timeout=wait_s)
    except Timeout:
        raise WorkspaceBusyError("workspace_busy", path=path.parent, seconds=f"{wait_s:g}") from None
    try:
        yield lambda: None
    finally:
        held.release()


@contextmanager
def server_lock(server: Postgres, wait_s: float, on_wait: OnWait) -> Iterator[Callable[[], None]]:
    """Hold the workspace's advisory lock on its server; yields a function that raises where the lock was lost.

    Raises WorkspaceBusyError naming who holds it, StorageError where the server cannot be reached.
    """
    key = {"key": server.lock_key("write")}
    with server.errors():
        connection = server.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        with server.errors():
            _keep_alive(connection)
            if not connection.scalar(sa.text("SELECT pg_try_advisory_lock(:key)"), key):
                on_wait()
                _acquire(connection, server, key, wait_s)
        yield lambda: _check_held(connection, server)
    finally:
        connection.invalidate()  # closing the connection is what frees the lock, also where it broke


def _acquire(connection: sa.Connection, server: Postgres, key: dict[str, int], wait_s: float) -> None:
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
    query = sa.text(
        "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' "
        "AND granted AND classid::bigint = :high AND objid::bigint = :low AND objsubid = 1 "
        "AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    return str(connection.scalar(query, {"high": key >> 32, "low": key & 0xFFFF_FFFF}) or "?")


def _keep_alive(connection: sa.Connection) -> None:
    """TCP keepalives, so that the server frees the lock of a machine that lost power within a minute."""
    for setting, seconds in (("tcp_keepalives_idle", 30), ("tcp_keepalives_interval", 10), ("tcp_keepalives_count", 3)):
        connection.execute(sa.text("SELECT set_config(:name, :value, false)"), {"name": setting, "value": str(seconds)})


def _check_held(connection: sa.Connection, server: Postgres) -> None:
    try:
        alive: Any = connection.scalar(sa.text("SELECT 1"))
    except sa.exc.DBAPIError as error:
        raise WorkspaceBusyError("workspace_lock_lost", url=server.place) from error
    assert alive == 1
