"""Excel workbooks as text: the one place that opens them.

What is given to `open_book` was examined before (`files.examine`), which refuses what is cut short, locked by a
password or would fill the memory when unpacked.
"""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from tradewind.core.errors import UnreadableFileError
from tradewind.data.intake.damage import damage_as_error
from tradewind.data.intake.files import File

MAX_COLUMNS: Final = 1000


def first_sheet(file: File) -> pl.DataFrame:
    """The cells of a workbook's first sheet (see `sheet_cells`); nothing where it has none."""
    book = open_book(file)
    return sheet_cells(file, book, book.sheet_names[0]) if book.sheet_names else pl.DataFrame()


def open_book(file: File) -> Any:
    """The workbook, with its `sheet_names`. Raises UnreadableFileError."""
    import fastexcel

    try:
        with damage_as_error(file.name, "workbook_broken"):
            if file.plain_path:
                return fastexcel.read_excel(file.path)
            with file.open() as stream:
                return fastexcel.read_excel(stream.read())
    except fastexcel.FastExcelError as error:
        code = "workbook_locked" if "assword" in str(error) else "workbook_broken"
        raise UnreadableFileError(code, path=file.name) from error


def sheet_cells(file: File, book: Any, sheet: str, *, rows: int | None = None, **how: Any) -> pl.DataFrame:
    """The cells of a sheet from its first row and column on, as text, columns named "0", "1", ...

    `rows` reads the first ones alone; `how` goes to fastexcel's `load_sheet`. Raises UnreadableFileError.
    """
    import fastexcel

    try:
        how = {"dtypes": "string"} | how
        with damage_as_error(file.name, "workbook_broken"):
            loaded = book.load_sheet(sheet, header_row=None, skip_rows=0, n_rows=rows, **how)
    except fastexcel.FastExcelError as error:
        raise UnreadableFileError("workbook_broken", path=file.name) from error
    frame: pl.DataFrame = loaded.to_polars()
    return frame.rename({c: str(i) for i, c in enumerate(frame.columns)})


def is_hidden(book: Any, sheet: str) -> bool:
    """Whether a sheet is hidden, or so well that Excel does not list it."""
    return bool(book.load_sheet(sheet, header_row=None, n_rows=0).visible != "visible")


def check_width(file: File, width: int) -> None:
    """Raises UnreadableFileError for more columns than a list has."""
    if width > MAX_COLUMNS:
        raise UnreadableFileError("file_too_wide", path=file.name, columns=width, limit=MAX_COLUMNS)
