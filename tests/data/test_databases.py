"""The ledger's two databases: what they are called, what they refuse in a user's words, how they are changed."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from tradewind.core.errors import MissingExtraError, ParameterError, StorageError
from tradewind.data.databases import Postgres, Sqlite, server_url, shown, without_password

ADDRESS = "postgresql://ann:hunter2@db.example.com:5433/team?sslmode=require&password=hunter2"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_an_address_of_postgresql_is_taken_whatever_its_scheme_is_called(scheme):
    url = server_url(f"{scheme}://ann@db/team")
    assert (url.drivername, url.username, url.host, url.database) == ("postgresql+psycopg", "ann", "db", "team")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("mysql://ann:hunter2@db/team", "mysql://db/team"),
        ("postgresql://ann:hunter2@db", "postgresql://db"),
        ("postgresql://ann:hunter2@db:port/team", "postgresql://db:port/team"),
        ("ann:hunter2@db", "db"),
    ],
)
def test_any_other_address_is_refused_without_its_password(address, told):
    with pytest.raises(ParameterError) as refused:
        server_url(address)
    assert told in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_an_address_is_kept_without_its_password_and_shown_without_its_user():
    url = server_url(ADDRESS)
    assert without_password(url) == "postgresql://ann@db.example.com:5433/team?sslmode=require"
    assert shown(url) == "postgresql://db.example.com:5433/team"
    assert Postgres(url, "shop").place == "postgresql://db.example.com:5433/team"


@pytest.mark.parametrize(
    ("state", "words", "code"),
    [
        ("28P01", "", "ledger_login"),
        ("3D000", "", "ledger_no_database"),
        ("42501", "", "ledger_refused"),
        ("53100", "", "ledger_full"),
        ("99999", "", "ledger_failed"),
        (None, 'FATAL:  password authentication failed for user "ann"', "ledger_login"),
        (None, 'FATAL:  database "team" does not exist', "ledger_no_database"),
        (None, "fe_sendauth: no password supplied", "ledger_login"),
        (None, 'invalid connection option "colour"', "ledger_url"),
        (None, "FATAL:  something else", "ledger_failed"),
        (None, "could not translate host name of the database", "ledger_unreachable"),
    ],
)
def test_what_a_server_refuses_is_named_by_its_code_or_else_its_words(state, words, code):
    class Refused(Exception):
        sqlstate = state

    with pytest.raises(StorageError) as error, Postgres(server_url(ADDRESS), "shop").errors():
        raise sa.exc.OperationalError("SELECT 1", {}, Refused(f"{words}.\nsecond line"))
    assert error.value.code == code
    assert "second line" not in str(error.value)


def test_a_row_that_is_there_already_is_no_fault_of_the_server():
    with pytest.raises(sa.exc.IntegrityError), Postgres(server_url(ADDRESS), "shop").errors():
        raise sa.exc.IntegrityError("INSERT", {}, Exception("duplicate key"))


def test_each_workspace_and_purpose_has_a_lock_of_its_own_that_fits_the_server():
    url = server_url(ADDRESS)
    keys = {Postgres(url, schema).lock_key(purpose) for schema in ("a", "b") for purpose in ("write", "change")}
    assert len(keys) == 4
    assert all(-(2**63) <= key < 2**63 for key in keys)
    assert Postgres(url, "a").lock_key("write") == Postgres(server_url("postgres://x/y"), "a").lock_key("write")


def test_options_in_the_address_win_over_the_usual_ones():
    usual = Postgres(server_url("postgresql://db/team"), "s")._connect_args()
    own = Postgres(server_url("postgresql://db/team?connect_timeout=3"), "s")._connect_args()
    assert usual["connect_timeout"] == 10
    assert usual["application_name"].startswith("tradewind ")
    assert "connect_timeout" not in own


class Connection:
    """A connection to a server that has the schemas `there`: what is asked of it and done."""

    def __init__(self, *there: str) -> None:
        self.there = there
        self.done: list[str] = []

    @contextmanager
    def begin(self):
        self.done.append("begin")
        yield self
        self.done.append("commit")

    def scalar(self, statement, values):
        return 1 if values["schema"] in self.there else None

    def execute(self, statement, values=None):
        self.done.append(f"{statement} {values or ''}".strip())


@pytest.mark.parametrize(
    ("there", "done"),
    [
        ((), ["CREATE SCHEMA IF NOT EXISTS shop"]),
        (("other",), ["CREATE SCHEMA IF NOT EXISTS shop"]),
        (("shop",), []),
    ],
)
def test_a_schema_is_made_where_there_is_none(monkeypatch, there, done):
    connection = Connection(*there)
    monkeypatch.setattr(Postgres, "engine", connection)
    Postgres(server_url(ADDRESS), "shop").prepare()
    assert connection.done == ["begin", *done, "commit"]


def test_a_change_on_a_server_is_one_transaction_under_a_lock_of_its_own(monkeypatch):
    connection, server = Connection(), Postgres(server_url(ADDRESS), "shop")
    monkeypatch.setattr(Postgres, "engine", connection)
    with server.changing("before") as changing:
        changing.execute("ALTER TABLE t")
    lock = "SELECT pg_advisory_xact_lock(:key)"
    assert connection.done == ["begin", f"{lock} {{'key': {server.lock_key('change')}}}", "ALTER TABLE t", "commit"]


def test_each_connection_to_a_server_enters_the_workspaces_schema():
    class Opened(list):
        def execute(self, statement):
            self.append(statement)

        def commit(self):
            self.append("commit")

    opened, engine = Opened(), Postgres(server_url(ADDRESS), "shop").engine
    *_drivers, ours = engine.pool.dispatch.connect
    ours(opened, None)
    assert opened == ['SET search_path TO "shop"', "commit"]
    assert isinstance(engine.pool, sa.NullPool)  # nothing stays open between calls


def test_a_server_without_its_driver_installed_says_what_to_install(monkeypatch):
    def not_there(*_, **__):
        raise ModuleNotFoundError("psycopg")

    monkeypatch.setattr(sa, "create_engine", not_there)
    with pytest.raises(MissingExtraError, match=r"tradewind\[postgres\]"):
        _ = Postgres(server_url(ADDRESS), "shop").engine


def test_options_a_driver_does_not_take_are_a_wrong_address(monkeypatch):
    def refused(*_, **__):
        raise sa.exc.ArgumentError("colour")

    monkeypatch.setattr(sa, "create_engine", refused)
    with pytest.raises(ParameterError) as wrong:
        _ = Postgres(server_url(ADDRESS), "shop").engine
    assert (wrong.value.code, wrong.value.values["url"]) == ("ledger_url", "postgresql://db.example.com:5433/team")


@pytest.mark.parametrize(("words", "told"), [("x" * 301, "x" * 300), ("refused. . ", "refused"), ("", "?")])
def test_what_a_server_says_is_told_in_one_short_line(words, told):
    with pytest.raises(StorageError) as error, Postgres(server_url(ADDRESS), "shop").errors():
        raise sa.exc.OperationalError("SELECT 1", {}, Exception(words))
    assert (error.value.values["detail"], error.value.values["user"]) == (told, "ann")


def test_readers_and_the_writer_of_a_file_do_not_wait_and_keys_are_kept(tmp_path):
    engine = Sqlite(tmp_path / "ledger.db").engine
    with engine.connect() as connection:
        told = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys",
                "busy_timeout", "synchronous")}  # fmt: skip
    assert told == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30_000, "synchronous": 2}


def test_a_change_is_made_alone_and_leaves_a_copy_of_what_was(tmp_path):
    database = Sqlite(tmp_path / "ledger.db")
    (tmp_path / "ledger.db.before.half").write_bytes(b"left by a writer that died")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (n INTEGER)")
    with database.changing("before") as connection:
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
        other = sqlite3.connect(tmp_path / "ledger.db", timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("INSERT INTO t VALUES (2)")
        other.close()
    rows = {}
    for name in ("ledger.db", "ledger.db.before"):
        with sqlite3.connect(tmp_path / name) as found:
            rows[name] = found.execute("SELECT count(*) FROM t").fetchone()[0]
    assert rows == {"ledger.db": 1, "ledger.db.before": 0}
    assert not list(tmp_path.glob("*.half"))


def test_a_change_that_fails_is_not_made_at_all(tmp_path):
    database = Sqlite(tmp_path / "ledger.db")

    def half_a_change() -> None:
        with database.changing("before") as connection:
            connection.exec_driver_sql("CREATE TABLE t (n INTEGER)")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        half_a_change()
    with database.engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == []


def test_a_file_is_named_by_its_path(tmp_path):
    database = Sqlite(tmp_path / "ledger.db")
    assert database.place == str(tmp_path / "ledger.db")
