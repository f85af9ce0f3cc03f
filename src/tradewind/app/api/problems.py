"""Errors over HTTP: application/problem+json (RFC 9457), with the field at fault and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tradewind.app.usecases.errors import explained
from tradewind.core.errors import UnknownNameError
from tradewind.core.text import LANGUAGES

if TYPE_CHECKING:
    from fastapi import FastAPI, Request
    from starlette.exceptions import HTTPException
    from starlette.responses import Response

MEDIA_TYPE: Final = "application/problem+json"
PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "fix"],
    "properties": {
        "type": {"type": "string", "description": "Names the cause: tradewind:<code>"},
        "title": {"type": "string", "description": "What is wrong, in one line"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "The cause, the same at every door"},
        "detail": {"type": "string", "description": "What is wrong, where, and why it matters"},
        "fix": {"type": "string", "description": "What to do about it"},
        "field": {"type": ["string", "null"], "description": "The field of the request at fault"},
    },
}


def problem(error: BaseException, lang: str, status: int | None = None) -> Response:
    """The response that says what went wrong."""
    from starlette.responses import JSONResponse

    said = explained(error, lang)
    status = status or said.meaning.http_status
    body = {
        "type": f"tradewind:{said.code}", "title": said.what, "status": status, "code": said.code,
        "detail": said.what, "fix": said.fix, "field": said.field,
    }  # fmt: skip
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE)


def add_problems(app: FastAPI) -> None:
    """Every error of the application as a problem, also those of the framework."""
    from starlette.exceptions import HTTPException

    async def known(request: Request, error: Exception) -> Response:
        return problem(error, language(request))

    async def http(request: Request, error: HTTPException) -> Response:
        return problem(UnknownNameError("unknown_path", path=request.url.path), language(request), error.status_code)

    app.add_exception_handler(Exception, known)
    app.add_exception_handler(HTTPException, http)  # type: ignore[arg-type]


def language(request: Request) -> str:
    """`lang` of the query, else what Accept-Language asks for, else English."""
    asked = request.query_params.get("lang")
    return asked if asked in LANGUAGES else wanted_language(request.headers.get("accept-language"))


def wanted_language(accepted: str | None) -> str:
    """The first known language of an Accept-Language header."""
    for part in (accepted or "").split(","):
        tag = part.partition(";")[0].strip().lower()[:2]
        if tag in LANGUAGES:
            return tag
    return "en"
