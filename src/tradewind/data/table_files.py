"""One table as a file: xlsx, csv or parquet, appearing whole or not at all.

A cell of a title or a name may have been written by anybody. Text that Excel would take for a formula
is written so that it stays text: as a string cell in xlsx, behind an apostrophe in csv.
"""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import polars as pl

from tradewind.core.errors import ParameterError
from tradewind.data.formulas import harmless
from tradewind.data.storage import file_errors

_AUTHOR: Final = "Tradewind"

EXCEL_ROWS: Final = 1_048_575
"""Rows of data one sheet of Excel takes below the headings."""

EXCEL_TEXT: Final = 32_767
"""Characters one cell of Excel takes."""


def write_table(frame: pl.DataFrame, path: Path, sheet: str = "data", formats: Mapping[str, str] | None = None) -> Path:
    """Write `frame` to `path` by its ending; an existing file is replaced at the end, in one step.

    `formats` are Excel's number formats by column; other endings have none.
    Raises ParameterError for another ending or more rows than Excel takes; StorageError where the disk refuses.
    """
    path = Path(path)
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise ParameterError("export_ending", path=str(path), endings=", ".join(_WRITERS))
    if path.suffix.lower() == ".xlsx" and frame.height > EXCEL_ROWS:
        raise ParameterError("export_too_long", rows=f"{frame.height:,}", most=f"{EXCEL_ROWS:,}")
    with replacing(path) as unfinished:
        write(frame, unfinished, sheet, formats or {})
    return path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to; it takes the place of `path` once written, and is removed otherwise.

    Raises StorageError that names `path` for what the disk refuses.
    """
    with file_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        unfinished = Path(name)
        try:
            yield unfinished
            unfinished.chmod(0o644)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with lists and structs as JSON text, categories as text, times without zone: what every format takes."""
    return frame.with_columns(_flat_column(frame[c]) for c in frame.columns)


def _flat_column(column: pl.Series) -> pl.Series:
    kind = column.dtype
    if isinstance(kind, pl.Array):
        column, kind = column.arr.to_list(), pl.List(kind.inner)
    if isinstance(kind, pl.List):
        return column.cast(pl.List(pl.String)).list.join(", ", ignore_nulls=True).alias(column.name)
    if isinstance(kind, pl.Struct):
        return column.struct.json_encode()
    if isinstance(kind, (pl.Enum, pl.Categorical)):
        return column.cast(pl.String)
    if isinstance(kind, pl.Datetime):
        return column.dt.replace_time_zone(None)
    return column


def _csv(frame: pl.DataFrame, path: Path, *_: object) -> None:
    harmless(flat(frame)).write_csv(path, include_bom=True, datetime_format="%Y-%m-%d %H:%M:%S")


def _parquet(frame: pl.DataFrame, path: Path, *_: object) -> None:
    frame.write_parquet(path)


def _xlsx(frame: pl.DataFrame, path: Path, sheet: str, formats: Mapping[str, str]) -> None:
    with workbook(path) as book:
        fill_sheet(book, sheet, frame, list(frame.columns), formats)


@contextmanager
def open_workbook(path: Path) -> Iterator[Any]:
    """A new workbook at `path`, written whole or not at all; one that Tradewind wrote and nobody has changed gives way.

    Raises ParameterError for another ending and for any other file that is there, StorageError.
    """
    if path.suffix.lower() != ".xlsx":
        raise ParameterError("export_ending", path=str(path), endings=".xlsx")
    if path.exists() and not _as_written(path):
        raise ParameterError("not_replaced", path=str(path))
    with replacing(path) as unfinished, workbook(unfinished) as book:
        yield book


@contextmanager
def workbook(path: Path) -> Iterator[Any]:
    """A new xlsx file whose cells are never formulas or links."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": False, "in_memory": True}
    packed = io.BytesIO()  # a zip file that finds the disk full complains once more when it is thrown away
    book = xlsxwriter.Workbook(packed, options)
    book.set_properties({"author": _AUTHOR})
    yield book
    book.close()
    path.write_bytes(packed.getvalue())


def _as_written(path: Path) -> bool:
    """Whether a file is a workbook as it left this program: whoever saves it anew puts their own name into it."""
    try:
        with zipfile.ZipFile(path) as book:
            return f"<cp:lastModifiedBy>{_AUTHOR}</cp:lastModifiedBy>".encode() in book.read("docProps/core.xml")
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, NotImplementedError, zlib.error):
        return False


def fill_sheet(
    book: Any,
    name: str,
    frame: pl.DataFrame,
    headings: list[str],
    formats: Mapping[str, str] | None = None,
    note: str = "",
) -> Any:
    """A sheet with a heading row that stays in view, a filter, widths that fit, and a format a column.

    `formats` are Excel's number formats by column; `note` stands in a line of its own above the headings.
    """
    sheet = book.add_worksheet(name[:31])
    frame = flat(frame)
    top = 1 if note else 0
    if note:
        sheet.write_string(0, 0, note, book.add_format({"italic": True, "font_color": "#555555"}))
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    for i, (heading, column) in enumerate(zip(headings, frame.columns, strict=True)):
        sheet.write_string(top, i, heading, bold)
        shown = (formats or {}).get(column) or _default_format(frame[column].dtype)
        sheet.set_column(i, i, _width(frame[column], heading), book.add_format({"num_format": shown} if shown else {}))
        _fill_column(sheet, top + 1, i, frame[column])
    sheet.freeze_panes(top + 1, 1)
    if frame.height:
        sheet.autofilter(top, 0, top + frame.height, len(headings) - 1)
    return sheet


def _fill_column(sheet: Any, top: int, column: int, values: pl.Series) -> None:
    """Cell by cell, because that is how the file format is written; the kind is looked up once a column."""
    write: Callable[..., Any] = sheet.write_string
    if values.dtype.is_numeric():
        write = sheet.write_number
        if values.dtype.is_float():
            values = values.fill_nan(None).replace([float("inf"), float("-inf")], None)
        values = values.cast(pl.Float64)
    elif values.dtype == pl.Boolean:
        write = sheet.write_boolean
    elif values.dtype.is_temporal():
        write = sheet.write_datetime
    else:
        values = values.cast(pl.String).str.slice(0, EXCEL_TEXT)
    for row, value in enumerate(values, start=top):
        if value is not None:
            write(row, column, value)


def _default_format(kind: pl.DataType) -> str | None:
    if kind == pl.Date:
        return "yyyy-mm-dd"
    if isinstance(kind, pl.Datetime):
        return "yyyy-mm-dd hh:mm"
    return "#,##0.00" if kind.is_float() else "#,##0" if kind.is_integer() else None


def _width(column: pl.Series, heading: str) -> float:
    longest = 0
    if column.dtype == pl.String:
        longest = int(column.head(500).str.len_chars().max() or 0)  # type: ignore[arg-type]
    return min(max(longest, 2 * len(heading) if not heading.isascii() else len(heading), 10) + 2, 70)


_WRITERS: Final[dict[str, Callable[[pl.DataFrame, Path, str, Mapping[str, str]], None]]] = {
    ".xlsx": _xlsx,
    ".csv": _csv,
    ".parquet": _parquet,
}
