"""Disk and object storage: their refusals as errors a user can mend; files that are there as a whole or not at all."""

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

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED: Final = {errno.EACCES, errno.EPERM, errno.EROFS}
_GONE: Final = {errno.ENOENT, errno.ENOTDIR, errno.ESTALE}
_CODES: Final = {
    **dict.fromkeys(_FULL, "store_disk_full"),
    **dict.fromkeys(_REFUSED, "store_not_writable"),
    **dict.fromkeys(_GONE, "store_gone"),
}
_NO_ROOM_BYTES: Final = 65_536
# Libraries written in Rust and C pass on the system's error only in words.
_WORDS: Final = {os.strerror(number).lower(): code for number, code in _CODES.items()} | {
    "database or disk is full": "store_disk_full",
    "readonly database": "store_not_writable",
    "unable to open database": "store_not_writable",
    "not a delta table": "store_gone",
    "no such table": "store_gone",
    "concurrent transaction": "store_overtaken",
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
    "concurrent transaction": "store_overtaken",
}


@contextmanager
def storage_errors(place: Path | str) -> Iterator[None]:
    """Raise StorageError, with the cause in one line, for what is refused while `place` is worked on.

    `place` is a folder, or the address of a bucket.
    """
    try:
        yield
    except Exception as error:
        if not isinstance(error, OSError) and not _of_storage(error):
            raise
        if isinstance(place, str) and (code := _code_of_bucket(error)):
            raise StorageError(code, path=place, detail=_one_line(error)) from error
        number, name = (error.errno, error.filename) if isinstance(error, OSError) else (None, None)
        code = _CODES.get(number or 0) or _code_of(str(error), place)
        raise StorageError(code, path=name or place, detail=_one_line(error)) from error


def storage_error(error: OSError) -> StorageError:
    """The disk's refusal in a user's words, where nothing else is known of what was being done."""
    path = os.fspath(error.filename) if isinstance(error.filename, (str, os.PathLike)) else "?"
    known = {
        errno.ENOSPC: "cli_disk_full",
        errno.EDQUOT: "cli_disk_full",
        errno.EACCES: "cli_not_permitted",
        errno.EPERM: "cli_not_permitted",
        errno.EROFS: "cli_not_permitted",
        errno.ENOENT: "cli_no_such_file",
        errno.ENOTDIR: "cli_file_in_the_way",
        errno.EEXIST: "cli_file_in_the_way",
        errno.EISDIR: "cli_is_a_folder",
    }
    code = known.get(error.errno or 0, "cli_storage_refused")
    return StorageError(code, path=path, detail=error.strerror or str(error))


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
    if origin in {"deltalake", "_internal", "sqlalchemy", "obstore"}:
        return True
    return origin in {"polars", "pyarrow"} and any(word in str(error).lower() for word in _WORDS)


def _code_of_bucket(error: Exception) -> str | None:
    words = str(error).lower()
    return next((code for word, code in _BUCKET_WORDS.items() if word in words), None)


def _code_of(words: str, place: Path | str) -> str:
    known = next((code for word, code in _WORDS.items() if word in words.lower()), None)
    folder = Path(place)
    if known is None and folder.exists() and shutil.disk_usage(folder).free < _NO_ROOM_BYTES:
        return "store_disk_full"  # SQLite calls it an I/O error when it finds no room for its shared memory
    return known or "store_failed"


def _one_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error  # SQLite's words, without the statement around it
    plain = re.sub(r"\x1b\[[0-9;]*m|↳", "", str(cause))
    return " ".join(plain.split())[:300]
