"""Long work that a server starts: one at a time per workspace, followed in the ledger, marked when it was cut short.

A job is `queued`, `running`, `done`, `failed` or `interrupted`. Whoever does it says so every few seconds (`beat`); one
that has been silent for `SILENT_S` was killed, and is marked interrupted by whoever looks next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

import sqlalchemy as sa

from tradewind.core.errors import UnknownNameError, WorkspaceBusyError
from tradewind.data.databases import Database
from tradewind.data.schema import JOBS

Status = Literal["queued", "running", "done", "failed", "interrupted"]
OPEN: Final = ("queued", "running")
SILENT_S: Final = 30
BEAT_S: Final = 3.0


@dataclass(frozen=True)
class Job:
    """One piece of long work: the use case and the request asked, how far it has come (`step`, `done` of `total`; None:
    not known), and the result or the error it ended with, as plain data."""

    id: str
    use_case: str
    request: dict[str, Any]
    lang: str
    status: Status
    step: str | None
    done: float | None
    total: float | None
    created_at: datetime
    beat_at: datetime
    ended_at: datetime | None
    result: dict[str, Any] | None
    error: dict[str, Any] | None


class Jobs:
    """The jobs of a workspace, in its ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, id: str, use_case: str, request: Mapping[str, Any], lang: str, now: datetime) -> Job:
        """A new job of that id, queued. Raises WorkspaceBusyError while another is under way."""
        self.mark_interrupted(now)
        row = {
            "id": id, "use_case": use_case, "request": dict(request), "lang": lang, "status": "queued",
            "created_at": now.isoformat(), "beat_at": now.isoformat(),
        }  # fmt: skip
        with self._changing() as connection:
            under_way = connection.execute(sa.select(JOBS.c.id, JOBS.c.use_case).where(_open())).first()
            if under_way is not None:
                raise WorkspaceBusyError("job_under_way", job=under_way.id, use_case=under_way.use_case)
            connection.execute(JOBS.insert(), row)
        return self.get(id)

    def get(self, id: str) -> Job:
        """The job of that id. Raises UnknownNameError."""
        with self._reading() as connection:
            row = connection.execute(JOBS.select().where(JOBS.c.id == id)).mappings().first()
        if row is None:
            raise UnknownNameError("unknown_job", job=id)
        return _job(row)

    def all(self) -> list[Job]:
        """Every job, newest first."""
        with self._reading() as connection:
            rows = connection.execute(JOBS.select().order_by(JOBS.c.no.desc())).mappings().all()
        return [_job(row) for row in rows]

    def tell(self, id: str, now: datetime, **columns: Any) -> None:
        """Write down how far an open job has come, and that whoever does it is alive."""
        with self._changing() as connection:
            connection.execute(JOBS.update().where(JOBS.c.id == id, _open()).values(beat_at=now.isoformat(), **columns))

    def end(self, id: str, status: Status, now: datetime, **columns: Any) -> None:
        """The job is over; what has ended already stays as it ended."""
        self.tell(id, now, status=status, ended_at=now.isoformat(), **columns)

    def mark_interrupted(self, now: datetime) -> None:
        """Jobs nobody has been heard of for a while were killed."""
        silent = JOBS.c.beat_at < (now - timedelta(seconds=SILENT_S)).isoformat()
        with self._changing() as connection:
            connection.execute(
                JOBS.update().where(_open(), silent).values(status="interrupted", ended_at=now.isoformat())
            )

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with self._database.errors(), self._database.engine.connect() as connection:
            yield connection

    @contextmanager
    def _changing(self) -> Iterator[sa.Connection]:
        with self._database.errors(), self._database.engine.begin() as connection:
            yield connection


def utc(moment: str | None) -> datetime | None:
    """A moment as the ledger has it."""
    return datetime.fromisoformat(moment).astimezone(UTC) if moment else None


def _open() -> sa.ColumnElement[bool]:
    return JOBS.c.status.in_(OPEN)


def _job(row: Any) -> Job:
    values = {name: value for name, value in dict(row).items() if name != "no"}
    return Job(**values | {name: utc(values[name]) for name in ("created_at", "beat_at", "ended_at")})
