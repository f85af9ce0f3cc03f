"""A plan's table for those who read JSON: the schema of one row."""

from __future__ import annotations

from typing import Any, Final

import polars as pl
from polars.datatypes import DataTypeClass

from tradewind.core.plan_tables.columns import Column
from tradewind.core.plan_tables.table import PlanTable

_TYPES: Final[dict[DataTypeClass, dict[str, Any]]] = {
    pl.Int64: {"type": "integer"},
    pl.Float64: {"type": "number"},
    pl.Boolean: {"type": "boolean"},
    pl.String: {"type": "string"},
    pl.Date: {"type": "string", "format": "date"},
    pl.Datetime: {"type": "string", "format": "date-time"},
}


def json_schema(table: PlanTable, lang: str = "en") -> dict[str, Any]:
    """The JSON Schema (2020-12, as OpenAPI 3.1 takes it) of a row of `table` as an object, described in `lang`.

    `x-grain`, `x-key`, and a column's `x-unit` and `x-kind` stand beside what the standard has words for.

    >>> from tradewind.core.plan_tables import PLAN_TABLES
    >>> json_schema(PLAN_TABLES["freshness"])["properties"]["days_old"]
    {'type': 'integer', 'description': 'Days from then to the plan.', 'x-kind': 'days', 'x-unit': 'days'}
    """
    columns = table.columns.items()
    return {
        "title": table.name,
        "description": table.meaning(lang),
        "type": "object",
        "properties": {name: _column(column, table.column_meaning(name, lang)) for name, column in columns},
        "required": list(table.columns),
        "additionalProperties": False,
        "x-grain": table.grain(lang),
        "x-key": list(table.key),
    }


def _column(column: Column, meaning: str) -> dict[str, Any]:
    said = _type(column.dtype)
    if column.nullable:
        said["type"] = [said["type"], "null"]
        if "enum" in said:
            said["enum"].append(None)
    said |= {"description": meaning, "x-kind": column.kind}
    return said | ({"x-unit": column.unit} if column.unit else {})


def _type(dtype: pl.DataType) -> dict[str, Any]:
    if isinstance(dtype, pl.Enum):
        return {"type": "string", "enum": list(dtype.categories)}
    if isinstance(dtype, (pl.Array, pl.List)):
        several = {"type": "array", "items": dict(_TYPES[dtype.inner.base_type()])}
        return several | ({"minItems": dtype.size, "maxItems": dtype.size} if isinstance(dtype, pl.Array) else {})
    return dict(_TYPES[dtype.base_type()])
