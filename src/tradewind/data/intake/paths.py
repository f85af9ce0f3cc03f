"""What a path holds: files on disk, in folders and in zips, in order of name."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

from tradewind.core.errors import InputError, StorageError, TradewindError, UnreadableFileError
from tradewind.data.intake.damage import damage_as_error
from tradewind.data.intake.files import MAX_UNPACKED_BYTES, File, is_bomb, not_readable, shown_name

_MAX_MEMBERS = 2000
_READABLE = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".parquet", ".zip", ".tab", ".json", ".jsonl", ".ndjson"}


def expand(path: Path) -> tuple[list[File], list[tuple[str, TradewindError]]]:
    """All files at `path` (a file, a folder, a zip), in order of name, and those that cannot be opened, with why."""
    if not path.exists():
        raise UnreadableFileError("file_not_found", path=path)
    if path.is_file():
        _check_not_open(path, path.name)
        name = shown_name(path.name)
        return (_zip_members(path, name), []) if _is_zip(path) else ([File(path, None, name)], [])
    files: list[File] = []
    refused: list[tuple[str, TradewindError]] = []
    for one in sorted(p for p in path.rglob("*") if p.is_file()):
        name = shown_name(one.relative_to(path).as_posix())
        if _ignored(name):
            continue
        try:
            _check_suffix(name)
            _check_not_open(one, name)
            files += _zip_members(one, name) if _is_zip(one) else [File(one, None, name)]
        except (InputError, StorageError) as error:
            refused.append((name, error))
    return files, refused


def single(path: Path) -> File:
    """The one file at `path`, for who wants no folder and no zip of files. Raises UnreadableFileError."""
    if not path.is_file():
        raise UnreadableFileError("is_a_folder" if path.is_dir() else "file_not_found", path=path)
    _check_not_open(path, path.name)
    if _is_zip(path):
        raise UnreadableFileError("file_kind_unknown", path=path.name)
    return File(path, None, path.name)


def _check_not_open(path: Path, name: str) -> None:
    """Excel and LibreOffice leave a note beside a workbook they hold open; what is not saved yet would be missed."""
    notes = (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#"))
    if any(note.exists() for note in notes):
        raise UnreadableFileError("file_open_elsewhere", path=name)


def _is_zip(path: Path) -> bool:
    """A zip of files, that is not a workbook (which is a zip too)."""
    try:
        with path.open("rb") as stream:
            start = stream.read(4)
    except OSError as error:
        raise not_readable(path.name, error) from error
    if start != b"PK\x03\x04":
        return False
    if path.suffix.lower() == ".zip":
        return True
    try:
        with damage_as_error(path.name), zipfile.ZipFile(path) as archive:
            return not any(name.startswith("xl/") for name in archive.namelist())
    except UnreadableFileError:
        return False


def _zip_members(path: Path, name: str) -> list[File]:
    with damage_as_error(name, "archive_broken"), zipfile.ZipFile(path) as archive:
        members = [m for m in archive.infolist() if not m.is_dir()]
    if any(m.flag_bits & 0x1 for m in members):
        raise UnreadableFileError("archive_locked", path=name)
    unpacked = sum(m.file_size for m in members)
    if unpacked > MAX_UNPACKED_BYTES or len(members) > _MAX_MEMBERS or is_bomb(members):
        raise UnreadableFileError("archive_too_large", path=name, limit_gib=MAX_UNPACKED_BYTES >> 30)
    shown = [(m.filename, _shown_name(m)) for m in members]
    files = [File(path, raw, f"{name}/{nice}") for raw, nice in shown if not _ignored(nice) and _readable(nice)]
    return sorted(files, key=lambda f: f.name)


def _shown_name(member: zipfile.ZipInfo) -> str:
    """The name as written by Chinese Windows, which marks no encoding."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gbk")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return member.filename


def _ignored(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(p.startswith((".", "~$")) or p == "__MACOSX" for p in parts)


def _readable(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in _READABLE


def _check_suffix(name: str) -> None:
    if not _readable(name):
        raise UnreadableFileError("file_kind_unknown", path=name)
