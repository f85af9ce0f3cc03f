"""A route for each use case: questions by GET with the fields in the query; by POST what takes a file or writes one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tradewind.app.api.files import FORMATS, answered_file, received
from tradewind.app.api.problems import language, problem
from tradewind.app.usecases.registry import USE_CASES, UseCase
from tradewind.app.usecases.request import Field, fields_of, read
from tradewind.app.wording import as_data
from tradewind.core.errors import RequestError

if TYPE_CHECKING:
    from fastapi import FastAPI, Request
    from starlette.responses import Response

    from tradewind.app.api.server import Service

PREFIX = "/api/v1"
SERVED = tuple(one for one in USE_CASES if one.effect != "local")
"""Use cases that make sense to ask of a server: not those that set up the machine they are asked on."""
FORMAT = "format"
"""The extra field of use cases that write a file: xlsx, csv or parquet."""


def path_of(use_case: UseCase) -> str:
    """`/api/v1/shop-health`, `/api/v1/rules/list`."""
    return f"{PREFIX}/{use_case.name.replace(' ', '/')}"


def offered(use_case: UseCase) -> tuple[Field, ...]:
    """The fields a caller elsewhere may fill in: not where on this machine an answer is written."""
    return tuple(f for f in fields_of(use_case.request) if not f.writes)


def takes_files(use_case: UseCase) -> bool:
    """Whether a field of the request is a file of the caller's."""
    return any(f.reads for f in offered(use_case))


def by_get(use_case: UseCase) -> bool:
    """Whether asking changes nothing and takes no file."""
    return use_case.effect == "read" and not takes_files(use_case)


def add_use_cases(app: FastAPI, service: Service) -> None:
    """A route for each use case that is answered at once; jobs.py has those that take long."""
    for use_case in SERVED:
        if use_case.effect != "job":
            method, answer = ("GET", _get) if by_get(use_case) else ("POST", _post)
            app.add_api_route(path_of(use_case), answer(use_case, service), methods=[method], name=use_case.name)


def _get(use_case: UseCase, service: Service) -> Callable[..., Any]:
    from fastapi import Request

    def answer(request: Request) -> Response:
        try:
            return respond(use_case, service, query_of(use_case, request), language(request))
        except Exception as error:
            return problem(error, language(request))

    answer.__annotations__["request"] = Request
    return answer


def _post(use_case: UseCase, service: Service) -> Callable[..., Any]:
    from fastapi import Request
    from starlette.concurrency import run_in_threadpool

    async def answer(request: Request) -> Response:
        lang = language(request)
        with tempfile.TemporaryDirectory(prefix="tradewind-upload-") as folder:
            try:
                given = await body_of(request, use_case, Path(folder))
                return await run_in_threadpool(respond, use_case, service, given, lang)
            except Exception as error:
                return problem(error, lang)

    answer.__annotations__["request"] = Request
    return answer


def respond(use_case: UseCase, service: Service, given: Mapping[str, Any], lang: str) -> Response:
    """Ask, and give the result as data; where the use case writes files, the file, or a zip of them."""
    from starlette.responses import JSONResponse

    with tempfile.TemporaryDirectory(prefix="tradewind-") as folder:
        ending = str(given.get(FORMAT, FORMATS[0]))
        if ending not in FORMATS:
            raise RequestError("invalid_choice", option=FORMAT, field=FORMAT, value=ending, choices=", ".join(FORMATS))
        writing = [f for f in fields_of(use_case.request) if f.writes] if use_case.effect == "write" else []
        places = {f.name: Path(folder) / (f"data.{ending}" if f.required else f.name) for f in writing}
        fields = {name: value for name, value in given.items() if name != FORMAT}
        request = read(use_case.request, fields | places, example=path_of(use_case))
        result = use_case.function(service.context(lang), request)
        return answered_file(Path(folder)) if places else JSONResponse(as_data(result, lang))


def query_of(use_case: UseCase, request: Request) -> dict[str, Any]:
    """The fields in the query; repeated ones as lists. `lang` is every route's."""
    many = {f.name for f in fields_of(use_case.request) if f.many}
    query = request.query_params
    given: dict[str, Any] = {n: query.getlist(n) if n in many else query[n] for n in query if n != "lang"}
    return checked(use_case, given)


async def body_of(request: Request, use_case: UseCase, folder: Path) -> dict[str, Any]:
    """The fields of a form or a JSON body; files sent with it are put into `folder`. Raises RequestError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        given, files = await received(request, use_case, folder)
        return checked(use_case, given) | files
    raw = await request.body()
    try:
        body = await request.json() if raw else {}
    except (ValueError, RecursionError):
        raise RequestError("invalid_json") from None
    if not isinstance(body, dict):
        raise RequestError("invalid_json")
    return checked(use_case, body)


def checked(use_case: UseCase, given: dict[str, Any]) -> dict[str, Any]:
    """`given` without anything that names a file or folder of this machine. Raises RequestError where it does."""
    fields = {f.name: f for f in offered(use_case)}
    for field in fields_of(use_case.request):
        if field.name in given and field.name not in fields:
            raise RequestError("unknown_field_far", field=field.name, known=", ".join(fields) or "-")
        if field.name in given and field.reads and field.kind in {"path", "paths"}:
            raise RequestError("file_not_sent", field=field.name)
    return given
