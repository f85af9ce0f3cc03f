"""Long work over HTTP: asked by POST, done by a child process, followed as server-sent events.

The child goes on when the server dies and writes what comes of it into the ledger; a child that was killed leaves its
job marked interrupted. One job at a time per workspace.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from tradewind.app.api.problems import language, problem
from tradewind.app.api.routes import PREFIX, SERVED, body_of, path_of
from tradewind.app.usecases.context import utc_now
from tradewind.app.usecases.registry import UseCase
from tradewind.app.usecases.request import read
from tradewind.app.wording.data import as_data
from tradewind.data.jobs import OPEN, Job, Jobs

if TYPE_CHECKING:
    from fastapi import FastAPI, Request
    from starlette.responses import Response

    from tradewind.app.api.server import Service

POLL_S: Final = 0.3
UPLOADS: Final = "uploads"


def add_jobs(app: FastAPI, service: Service) -> None:
    """POST for each use case that takes long; GET for the list, one job, and its progress."""
    for use_case in SERVED:
        if use_case.effect == "job":
            app.add_api_route(path_of(use_case), _starting(use_case, service), methods=["POST"], name=use_case.name)
    app.add_api_route(f"{PREFIX}/jobs", _listing(service), methods=["GET"], name="jobs")
    app.add_api_route(f"{PREFIX}/jobs/{{job}}", _job_status(service), methods=["GET"], name="job")
    app.add_api_route(f"{PREFIX}/jobs/{{job}}/events", _following(service), methods=["GET"], name="job events")


def _starting(use_case: UseCase, service: Service) -> Callable[..., Any]:
    from fastapi import Request
    from starlette.responses import JSONResponse

    async def start(request: Request) -> Response:
        lang = language(request)
        folder = service.folder / UPLOADS / utc_now().strftime("%Y%m%dT%H%M%S%f")
        try:
            given = await body_of(request, use_case, folder)
            read(use_case.request, given, example=path_of(use_case))  # what cannot be read is refused now, not later
            jobs = service.context(lang).workspace.jobs()
            request_data = {n: _written(v) for n, v in given.items()}
            job = jobs.start(uuid4().hex[:12], use_case.name, request_data, lang, utc_now())
        except Exception as error:
            shutil.rmtree(folder, ignore_errors=True)
            return problem(error, lang)
        begin(service.folder, job)
        place = f"{PREFIX}/jobs/{job.id}"
        return JSONResponse(job_data(job), status_code=202, headers={"Location": place})

    start.__annotations__["request"] = Request
    return start


def begin(folder: Path, job: Job) -> None:
    """Start the child process that does `job`; it does not end with this one."""
    command = [sys.executable, "-m", "tradewind.app.api.work", str(folder.absolute()), job.id]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.Popen(command, start_new_session=True, **quiet)  # type: ignore[call-overload]  # noqa: S603


def _written(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_written(one) for one in value]
    return str(value.absolute()) if isinstance(value, Path) else value


def job_data(job: Job) -> dict[str, Any]:
    """A job as plain data; the paths of files that were sent are this machine's affair."""
    data = as_data(job, job.lang)
    return {name: data[name] for name in data if name not in {"request", "beat_at"}}


def _listing(service: Service) -> Callable[..., Any]:
    from fastapi import Request
    from starlette.responses import JSONResponse

    def listing(request: Request) -> Response:
        try:
            jobs = _jobs(service)
            return JSONResponse({"data": [job_data(job) for job in jobs.all()]})
        except Exception as error:
            return problem(error, language(request))

    listing.__annotations__["request"] = Request
    return listing


def _job_status(service: Service) -> Callable[..., Any]:
    from fastapi import Request
    from starlette.responses import JSONResponse

    def look(request: Request, job: str) -> Response:
        try:
            return JSONResponse(job_data(_jobs(service).get(job)))
        except Exception as error:
            return problem(error, language(request))

    look.__annotations__["request"] = Request
    return look


def _following(service: Service) -> Callable[..., Any]:
    from fastapi import Request
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import StreamingResponse

    async def follow(request: Request, job: str) -> Response:
        try:
            jobs = await run_in_threadpool(_jobs, service)
            await run_in_threadpool(jobs.get, job)
        except Exception as error:
            return problem(error, language(request))
        return StreamingResponse(
            events(jobs, job), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    follow.__annotations__["request"] = Request
    return follow


async def events(jobs: Jobs, id: str) -> AsyncIterator[str]:
    """An event for each change of a job, until it has ended."""
    last = ""
    while True:
        await asyncio.to_thread(jobs.mark_interrupted, utc_now())
        job = await asyncio.to_thread(jobs.get, id)
        said = json.dumps(job_data(job), ensure_ascii=False)
        if said != last:
            yield f"event: {'progress' if job.status in OPEN else job.status}\ndata: {said}\n\n"
            last = said
        if job.status not in OPEN:
            return
        await asyncio.sleep(POLL_S)


def _jobs(service: Service) -> Jobs:
    jobs = service.context("en").workspace.jobs()
    jobs.mark_interrupted(utc_now())
    return jobs
