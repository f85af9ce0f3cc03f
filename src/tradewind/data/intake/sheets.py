"""The tables inside a file: a CSV is one, a workbook has one per sheet, a Parquet file is one.

`heads` shows the first rows of each, from which the layout is found; `scan` gives the rows under the
headings as text, with the row number a spreadsheet shows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import polars as pl

from tradewind.core.errors import UnreadableFileError
from tradewind.data.intake.csv_records import Survey, damaged_records, survey
from tradewind.data.intake.files import Examined, File, check_unchanged, transcode
from tradewind.data.intake.json_tables import json_headings, json_rows
from tradewind.data.intake.web_tables import web_tables
from tradewind.data.intake.workbook_xml import filled_down, sheet_xml
from tradewind.data.intake.workbooks import check_width, is_hidden, open_book, sheet_cells

ROW = "source_row"
EXTRA = "__extra"
FIRST = "__first"
NOTES_SHEET = "notes 说明"
_HEAD_BYTES = 1024**2
_HEAD_ROWS = 40
_SEPARATORS = (",", ";", "\t", "|")
_CHUNK_ROWS = 100_000
_PARQUET_EXPANDS: Final = 6
_COUNTED_BYTES: Final = 1024**3
_BYTES_OF_A_CELL: Final = 8
_PER_DAY: Final = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_FIRST_DAY: Final = -719_162
_DAY_AFTER_LAST: Final = 2_932_897
"""Days since 1970 of 0001-01-01 and 10000-01-01."""
_LONG_NUMBER = r"^\d{16,}$"
_DIGITS_OF_EXCEL = 15
_EXACT = 2**53


@dataclass(frozen=True)
class Head:
    """First rows of a table as text. `lines[i]` counts the physical lines up to and with row i; `hidden`: a sheet that
    whoever opens the workbook does not see."""

    sheet: str | None
    separator: str | None
    rows: list[list[str]]
    lines: list[int]
    hidden: bool = False


@dataclass(frozen=True)
class Place:
    """Where a table's rows are: below the headings in `header_row` (counted from 1), in these columns."""

    file: File
    examined: Examined
    encoding: str
    sheet: str | None
    separator: str | None
    header_row: int
    header_lines: int
    width: int
    columns: tuple[tuple[str, int], ...]

    @property
    def name(self) -> str:
        return f"{self.file.name} / {self.sheet}" if self.sheet else self.file.name


def heads(file: File, examined: Examined) -> Iterator[Head]:
    """The first rows of every table in the file; a CSV once per separator it may have."""
    if examined.kind == "parquet":
        yield Head(None, None, [_parquet(file).collect_schema().names()], [1])
    elif examined.kind == "workbook":
        book = open_book(file)
        for sheet in book.sheet_names:
            frame = sheet_cells(file, book, sheet, rows=_HEAD_ROWS)
            check_width(file, frame.width)
            rows = [["" if c is None else str(c) for c in row] for row in frame.rows()]
            rows = filled_down(rows, sheet_xml(file, examined.content_hash, sheet).merged)
            yield Head(sheet, None, rows, list(range(1, len(rows) + 1)), hidden=is_hidden(book, sheet))
    elif examined.kind == "web":
        for name, table in web_tables(file, examined).items():
            top = filled_down(table.rows[:_HEAD_ROWS], table.merged)
            yield Head(name, None, top, list(range(1, len(top) + 1)))
    elif examined.kind == "json":
        for path, columns in json_headings(file, examined, examined.encoding or "utf-8").items():
            check_width(file, len(columns))
            yield Head(path, None, [columns], [1])
    else:
        yield from _csv_heads(file, examined)


def text_bytes(place: Place) -> int:
    """About how many bytes the table takes as text; a file may hold millions of short or equal rows in a few bytes."""
    size = place.examined.size
    if place.examined.kind == "text" and size < _COUNTED_BYTES:
        with place.file.open() as stream:
            rows = sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(_HEAD_BYTES), b""))
        return max(size, rows * len(place.columns) * _BYTES_OF_A_CELL)
    if place.examined.kind != "parquet":
        return size
    rows = _parquet(place.file).select(pl.len()).collect().item()
    return max(_PARQUET_EXPANDS * size, rows * len(place.columns) * _BYTES_OF_A_CELL)


