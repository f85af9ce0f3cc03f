"""What a workbook's sheets would take in memory, told from their XML before a reader sees them.

A reader holds a sheet as the rectangle from its first to its last cell, and a copy of a shared text for every cell that
shows it: a file of 2 kB with one cell in the last row and column takes hundreds of gigabytes, and the process dies.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from tradewind.core.errors import UnreadableFileError

MAX_CELLS: Final = 30_000_000
"""Cells of a sheet's rectangle, empty ones included; about 2 GiB while it is read."""
MAX_TEXT_BYTES: Final = 768 * 1024**2
"""Bytes of a sheet's shared texts, each counted as often as a cell shows it."""
_CHUNK: Final = 4 * 1024**2
_OVERLAP: Final = 4096
_TAG: Final = rb"<(?:\w+:)?"
_ROW: Final = re.compile(_TAG + rb"row\s[^>]*?\br=[\"'](\d{1,7})[\"']")
_WIDE: Final = re.compile(rb"r=[\"']([A-Z]{2,3})\d")
_CELL: Final = re.compile(_TAG + rb"c\s[^>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"'][^>]*(?<!/)>(?!</)")
_ROW_OF_BARE_CELLS: Final = re.compile(
    _TAG + rb"row\s[^>]*?\br=[\"'](\d{1,7})[\"'][^>]*>\s*" + _TAG + rb"c(?![^>]*\br=)"
)
_SHARED: Final = re.compile(_TAG + rb"c\s[^>]*?\bt=[\"']s[\"'][^>]*>\s*" + _TAG + rb"v>(\d{1,9})<")
_END_OF_TEXT: Final = re.compile(rb"</(?:\w+:)?si>|" + _TAG + rb"si\s*/>")
_NARROW: Final = 26


def check_size(archive: zipfile.ZipFile, name: str) -> None:
    """Raise UnreadableFileError where a sheet of the workbook `name` would take more than is safe to hold."""
    parts = [m for m in archive.infolist() if m.filename.lower().endswith(".xml") and "/" in m.filename]
    texts = [m for m in parts if "sharedstrings" in m.filename.lower()]
    lengths = np.concatenate([_lengths(archive, m) for m in texts]) if texts else np.zeros(0, np.int64)
    for part in parts:
        if part not in texts:
            _check_sheet(archive, part, lengths, name)


def _check_sheet(archive: zipfile.ZipFile, part: zipfile.ZipInfo, lengths: npt.NDArray[np.int64], name: str) -> None:
    """Bounds that are quick to know first, what every cell says only where they do not suffice."""
    last_row, last_column, shared = 0, _NARROW, 0
    for text in _windows(archive, part):
        last_row = max(last_row, *map(int, _ROW.findall(text)), 0)
        last_column = max(last_column, *map(_column, set(_WIDE.findall(text))), 0)
        shared += text.count(b't="s"') + text.count(b"t='s'")
    if last_row * last_column > MAX_CELLS:
        last_row, last_column = _last_cell(archive, part)
        if last_row * last_column > MAX_CELLS:
            raise UnreadableFileError("sheet_far_cell", path=name, row=f"{last_row:,}", column=f"{last_column:,}")
    if not len(lengths):
        return
    at_most = int(lengths.sum()) + max(shared - len(lengths), 0) * int(lengths.max())
    if at_most > MAX_TEXT_BYTES and (size := _shared_bytes(archive, part, lengths)) > MAX_TEXT_BYTES:
        raise UnreadableFileError("sheet_long_texts", path=name, size_mib=size >> 20, limit_mib=MAX_TEXT_BYTES >> 20)


def _last_cell(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> tuple[int, int]:
    """The last row and column that hold anything; a cell that is only formatted holds nothing."""
    last_row, last_column = 0, 0
    for text in _windows(archive, part):
        cells = _CELL.findall(text)
        rows = [*(int(row) for _, row in cells), *map(int, _ROW_OF_BARE_CELLS.findall(text))]
        last_row = max(last_row, *rows, 0)
        last_column = max(last_column, *map(_column, {column for column, _ in cells}), 0)
    return last_row, last_column


def _shared_bytes(archive: zipfile.ZipFile, part: zipfile.ZipInfo, lengths: npt.NDArray[np.int64]) -> int:
    size = 0
    for text in _windows(archive, part):
        found = np.array(_SHARED.findall(text), dtype="S9")
        at = found.astype(np.int64) if len(found) else np.zeros(0, np.int64)
        size += int(lengths[at[at < len(lengths)]].sum())
    return size


def _lengths(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> npt.NDArray[np.int64]:
    """Bytes of each shared text, its tags included."""
    ends: list[int] = []
    start = 0
    for text in _windows(archive, part):
        ends += [start + m.end() for m in _END_OF_TEXT.finditer(text) if not ends or start + m.start() >= ends[-1]]
        start += len(text) - min(_OVERLAP, len(text))
    return np.diff(np.array(ends, np.int64), prepend=0).astype(np.int64)


def _windows(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's bytes in pieces that overlap, so that no tag is cut in two."""
    with archive.open(part) as stream:
        tail = b""
        while chunk := stream.read(_CHUNK):
            yield (text := tail + chunk)
            tail = text[-_OVERLAP:]


def _column(letters: bytes) -> int:
    """The number of a column by its letters.

    >>> _column(b"AA")
    27
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
