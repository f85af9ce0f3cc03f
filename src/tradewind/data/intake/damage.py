"""What readers raise over a damaged file, as one error that names it: zip, workbook and Parquet readers each have their
own, and those written in Rust may panic, which is no Exception in Python."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tradewind.core.errors import TradewindError, UnreadableFileError

_DAMAGE: Final = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError,
    UnicodeError, RecursionError, OverflowError,
)  # fmt: skip


@contextmanager
def damage_as_error(name: str, code: str = "file_damaged") -> Iterator[None]:
    """Raise UnreadableFileError `code` that names the file for what its damage makes readers raise."""
    try:
        yield
    except BaseException as error:
        if not _is_damage(error):
            raise
        raise UnreadableFileError(code, path=name) from error


def _is_damage(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno is None  # the reader's own words, as bzip2 has them, not the system's
    return isinstance(error, _DAMAGE) or type(error).__name__ == "PanicException"


def check_none_lost(name: str, rows: int, accounted_for: int) -> None:
    """Raise UnreadableFileError where not every row that was read is loaded, left out with a word, or to correct."""
    if rows != accounted_for:
        raise UnreadableFileError("rows_lost", path=name, rows=f"{rows:,}", found=f"{accounted_for:,}")


@contextmanager
def one_of_several(name: str) -> Iterator[None]:
    """Raise UnreadableFileError that names the file for a fault of the program's own too, so that others go on."""
    try:
        yield
    except (TradewindError, OSError, MemoryError):
        raise
    except Exception as error:
        detail = " ".join(str(error).split())[:300]
        raise UnreadableFileError("file_fault", path=name, kind=type(error).__name__, detail=detail) from error