def scan(place: Place, staging: Path) -> Iterator[pl.DataFrame]:
    """The table's rows in pieces: mapped columns as text under their field names, `source_row`, `__first`, `__extra`.

    `__first` is the sheet's first column, where totals are labelled; `__extra` how many cells a row has that has more
    than there are headings, else null.
    """
    check_unchanged(place.file, place.examined)
    if place.examined.kind == "workbook":
        yield _workbook_rows(place)
        return
    if place.examined.kind == "web":
        yield _web_rows(place)
        return
    if place.examined.kind == "parquet":
        yield from _parquet_pieces(place, staging)
        return
    if place.examined.kind == "json":
        yield from _json_rows(place)
        return
    path = place.file.on_disk(staging)
    if place.encoding != "utf-8":
        path = transcode(path, place.encoding, staging / "transcoded.csv")
    yield from _csv_rows(place, path, staging)


def _web_rows(place: Place) -> pl.DataFrame:
    rows = web_tables(place.file, place.examined)[place.sheet].rows[place.header_row :]
    wanted = dict(place.columns) | {FIRST: 0}
    cells = {name: [row[at] if at < len(row) else None for row in rows] for name, at in wanted.items()}
    beyond = [str(len(row)) if any(row[place.width :]) else None for row in rows]
    frame = pl.DataFrame({**cells, EXTRA: beyond}, schema=dict.fromkeys((*wanted, EXTRA), pl.String))
    return frame.with_row_index(ROW, offset=place.header_row + 1).with_columns(pl.col(ROW).cast(pl.Int64))


def _json_rows(place: Place) -> Iterator[pl.DataFrame]:
    done = 0
    names = json_headings(place.file, place.examined, place.encoding)[place.sheet]
    columns = {field: names[at] for field, at in place.columns}
    for piece in json_rows(place.file, place.examined, place.encoding, place.sheet, list(columns.values())):
        yield piece.select(
            pl.int_range(done + 1, pl.len() + done + 1).alias(ROW),
            *[pl.col(heading).alias(field) for field, heading in columns.items()],
            *[pl.lit(None, pl.String).alias(name) for name in (FIRST, EXTRA)],
        )
        done += piece.height


def _csv_heads(file: File, examined: Examined) -> Iterator[Head]:
    with file.open() as stream:
        raw = stream.read(_HEAD_BYTES)
    text = raw.decode(examined.encoding or "latin-1", "replace").removeprefix("\ufeff")
    whole = examined.size <= len(raw)
    if not whole:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
    if not text:
        raise UnreadableFileError("file_no_lines", path=file.name)
    for separator in _SEPARATORS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        rows, lines = [], []
        try:
            for row in reader:
                check_width(file, len(row))
                rows.append(row)
                lines.append(reader.line_num)
                if len(rows) == _HEAD_ROWS:
                    break
        except csv.Error as error:
            if not rows:
                raise UnreadableFileError("csv_broken", path=file.name, line=reader.line_num) from error
        yield Head(None, separator, rows, lines)


def _csv_rows(place: Place, path: Path, staging: Path) -> Iterator[pl.DataFrame]:
    if _only_carriage_returns(path):
        path = transcode(path, "utf-8-sig", staging / "lines.csv", newline=None)
    separator = place.separator or ","
    seen = survey(path, separator, skip_lines=place.header_lines, width=place.width)
    done = 0
    if seen.clean:
        try:
            for piece in _pieces(_csv_scan(place, path, place.header_lines, separator, seen.usual)):
                yield _with_long_rows(piece, place, seen, done)
                done += piece.height
        except pl.exceptions.PolarsError:
            pass  # what it takes for damaged is read again from there, line by line
        if done == seen.records:
            return
    mended, long = _mended(place, path, staging / "mended.csv")
    seen = replace(seen, usual=place.width, long=long)
    for piece in _pieces(_csv_scan(place, mended, 0, ",", place.width).slice(done)):
        yield _with_long_rows(piece, place, seen, done)
        done += piece.height


