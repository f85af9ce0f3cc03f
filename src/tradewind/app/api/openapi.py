"""The OpenAPI document, written from the list of use cases, their requests and their results."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tradewind.app.api.files import FORMATS
from tradewind.app.api.problems import MEDIA_TYPE, PROBLEM_SCHEMA
from tradewind.app.api.routes import FORMAT, PREFIX, SERVED, by_get, offered, path_of, takes_files
from tradewind.app.usecases.errors import ERRORS
from tradewind.app.usecases.registry import UseCase
from tradewind.app.usecases.request import Field
from tradewind.core.text import LANGUAGES, catalogue

if TYPE_CHECKING:
    from fastapi import FastAPI

_LANG = {
    "name": "lang", "in": "query", "required": False, "schema": {"type": "string", "enum": list(LANGUAGES)},
    "description": "Language of sentences and errors; without it what Accept-Language asks for.",
}  # fmt: skip
_KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "moment": {"type": "string"},
    "choice": {"type": "string"},
    "flag": {"type": "boolean"},
    "path": {"type": "string", "format": "binary"},
    "paths": {"type": "array", "items": {"type": "string", "format": "binary"}},
}
_JOB = {"$ref": "#/components/schemas/Job"}


def described(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """The function FastAPI calls for its document, made once."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = openapi(app.title, app.version)
        return app.openapi_schema

    return document


def openapi(title: str, version: str) -> dict[str, Any]:
    """The whole document."""
    paths = {path_of(one): {"get" if by_get(one) else "post": _operation(one)} for one in SERVED}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": catalogue("en")["cli_help.about"]},
        "paths": paths | _job_paths(),
        "security": [{"token": []}],
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": PROBLEM_SCHEMA, "Job": _job_schema()},
        },
    }


def _operation(use_case: UseCase) -> dict[str, Any]:
    words = catalogue("en")
    out: dict[str, Any] = {
        "operationId": use_case.id,
        "summary": words[f"request.{use_case.id}.help"],
        "parameters": [_LANG],
        "responses": {**_success(use_case), **_failures()},
    }
    fields = offered(use_case)
    if by_get(use_case):
        out["parameters"] = [*(_parameter(use_case, f) for f in fields), _LANG]
        return out
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {f.name: _schema(use_case, f) for f in fields},
        "required": [f.name for f in fields if f.required],
        "additionalProperties": False,
    }
    if use_case.effect == "write":
        schema["properties"][FORMAT] = {"type": "string", "enum": list(FORMATS), "default": FORMATS[0]}
    kind = "multipart/form-data" if takes_files(use_case) else "application/json"
    out["requestBody"] = {"required": bool(schema["required"]), "content": {kind: {"schema": schema}}}
    return out


def _parameter(use_case: UseCase, field: Field) -> dict[str, Any]:
    schema = _schema(use_case, field)
    described = schema.pop("description")
    return {
        "name": field.name, "in": "query", "required": field.required, "schema": schema, "description": described,
    }  # fmt: skip


def _schema(use_case: UseCase, field: Field) -> dict[str, Any]:
    words = catalogue("en")
    said = words.get(f"request.{use_case.id}.{field.name}") or words.get(f"every.{field.name}", field.name)
    schema = _KINDS[field.kind] | {"description": f"{said} [{field.unit}]" if field.unit else said}
    if field.choices:
        schema["enum"] = list(field.choices)
    if field.kind in {"integer", "number"}:
        ends = {"minimum": field.low, "maximum": field.high}
        schema |= {name: _whole(end) for name, end in ends.items() if end is not None}
    if field.default not in (None, ()) and field.kind not in {"path", "paths", "texts"}:
        schema["default"] = field.default
    return schema


def _whole(end: float) -> float | int:
    return int(end) if float(end).is_integer() else end


def _success(use_case: UseCase) -> dict[str, Any]:
    if use_case.effect == "job":
        place = {"Location": {"schema": {"type": "string"}, "description": "Where the job is followed"}}
        return {"202": {"description": "Started", "headers": place, "content": {"application/json": {"schema": _JOB}}}}
    if use_case.effect == "write" and any(f.writes for f in _all(use_case)):
        binary = {"schema": {"type": "string", "format": "binary"}}
        return {"200": {"description": "The file", "content": {"application/octet-stream": binary}}}
    return {"200": {"description": "The result", "content": {"application/json": {"schema": _result(use_case)}}}}


def _all(use_case: UseCase) -> tuple[Field, ...]:
    from tradewind.app.usecases.request import fields_of

    return fields_of(use_case.request)


def _result(use_case: UseCase) -> dict[str, Any]:
    from tradewind.app.wording.schema import result_schema

    return result_schema(use_case.function)


def _failures() -> dict[str, Any]:
    statuses = sorted({meaning.http_status for meaning in ERRORS.values()} | {401, 403, 421} - {500})
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(status): {"description": "What went wrong", "content": content} for status in statuses}


def _job_schema() -> dict[str, Any]:
    text = {"type": ["string", "null"]}
    return {
        "type": "object",
        "required": ["id", "use_case", "status"],
        "properties": {
            "id": {"type": "string"},
            "use_case": {"type": "string"},
            "lang": {"type": "string"},
            "status": {"enum": ["queued", "running", "done", "failed", "interrupted"]},
            "step": text,
            "done": {"type": ["number", "null"]},
            "total": {"type": ["number", "null"]},
            "created_at": text,
            "ended_at": text,
            "result": {"type": ["object", "null"]},
            "error": {"type": ["object", "null"]},
        },
    }


def _job_paths() -> dict[str, Any]:
    named = {"name": "job", "in": "path", "required": True, "schema": {"type": "string"}}
    one = {"200": {"description": "The job", "content": {"application/json": {"schema": _JOB}}}}
    rows = {"type": "object", "properties": {"data": {"type": "array", "items": _JOB}}}
    every = {"200": {"description": "Every job, newest first", "content": {"application/json": {"schema": rows}}}}
    stream = {
        "200": {"description": "An event a change", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
    }
    return {
        f"{PREFIX}/jobs": {"get": _look("jobs", [_LANG], every)},
        f"{PREFIX}/jobs/{{job}}": {"get": _look("job", [named, _LANG], one)},
        f"{PREFIX}/jobs/{{job}}/events": {"get": _look("job_events", [named, _LANG], stream)},
    }


def _look(id: str, parameters: list[dict[str, Any]], success: dict[str, Any]) -> dict[str, Any]:
    return {"operationId": id, "summary": id, "parameters": parameters, "responses": {**success, **_failures()}}
