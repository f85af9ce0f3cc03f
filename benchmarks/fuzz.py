"""Import thousands of damaged files: none may end in a traceback, hang, fill the memory or lose a row without a word.

    python -m benchmarks.fuzz [--files 3000] [--seed 1] [--seconds 3600] [--keep FOLDER]

The golden exports of every layout in text, workbook, Parquet, JSON, web page and zip, each damaged in a way drawn from
the seed: bytes, cells, rows, members and XML, and files built to take more than they weigh. Every import runs in a
worker that is killed after 20 seconds; a file that takes it over 2 GiB counts as found. Exit code 1 where anything is.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import multiprocessing
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

GOLDEN: Final = Path(__file__).parent.parent / "tests" / "data" / "intake" / "golden"
MOST_SECONDS: Final = 20.0
MOST_MIB: Final = 2048
_LAST_RESORT_BYTES: Final = 24 * 1024**3
_FAULTS: Final = {"file_fault", "rows_lost", "program_fault"}
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


def _worker(pipe: Connection) -> None:
    """Imports what it is told to, each file into a workspace of its own, and says how it ended."""
    resource.setrlimit(resource.RLIMIT_AS, (_LAST_RESORT_BYTES, _LAST_RESORT_BYTES))
    while (path := pipe.recv()) is not None:
        pipe.send((_ended(Path(path)), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10))


def _ended(path: Path) -> str:
    from tradewind.app.workspace import Workspace
    from tradewind.core.errors import TradewindError

    shop = path.with_suffix(".shop")
    try:
        done = Workspace.create(shop, currency="USD").import_file(path)
        faults = [f"{why.code}: {why}" for _, why in done.passed_over if why.code in _FAULTS]
        return f"fault {faults[0]}" if faults else "loaded" if any(r.rows_new for r in done) else "nothing to load"
    except TradewindError as error:
        return f"fault {error.code}: {error}" if error.code in _FAULTS else f"refused: {error.code}"
    except BaseException as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"fault {type(error).__name__} at {Path(place.filename).name}:{place.lineno}: {str(error)[:200]}"
    finally:
        shutil.rmtree(shop, ignore_errors=True)


class _Pool:
    """One worker at a time, replaced when it hangs, dies or has grown."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._start()

    def ask(self, path: Path) -> tuple[str, int]:
        self._pipe.send(str(path))
        began = time.monotonic()
        try:
            if not self._pipe.poll(MOST_SECONDS):
                return self._replaced(f"fault hang over {MOST_SECONDS:g} s"), 0
            said, mib = self._pipe.recv()
        except (EOFError, OSError):
            return self._replaced(f"fault death of the process after {time.monotonic() - began:.0f} s"), 0
        if mib > MOST_MIB // 2:
            self._replaced("")
        return (f"fault {mib:,} MiB" if mib > MOST_MIB else said), mib

    def stop(self) -> None:
        self._process.kill()
        self._process.join()

    def _start(self) -> None:
        self._pipe, theirs = self._context.Pipe()
        self._process = self._context.Process(target=_worker, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def _replaced(self, why: str) -> str:
        self.stop()
        self._start()
        return why


def fuzz(files: int, seed: int, seconds: float, keep: Path | None) -> Counter[str]:
    """How imports of that many damaged files ended; what was found is printed as it is found, and kept in `keep`."""
    exports, pool, ended = golden(), _Pool(), Counter[str]()
    until = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        _warm_up(pool, Path(folder))
        for number in range(files):
            if time.monotonic() > until:
                print(f"stopped after {number:,} files: {seconds:g} s are over")
                break
            name, content = damaged(seed, number, exports)
            path = Path(folder) / name
            path.write_bytes(content)
            said, _ = pool.ask(path)
            ended[said.split(":")[0].split(" at ")[0]] += 1
            if said.startswith("fault"):
                print(f"{name}: {said}", flush=True)
                if keep is not None:
                    keep.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, keep)
            path.unlink()
    pool.stop()
    return ended


def _warm_up(pool: _Pool, folder: Path) -> None:
    """The first import loads libraries: that is no file's time."""
    (folder / "first.csv").write_text("sku,title\na,b\n")
    pool.ask(folder / "first.csv")


def main() -> Any:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument("--keep", type=Path, help="folder for the files that something was found with")
    args = parser.parse_args()
    ended = fuzz(args.files, args.seed, args.seconds, args.keep)
    for what, files in ended.most_common():
        print(f"{files:6,}  {what}")
    return int(any(what.startswith("fault") for what in ended))


if __name__ == "__main__":
    sys.exit(main())
