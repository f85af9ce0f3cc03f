"""The tables of a web page, and of Excel's XML of 2003: what many systems export under the name .xls.

Only what stands in tables is read, as text; nothing is fetched, run or expanded. A cell over several columns is
repeated in each of them; of one over several rows the rows below hold nothing, and where it reaches is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from tradewind.core.errors import UnreadableFileError
from tradewind.data.intake.files import Examined, File
from tradewind.data.intake.workbook_xml import Merged

MAX_BYTES = 256 * 1024**2
MAX_CELLS = 3_000_000
"""Of all tables of a page, cells repeated over rows and columns included."""
_MAX_COLUMNS = 1000
_MAX_NESTED = 30
_CHUNK = 1024**2
_ROWS, _CELLS, _UNSEEN = ("tr", "row"), ("td", "th", "cell"), ("script", "style")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)


class WebTable(NamedTuple):
    """The rows of a table, and which of its cells reach into rows below them."""

    rows: list[list[str]]
    merged: tuple[Merged, ...] = ()


@lru_cache(maxsize=1)
def web_tables(file: File, examined: Examined) -> dict[str | None, WebTable]:
    """Every table that holds anything, by its name: the sheet's, else its number; None where it is the only one.

    The last page stays read, for headings, rows and merged cells are asked for one after the other.

    Raises UnreadableFileError: too large, too wide, tables within tables without end, no known encoding, no table.
    """
    if examined.size > MAX_BYTES:
        raise UnreadableFileError("web_page_too_large", path=file.name, limit_mib=MAX_BYTES >> 20)
    page = _Page(file.name)
    parser = etree.HTMLParser(target=page, huge_tree=True, no_network=True)
    try:
        for text in _text(file, examined):
            parser.feed(text)
        parser.close()
    except etree.LxmlError as error:
        raise UnreadableFileError("web_page_broken", path=file.name) from error
    tables = [one for one in page.done if any(any(row) for row in one.rows)]
    if not tables:
        raise UnreadableFileError("file_is_web_page", path=file.name)
    return {
        one.name or (None if len(tables) == 1 else str(number)): WebTable(one.rows, tuple(one.merged))
        for number, one in enumerate(tables, start=1)
    }


def _text(file: File, examined: Examined) -> Iterator[str]:
    import codecs

    with file.open() as stream:
        encoding = examined.encoding or _declared(stream.read(4096))
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        with file.open() as stream:
            while chunk := stream.read(_CHUNK):
                yield decoder.decode(chunk).removeprefix("\ufeff")
            yield decoder.decode(b"", final=True)
    except (LookupError, UnicodeDecodeError) as error:
        raise UnreadableFileError("file_encoding", path=file.name) from error


def _declared(start: bytes) -> str:
    found = _CHARSET.search(start)
    return found.group(1).decode() if found else "utf-8"


@dataclass
class _Table:
    name: str | None
    rows: list[list[str]] = field(default_factory=list)
    row: list[str] | None = None
    cell: list[str] | None = None
    spans: tuple[int, int] = (1, 1)
    below: dict[int, int] = field(default_factory=dict)
    """Columns whose cell reaches into rows below: how many more."""
    merged: list[Merged] = field(default_factory=list)


class _Page:
    """What a parser tells its target: tags that begin, text, tags that end, the end of the page."""

    def __init__(self, path: str) -> None:
        self.done: list[_Table] = []
        self._path = path
        self._cells = 0
        self._open: list[_Table] = []
        self._sheet: str | None = None
        self._unseen = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "worksheet":
            self._sheet = attributes.get("ss:name")
        elif tag == "table":
            if len(self._open) == _MAX_NESTED:
                raise UnreadableFileError("file_is_web_page", path=self._path)
            self._open.append(_Table(self._sheet))
        elif self._open and tag in _ROWS:
            self._end_row()
            self._open[-1].row = []
            self._reach_down()
        elif self._open and tag in _CELLS:
            self._start_cell(attributes)
        elif tag == "br":
            self.data("\n")

    def end(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif not self._open:
            return
        elif tag == "table":
            self._end_row()
            self.done.append(self._open.pop())
        elif tag in _ROWS:
            self._end_row()
        elif tag in _CELLS:
            self._end_cell()

    def data(self, data: str) -> None:
        if self._open and not self._unseen and (cell := self._open[-1].cell) is not None:
            cell.append(data)

    def close(self) -> None:
        while self._open:
            self._end_row()
            self.done.append(self._open.pop())

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        table = self._open[-1]
        self._end_cell()
        if table.row is None:
            table.row = []
        table.cell, table.spans = [], (1, 1)
        if not attributes:
            return
        if (index := _count(attributes.get("ss:index"))) > len(table.row) + 1:
            self._check_width(index)
            table.row += [""] * (index - 1 - len(table.row))
        across = _count(attributes.get("colspan")) or _count(attributes.get("ss:mergeacross")) + 1
        down = _count(attributes.get("rowspan")) or _count(attributes.get("ss:mergedown")) + 1
        table.spans = (across, down)

    def _end_cell(self) -> None:
        table = self._open[-1]
        if table.cell is None or table.row is None:
            return
        text = "".join(table.cell).strip()
        across, down = table.spans
        self._check_width(len(table.row) + across)
        for _ in range(across):
            if down > 1:
                row, column = len(table.rows), len(table.row)
                table.below[column] = down - 1
                table.merged.append(Merged(row, column, row + down - 1, column))
            self._add(table.row, text)
        table.cell = None
        self._reach_down()

    def _reach_down(self) -> None:
        """Leave room, at the end of a row so far, where cells of rows above reach into it."""
        table = self._open[-1]
        row = table.row
        while row is not None and table.below.get(len(row), 0) > 0:
            table.below[len(row)] -= 1
            self._add(row, "")

    def _end_row(self) -> None:
        table = self._open[-1]
        self._end_cell()
        if table.row is not None:
            table.rows.append(table.row)
        table.row = None

    def _add(self, row: list[str], text: str) -> None:
        self._cells += 1
        if self._cells > MAX_CELLS:
            raise UnreadableFileError("web_page_too_many_cells", path=self._path, limit=f"{MAX_CELLS:,}")
        row.append(text)

    def _check_width(self, columns: int) -> None:
        if columns > _MAX_COLUMNS:
            raise UnreadableFileError("file_too_wide", path=self._path, columns=columns, limit=_MAX_COLUMNS)


def _count(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else 0
