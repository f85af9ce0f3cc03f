"""A file on disk or in a zip, and what its bytes say it is."""

from __future__ import annotations

import codecs
import hashlib
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import IO, Literal

from tradewind.core.errors import InputError, StorageError, UnreadableFileError
from tradewind.data.intake.charsets import readings
from tradewind.data.intake.damage import damage_as_error
from tradewind.data.intake.workbook_size import check_size
from tradewind.data.storage import storage_error

Kind = Literal["text", "workbook", "parquet", "json", "web"]

MAX_UNPACKED_BYTES = 12 * 1024**3
MAX_WORKBOOK_BYTES = 2 * 1024**3
MAX_RATIO = 300
_RATIO_FROM_BYTES = 50 * 1024**2
_CHUNK = 4 * 1024**2
_LOOK = 64 * 1024
_MOST_LINES_BYTES = 256 * 1024
_PROOF = {"shift_jis": re.compile("[\u3041-\u30fe]")}
"""Western letters are mostly valid Shift_JIS too, but never its kana, without which hardly a Japanese text is."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MANY = 20
_WEB = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head", b"<style", b"<body", b"<div", b"<!--")
_SHARING_VIOLATIONS = (32, 33)


@dataclass(frozen=True)
class File:
    """One file: on disk, or the `member` of a zip at `path`. `name` is what messages call it."""

    path: Path
    member: str | None
    name: str

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The file's bytes as a stream; a zip member is unpacked as it is read."""
        if self.member is None:
            with self.path.open("rb") as stream:
                yield stream
            return
        with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as stream:
            yield stream

    @property
    def plain_path(self) -> bool:
        """Whether readers written in other languages can be given the path: it is there, and its name is Unicode."""
        return self.member is None and shown_name(str(self.path)) == str(self.path)

    def on_disk(self, staging: Path) -> Path:
        """A path the readers can open; a zip member is unpacked below `staging`, within the size limit."""
        if self.plain_path:
            return self.path
        if self.member is None:
            link = staging / "linked"
            link.symlink_to(self.path.absolute())
            return link
        name = self.member.encode("utf-8", "surrogatepass")
        target = staging / (hashlib.blake2b(name, digest_size=8).hexdigest() + ".unpacked")
        with self.open() as stream, target.open("wb") as out:
            left = MAX_UNPACKED_BYTES
            while chunk := stream.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise UnreadableFileError("archive_too_large", path=self.name, limit_gib=MAX_UNPACKED_BYTES >> 30)
                out.write(chunk)
        return target


@dataclass(frozen=True)
class Examined:
    """What a file's bytes say. `encoding` is null for text in none of the encodings we recognise.

    doubt   readings of a text that are as plausible as the first: encoding, and a word as it is in that encoding
    """

    kind: Kind
    content_hash: str
    size: int
    encoding: str | None = None
    doubt: tuple[tuple[str, str], ...] = ()


def shown_name(name: str) -> str:
    """A file's name as text: one in bytes that are no UTF-8 was written by a Chinese Windows, or says so with "?"."""
    try:
        name.encode()
    except UnicodeEncodeError:
        try:
            return os.fsencode(name).decode("gb18030")
        except UnicodeError:
            return name.encode("utf-8", "replace").decode()
    return name


def examine(file: File, encoding: str | None = None) -> Examined:
    """Hash, kind and encoding in one pass. Raises UnreadableFileError for what nobody could read.

    `encoding`: what a text is said to be in, if it is no UTF-8 or UTF-16, which a text itself tells.
    """
    try:
        before = _size(file)
        with (
            damage_as_error(file.name, "file_damaged" if file.member is None else "archive_broken"),
            file.open() as stream,
        ):
            start = stream.read(_CHUNK)
            kind = _kind(file, start)
            examined = _examined(file, stream, start, kind, encoding)
    except OSError as error:
        raise not_readable(file.name, error) from error
    except RuntimeError as error:
        if "password" not in str(error) and "encrypted" not in str(error):
            raise UnreadableFileError("archive_broken", path=file.name) from error
        raise UnreadableFileError("archive_locked", path=file.name) from error
    if file.member is None and not before == examined.size == _size(file):
        raise UnreadableFileError("file_still_written", path=file.name)
    return examined


