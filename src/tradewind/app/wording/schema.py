"""What `as_data` gives of a result, as JSON schema: read off the result's dataclass and the tables it names."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from tradewind.app.usecases.result import Page, Provenance, Rows
from tradewind.app.wording.data import WORDED
from tradewind.core.plan_tables import PLAN_TABLES
from tradewind.core.plan_tables.schema import json_schema

Schema = dict[str, Any]

_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
}
_ANY_ROWS: Schema = {"type": "array", "items": {"type": "object"}}
_SENTENCE: Schema = {"type": "string", "description": "The reason in the language asked"}
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
    """The schema of what a use case gives back; of several kinds of result, any."""
    given = _hints(use_case)["return"]
    kinds = [k for k in (get_args(given) or (given,)) if is_dataclass(k)]
    schemas = [_object(k) for k in kinds]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _object(kind: Any) -> Schema:
    """An object by its fields; one whose data is worded apart may hold more than its fields say."""
    if kind.__name__ in WORDED:
        return {"title": kind.__name__, "type": "object"}
    hints = _hints(kind)
    properties: dict[str, Schema] = {}
    for field in fields(kind):
        hint, table = _hint_and_table(hints[field.name])
        if hint is Page:
            name = "data" if field.name == "page" else field.name
            properties |= {**_PAGE, name: _rows(table)}
        elif hint is Provenance:
            properties |= _PROVENANCE
        elif field.name == "failures":
            properties["errors"] = dict(_ANY_ROWS)
        else:
            properties[field.name] = _schema(hint, table)
    return {"title": kind.__name__, "type": "object", "properties": properties}


def _hint_and_table(hint: Any) -> tuple[Any, str | None]:
    """A field's type, and the plan's table whose rows it holds."""
    if get_origin(hint) is not Annotated:
        return hint, None
    hint, *extras = get_args(hint)
    return hint, next((extra.table for extra in extras if isinstance(extra, Rows)), None)


def _rows(table: str | None) -> Schema:
    """Rows of a plan's table as `as_data` gives them: JSON columns parsed, a sentence beside each reason."""
    if table is None:
        return dict(_ANY_ROWS)
    columns = PLAN_TABLES[table].columns
    row = json_schema(PLAN_TABLES[table])
    properties = {n: {} if columns[n].kind == "json" else said for n, said in row["properties"].items()}
    if "reason" in columns:
        properties["sentence"] = _SENTENCE
    return {"type": "array", "items": {**row, "properties": properties, "required": [], "additionalProperties": True}}


def _schema(hint: Any, table: str | None = None) -> Schema:
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return {"anyOf": [*(_schema(one) for one in inner if one is not NoneType), {"type": "null"}]}
    if origin is Literal:
        return {"enum": list(inner)}
    if getattr(hint, "__name__", "") == "DataFrame":
        return _rows(table)
    if isinstance(origin, type):
        return {"type": "object"} if issubclass(origin, Mapping) else {"type": "array"}
    return _object(hint) if is_dataclass(hint) else {}


def _hints(of: Any) -> dict[str, Any]:
    """Type hints, names that are imported for the type checker alone among them."""
    import polars as pl

    from tradewind.core.rules import RuleRow
    from tradewind.data.rules_check import RuleFinding

    names = {"pl": pl, "RuleRow": RuleRow, "RuleFinding": RuleFinding, "Mapping": Mapping, "Sequence": Sequence}
    return get_type_hints(of, {**vars(sys.modules[of.__module__]), **names}, include_extras=True)
