"""Damaged files: golden exports with bytes, cells, rows, members or XML out of order, and files built to take more than
they weigh. The seed and the number of a file say all about it."""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

GOLDEN: Final = Path(__file__).parent.parent / "tests" / "data" / "intake" / "golden"
_CELLS: Final = (
    "", " ", "x", '"', "a,b", "line\nline", "\u0000", "\ud83d", "=1+1", "NaN", "inf", "-inf", "1e400", "9" * 40, "-1",
    "0", "0001-01-01 00:00:00+14:00", "9999-12-31 23:59:59-12:00", "0000-00-00", "24:00:00", "2026-02-30",
    "99999-12-31", "١٢٣", "１２", "8.18E+15", "#N/A", "US $12,95", "(5)", "王小明 13800138000", "x" * 40_000, "%s{}",
    "\u202e", "--",
)  # fmt: skip

Rows = list[list[str]]


def golden() -> list[tuple[str, Rows]]:
    """Every golden export as rows of cells, by layout."""
    found = []
    for path in sorted(GOLDEN.glob("*/*.*")):
        if path.suffix in {".csv", ".txt", ".tsv"}:
            text = path.read_text(encoding="utf-8-sig", errors="replace")
            separator = max(",;\t", key=text.splitlines()[0].count)
            found.append((path.parent.name, list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))))
    return found


def damaged(seed: int, number: int, exports: list[tuple[str, Rows]]) -> tuple[str, bytes]:
    """The file of this number: its name, which says what was done to it, and its bytes."""
    draw = random.Random(seed * 1_000_003 + number)
    if draw.random() < 0.06:
        kind = draw.choice(sorted(BOMBS))
        suffix, content = BOMBS[kind](draw)
        return f"{number:05}-{kind}{suffix}", content
    layout, rows = draw.choice(exports)
    rows = [list(row) for row in rows]
    done = [draw.choice(ON_ROWS) for _ in range(draw.randrange(3))]
    for change in done:
        change(rows, draw)
    write = draw.choice(WRITERS)
    suffix, content = write(rows, draw)
    if draw.random() < 0.5:
        on_bytes = draw.choice(ON_BYTES)
        content = on_bytes(content, draw)
        done.append(on_bytes)
    steps = "-".join(one.__name__.strip("_") for one in (*done, write))
    return f"{number:05}-{layout}-{steps}{suffix}", content


def _cell(rows: Rows, draw: random.Random) -> None:
    for _ in range(draw.randint(1, 5)):
        row = draw.choice(rows)
        if row:
            row[draw.randrange(len(row))] = draw.choice(_CELLS)


def _long_row(rows: Rows, draw: random.Random) -> None:
    draw.choice(rows).insert(0, draw.choice(_CELLS))


def _short_row(rows: Rows, draw: random.Random) -> None:
    row = draw.choice(rows)
    del row[draw.randrange(len(row) + 1) :]


def _rows_again(rows: Rows, draw: random.Random) -> None:
    rows += [list(row) for row in draw.choices(rows, k=draw.randint(1, 50))]


def _column(rows: Rows, draw: random.Random) -> None:
    at = draw.randrange(len(rows[0]) or 1)
    cell = draw.choice(_CELLS)
    for row in rows[draw.randrange(2) :]:
        if at < len(row):
            row[at] = cell


def _headings(rows: Rows, draw: random.Random) -> None:
    draw.choice((rows.reverse, lambda: rows.insert(0, ["title"]), lambda: rows[0].append("sku"), rows.clear))()
    if not rows:
        rows.append([])


def _text(rows: Rows, draw: random.Random) -> tuple[str, bytes]:
    out = io.StringIO()
    how = draw.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONE))
    end = draw.choice(("\n", "\r\n", "\r"))
    writer = csv.writer(out, delimiter=draw.choice(",;\t|"), quoting=how, escapechar="\\", lineterminator=end)
    writer.writerows(rows)
    encoding = draw.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16", "cp1252"))
    return ".csv", out.getvalue().encode(encoding, "replace")


def _workbook(rows: Rows, draw: random.Random) -> tuple[str, bytes]:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for _ in range(draw.randint(1, 2)):
            sheet = book.add_worksheet()
            for y, row in enumerate(rows):
                for x, cell in enumerate(row):
                    sheet.write_string(y, x, _plain(cell)[:32_000])
    if draw.random() < 0.5:
        return ".xlsx", out.getvalue()
    return ".xlsx", _with_xml_damaged(out, draw)


def _with_xml_damaged(book: io.BytesIO, draw: random.Random) -> bytes:
    """One member of the workbook damaged, left out, or said twice; the zip itself is whole."""
    out = io.BytesIO()
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        victim = draw.choice(source.namelist())
        for name in source.namelist():
            content = source.read(name)
            if name == victim:
                if draw.random() < 0.2:
                    continue
                content = draw.choice(ON_BYTES)(content, draw)
            target.writestr(name, content)
    return out.getvalue()


def _parquet(rows: Rows, draw: random.Random) -> tuple[str, bytes]:
    import polars as pl

    names = list(dict.fromkeys(_plain(cell) for cell in rows[0])) or ["sku"]
    data = {name: [_plain(row[at]) if at < len(row) else None for row in rows[1:]] for at, name in enumerate(names)}
    frame = pl.DataFrame(data, schema=dict.fromkeys(names, pl.String))
    number = pl.Series([draw.choice((0, 20_454, 2**31 - 1, -(2**31))) for _ in range(frame.height)], dtype=pl.Int32)
    strange = (number.cast(pl.Date), number.cast(pl.Int64).cast(pl.Datetime("ms")), number.cast(pl.Float64) / 0, number)
    frame = frame.with_columns(draw.choice(strange).alias(draw.choice(names)))
    out = io.BytesIO()
    frame.write_parquet(out)
    return ".parquet", out.getvalue()