def _with_long_rows(piece: pl.DataFrame, place: Place, seen: Survey, done: int) -> pl.DataFrame:
    """`__extra`, how many cells a row has that has more than the heading, and the cells beyond removed.

    Empty cells beyond the heading that most rows have are how the file ends its lines.
    """
    beyond = [str(at) for at in range(place.width, seen.usual)]
    long = pl.Series([None], dtype=pl.String).new_from_index(0, piece.height)
    if seen.long:
        filled = piece.select(pl.any_horizontal(pl.col(beyond).is_not_null())).to_series() if beyond else None
        at = [
            n for n in range(piece.height)
            if (cells := seen.long.get(done + n, 0)) > seen.usual or (cells and filled is not None and filled[n])
        ]  # fmt: skip
        long = long.scatter(at, [str(seen.long[done + n]) for n in at])
    return piece.drop(beyond).with_columns(long.alias(EXTRA))


def _only_carriage_returns(path: Path) -> bool:
    """Lines ended as on an old Mac, which Polars would read as one."""
    with path.open("rb") as stream:
        start = stream.read(_HEAD_BYTES)
    return b"\r" in start and b"\n" not in start


def _csv_scan(place: Place, path: Path, skip_lines: int, separator: str, width: int) -> pl.LazyFrame:
    lazy = pl.scan_csv(
        path,
        separator=separator,
        has_header=False,
        skip_lines=skip_lines,
        schema={str(i): pl.String() for i in range(width)},
        truncate_ragged_lines=True,
        missing_columns="insert",
        extra_columns="ignore",
        row_index_name=ROW,
        row_index_offset=place.header_row + 1,
    )
    beyond = [pl.col(str(at)) for at in range(place.width, width)]
    return lazy.select(pl.col(ROW).cast(pl.Int64), *_named(place), pl.col("0").alias(FIRST), *beyond)


def _mended(place: Place, path: Path, target: Path) -> tuple[Path, dict[int, int]]:
    """The file written again with clean quotation marks, and its records with more cells than the heading."""
    long: dict[int, int] = {}
    separator = place.separator or ","
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        records = damaged_records(path, separator, skip_lines=place.header_lines, width=place.width)
        for number, cells in enumerate(records):
            if len(cells) > place.width:
                long[number] = len(cells)
            writer.writerow(cells[: place.width])
    return target, long


