"""The records of a CSV file, counted before they are read, and read one by one where quotation marks are damaged.

A fast reader takes a stray quotation mark for one that opens a cell over several lines, and the lines up to the next
mark are gone. `survey` says beforehand how many records there are, which of them have more cells than the heading, and
whether every quotation mark stands where one may stand. `damaged_records` reads a file in which one does not.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

_CHUNK: Final = 4 * 1024**2
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
_MOST_CELLS: Final = 4096
_LEAST_ALIKE: Final = 3
_LINES_IN_A_RECORD: Final = 100

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Survey:
    """What the lines below a heading of `width` cells are.

    records   how many there are, empty lines included
    clean     every quotation mark opens a cell, closes one, or is doubled inside one, and no record has more than
              4,096 cells, which a fast reader takes much memory for
    usual     how many cells more than half of the records have, at least `width`: exports that end every line, but not
              the heading, with a separator
    long      of the records with more cells than `width`: number (from 0) and cells
    """

    records: int
    clean: bool
    usual: int
    long: dict[int, int]


def survey(path: Path, separator: str, *, skip_lines: int, width: int) -> Survey:
    """Count the records of the UTF-8 file at `path` below its first `skip_lines` lines, in one pass over its bytes."""
    counting = _Counting(ord(separator), width)
    with path.open("rb") as stream:
        for _ in range(skip_lines):
            stream.readline()
        held = b""
        while chunk := stream.read(_CHUNK):
            held += chunk
            counting.take(np.frombuffer(held[:-1], np.uint8), held[-1])
            held = held[-1:]
        counting.take(np.frombuffer(held, np.uint8), _NEWLINE)
        return counting.result(ends_open=bool(held) and held != b"\n")


class _Counting:
    """Follows the bytes of a file: what is open, and what has been seen of the record at hand."""

    def __init__(self, separator: int, width: int) -> None:
        self._separator = separator
        self._width = width
        self._records = 0
        self._clean = True
        self._quoted = 0
        self._before = _NEWLINE
        self._cells = 1
        self._beside = np.isin(np.arange(256), (separator, _NEWLINE, _RETURN, _QUOTE))
        self._by_cells = np.zeros(_MOST_CELLS + 1, np.int64)
        self._long: dict[int, int] = {}

    def take(self, text: Bytes, after: int) -> None:
        """The next bytes; `after` is the one that follows them."""
        if not len(text):
            return
        quotes = text == _QUOTE
        plain = self._plain(quotes)
        self._check_quotes(text, np.flatnonzero(quotes), after)
        self._count(np.flatnonzero((text == _NEWLINE) & plain), np.flatnonzero((text == self._separator) & plain))
        if self._clean:
            returns = np.flatnonzero((text == _RETURN) & plain)
            self._clean = bool((np.append(text[1:], np.uint8(after))[returns] == _NEWLINE).all())
        self._quoted = (self._quoted + int(quotes.sum())) & 1
        self._before = int(text[-1])

    def result(self, *, ends_open: bool) -> Survey:
        if ends_open or self._cells > 1:
            self._note(np.array([self._cells]))
        alike = int(self._by_cells.argmax())
        often = self._by_cells[alike] >= _LEAST_ALIKE and 2 * self._by_cells[alike] > self._records
        usual = max(alike, self._width) if often else self._width
        return Survey(self._records, self._clean and not self._quoted, usual, self._long)

    def _plain(self, quotes: Flags) -> Flags | bool:
        """Which bytes stand in no quoted cell."""
        if not quotes.any():
            return not self._quoted
        return (np.cumsum(quotes, dtype=np.uint8) + np.uint8(self._quoted)) & 1 == 0

    def _check_quotes(self, text: Bytes, quotes: Places, after: int) -> None:
        if not len(quotes) or not self._clean:
            return
        opens = (self._quoted + np.arange(len(quotes))) & 1 == 0
        before = np.append(np.uint8(self._before), text[:-1])[quotes[opens]]
        behind = np.append(text[1:], np.uint8(after))[quotes[~opens]]
        self._clean = bool(self._beside[before].all() and self._beside[behind].all())

    def _count(self, ends: Places, separators: Places) -> None:
        if not len(ends):
            self._cells += len(separators)
            return
        until = np.searchsorted(separators, ends)
        cells = np.diff(until, prepend=0) + 1
        cells[0] += self._cells - 1
        self._note(cells)
        self._cells = 1 + len(separators) - int(until[-1])

    def _note(self, cells: Places) -> None:
        self._clean &= not (cells > _MOST_CELLS).any()
        self._by_cells += np.bincount(np.minimum(cells, _MOST_CELLS), minlength=_MOST_CELLS + 1)
        for at in np.flatnonzero(cells > self._width):
            self._long[self._records + int(at)] = int(cells[at])
        self._records += len(cells)


def damaged_records(path: Path, separator: str, *, skip_lines: int, width: int) -> Iterator[list[str]]:
    """The records of a UTF-8 file with quotation marks where none may stand: each line is one, unless it opens a cell
    that a later line closes cleanly, with no more cells than `width`. Other marks are text."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        lines = _Lines(islice(source, skip_lines, None))
        for line in lines:
            yield _over_several(line, lines, separator, width) or _of_one(line, separator)


class _Lines:
    """Lines of a file that can be looked ahead at."""

    def __init__(self, source: Iterator[str]) -> None:
        self._source = source
        self._ahead: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        return self._ahead.popleft() if self._ahead else next(self._source)

    def ahead(self, count: int) -> list[str]:
        self._ahead.extend(islice(self._source, max(0, count - len(self._ahead))))
        return list(islice(self._ahead, count))

    def drop(self, count: int) -> None:
        for _ in range(count):
            self._ahead.popleft()


def _over_several(line: str, lines: _Lines, separator: str, width: int) -> list[str] | None:
    """The record that `line` opens and a later one closes; None where it is no such record."""
    if not _is_open(line, separator):
        return None
    reader = csv.reader(chain([line], lines.ahead(_LINES_IN_A_RECORD)), delimiter=separator, strict=True)
    try:
        cells = next(reader)
    except csv.Error:
        return None
    if len(cells) > width:
        return None
    lines.drop(reader.line_num - 1)
    return cells


def _of_one(line: str, separator: str) -> list[str]:
    plain = line.rstrip("\r\n")
    if '"' in plain and not _is_open(plain, separator):
        try:
            return next(csv.reader([plain], delimiter=separator))
        except csv.Error:
            pass  # a cell longer than that reader takes
    return plain.split(separator)


def _is_open(line: str, separator: str) -> bool:
    """Whether a cell of the line goes on in the next one; marks in pairs close each other."""
    if line.count('"') % 2 == 0:
        return False
    reader = csv.reader([line, ""], delimiter=separator)
    try:
        next(reader)
    except csv.Error:
        return False
    return reader.line_num > 1
