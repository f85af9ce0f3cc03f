"""The tables of a web page, and of Excel's XML of 2003: what many systems export under the name .xls.

Only what stands in tables is read, as text; nothing is fetched, run or expanded. A cell over several rows or columns is
repeated in each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tradewind.core.errors import UnreadableFileError
from tradewind.data.intake.files import Examined, File

MAX_BYTES = 256 * 1024**2
MAX_CELLS = 3_000_000
"""Of all tables of a page, cells repeated over rows and columns included."""
_MAX_COLUMNS = 1000
_MAX_NESTED = 30
_CHUNK = 1024**2
_ROWS, _CELLS, _UNSEEN = ("tr", "row"), ("td", "th", "cell"), ("script", "style")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)


def web_tables(file: File, examined: Examined) -> dict[str | None, list[list[str]]]:
    """Rows of every table that has any, by its name: the sheet's, else its number; None where it is the only one.

    Raises UnreadableFileError: too large, too wide, tables within tables without end, no known encoding, no table.
    """
    if examined.size > MAX_BYTES:
        raise UnreadableFileError("web_page_too_large", path=file.name, limit_mib=MAX_BYTES >> 20)
    parser = _Page(file.name)
    for text in _text(file, examined):
        parser.feed(text)
    parser.close()
    tables = [one for one in parser.done if any(any(row) for row in one.rows)]
    if not tables:
        raise UnreadableFileError("file_is_web_page", path=file.name)
    if len(tables) == 1:
        return {tables[0].name: tables[0].rows}
    return {one.name or str(number): one.rows for number, one in enumerate(tables, start=1)}


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
    below: dict[int, tuple[int, str]] = field(default_factory=dict)
    """Cells that reach into the rows below: column -> rows left and what they say."""


class _Page(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__(convert_charrefs=True)
        self.done: list[_Table] = []
        self._path = path
        self._cells = 0
        self._open: list[_Table] = []
        self._sheet: str | None = None
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
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
            self.handle_data("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _UNSEEN and tag != "worksheet":
            self.handle_starttag(tag, attrs)
            if tag in ("table", *_CELLS, *_ROWS):
                self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
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

    def handle_data(self, data: str) -> None:
        if self._open and not self._unseen and (cell := self._open[-1].cell) is not None:
            cell.append(data)

    def close(self) -> None:
        super().close()
        while self._open:
            self._end_row()
            self.done.append(self._open.pop())

    def _start_cell(self, attributes: dict[str, str | None]) -> None:
        table = self._open[-1]
        self._end_cell()
        if table.row is None:
            table.row = []
        if (index := _count(attributes.get("ss:index"))) > len(table.row) + 1:
            self._check_width(index)
            table.row += [""] * (index - 1 - len(table.row))
        across = _count(attributes.get("colspan")) or _count(attributes.get("ss:mergeacross")) + 1
        down = _count(attributes.get("rowspan")) or _count(attributes.get("ss:mergedown")) + 1
        table.spans = (across, down)
        table.cell = []

    def _end_cell(self) -> None:
        table = self._open[-1]
        if table.cell is None or table.row is None:
            return
        text = "".join(table.cell).strip()
        across, down = table.spans
        self._check_width(len(table.row) + across)
        for _ in range(across):
            if down > 1:
                table.below[len(table.row)] = (down - 1, text)
            self._add(table.row, text)
        table.cell = None
        self._reach_down()

    def _reach_down(self) -> None:
        """Take over, at the end of a row so far, what cells of rows above say there."""
        table = self._open[-1]
        row = table.row
        while row is not None and len(row) in table.below and table.below[len(row)][0] > 0:
            left, text = table.below[len(row)]
            table.below[len(row)] = (left - 1, text)
            self._add(row, text)

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