def _pieces(lazy: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    yield from lazy.collect_batches(chunk_size=_CHUNK_ROWS, maintain_order=True)


def _named(place: Place) -> list[pl.Expr]:
    return [pl.col(str(at)).alias(field) for field, at in place.columns]


def _workbook_rows(place: Place) -> pl.DataFrame:
    book = open_book(place.file)
    frame = sheet_cells(place.file, book, place.sheet or "").slice(place.header_row)
    frame = frame.with_columns(pl.lit(None, pl.String).alias(str(i)) for i in range(frame.width, place.width))
    frame = _as_excel_shows_them(place, book, frame)
    return frame.select(
        pl.int_range(place.header_row + 1, pl.len() + place.header_row + 1).alias(ROW),
        *_named(place),
        pl.col("0").alias(FIRST),
        pl.lit(None, pl.String).alias(EXTRA),
    )


def _as_excel_shows_them(place: Place, book: Any, frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers of 16 and more digits, which a number cell cannot hold, in the form Excel shows: 8.18E+15.

    Text cells are left alone (a cell read as "boolean" is null exactly when it is text), and so are whole numbers in a
    format that shows every digit, as a program writes them: such a cell holds them to 2^53, and Excel itself would have
    ended them in zeros.
    """
    columns = sorted({at for _, at in place.columns})
    long_ones = {at: frame[str(at)].str.contains(_LONG_NUMBER).fill_null(False) for at in columns}
    asked = [at for at in columns if long_ones[at].any()]
    if not asked:
        return frame
    formats = sheet_xml(place.file, place.examined.content_hash, place.sheet or "").formats
    dtypes = dict.fromkeys(asked, "boolean")
    numeric = sheet_cells(place.file, book, place.sheet or "", dtypes=dtypes, use_columns=asked)
    for name, at in zip(numeric.columns, map(str, asked), strict=True):
        is_number = numeric[name].slice(place.header_row).is_not_null()
        damaged = long_ones[int(at)] & is_number.extend_constant(False, frame.height - len(is_number))
        said = [row - place.header_row for row, column, _ in formats if column == int(at)]
        whole = [row for row in said if 0 <= row < frame.height and _every_digit_is_kept(frame[at][row])]
        damaged = damaged.scatter(whole, False)
        shown = [f"{float(v):.2E}" for v in frame[at].filter(damaged)]
        frame = frame.with_columns(frame[at].scatter(damaged.arg_true(), shown))
    return frame


def _every_digit_is_kept(cell: str | None) -> bool:
    return cell is not None and int(cell) <= _EXACT and cell[_DIGITS_OF_EXCEL:].strip("0") != ""


def _parquet(file: File, staging: Path | None = None) -> pl.LazyFrame:
    try:
        if file.plain_path:
            lazy = pl.scan_parquet(file.path)
        elif staging is not None:
            lazy = pl.scan_parquet(file.on_disk(staging))
        else:
            with file.open() as stream:
                lazy = pl.scan_parquet(stream.read())
        names = lazy.collect_schema().names()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnreadableFileError("parquet_broken", path=file.name) from error
    check_width(file, len(names))
    return lazy


def _parquet_pieces(place: Place, staging: Path) -> Iterator[pl.DataFrame]:
    """Raises UnreadableFileError also where fewer rows come than the file says: its reader may stop without a word."""
    done = 0
    try:
        stated = _parquet(place.file, staging).select(pl.len()).collect().item()
        for piece in _pieces(_parquet_rows(place, staging)):
            yield piece
            done += piece.height
    except pl.exceptions.PolarsError as error:
        raise UnreadableFileError("parquet_broken", path=place.file.name) from error
    if done != stated:
        raise UnreadableFileError("parquet_broken", path=place.file.name)


def _parquet_rows(place: Place, staging: Path) -> pl.LazyFrame:
    lazy = _parquet(place.file, staging)
    schema = list(lazy.collect_schema().items())
    cells = [_as_text(name, dtype).alias(field) for field, at in place.columns for name, dtype in [schema[at]]]
    return (
        lazy.select(cells)
        .with_row_index(ROW, offset=place.header_row + 1)
        .with_columns(
            pl.col(ROW).cast(pl.Int64),
            pl.lit(None, pl.String).alias(FIRST),
            pl.lit(None, pl.String).alias(EXTRA),
        )
    )


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    cell = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        zone = "Z" if dtype.time_zone else ""
        utc = cell.dt.convert_time_zone("UTC") if zone else cell
        return _or_number(utc, _PER_DAY[dtype.time_unit], f"%Y-%m-%d %H:%M:%S%.6f{zone}")
    if dtype == pl.Date:
        return _or_number(cell, 1, "%Y-%m-%d")
    if dtype == pl.Time:
        within = cell.to_physical().is_between(0, _PER_DAY["ns"] - 1)
        return pl.when(within).then(cell).cast(pl.String)
    if dtype.is_float():
        whole = (cell == cell.round()) & (cell.abs() < 1e15)
        return pl.when(whole).then(cell.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(cell.cast(pl.String))
    if dtype.is_nested() or dtype == pl.Binary:
        return pl.lit(None, pl.String)
    return cell.cast(pl.String)


def _or_number(cell: pl.Expr, per_day: int, style: str) -> pl.Expr:
    """A time as text; one outside the years 1 to 9999, which no calendar has, as the number that the file holds."""
    number = cell.to_physical().cast(pl.Int64)
    within = number.is_between(_FIRST_DAY * per_day, _DAY_AFTER_LAST * per_day - 1)
    text = pl.when(within).then(cell).dt.to_string(style)
    return pl.coalesce(text, pl.when(~within).then(number.cast(pl.String) + pl.lit(" ?")))
