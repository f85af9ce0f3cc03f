"""The disk: its refusals as errors a user can mend, and files that are there as a whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tradewind.core.errors import StorageError

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED: Final = {errno.EACCES, errno.EPERM, errno.EROFS}
_GONE: Final = {errno.ENOENT, errno.ENOTDIR, errno.ESTALE}
_CODES: Final = {
    **dict.fromkeys(_FULL, "store_disk_full"),
    **dict.fromkeys(_REFUSED, "store_not_writable"),
    **dict.fromkeys(_GONE, "store_gone"),
}
_NO_ROOM_BYTES: Final = 65_536
# Libraries written in Rust and C pass on what the system said only in words.
_WORDS: Final = {os.strerror(number).lower(): code for number, code in _CODES.items()} | {
    "database or disk is full": "store_disk_full",
    "readonly database": "store_not_writable",
    "unable to open database": "store_not_writable",
    "not a delta table": "store_gone",
    "no such table": "store_gone",
}


@contextmanager
def storage_errors(folder: Path) -> Iterator[None]:
    """Raise StorageError, with the cause in one line, for what the disk refuses while `folder` is worked on."""
    try:
        yield
    except OSError as error:
        code = _CODES.get(error.errno or 0) or _code_of(str(error), folder)
        raise StorageError(code, path=error.filename or folder, detail=_one_line(error)) from error
    except Exception as error:
        if not _of_storage(error):
            raise
        raise StorageError(_code_of(str(error), folder), path=folder, detail=_one_line(error)) from error


@contextmanager
def staging_folder(folder: Path) -> Iterator[Path]:
    """An empty folder that goes when the work in it ends; one left from a writer that died is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_at_once(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a small file so that a reader, or a power cut, finds all of it or nothing."""
    half = path.with_name(f"{path.name}.half")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


def _of_storage(error: Exception) -> bool:
    origin = type(error).__module__.partition(".")[0]
    if origin in {"deltalake", "_internal", "sqlalchemy"}:
        return True
    return origin in {"polars", "pyarrow"} and any(said in str(error).lower() for said in _WORDS)


def _code_of(words: str, folder: Path) -> str:
    known = next((code for said, code in _WORDS.items() if said in words.lower()), None)
    if known is None and folder.exists() and shutil.disk_usage(folder).free < _NO_ROOM_BYTES:
        return "store_disk_full"  # SQLite calls it an I/O error when it finds no room for its shared memory
    return known or "store_failed"


def _one_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error  # what SQLite said, without the statement around it
    return " ".join(str(cause).split())[:300]
