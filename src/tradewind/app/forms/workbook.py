"""Small sheets that people fill in, as text: csv and xlsx in, csv and xlsx out, headings in either language."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from tradewind.core.errors import InputError, UnreadableFileError
from tradewind.core.text import LANGUAGES, catalogue
from tradewind.data.formulas import harmless, open_workbook
from tradewind.data.intake.headings import plain
from tradewind.data.storage import write_at_once

ENCODINGS = ("utf-8-sig", "gb18030")
"""UTF-8, else what Excel in China writes."""
_MOST_BYTES = 50_000_000


def read_sheet(path: Path) -> pl.DataFrame:
    """The first sheet of a workbook, or a csv, every cell as text, blank cells null, rows without any cell left out.

    Raises UnreadableFileError for a file that is missing, empty, too large or of another kind.
    """
    if not path.is_file():
        raise UnreadableFileError("file_missing", path=path)
    if path.stat().st_size == 0:
        raise UnreadableFileError("file_empty", path=path.name)
    rows = _workbook(path) if path.suffix.lower() in {".xlsx", ".xlsm"} else _csv(path)
    cells = pl.col(pl.String).str.strip_chars()
    rows = rows.with_columns(pl.when(cells != "").then(cells).name.keep())
    return rows.filter(pl.any_horizontal(pl.all().is_not_null())) if rows.width else rows


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
        # a mark at the start tells Excel that the file is UTF-8
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
        raise InputError("sheet_exists", file=path.name)


def _workbook(path: Path) -> pl.DataFrame:
    try:
        rows = pl.read_excel(path, engine="calamine", infer_schema_length=0, raise_if_empty=False)
    except Exception as error:
        # the reader of workbooks has no error class of its own
        raise UnreadableFileError("file_unreadable", path=path.name, cause=" ".join(str(error).split())) from error
    return rows.cast(pl.String)


def _csv(path: Path) -> pl.DataFrame:
    if path.suffix.lower() not in {".csv", ".txt", ".tsv"} or path.stat().st_size > _MOST_BYTES:
        raise UnreadableFileError("file_kind_unknown", path=path.name)
    said = decoded(path)
    dialect = "\t" if "\t" in said.split("\n", 1)[0] else ";" if said.split("\n", 1)[0].count(";") > 2 else ","
    lines = list(csv.reader(said.splitlines(), delimiter=dialect))
    headings = [h.strip() or f"column {i}" for i, h in enumerate(lines[0])] if lines else []
    width = len(headings)
    cells = [[*line, *[""] * (width - len(line))][:width] for line in lines[1:]]
    unique = [h if headings.index(h) == i else f"{h} ({i})" for i, h in enumerate(headings)]
    return pl.DataFrame(cells, schema=dict.fromkeys(unique, pl.String), orient="row")


def decoded(path: Path) -> str:
    """A text file in UTF-8 or in what Excel in China writes. Raises UnreadableFileError."""
    raw = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFileError("file_encoding", path=path.name)
