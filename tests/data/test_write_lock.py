"""One writer at a time, by a file: the second one waits, is told so, and gives up by name."""

from __future__ import annotations

import threading
import time

import pytest
import sqlalchemy as sa

from tradewind.core.errors import StorageError, WorkspaceBusyError
from tradewind.data.databases import Postgres, server_url
from tradewind.data.write_lock import file_lock, server_lock


def told(calls: list[str]):
    return lambda: calls.append("waiting")


def test_who_is_alone_is_not_told_to_wait_and_leaves_the_lock_free(tmp_path):
    calls: list[str] = []
    for _ in range(2):
        with file_lock(tmp_path / "lock", 0.1, told(calls)) as check_held:
            check_held()
    assert calls == []


def test_a_second_writer_is_told_to_wait_and_then_that_the_workspace_is_busy(tmp_path):
    calls: list[str] = []
    with (
        file_lock(tmp_path / "lock", 0, told([])),
        pytest.raises(WorkspaceBusyError) as busy,
        file_lock(tmp_path / "lock", 0.05, told(calls)),
    ):
        calls.append("never")
    assert calls == ["waiting"]
    assert str(tmp_path) in str(busy.value)
    assert "0.05" in str(busy.value)


def test_a_second_writer_goes_on_as_soon_as_the_first_is_done(tmp_path):
    free, order = threading.Event(), []

    def first() -> None:
        with file_lock(tmp_path / "lock", 0, told([])):
            free.set()
            time.sleep(0.1)
            order.append("first")

    other = threading.Thread(target=first)
    other.start()
    free.wait()
    with file_lock(tmp_path / "lock", 30, told(order)):
        order.append("second")
    other.join()
    assert order == ["waiting", "first", "second"]


def test_a_writer_that_fails_frees_the_lock(tmp_path):
    with pytest.raises(ValueError, match="stop"), file_lock(tmp_path / "lock", 0, told([])):
        raise ValueError("stop")
    with file_lock(tmp_path / "lock", 0, told([])):
        pass


class Refused(Exception):
    """What a server says, with its code."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


class Connection:
    """A connection to a server that gives the lock at once or not, for which somebody waits in vain or not."""

    def __init__(self, *, free: bool = True, refuses: str = "", holder: str | None = "tradewind hz:7") -> None:
        self.answers = {"pg_try_advisory_lock": free, "application_name": holder, "SELECT 1": 1}
        self.refuses = refuses
        self.asked: list[tuple[str, dict]] = []
        self.options: dict[str, str] = {}
        self.broken = self.closed = False

    def connect(self) -> Connection:
        return self

    def execution_options(self, **options: str) -> Connection:
        self.options = options
        return self

    def scalar(self, statement: sa.TextClause, values: dict | None = None) -> object:
        if self.broken:
            raise sa.exc.OperationalError("SELECT 1", {}, Refused("57P01"))
        self.asked.append((str(statement), values or {}))
        return next((answer for word, answer in self.answers.items() if word in str(statement)), None)

    def execute(self, statement: sa.TextClause, values: dict) -> None:
        self.asked.append((str(statement), values))
        if "pg_advisory_lock" in str(statement) and self.refuses:
            raise sa.exc.OperationalError(str(statement), {}, Refused(self.refuses))

    def invalidate(self) -> None:
        self.closed = True

    def settings(self) -> dict[str, str]:
        told = [values for _, values in self.asked if "value" in values or "ms" in values]
        return {v.get("name", "lock_timeout"): v.get("value") or v["ms"] for v in told}


SERVER = Postgres(server_url("postgresql://ann@db.example.com/team"), "shop")


@pytest.fixture
def connected(monkeypatch):
    def connect(**how) -> Connection:
        connection = Connection(**how)
        monkeypatch.setattr(Postgres, "engine", connection)
        return connection

    return connect


def test_who_is_alone_on_a_server_holds_its_lock_until_the_work_ends(connected):
    connection, calls = connected(), []
    with server_lock(SERVER, 30, told(calls)) as check_held:
        check_held()
        assert not connection.closed
    assert (calls, connection.closed, connection.options) == ([], True, {"isolation_level": "AUTOCOMMIT"})
    assert ("SELECT pg_try_advisory_lock(:key)", {"key": SERVER.lock_key("write")}) in connection.asked
    assert connection.settings() == {
        "tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"
    }  # fmt: skip


@pytest.mark.parametrize(("wait_s", "ms"), [(30, "30000"), (0.25, "250"), (0, "1")])
def test_a_second_writer_on_a_server_waits_as_long_as_it_was_told_and_goes_on(connected, wait_s, ms):
    connection, calls = connected(free=False), []
    with server_lock(SERVER, wait_s, told(calls)):
        calls.append("working")
    assert calls == ["waiting", "working"]
    assert connection.settings()["lock_timeout"] == ms  # nought would be for ever
    assert ("SELECT pg_advisory_lock(:key)", {"key": SERVER.lock_key("write")}) in connection.asked


@pytest.mark.parametrize(("holder", "named"), [("tradewind hz:7", "tradewind hz:7"), (None, "?")])
def test_who_waits_on_a_server_in_vain_is_told_who_works_there(connected, holder, named):
    connection = connected(free=False, refuses="55P03", holder=holder)
    with pytest.raises(WorkspaceBusyError) as busy, server_lock(SERVER, 2.5, told([])):
        pass
    assert busy.value.code == "workspace_busy_by"
    assert busy.value.values == {"holder": named, "seconds": "2.5", "url": "postgresql://db.example.com/team"}
    assert connection.closed
    halves = connection.asked[-1][1]  # the server shows a lock's number as two unsigned halves
    assert halves["high"] * 2**32 + halves["low"] == SERVER.lock_key("write") % 2**64
    assert max(halves.values()) < 2**32


def test_a_server_that_goes_away_meanwhile_is_no_busy_workspace(connected):
    connection = connected(free=False, refuses="57P01")
    with pytest.raises(StorageError) as refused, server_lock(SERVER, 1, told([])):
        pass
    assert (refused.value.code, connection.closed) == ("ledger_failed", True)


def test_a_lock_that_was_lost_with_its_connection_is_said_before_anything_is_written(connected):
    connection = connected()
    with server_lock(SERVER, 1, told([])) as check_held:
        connection.broken = True
        with pytest.raises(WorkspaceBusyError) as lost:
            check_held()
    assert (lost.value.code, connection.closed) == ("workspace_lock_lost", True)
