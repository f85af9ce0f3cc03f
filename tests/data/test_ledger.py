"""The ledger remembers imports and runs; what it forgets of imports, the lake's log tells again."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from tests.data.lines import day
from tradewind.core.errors import UnknownRunError
from tradewind.data.lake import Committed
from tradewind.data.ledger import Ledger, RunRow


@pytest.fixture
def ledger(tmp_path):
    ledger = Ledger(tmp_path / "账 本.db")
    ledger.create()
    return ledger


def run_row(run_id, versions=None, asked=None):
    return RunRow(run_id, day(9), day(8), asked, 7, 13, "CNY", "0.1.0", versions or {"order_lines": 3})


def committed(seq, import_id):
    note = {"import_id": import_id, "import_seq": str(seq), "moment": day(seq).isoformat(), "file": "a.csv"}
    return Committed(seq, 1_767_225_600_000, note)


def test_a_run_comes_back_as_it_was_kept(ledger):
    kept = run_row("r1", {"order_lines": 3, "fx": 0}, asked=day(8))
    ledger.add_run(kept)
    assert ledger.run("r1") == kept
    assert ledger.run() == kept


def test_the_latest_run_is_the_one_kept_last(ledger):
    for name in ("b", "a"):
        ledger.add_run(run_row(name))
    assert [run.id for run in ledger.runs()] == ["b", "a"]
    assert ledger.run().id == "a"


def test_an_unknown_run_is_said_with_the_latest(ledger):
    with pytest.raises(UnknownRunError, match="tradewind run"):
        ledger.run()
    ledger.add_run(run_row("r1"))
    with pytest.raises(UnknownRunError, match=r"no plan r9.*r1"):
        ledger.run("r9")


def test_before_the_first_import_there_is_none(ledger):
    assert (ledger.last_import(), ledger.imports()) == (0, [])


def test_imports_are_copied_once_however_often_they_are_told(ledger):
    ledger.sync_imports([committed(1, "one")])
    ledger.sync_imports([committed(1, "one"), committed(2, "two")])
    assert [(row.seq, row.import_id, row.moment) for row in ledger.imports()] == [
        (1, "one", day(1)),
        (2, "two", day(2)),
    ]
    assert ledger.imports()[0].committed_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert ledger.last_import() == 2


def test_the_file_is_in_wal_mode_with_foreign_keys_and_patience(ledger):
    with ledger._engine.connect() as connection:
        told = [connection.scalar(sa.text(f"PRAGMA {p}")) for p in ("journal_mode", "foreign_keys", "busy_timeout")]
    assert told == ["wal", 1, 30_000]


def test_a_run_whose_versions_cannot_be_kept_is_not_kept_at_all(ledger):
    with pytest.raises(sa.exc.IntegrityError):
        ledger.add_run(run_row("r1", {"order_lines": None}))
    assert ledger.runs() == []


def half_made(path, *statements: str) -> None:
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)


IMPORTS = (
    "CREATE TABLE imports (seq INTEGER NOT NULL, import_id VARCHAR NOT NULL, moment VARCHAR, note JSON NOT NULL, "
    "committed_at VARCHAR NOT NULL, PRIMARY KEY (seq))"
)
STAMP = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"


@pytest.mark.parametrize("statements", [(), (IMPORTS,), (STAMP,), (IMPORTS, STAMP)])
def test_a_ledger_whose_creation_was_killed_is_made_by_the_next_creation(tmp_path, statements):
    half_made(tmp_path / "ledger.db", *statements)
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.create()
    ledger.open()
    assert (ledger.imports(), ledger.runs()) == ([], [])


@pytest.mark.parametrize("statements", [(IMPORTS,), (IMPORTS, STAMP)])
def test_a_half_made_ledger_that_was_taken_for_a_whole_one_is_made_when_it_is_opened(tmp_path, statements):
    half_made(tmp_path / "ledger.db", *statements)
    Ledger(tmp_path / "ledger.db").open()
    assert Ledger(tmp_path / "ledger.db").last_import() == 0


def test_a_creation_killed_at_any_statement_leaves_a_ledger_that_the_next_one_completes(tmp_path, monkeypatch):
    from tradewind.data import migrating

    def killed(connection, revision):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(migrating, "stamp", killed)
        with pytest.raises(KeyboardInterrupt):
            Ledger(tmp_path / "ledger.db").create()
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    Ledger(tmp_path / "ledger.db").create()
    Ledger(tmp_path / "ledger.db").open()


def test_a_ledger_in_a_folder_that_may_not_be_written_to_is_read_and_nothing_is_put_beside_it(tmp_path, monkeypatch):
    Ledger(tmp_path / "ledger.db").create()
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr("os.access", lambda path, mode: False)
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.open()
    assert (ledger.imports(), sorted(tmp_path.iterdir())) == ([], before)
    with pytest.raises(sa.exc.OperationalError, match="readonly"):
        ledger.add_run(run_row("r1"))
