"""The child process of a job: `python -m tradewind.app.api.work FOLDER JOB`."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tradewind.app.api.jobs import UPLOADS
from tradewind.app.usecases.context import Context, utc_now
from tradewind.app.usecases.errors import explained
from tradewind.app.usecases.registry import use_case
from tradewind.app.usecases.request import read
from tradewind.app.wording import as_data
from tradewind.data.jobs import BEAT_S, Job, Jobs

TELL_S = 0.5
"""Progress is written no more often than this."""


def main(folder: str, job_id: str) -> int:
    """Do the job and write what came of it into the ledger; the exit code."""
    from tradewind.app.workspace import Workspace

    workspace = Workspace(folder)
    jobs = workspace.jobs()
    job = jobs.get(job_id)
    jobs.tell(job.id, utc_now(), status="running")
    with _Alive(jobs, job):
        try:
            result = _done(workspace.path, jobs, job)
        except BaseException as error:
            said = explained(error, job.lang)
            told = {"code": said.code, "what": said.what, "fix": said.fix, "field": said.field}
            jobs.end(job.id, "failed", utc_now(), error=told)
            return 1
        finally:
            _forget_uploads(workspace.path, job)
    jobs.end(job.id, "done", utc_now(), result=result)
    return 0


def _done(folder: Path, jobs: Jobs, job: Job) -> dict[str, Any]:
    asked = use_case(job.use_case)
    context = Context(folder, lang=job.lang, progress=_Progress(jobs, job))
    return as_data(asked.function(context, read(asked.request, job.request)), job.lang)


def _forget_uploads(folder: Path, job: Job) -> None:
    """Files that were sent with the job are in the workspace now, or were refused."""
    uploads = (folder / UPLOADS).resolve()
    for value in job.request.values():
        for said in value if isinstance(value, list) else [value]:
            path = Path(said).resolve() if isinstance(said, str) else None
            if path is not None and path.is_relative_to(uploads) and path != uploads:
                shutil.rmtree(uploads / path.relative_to(uploads).parts[0], ignore_errors=True)


class _Progress:
    """Writes the step and how far it has come into the ledger."""

    def __init__(self, jobs: Jobs, job: Job) -> None:
        self._jobs, self._job = jobs, job
        self._last: tuple[str, float] = ("", 0.0)

    def __call__(self, step: str, done: float = 0, total: float | None = None) -> None:
        now = time.monotonic()
        if step == self._last[0] and now - self._last[1] < TELL_S:
            return
        self._last = (step, now)
        self._jobs.tell(self._job.id, utc_now(), step=step, done=float(done), total=total)


class _Alive:
    """Says every few seconds that the job is being done."""

    def __init__(self, jobs: Jobs, job: Job) -> None:
        self._jobs, self._job, self._over = jobs, job, threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(BEAT_S):
            self._jobs.tell(self._job.id, utc_now())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
