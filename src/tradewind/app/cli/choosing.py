"""Which rows and columns of a table are meant: `--where COLUMN=VALUE`, `--columns`; and what a wrong name may mean."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import polars as pl

from tradewind.core.errors import RequestError

ALIKE = 0.6
"""How much a name must resemble a known one to be offered for it: "ordres" is orders (0.83), "plan" is no command."""


def chosen_rows(frame: pl.DataFrame, where: list[str], columns: str | None) -> pl.DataFrame:
    """The rows for which every `column=value` holds, and only the `columns` named (commas between).

    `column=` finds rows in which the column says nothing; a moment is found by its day; a list by any of its members.
    """
    for condition in where or []:
        column, equals, value = condition.partition("=")
        if not equals:
            raise RequestError("invalid_condition", condition=condition)
        _has(frame, column.strip())
        frame = frame.filter(_holds(column.strip(), frame.schema[column.strip()], value.strip()))
    if columns is None:
        return frame
    wanted = [c.strip() for c in columns.split(",") if c.strip()]
    for column in wanted:
        _has(frame, column)
    return frame.select(wanted)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that may have been meant; None where none is like it."""
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=ALIKE)), None)


def _holds(column: str, dtype: pl.DataType, value: str) -> pl.Expr:
    cell = pl.col(column)
    if isinstance(dtype, pl.Array | pl.Struct):
        raise RequestError("condition_on_list", column=column)
    if not value:
        return cell.is_null() | cell.is_nan() if dtype.is_float() else cell.is_null()
    if isinstance(dtype, pl.List):
        return cell.list.eval(pl.element().cast(pl.String)).list.contains(value)
    if dtype.is_numeric():
        try:
            return cell == float(value.replace(",", ""))
        except ValueError:
            raise RequestError("condition_needs_number", column=column, value=value) from None
    if isinstance(dtype, pl.Datetime):
        return cell.dt.to_string("%Y-%m-%d %H:%M:%S").str.starts_with(value.replace("T", " "))
    return cell.cast(pl.String) == value


def _has(frame: pl.DataFrame, column: str) -> None:
    if column in frame.columns:
        return
    near, known = nearest(column, frame.columns), ", ".join(frame.columns)
    if near is None:
        raise RequestError("unknown_column_far", column=column, known=known)
    raise RequestError("unknown_column", column=column, near=near, known=known)
