"""The tables inside a JSON file: every list of objects, wherever it stands, is one.

    {"module": [{"mailNo": "LP1", "detailList": [{"time": 1770362717000, "actionCode": "LH_DEPART"}]}]}

holds `module` (column module.mailNo) and `module.detailList` (module.mailNo, module.detailList.time,
module.detailList.actionCode). A table is named by its path of keys; its columns are the scalars of its objects, of
objects inside them, and of all that lies around the list, each under its own path. An empty list is a cell "[]" of the
object that has it; lists of scalars are left out. Numbers keep every digit they were written with.
A file of JSON lines is one list, a line an object; so is a file that is a list itself, and its table has no name.

A row's number is the object's place in its table, counted from 1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import count
from pathlib import PurePosixPath
from typing import IO, Any, Final

import polars as pl

from tradewind.core.errors import UnreadableFileError
from tradewind.data.intake.files import Examined, File

MAX_JSON_BYTES: Final = 256 * 1024**2
"""A document is read whole, and takes about eight times its size in memory; lines are read one by one."""
MAX_LINE_BYTES: Final = 64 * 1024**2
_LINE_SUFFIXES: Final = {".jsonl", ".ndjson"}
_CHUNK_ROWS: Final = 50_000
_EMPTY: Final = "[]"
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")

Row = dict[str, str]
Table = tuple[str | None, Row]


def json_headings(file: File, examined: Examined, encoding: str) -> dict[str | None, list[str]]:
    """Each table's path (null for the list that the file is) and its columns, in the order they first appear."""
    found: dict[str | None, dict[str, None]] = {}
    for path, row in _rows(file, examined, encoding):
        found.setdefault(path, {}).update(dict.fromkeys(row))
    if not found:
        raise UnreadableFileError("json_no_rows", path=file.name)
    return {path: list(columns) for path, columns in found.items()}


def json_rows(
    file: File, examined: Examined, encoding: str, table: str | None, columns: list[str]
) -> Iterator[pl.DataFrame]:
    """The rows of one table in pieces: `columns` as text, null where an object has no such key."""
    wanted: dict[str, list[str | None]] = {name: [] for name in columns}
    size = 0
    for path, row in _rows(file, examined, encoding):
        if path != table:
            continue
        for name, cells in wanted.items():
            cells.append(row.get(name))
        size += 1
        if size == _CHUNK_ROWS:
            yield pl.DataFrame(wanted, schema=dict.fromkeys(columns, pl.String))
            wanted, size = {name: [] for name in columns}, 0
    if size or not columns:
        yield pl.DataFrame(wanted, schema=dict.fromkeys(columns, pl.String))


def _rows(file: File, examined: Examined, encoding: str) -> Iterator[Table]:
    """Every object of every list, with the scalars around it."""
    if PurePosixPath(file.name).suffix.lower() in _LINE_SUFFIXES:
        yield from _of_lines(file, encoding)
        return
    if examined.size > MAX_JSON_BYTES:
        raise UnreadableFileError("json_too_large", path=file.name, limit_mib=MAX_JSON_BYTES >> 20)
    with file.open() as stream:
        raw = stream.read()
    try:
        text = raw.decode(encoding).removeprefix("\ufeff")
        document = _parsed(text)
    except UnicodeDecodeError as error:
        raise UnreadableFileError("file_encoding", path=file.name) from error
    except json.JSONDecodeError as error:
        if error.msg != "Extra data" or "\n" not in text.strip():
            raise UnreadableFileError("json_broken", path=file.name, line=error.lineno) from error
        del text
        yield from _of_lines(file, encoding)
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError("json_too_deep", path=file.name) from error
    else:
        yield from _tables(document, file)


def _of_lines(file: File, encoding: str) -> Iterator[Table]:
    with file.open() as stream:
        for number, line in _lines(stream, encoding, file):
            try:
                one = _parsed(line)
            except (ValueError, RecursionError) as error:
                raise UnreadableFileError("json_broken", path=file.name, line=number) from error
            yield from _tables([one], file)


def _lines(stream: IO[bytes], encoding: str, file: File) -> Iterator[tuple[int, str]]:
    text = TextIOWrapper(stream, encoding=encoding)
    for number in count(1):
        try:
            line = text.readline(MAX_LINE_BYTES)
        except UnicodeDecodeError as error:
            raise UnreadableFileError("file_encoding", path=file.name) from error
        if not line:
            return
        if len(line) == MAX_LINE_BYTES:
            raise UnreadableFileError("json_too_large", path=file.name, limit_mib=MAX_LINE_BYTES >> 20)
        if line := line.strip().removeprefix("\ufeff"):
            yield number, line


def _parsed(text: str) -> Any:
    """The document, halves of characters that another program has cut in two replaced by the sign for that."""
    if _HALF.search(text) is None:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    whole = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    return json.loads(json.dumps(whole, ensure_ascii=False).encode("utf-8", "replace"))


def _tables(document: Any, file: File) -> Iterator[Table]:
    try:
        if isinstance(document, list):
            yield from _list(None, document, {})
        elif isinstance(document, dict):
            yield from _inside("", document, {})
    except RecursionError as error:
        raise UnreadableFileError("json_too_deep", path=file.name) from error


def _list(path: str | None, objects: list[Any], around: Row) -> Iterator[Table]:
    prefix = f"{path}." if path else ""
    for one in objects:
        if isinstance(one, dict):
            row = around | dict(_scalars(prefix, one))
            yield path, row
            yield from _inside(prefix, one, row, seen=True)


def _inside(prefix: str, one: dict[str, Any], around: Row, *, seen: bool = False) -> Iterator[Table]:
    """The lists in an object, and in the objects it holds."""
    row = around if seen else around | dict(_scalars(prefix, one))
    for key, value in one.items():
        if isinstance(value, dict):
            yield from _inside(f"{prefix}{key}.", value, row, seen=True)
        elif isinstance(value, list):
            yield from _list(prefix + key, value, row)


def _scalars(prefix: str, one: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in one.items():
        if isinstance(value, str):
            yield prefix + key, value
        elif isinstance(value, bool):
            yield prefix + key, "true" if value else "false"
        elif isinstance(value, dict):
            yield from _scalars(f"{prefix}{key}.", value)
        elif isinstance(value, list) and not value:
            yield prefix + key, _EMPTY
