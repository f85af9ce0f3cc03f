"""A ledger of an earlier version of the program, brought up to this one's in place.

An SQLite file is copied first, beside itself; on a server all of it is one transaction. Nobody else changes the
ledger meanwhile, and who comes second finds it done.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from tradewind.core.errors import NotAWorkspaceError
from tradewind.data.databases import Database

if TYPE_CHECKING:
    from alembic.config import Config

FIRST: Final = "0001"
MIGRATIONS: Final = Path(__file__).parent / "migrations"


def revision_of(connection: sa.Connection) -> str | None:
    """Which schema the ledger has; None where there is no ledger. One from before migrations has the first."""
    tables = sa.inspect(connection).get_table_names()
    stamped = _stamped(connection) if "alembic_version" in tables else None
    return stamped or (FIRST if {"imports", "alembic_version"} & set(tables) else None)


def is_stamped(connection: sa.Connection) -> bool:
    """Whether the ledger says which schema it has: the last thing its creation writes."""
    return "alembic_version" in sa.inspect(connection).get_table_names() and _stamped(connection) is not None


def stamp(connection: sa.Connection, revision: str) -> None:
    """Write down which schema the tables have, where nothing does yet."""
    connection.execute(
        sa.text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    )
    connection.execute(sa.text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})


def upgrade(database: Database, revision: str, steps: Path = MIGRATIONS) -> None:
    """Bring the ledger in `database` to `revision` by the `steps` (an Alembic folder).

    Raises NotAWorkspaceError where the ledger has a schema that `steps` do not know: a newer program made it.
    """
    from alembic import command
    from alembic.script import ScriptDirectory

    settings = _settings(steps)
    known = {step.revision for step in ScriptDirectory.from_config(settings).walk_revisions()}
    with database.changing(backup=f"before-{revision}") as connection:
        now = revision_of(connection)
        if now == revision and is_stamped(connection):
            return
        if now not in known:
            raise newer(database, now)
        if not is_stamped(connection):
            stamp(connection, FIRST)
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)


def newer(database: Database, revision: str | None) -> NotAWorkspaceError:
    """The error for a ledger that a newer program made."""
    return NotAWorkspaceError("ledger_newer", place=database.place, revision=revision)


def _settings(steps: Path) -> Config:
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(steps).replace("%", "%%"))
    return settings


def _stamped(connection: sa.Connection) -> str | None:
    found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found
