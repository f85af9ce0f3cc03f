"""What `as_data` gives of a result, as JSON schema: read off the result's dataclass and the tables it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from tradewind.app.usecases.result import Page, Provenance
from tradewind.app.wording.data import WORDED

Schema = dict[str, Any]

_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    Path: {"type": "string"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
}
_ROWS: Schema = {"type": "array", "items": {"type": "object"}}
_PROVENANCE: dict[str, Schema] = {
    "run": {"type": ["string", "null"], "description": "The plan the answer was read from; null: computed from tables"},
    "as_of": {"type": ["string", "null"], "description": "The moment the answer is for"},
    "versions": {"type": "object", "additionalProperties": {"type": "integer"}},
    "newer_data": {"type": "boolean", "description": "The workspace has data the plan has not seen"},
}
_PAGE: dict[str, Schema] = {
    "rows": {"type": "integer", "description": "Rows in all"},
    "next": {"type": ["integer", "null"], "description": "What `after` is to be for the rows after these"},
}


def result_schema(use_case: Callable[..., Any]) -> Schema:
    """The schema of what a use case gives back."""
    given = get_type_hints(use_case)["return"]
    kinds = [k for k in get_args(given) or (given,) if is_dataclass(k)]
    schemas = [_object(k) for k in kinds]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _object(kind: Any) -> Schema:
    if kind.__name__ in WORDED and not kind.__name__.endswith("Result"):
        return {"title": kind.__name__, "type": "object"}
    hints = get_type_hints(kind, localns=_frames())
    properties: dict[str, Schema] = {}
    for field in fields(kind):
        if hints[field.name] is Page:
            name = "data" if field.name == "page" else field.name
            properties |= {**_PAGE, name: _ROWS}
        elif hints[field.name] is Provenance:
            properties |= _PROVENANCE
        elif field.name == "failures":
            properties["errors"] = dict(_ROWS)
        else:
            properties[field.name] = _schema(hints[field.name])
    return {"title": kind.__name__, "type": "object", "properties": properties}


def _schema(hint: Any) -> Schema:
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    origin = get_origin(hint)
    if origin in {Union, UnionType}:
        return {"anyOf": [_schema(one) for one in get_args(hint) if one is not NoneType] + [{"type": "null"}]}
    if origin in {tuple, list} or getattr(hint, "__name__", "") == "DataFrame":
        return dict(_ROWS) if origin is None else {"type": "array"}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object"}
    return _object(hint) if is_dataclass(hint) else {}


def _frames() -> dict[str, Any]:
    """Names that results use in annotations alone."""
    import polars as pl

    from tradewind.app.workspace.importing import ImportReport
    from tradewind.core.rules import RuleRow
    from tradewind.data.rules_check import RuleFinding
    from tradewind.data.runs import Run

    named = {one.__name__: one for one in (ImportReport, Mapping, RuleFinding, RuleRow, Run)}
    return {"pl": pl, **named}
