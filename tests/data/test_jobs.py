"""Long work is one at a time, keeps what it ended with, and is marked when whoever did it falls silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.data.lines import day
from tradewind.core.errors import UnknownNameError, WorkspaceBusyError
from tradewind.data.jobs import Job, Jobs, utc
from tradewind.data.ledger import Ledger

NOW = day(9)


def after(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def jobs(tmp_path):
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.create()
    return Jobs(ledger.database)


def test_a_new_job_is_queued_with_what_was_asked(jobs):
    started = jobs.start("j1", "run", {"weeks": 8, "market": None}, "zh", NOW)
    assert started == jobs.get("j1") == Job(
        id="j1", use_case="run", request={"weeks": 8, "market": None}, lang="zh", status="queued", step=None, done=None,
        total=None, created_at=NOW, beat_at=NOW, ended_at=None, result=None, error=None,
    )  # fmt: skip


def test_a_job_tells_how_far_it_has_come_and_ends_with_its_result(jobs):
    jobs.start("j1", "run", {}, "en", NOW)
    jobs.tell("j1", after(3), status="running", step="observe", done=1.0, total=4.0)
    told = jobs.get("j1")
    assert (told.status, told.step, told.done, told.total) == ("running", "observe", 1.0, 4.0)
    assert (told.created_at, told.beat_at, told.ended_at) == (NOW, after(3), None)
    jobs.end("j1", "done", after(9), result={"run": "r1"})
    ended = jobs.get("j1")
    assert (ended.status, ended.result, ended.ended_at, ended.beat_at) == ("done", {"run": "r1"}, after(9), after(9))


def test_what_has_ended_stays_as_it_ended(jobs):
    jobs.start("j1", "run", {}, "en", NOW)
    jobs.end("j1", "failed", after(1), error={"code": "no_runs"})
    jobs.end("j1", "done", after(2), result={})
    jobs.tell("j1", after(3), step="late")
    assert jobs.get("j1").status == "failed"
    assert (jobs.get("j1").step, jobs.get("j1").beat_at) == (None, after(1))


def test_what_one_job_tells_is_not_said_of_another(jobs):
    jobs.start("j1", "run", {}, "en", NOW)
    jobs.end("j1", "done", after(1))
    jobs.start("j2", "replay", {}, "en", after(2))
    jobs.tell("j2", after(3), status="running")
    assert [(job.id, job.status) for job in jobs.all()] == [("j2", "running"), ("j1", "done")]


def test_a_second_job_is_refused_while_one_is_under_way_and_named(jobs):
    jobs.start("j1", "run", {}, "en", NOW)
    for status in ("queued", "running"):
        jobs.tell("j1", NOW, status=status)
        with pytest.raises(WorkspaceBusyError) as busy:
            jobs.start("j2", "replay", {}, "en", after(1))
        assert (busy.value.values["job"], busy.value.values["use_case"]) == ("j1", "run")
    assert [job.id for job in jobs.all()] == ["j1"]


@pytest.mark.parametrize(("silent_s", "status"), [(30, "running"), (31, "interrupted")])
def test_a_job_that_was_silent_for_longer_than_half_a_minute_was_killed(jobs, silent_s, status):
    jobs.start("j1", "run", {}, "en", NOW)
    jobs.tell("j1", NOW, status="running")
    jobs.mark_interrupted(after(silent_s))
    found = jobs.get("j1")
    assert (found.status, found.ended_at) == (status, after(31) if status == "interrupted" else None)


def test_a_killed_job_makes_room_for_the_next_and_one_that_ended_is_not_taken_for_killed(jobs):
    jobs.start("j1", "run", {}, "en", NOW)
    jobs.end("j1", "done", NOW)
    jobs.start("j2", "run", {}, "en", after(1))
    jobs.start("j3", "run", {}, "en", after(60))
    assert [(job.id, job.status) for job in jobs.all()] == [("j3", "queued"), ("j2", "interrupted"), ("j1", "done")]


def test_a_job_there_is_not_is_said_by_its_id(jobs):
    with pytest.raises(UnknownNameError) as unknown:
        jobs.get("j9")
    assert (unknown.value.code, unknown.value.values) == ("unknown_job", {"job": "j9"})


def test_moments_are_in_utc_wherever_they_were_written():
    china = datetime(2026, 3, 9, 20, tzinfo=timezone(timedelta(hours=8)))
    assert utc(china.isoformat()) == day(9)
    assert utc(china.isoformat()).tzinfo is UTC
    assert utc(None) is None
