"""Disk and object storage: their refusals as errors a user can fix; files written as a whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tradewind.core.errors import StorageError

_CODES: Final = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "disk_full"),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "not_permitted"),
    **dict.fromkeys((errno.ENOENT, errno.ESTALE), "file_not_found"),
    **dict.fromkeys((errno.ENOTDIR, errno.EEXIST), "not_a_folder"),
    errno.EISDIR: "is_a_folder",
}
_NO_ROOM_BYTES: Final = 65_536
# Libraries written in Rust and C pass on the system's error only in words.
_WORDS: Final = {os.strerror(number).lower(): code for number, code in _CODES.items()} | {
    "database or disk is full": "disk_full",
    "readonly database": "not_permitted",
    "unable to open database": "not_permitted",
    "not a delta table": "file_not_found",
    "no such table": "file_not_found",
    "concurrent transaction": "concurrent_import",
}
# What an object store answers, in the order looked for: a refusal may name the address it was sent to as well.
_BUCKET_WORDS: Final = {
    "nosuchbucket": "bucket_none",
    "accessdenied": "bucket_refused",
    "invalidaccesskeyid": "bucket_refused",
    "signaturedoesnotmatch": "bucket_refused",
    "expiredtoken": "bucket_refused",
    "invalidtoken": "bucket_refused",
    "403 forbidden": "bucket_refused",
    "401 unauthorized": "bucket_refused",
    "169.254.169.254": "bucket_no_keys",
    "169.254.170.2": "bucket_no_keys",
    "credential": "bucket_no_keys",
    "error sending request": "bucket_unreachable",
    "connection refused": "bucket_unreachable",
    "dns error": "bucket_unreachable",
    "timed out": "bucket_unreachable",
    "concurrent transaction": "concurrent_import",
}


@contextmanager
def storage_errors(place: Path | str) -> Iterator[None]:
    """Raise StorageError, with the cause in one line, for what is refused while a workspace is worked on.

    `place` is its folder, or the address of its bucket. A file that is not found is one that was there before.
    """
    try:
        yield
    except Exception as error:
        if not _of_storage(error):
            raise
        name = error.filename if isinstance(error, OSError) and error.filename else place
        code = isinstance(place, str) and _code_of_bucket(error)
        code = code or ("data_gone" if _code_of(error, place) == "file_not_found" else _code_of(error, place))
        raise StorageError(code, path=name, detail=_detail(error)) from error


@contextmanager
def file_errors(path: Path) -> Iterator[None]:
    """Raise StorageError naming `path` for what the disk refuses, whichever library found out."""
    try:
        yield
    except Exception as error:
        if not _of_storage(error):
            raise
        raise storage_error(error, path) from error


def storage_error(error: Exception, path: Path | str | None = None) -> StorageError:
    """A refusal of the disk by its cause; without `path`, of the file that the system names."""
    name = getattr(error, "filename", None) if path is None else path
    shown = os.fspath(name) if isinstance(name, (str, os.PathLike)) else "?"
    return StorageError(_code_of(error, shown), path=shown, detail=_detail(error))


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
    if isinstance(error, OSError) or origin in {"deltalake", "_internal", "sqlalchemy", "obstore"}:
        return True
    return origin in {"polars", "pyarrow"} and _code_in_words(error) is not None


def _code_of_bucket(error: Exception) -> str | None:
    words = str(error).lower()
    return next((code for word, code in _BUCKET_WORDS.items() if word in words), None)


def _code_of(error: Exception, place: Path | str) -> str:
    number = error.errno if isinstance(error, OSError) else None
    known = _CODES.get(number or 0) or _code_in_words(error)
    if known is None and _is_full(Path(place)):
        return "disk_full"  # SQLite calls it an I/O error when it finds no room for its shared memory
    return known or "storage_failed"


def _code_in_words(error: Exception) -> str | None:
    words = str(error).lower()
    return next((code for word, code in _WORDS.items() if word in words), None)


def _is_full(folder: Path) -> bool:
    return folder.exists() and shutil.disk_usage(folder).free < _NO_ROOM_BYTES


def _detail(error: Exception) -> str:
    """What the system or a library says, in one line; of SQLAlchemy the database's words, without the statement."""
    words = error.strerror if isinstance(error, OSError) and error.strerror else getattr(error, "orig", None) or error
    plain = re.sub(r"\x1b\[[0-9;]*m|↳", "", str(words))
    return " ".join(plain.split())[:300]
