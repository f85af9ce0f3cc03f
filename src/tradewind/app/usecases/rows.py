"""Which rows and columns of a table are meant: conditions COLUMN=VALUE, names; what a wrong name may mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final

import polars as pl

from tradewind.core.errors import RequestError, UnknownNameError

ALIKE: Final = 0.6
"""How much a name must resemble a known one to be offered for it: "ordres" is orders (0.83), "plan" is no command."""


def chosen_rows(rows: pl.LazyFrame, where: Sequence[str], columns: str | None) -> pl.LazyFrame:
    """The rows for which every `column=value` holds, and only the `columns` named (commas between).

    `column=` finds rows in which the column says nothing; a moment is found by its day; a list by any of its members.
    Raises UnknownNameError for a column that is not there, RequestError for a condition that cannot be one.
    """
    schema = rows.collect_schema()
    for condition in where:
        rows = rows.filter(_meant(schema, condition))
    if columns is None:
        return rows
    names = [c.strip() for c in columns.split(",") if c.strip()]
    for name in names:
        _check_column(schema, name, "columns")
    return rows.select(names)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that may have been meant; None where none is like it."""
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=ALIKE)), None)


def unknown(code: str, name: str, known: Iterable[str], field: str, **values: object) -> UnknownNameError:
    """The error for a name that is not there: `code` where one like it is (`near`), else `code`_far."""
    near, listed = nearest(name, known), ", ".join(known)
    if near is None:
        return UnknownNameError(f"{code}_far", field=field, known=listed, **values)
    return UnknownNameError(code, field=field, known=listed, near=near, **values)


def _meant(schema: pl.Schema, condition: str) -> pl.Expr:
    column, equals, value = (part.strip() for part in condition.partition("="))
    if not equals:
        raise RequestError("invalid_condition", field="where", condition=condition)
    _check_column(schema, column, "where")
    return _holds(column, schema[column], value)


def _holds(column: str, dtype: pl.DataType, value: str) -> pl.Expr:
    cell = pl.col(column)
    if isinstance(dtype, pl.Array | pl.Struct):
        raise RequestError("condition_on_list", field="where", column=column)
    if not value:
        return cell.is_null() | cell.is_nan() if dtype.is_float() else cell.is_null()
    if isinstance(dtype, pl.List):
        return cell.list.eval(pl.element().cast(pl.String)).list.contains(value)
    if dtype.is_numeric():
        return cell == _number(column, value)
    if isinstance(dtype, pl.Datetime):
        return cell.dt.to_string("%Y-%m-%d %H:%M:%S").str.starts_with(value.replace("T", " "))
    return cell.cast(pl.String) == value


def _number(column: str, value: str) -> float:
    try:
        return float(value.replace(",", ""))
    except ValueError:
        raise RequestError("condition_needs_number", field="where", column=column, value=value) from None


def _check_column(schema: pl.Schema, column: str, field: str) -> None:
    if column not in schema:
        raise unknown("unknown_column", column, schema.names(), field, column=column)
