"""The ledger remembers imports and runs; what it forgets of imports, the lake's log tells again."""

from __future__ import annotations

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
