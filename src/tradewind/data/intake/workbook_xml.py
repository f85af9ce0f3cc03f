"""What only a workbook's own XML says: which cells are merged, and in which number format a cell is shown.

The XML of a sheet is looked through as it is unpacked, a piece at a time, for the few tags that matter: nothing of it
is kept, entities are never resolved, and what is not understood is as if it were not there.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from posixpath import join, normpath
from typing import Final

from tradewind.data.intake.files import OLE, File

_CHUNK: Final = 1024**2
_OVERLAP: Final = 4096
_MOST_BYTES: Final = 16 * 1024**2
_MOST_RANGES: Final = 500_000
_MERGED: Final = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)[\"']")
_CELL: Final = re.compile(rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?(?:v|is|f)\b")
_REFERENCE: Final = re.compile(rb"(?:^|\s)r=[\"']([A-Z]{1,3})(\d+)[\"']")
_LONG: Final = re.compile(rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?v>\d{16,}")
_STYLE: Final = re.compile(rb"(?:^|\s)s=[\"'](\d+)[\"']")
_TEXT: Final = re.compile(rb"(?:^|\s)t=[\"'](?:s|str|inlineStr|b|e)[\"']")
_BUILT_IN: Final = {1: "0"}


@dataclass(frozen=True)
class Merged:
    """A cell over several: its first and last row and column, all counted from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class SheetXml:
    """Of one sheet: merged cells, and `formats`, (row, column) -> the format of a number cell.

    Only formats are listed that show a number as a code (`00000`, `"SKU-"000`), and `0` where the number has 16 or more
    digits. Columns are counted from the first that holds anything, as `workbooks.sheet_cells` does.
    """

    merged: tuple[Merged, ...] = ()
    formats: tuple[tuple[int, int, str], ...] = ()


NOTHING_SAID: Final = SheetXml()


@lru_cache(maxsize=4)
def sheet_xml(file: File, content_hash: str, sheet: str) -> SheetXml:
    """What a sheet says beside its cells; nothing where its XML is damaged. Of an .xls only merged cells are known."""
    try:
        with file.open() as stream:
            if stream.read(8) == OLE:
                return SheetXml(_merged_in_xls(file, sheet))
        with _archive(file) as archive:
            part = _part_of(archive, sheet)
            return _read(archive, part) if part else NOTHING_SAID
    except (zipfile.BadZipFile, KeyError, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        return NOTHING_SAID


def filled_down(rows: list[list[str]], merged: tuple[Merged, ...]) -> list[list[str]]:
    """The first rows of a sheet with each merged cell in all its rows."""
    rows = [list(row) for row in rows]
    for one in merged:
        for at in range(one.top + 1, min(one.bottom + 1, len(rows))):
            if 0 <= one.left < len(rows[at]):
                rows[at][one.left] = rows[one.top][one.left]
    return rows


def _merged_in_xls(file: File, sheet: str) -> tuple[Merged, ...]:
    import python_calamine

    with file.open() as stream:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(stream.read()))
    one = book.get_sheet_by_name(sheet)
    first = one.start[1] if one.start else 0
    found = (
        Merged(top, left - first, bottom, right - first)
        for (top, left), (bottom, right) in one.merged_cell_ranges or ()
    )
    return tuple(m for m in found if m.bottom > m.top)


@contextmanager
def _archive(file: File) -> Iterator[zipfile.ZipFile]:
    if file.member is None:
        with zipfile.ZipFile(file.path) as archive:
            yield archive
        return
    with file.open() as stream, zipfile.ZipFile(io.BytesIO(stream.read())) as archive:
        yield archive


def _small(archive: zipfile.ZipFile, name: str) -> str:
    """A part of the workbook that is small in any real one."""
    with archive.open(name) as stream:
        return stream.read(_MOST_BYTES).decode("utf-8", "replace")


