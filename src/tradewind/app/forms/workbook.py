"""Small sheets that people fill in, as text: csv and xlsx in, csv and xlsx out, headings in either language."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from tradewind.core.errors import InputError, UnreadableFileError
from tradewind.core.text import LANGUAGES, catalogue
from tradewind.data.formulas import harmless
from tradewind.data.intake.files import Examined, File, examine
from tradewind.data.intake.headings import plain
from tradewind.data.intake.paths import single
from tradewind.data.intake.workbooks import check_width, first_sheet
from tradewind.data.storage import write_at_once
from tradewind.data.table_files import open_workbook

_MOST_MB: Final = 50


def read_sheet(path: Path) -> pl.DataFrame:
    """The first sheet of a workbook, or a csv, as text under the headings of its first row that is not blank.

    Cells are stripped, blank cells null, rows without any cell left out. Files are examined and opened as an import
    does (`data.intake`). Raises UnreadableFileError for a file that is missing, empty, too large, locked, damaged or of
    another kind.
    """
    file = single(path)
    examined = examine(file)
    if examined.kind == "workbook":
        return _under_headings(file, first_sheet(file))
    if examined.kind != "text":
        raise UnreadableFileError("file_kind_unknown", path=file.name)
    return _under_headings(file, _separated(file, _decoded(file, examined)))


def read_text(path: Path) -> str:
    """A text file, in whatever encoding its bytes prove (`files.examine`). Raises UnreadableFileError."""
    file = single(path)
    return _decoded(file, examine(file))


def named_columns(
    rows: pl.DataFrame, names: Sequence[str], group: str, also: Mapping[str, Sequence[str]]
) -> pl.DataFrame:
    """`rows` with each heading that means one of `names` renamed to it: itself, its words, or one of `also`."""
    meant = {plain(name): name for name in names}
    for name in names:
        labels = [catalogue(lang).get(f"{group}.{name}", name) for lang in LANGUAGES]
        for heading in (*also.get(name, ()), *labels, *map(without_hint, labels)):
            meant.setdefault(plain(heading), name)
    found: dict[str, str] = {}
    for heading in rows.columns:
        one = meant.get(plain(heading))
        if one is not None and one not in found.values():
            found[heading] = one
    return rows.rename(found)


def write_sheet(
    path: Path, headings: Sequence[str], rows: Sequence[Sequence[str]], words: Sequence[Sequence[str]] = ()
) -> None:
    """A new sheet at `path`, csv or xlsx by its ending; `words` go on a second sheet of a workbook.

    Raises InputError where the file is there already or the ending says something else.
    """
    refuse_existing(path)
    if path.suffix.lower() == ".csv":
        frame = pl.DataFrame([list(r) for r in rows], schema=dict.fromkeys(headings, pl.String), orient="row")
        # with a byte order mark Excel reads the file as UTF-8
        write_at_once(path, b"\xef\xbb\xbf" + harmless(frame).write_csv().encode())
        return
    if path.suffix.lower() != ".xlsx":
        raise UnreadableFileError("file_kind_unknown", path=path.name)
    with open_workbook(path) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for name, lines in (("sheet", [list(headings), *rows]), *((("words", words),) if words else ())):
            sheet = book.add_worksheet(name)
            sheet.set_column(0, max(len(line) for line in lines) - 1, 18)
            sheet.freeze_panes(1, 0)
            for y, line in enumerate(lines):
                for x, cell in enumerate(line):
                    sheet.write_string(y, x, str(cell), head if y == 0 else None)


def without_hint(label: str) -> str:
    """A label of a sheet without the hint in brackets at its end on how to fill it in."""
    return re.sub(r"\s*[（(][^（(]*[）)]$", "", label)


def refuse_existing(path: Path) -> None:
    """An empty sheet never replaces a filled one."""
    if path.exists():
        raise InputError("file_exists", path=path.name)


def _under_headings(file: File, cells: pl.DataFrame) -> pl.DataFrame:
    """The rows under the first that is not blank, by its cells; blank or repeated headings get a number."""
    check_width(file, cells.width)
    stripped = pl.col(pl.String).str.strip_chars()
    cells = cells.with_columns(pl.when(stripped != "").then(stripped).name.keep())
    cells = cells.filter(pl.any_horizontal(pl.all().is_not_null())) if cells.width else cells
    if cells.is_empty():
        return pl.DataFrame()
    names: list[str] = []
    for number, heading in enumerate(cells.row(0), start=1):
        name = heading or f"column {number}"
        names.append(name if name not in names else f"{name} ({number})")
    return cells.slice(1).rename(dict(zip(cells.columns, names, strict=True)))


def _separated(file: File, text: str) -> pl.DataFrame:
    """The cells of a csv: separated by tabs or semicolons where its first line is, else by commas."""
    first = text.split("\n", 1)[0]
    separator = "\t" if "\t" in first else ";" if first.count(";") > 2 else ","
    reader = csv.reader(text.splitlines(), delimiter=separator)
    try:
        lines = list(reader)
    except csv.Error as error:
        raise UnreadableFileError("csv_broken", path=file.name, line=reader.line_num) from error
    width = max(map(len, lines), default=0)
    schema = {str(i): pl.String() for i in range(width)}
    return pl.DataFrame([[*line, *[None] * (width - len(line))] for line in lines], schema=schema, orient="row")


def _decoded(file: File, examined: Examined) -> str:
    if examined.size > _MOST_MB * 1_000_000:
        raise UnreadableFileError("sheet_too_large", path=file.name, mb=examined.size // 1_000_000, most=_MOST_MB)
    if examined.encoding is None:
        raise UnreadableFileError("file_encoding", path=file.name)
    return file.path.read_bytes().decode(examined.encoding).removeprefix("\ufeff")
