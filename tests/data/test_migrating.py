"""A ledger of an earlier version becomes one of today's in place; one of a later version is refused."""

from __future__ import annotations

import shutil
import sqlite3

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from tests.data.test_ledger import run_row
from tradewind.core.errors import NotAWorkspaceError, StorageError
from tradewind.data.databases import Sqlite
from tradewind.data.ledger import Ledger
from tradewind.data.migrating import MIGRATIONS, revision_of, upgrade
from tradewind.data.schema import META, REVISION

# The ledger as it was before migrations, as its file has it. Never to be changed.
FIRST_SCHEMA = """
CREATE TABLE imports (
    seq INTEGER NOT NULL, import_id VARCHAR NOT NULL, moment VARCHAR, note JSON NOT NULL, committed_at VARCHAR NOT NULL,
    PRIMARY KEY (seq)
);
CREATE INDEX ix_imports_import_id ON imports (import_id);
CREATE TABLE runs (
    "no" INTEGER NOT NULL, id VARCHAR NOT NULL, created_at VARCHAR NOT NULL, as_of VARCHAR NOT NULL,
    asked_as_of VARCHAR, seed INTEGER NOT NULL, horizon_weeks INTEGER NOT NULL, currency VARCHAR NOT NULL,
    product_version VARCHAR NOT NULL, PRIMARY KEY ("no"), UNIQUE (id)
);
CREATE TABLE run_versions (
    run_id VARCHAR NOT NULL, "table" VARCHAR NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (run_id, "table"),
    FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
);
INSERT INTO imports VALUES
    (1, 'tradewind:1f', '2026-03-01T12:00:00+00:00', '{"file": "a.csv"}', '2026-03-02T00:00:00+00:00');
INSERT INTO runs VALUES
    (1, 'r1', '2026-03-09T12:00:00+00:00', '2026-03-08T12:00:00+00:00', NULL, 7, 13, 'CNY', '0.1.0');
INSERT INTO run_versions VALUES ('r1', 'order_lines', 3);
"""

NEXT_STEP = """
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

def upgrade():
    with op.batch_alter_table("runs") as runs:
        runs.add_column(sa.Column("made_by", sa.String))
    op.execute("UPDATE runs SET made_by = 'somebody'")
{then}
"""


@pytest.fixture
def first(tmp_path):
    """The file of a ledger from before migrations, with one import and one run."""
    path = tmp_path / "ledger.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(FIRST_SCHEMA)
    connection.close()
    return path


@pytest.fixture
def steps(tmp_path):
    """This program's steps and a place for one more."""
    shutil.copytree(MIGRATIONS, tmp_path / "steps", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "steps"


def columns(path, table):
    with sqlite3.connect(path) as connection:
        found = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    connection.close()
    return found


def test_a_ledger_from_before_migrations_is_upgraded_in_place_and_a_copy_is_kept(first):
    ledger = Ledger(first)
    ledger.open()
    assert ledger.run() == run_row("r1")
    assert [row.import_id for row in ledger.imports()] == ["tradewind:1f"]
    with ledger.database.engine.connect() as connection:
        assert revision_of(connection) == REVISION
    copy = first.with_name(f"ledger.db.before-{REVISION}")
    assert columns(copy, "alembic_version") == []
    assert "seed" in columns(copy, "runs")


def test_a_step_changes_the_tables_and_keeps_the_rows(first, steps):
    (steps / "versions" / "0003_next.py").write_text(NEXT_STEP.format(then=""), encoding="utf-8")
    upgrade(Sqlite(first), "0003", steps)
    with Sqlite(first).engine.connect() as connection:
        assert connection.execute(sa.text("SELECT id, seed, made_by FROM runs")).all() == [("r1", 7, "somebody")]
        assert revision_of(connection) == "0003"
    assert "made_by" not in columns(first.with_name("ledger.db.before-0003"), "runs")


def test_a_step_that_fails_changes_nothing(first, steps):
    step = NEXT_STEP.format(then="    raise RuntimeError('power cut')")
    (steps / "versions" / "0003_next.py").write_text(step, encoding="utf-8")
    with pytest.raises(RuntimeError, match="power cut"):
        upgrade(Sqlite(first), "0003", steps)
    assert "made_by" not in columns(first, "runs")
    Ledger(first).open()
    assert Ledger(first).run() == run_row("r1")


def test_a_ledger_of_a_newer_program_is_refused_in_one_line(first):
    Ledger(first).open()
    with sqlite3.connect(first) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(NotAWorkspaceError, match="newer version") as error:
        Ledger(first).open()
    assert len(str(error.value).splitlines()) == 1


def test_a_file_that_holds_no_ledger_is_said(tmp_path):
    with pytest.raises(StorageError, match="not there"):
        Ledger(tmp_path / "ledger.db").open()


def test_a_new_ledger_is_what_the_steps_lead_to(first, tmp_path):
    """The tables as the program makes them and as its steps make them of the first schema are the same."""
    Ledger(first).open()
    new = Ledger(tmp_path / "new.db")
    new.create()
    for ledger in (Ledger(first), new):
        with ledger.database.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), META) == []
            assert revision_of(connection) == REVISION