def _attributes(tag: str) -> dict[str, str]:
    found = re.findall(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tag)
    return {name: unescape(double or single) for name, double, single in found}


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Where in the archive the sheet of that name lies."""
    tags = map(_attributes, re.findall(r"<(?:\w+:)?sheet\s[^>]*>", _small(archive, "xl/workbook.xml")))
    key = next(
        (value for tag in tags if tag.get("name") == sheet for name, value in tag.items() if name.endswith(":id")), None
    )
    links = map(
        _attributes, re.findall(r"<(?:\w+:)?Relationship\s[^>]*>", _small(archive, "xl/_rels/workbook.xml.rels"))
    )
    target = next((link.get("Target") for link in links if key and link.get("Id") == key), None)
    return None if target is None else normpath(join("xl", target)) if target[:1] != "/" else target[1:]


def _code_styles(archive: zipfile.ZipFile) -> dict[int, str]:
    """The styles of the workbook that show a number as a code: number of the style -> format."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    text = _small(archive, "xl/styles.xml")
    own = [_attributes(tag) for tag in re.findall(r"<(?:\w+:)?numFmt\s[^>]*>", text)]
    formats = _BUILT_IN | {
        int(tag["numFmtId"]): tag["formatCode"] for tag in own if {"numFmtId", "formatCode"} <= set(tag)
    }
    block = re.search(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", text, re.DOTALL)
    styles = re.findall(r"<(?:\w+:)?xf\s[^>]*>", block[0]) if block else []
    named = {at: formats.get(int(_attributes(tag).get("numFmtId", 0)), "") for at, tag in enumerate(styles)}
    return {at: form for at, form in named.items() if shown(0, form) is not None}


def _read(archive: zipfile.ZipFile, part: str) -> SheetXml:
    styles = _code_styles(archive)
    padded = [str(at) for at, form in styles.items() if shown(0, form) != "0"]
    styled = re.compile(rb"<(?:\w+:)?c\s((?=[^>]*\bs=[\"'](?:" + "|".join(padded).encode() + rb")[\"'])[^>]*)>")
    merged: dict[Merged, None] = {}
    formats: dict[tuple[int, int], str] = {}
    first: int | None = None
    for text in _pieces(archive, part):
        for left, top, right, bottom in _MERGED.findall(text) if b"ergeCell" in text else ():
            merged[Merged(int(top) - 1, _column(left), int(bottom) - 1, _column(right))] = None
        if len(merged) > _MOST_RANGES:
            return NOTHING_SAID
        for tag in (*(styled.findall(text) if padded else ()), *_LONG.findall(text)):
            place, style = _REFERENCE.search(tag), _STYLE.search(tag)
            if place and style and int(style[1]) in styles and not _TEXT.search(tag):
                formats[int(place[2]) - 1, _column(place[1])] = styles[int(style[1])]
        if first != 0:
            first = min((c for c in (first, *map(_column, _columns(text))) if c is not None), default=None)
    at = first or 0
    down = (Merged(m.top, m.left - at, m.bottom, m.right - at) for m in merged if m.bottom > m.top)
    return SheetXml(tuple(down), tuple((row, column - at, form) for (row, column), form in formats.items()))


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The sheet's XML in pieces; each begins with the end of the one before, so that no tag is cut in two."""
    with archive.open(part) as stream:
        before = b""
        while chunk := stream.read(_CHUNK):
            yield before + chunk
            before = (before + chunk)[-_OVERLAP:]


def _columns(text: bytes) -> Iterator[bytes]:
    """The columns of cells that hold something."""
    for cell in _CELL.finditer(text):
        if not cell[1].endswith(b"/") and (place := _REFERENCE.search(cell[1])):
            yield place[1]


def _column(letters: bytes) -> int:
    """A column's number from 0: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def shown(number: int, form: str) -> str | None:
    """A whole number as a code in an Excel format; None where the format is not one of codes.

    >>> shown(123, "00000"), shown(7, '"SKU-"000'), shown(12345, "00-00"), shown(5, "0.00"), shown(5, "General")
    ('00123', 'SKU-007', '123-45', None, None)
    """
    section = re.sub(r"\[[^\]]*\]|_.|\*.", "", form.split(";", maxsplit=1)[0])
    parts = re.findall(r"\"[^\"]*\"|\\.|0|[-/ ()]|.", section)
    zeros = parts.count("0")
    if not zeros or any(p not in ("0", *"-/ ()") and len(p) == 1 for p in parts):
        return None
    digits = list(str(abs(number)).rjust(zeros, "0"))
    text = ""
    for part in reversed(parts):
        if part != "0":
            text = (part[1:-1] if part[0] == '"' else part[-1]) + text
            continue
        zeros -= 1
        text = ("".join(digits) if zeros == 0 else digits.pop()) + text
    return ("-" if number < 0 else "") + text.strip()
