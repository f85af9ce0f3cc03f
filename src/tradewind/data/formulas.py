"""Text that a spreadsheet would run, written so that it does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from tradewind.core.errors import StorageError

_RUNS = r"^[=+\-@\t\r\n]"
_NUMBER = r"^[+-]?(\d+([.,]\d+)*|[.,]\d+)([eE][+-]?\d+)?%?$"


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """Text columns for a CSV: cells that a spreadsheet would take as a formula get an apostrophe in front.

    Negative numbers stay. Intake takes the apostrophe off again from codes.
    """
    cell = pl.col(pl.String)
    runs = cell.str.contains(_RUNS) & ~cell.str.contains(_NUMBER)
    return frame.with_columns(pl.when(runs).then(pl.lit("'") + cell).otherwise(cell).name.keep())


@contextmanager
def open_workbook(path: Path) -> Iterator[Any]:
    """A new workbook at `path` in which text stays text: no formula, no link, no number is made of it."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(path, options)
    try:
        yield book
        book.close()
    except (xlsxwriter.exceptions.FileCreateError, OSError) as error:
        raise StorageError("file_not_writable", path=path, cause=error) from error