def check_unchanged(file: File, examined: Examined) -> None:
    """Raises UnreadableFileError where the file has grown or shrunk since it was examined."""
    if file.member is None and _size(file) != examined.size:
        raise UnreadableFileError("file_still_written", path=file.name)


def not_readable(name: str, error: OSError) -> InputError | StorageError:
    """What to say of a file the system will not give: another program holds it, or the disk fails."""
    held = isinstance(error, PermissionError) and (
        os.name == "nt" or getattr(error, "winerror", None) in _SHARING_VIOLATIONS
    )
    if held:
        return UnreadableFileError("file_open_elsewhere", path=name)
    return storage_error(error, name)


def _size(file: File) -> int:
    return file.path.stat().st_size


def decodes(file: File, encoding: str) -> bool:
    """True when every byte of the file is valid in `encoding`, and the text is what only that encoding makes of it."""
    decoder = codecs.getincrementaldecoder(encoding)()
    proof = _PROOF.get(encoding)
    proven = proof is None
    try:
        with file.open() as stream:
            while chunk := stream.read(_CHUNK):
                text = decoder.decode(chunk)
                proven = proven or (proof is not None and proof.search(text) is not None)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return proven


def transcode(path: Path, encoding: str, target: Path, *, newline: str | None = "") -> Path:
    """`path` written again as UTF-8 at `target`, in pieces; with `newline=None` all lines end in a line feed."""
    with (
        path.open("r", encoding=encoding, newline=newline) as source,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        shutil.copyfileobj(source, out, _CHUNK)
    return target


def _examined(file: File, stream: IO[bytes], start: bytes, kind: Kind, said: str | None) -> Examined:
    digest = hashlib.blake2b(digest_size=16)
    text = _Utf8() if kind in ("text", "json", "web") else None
    size, chunk = 0, start
    while chunk:
        size += len(chunk)
        digest.update(chunk)
        if text is not None:
            text.take(chunk)
        chunk = stream.read(_CHUNK)
    if text is None:
        return Examined(kind, digest.hexdigest(), size)
    text.take(b"", final=True)
    encoding, doubt = _encoding(file, start, text, said)
    return Examined(kind, digest.hexdigest(), size, encoding, doubt)


class _Utf8:
    """Follows a stream and notes whether it is UTF-8, and how much of it was beyond ASCII before it was not."""

    def __init__(self) -> None:
        self.valid = True
        self.beyond_ascii = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def take(self, chunk: bytes, *, final: bool = False) -> None:
        if not self.valid:
            return
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            self.valid = False
            text = chunk[: error.start].decode("utf-8", "ignore")
        if not text.isascii():
            self.beyond_ascii += sum(1 for c in text[:100_000] if ord(c) > 127)


def _encoding(
    file: File, start: bytes, text: _Utf8, said: str | None
) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """The encoding of a text, and the readings that leave it in doubt."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16" if decodes(file, "utf-16") else None, ()
    if b"\x00" in start[:_LOOK] and (wide := _wide(file, start)):
        return wide, ()
    if text.valid:
        return "utf-8", ()
    if said is not None:
        return _as_said(file, said), ()
    return (None, ()) if text.beyond_ascii >= _MANY else _old_encoding(file)


def _as_said(file: File, said: str) -> str:
    try:
        b"a".decode(said, "ignore")
        fits = decodes(file, said)
    except LookupError:
        fits = False
    if not fits:
        raise UnreadableFileError("file_other_encoding", path=file.name, encoding=said)
    return said


def _old_encoding(file: File) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    found = [one for one in readings(_telling_lines(file)) if decodes(file, one.encoding)]
    if len(found) < 2:
        return (found[0].encoding if found else None), ()
    pairs = zip_longest(*(one.words for one in found), fillvalue="")
    shown = next(words for words in pairs if len(set(words)) > 1)
    return found[0].encoding, tuple((one.encoding, word) for one, word in zip(found, shown, strict=True))


def _wide(file: File, start: bytes) -> str | None:
    """UTF-16 without a mark: the order of its bytes in which there are separators and line ends."""
    units = {start[at : at + 2] for at in range(0, min(len(start), _LOOK) - 1, 2)}
    for encoding in ("utf-16-le", "utf-16-be"):
        marks = sum(mark.encode(encoding) in units for mark in ',;|\t\r\n{["0123456789')
        if marks > 1 and decodes(file, encoding):
            return encoding
    return None


def _telling_lines(file: File) -> bytes:
    """The lines of a text with bytes beyond ASCII, up to a limit."""
    found: list[bytes] = []
    left = _MOST_LINES_BYTES
    with file.open() as stream:
        for block in stream:
            for line in re.split(rb"[\r\n]", block):
                if not line.isascii():
                    found.append(line)
                    left -= len(line)
            if left < 0:
                break
    return b"\n".join(found)


def _kind(file: File, start: bytes) -> Kind:
    if not start.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise UnreadableFileError("file_empty", path=file.name)
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in start:
            raise UnreadableFileError("workbook_locked", path=file.name)
        return "workbook"
    if start.startswith(b"PK\x03\x04"):
        _check_workbook(file)
        return "workbook"
    if _is_web_page(file, start):
        return "web"
    two_bytes = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if file.name.lower().endswith((".xlsx", ".xlsm", ".xls")) and b"\x00" in start and not two_bytes:
        raise UnreadableFileError("workbook_broken", path=file.name)
    return "json" if _is_json(file, start) else "text"


def _is_web_page(file: File, start: bytes) -> bool:
    """A page, or Excel's XML, with tables in it; raises UnreadableFileError for one without."""
    plain = start.replace(b"\x00", b"").lstrip(b"\xff\xfe\xef\xbb\xbf \t\r\n").lower()
    if not plain.startswith(_WEB):
        return False
    if b"<table" not in plain:
        raise UnreadableFileError("file_is_web_page", path=file.name)
    return True


def _is_json(file: File, start: bytes) -> bool:
    if file.name.lower().endswith((".json", ".jsonl", ".ndjson")):
        return True
    return re.match(rb"\s*(\{\s*[\"}]|\[\s*[\[{\]])", start.removeprefix(codecs.BOM_UTF8)) is not None


def _check_workbook(file: File) -> None:
    """A workbook is a zip: cut short it has no directory, and its size unpacked is known beforehand."""
    with damage_as_error(file.name, "workbook_broken"), file.open() as stream, zipfile.ZipFile(stream) as archive:
        members = archive.infolist()
        _check_members(file, members)
        check_size(archive, file.name)


def _check_members(file: File, members: list[zipfile.ZipInfo]) -> None:
    if sum(m.file_size for m in members) > MAX_WORKBOOK_BYTES or is_bomb(members):
        raise UnreadableFileError("archive_too_large", path=file.name, limit_gib=MAX_WORKBOOK_BYTES >> 30)
    if not any(m.filename.startswith("xl/") for m in members):
        raise UnreadableFileError("workbook_broken", path=file.name)


def is_bomb(members: list[zipfile.ZipInfo]) -> bool:
    """Whether the members, one or all together, unpack to far more than text does."""
    sizes = [(m.file_size, m.compress_size) for m in members]
    together = (sum(size for size, _ in sizes), sum(packed for _, packed in sizes))
    return any(size > _RATIO_FROM_BYTES and size > MAX_RATIO * max(packed, 1) for size, packed in [*sizes, together])