def _json(rows: Rows, draw: random.Random) -> tuple[str, bytes]:
    records = [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]
    if draw.random() < 0.5:
        return ".json", json.dumps({"data": {"list": records}}).encode()
    return ".jsonl", "\n".join(json.dumps(one) for one in records).encode()


def _web(rows: Rows, draw: random.Random) -> tuple[str, bytes]:
    span = draw.choice(("", " colspan=2", " rowspan=3", " colspan=999999 rowspan=65000"))
    lines = ("<tr>" + "".join(f"<td{span}>{_plain(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return ".xls", f"<html><table>{''.join(lines)}</table></html>".encode()


def _zipped(rows: Rows, draw: random.Random) -> tuple[str, bytes]:
    out = io.BytesIO()
    method = draw.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    with zipfile.ZipFile(out, "w", method) as archive:
        for number in range(draw.randint(1, 3)):
            suffix, content = draw.choice(WRITERS[:-1])(rows, draw)
            archive.writestr(f"{number}{suffix}", content)
    return ".zip", out.getvalue()


def _plain(cell: str) -> str:
    return cell.encode("utf-8", "replace").decode()


def _flipped(content: bytes, draw: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(draw.choice((1, 3, 30)) if changed else 0):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def _cut(content: bytes, draw: random.Random) -> bytes:
    return content[: draw.randrange(len(content) + 1)]


def _piece_gone(content: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(content) + 1)
    return content[:at] + content[at + draw.choice((1, 10, 1000)) :]


def _piece_again(content: bytes, draw: random.Random) -> bytes:
    at, size = draw.randrange(len(content) + 1), draw.choice((1, 10, 1000))
    return content[: at + size] + content[at:]


def _marks_in(content: bytes, draw: random.Random) -> bytes:
    changed = content
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(changed) + 1)
        changed = changed[:at] + draw.choice((b'"', b",", b"\r", b"\n", b"\x00", b"\xff", b"<", b"&")) + changed[at:]
    return changed


def _packed(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def _far_cell(draw: random.Random) -> tuple[str, bytes]:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("products")
        sheet.write_row(0, 0, ["sku", "title"])
        sheet.write(draw.choice((1_048_575, 900_000, 200_000)), draw.choice((16_383, 900, 200)), "x")
    return ".xlsx", out.getvalue()


def _shared_text(draw: random.Random) -> tuple[str, bytes]:
    import xlsxwriter

    out, packed = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("products")
        for row in range(draw.choice((2_000, 20_000))):
            sheet.write_row(row, 0, ["sku", "title"] if row == 0 else [f"s{row}", "LONG"])
    with zipfile.ZipFile(out) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b">LONG<", b">" + b"x" * 200_000 + b"<"))
    return ".xlsx", packed.getvalue()


def _many_short_rows(draw: random.Random) -> tuple[str, bytes]:
    row = draw.choice((b"a,b\n", b"\n", b",\n", b"a,b,,\n"))
    size = draw.choice((4, 24)) * 1024**2
    return ".zip", _packed(
        *[(f"{n}.csv", b"sku,title\n" + row * (size // len(row))) for n in range(draw.randint(1, 3))]
    )


def _long_line(draw: random.Random) -> tuple[str, bytes]:
    return ".csv", b"sku,title\n" + draw.choice((b"x", b",", b'"')) * 8 * 1024**2 + b"\na,b\n"


def _nested(draw: random.Random) -> tuple[str, bytes]:
    deep = draw.choice((100, 900, 5000, 100_000))
    return ".json", b'[{"sku":"a","x":' * deep + b"1" + b"}]" * deep


def _spans(draw: random.Random) -> tuple[str, bytes]:
    rows = b"<tr></tr>" * draw.choice((100, 20_000))
    return ".xls", b"<table><tr><td>sku<td>title</tr><tr><td colspan=900 rowspan=65000>a</tr>" + rows + b"</table>"


def _equal_rows(draw: random.Random) -> tuple[str, bytes]:
    import polars as pl

    out = io.BytesIO()
    rows = draw.choice((100_000, 3_000_000))
    pl.select(sku=pl.repeat("a", rows), title=pl.repeat("b", rows)).write_parquet(out, compression="zstd")
    return ".parquet", out.getvalue()


ON_ROWS: Final[tuple[Callable[[Rows, random.Random], None], ...]] = (
    _cell, _cell, _long_row, _short_row, _rows_again, _column, _headings,
)  # fmt: skip
WRITERS: Final[tuple[Callable[[Rows, random.Random], tuple[str, bytes]], ...]] = (
    _text, _text, _workbook, _parquet, _json, _web, _zipped,
)  # fmt: skip
ON_BYTES: Final[tuple[Callable[[bytes, random.Random], bytes], ...]] = (
    _flipped, _cut, _piece_gone, _piece_again, _marks_in,
)  # fmt: skip
BOMBS: Final[dict[str, Callable[[random.Random], tuple[str, bytes]]]] = {
    "far-cell": _far_cell, "shared-text": _shared_text, "short-rows": _many_short_rows, "long-line": _long_line,
    "nested": _nested, "spans": _spans, "equal-rows": _equal_rows,
}  # fmt: skip
