"""A feed's rows as clean text, split by group so that a share fits into memory and holds whole orders.

White space is normalised, empty cells become null, blank, title and total rows go, and whatever identifies a buyer
is hashed before anything is written. A large file is split into buckets on disk by the hash of its group;
a small one takes the same way with one bucket, in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from tradewind.core.errors import UnreadableFileError
from tradewind.data.intake.damage import check_none_lost
from tradewind.data.intake.dating import moment_of
from tradewind.data.intake.detect import Part
from tradewind.data.intake.layout import Feed, Field
from tradewind.data.intake.sheets import EXTRA, FIRST, ROW, scan, text_bytes
from tradewind.data.intake.values import NOTHING, Evidence
from tradewind.data.intake.values.reading import evidence, hidden
from tradewind.data.intake.workbook_cells import as_shown

FILE = "source_file"
BUYER = "buyer_key"
EXAMPLE = "EXAMPLE 示例"
MAX_CELLS_AT_ONCE = 60_000_000
BUCKET_BYTES = 40 * 1024**2
_UNTIDY = r"^\s|\s$|\s\s|[\x00-\x1f\x7f\u{a0}\u{200b}\u{2028}\u{3000}\u{feff}]"
_SPACES = r"[\s\x00-\x1f\x7f\u{a0}\u{200b}\u{2028}\u{3000}\u{feff}]+"
_TOTAL = r"(?i)^((grand|sub)?[ -]?totals?( amount)?|sum|合计|总计|小计|总和|共计|汇总)\s*[:：]?$"

Progress = Callable[[str, int, int], None]


@dataclass
class Staged:
    """A feed's rows in shares: each holds all rows of its groups, as text. `left_out` counts rows by reason.

    `long` are rows with more cells than headings, which are in no share: source_row, source_file, `__extra`.
    """

    shares: Sequence[pl.DataFrame | Path]
    name: str = ""
    evidence: dict[str, Evidence] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    long: list[pl.DataFrame] = field(default_factory=list)

    def __iter__(self) -> Iterator[pl.DataFrame]:
        done = 0
        for share in self.shares:
            rows = pl.read_ipc_stream(share) if isinstance(share, Path) else share
            done += rows.height
            yield rows
            if isinstance(share, Path):
                share.unlink()
        check_none_lost(self.name, self.rows, done)


def stage(
    parts: Sequence[Part], feed: Feed, *, salt: bytes, staging: Path, progress: Progress | None, whole: bool = False
) -> Staged:
    """Read all `parts` of a feed. `whole` keeps them in one share whatever their size."""
    size = sum(text_bytes(part.place) for part in parts)
    buckets = 1 if whole else max(1, -(-size // BUCKET_BYTES))
    staged = Staged([], parts[0].place.file.name if parts else "")
    pieces = _clean_pieces(parts, feed, salt, staging, staged, progress)
    staged.shares = _in_memory(pieces, feed) if buckets == 1 else _on_disk(pieces, feed, buckets, staging)
    return staged


def _clean_pieces(
    parts: Sequence[Part], feed: Feed, salt: bytes, staging: Path, staged: Staged, progress: Progress | None
) -> Iterator[pl.DataFrame]:
    for at, part in enumerate(parts):
        if progress:
            progress("stages_intake.read", at, len(parts))
        folder = staging / f"part-{at}"
        folder.mkdir(exist_ok=True)
        for cells in scan(part.place, folder):
            raw = as_shown(cells, part, feed, staged.left_out)
            whole = _without_long(raw.rechunk(), part, staged)
            piece = _cleaned(whole, part, feed, salt, staged.left_out)
            staged.rows += piece.height
            for one in feed.fields:
                if one.name in piece.columns:
                    staged.evidence.setdefault(one.name, Counter()).update(evidence(piece[one.name], one))
            yield piece
        for leftover in folder.iterdir():
            leftover.unlink()


def _cleaned(raw: pl.DataFrame, part: Part, feed: Feed, salt: bytes, left_out: Counter[str]) -> pl.DataFrame:
    names = [f.name for f in feed.fields if f.name in raw.columns]
    words = {f.name: {word.lower() for word in f.choices} for f in feed.fields}
    frame = raw.with_columns(
        _tidy(raw[name], keep=words.get(name, set())) for name in sorted({*names, FIRST} & set(raw.columns))
    )
    blank = pl.all_horizontal(pl.col(names).is_null())
    frame = _without(frame, {"": blank, **_no_facts(part, feed, names)}, left_out)
    personal = [f for f in feed.fields if f.personal and f.name in names]
    for one in (f for f in personal if f.kind == "postcode"):
        prefix = hidden(frame[one.name], one, salt)
        left_out["postcode_is_none"] += prefix.null_count() - frame[one.name].null_count()
        frame = frame.with_columns(prefix)
    buyers = [f for f in personal if f.kind != "postcode"]
    absent = [f.name for f in feed.fields if f.name not in names and not f.kind.startswith("buyer")]
    fields = [f.name for f in feed.fields if f not in buyers and not f.kind.startswith("buyer")]
    frame = frame.with_columns(
        *[pl.lit(None, pl.String).alias(name) for name in absent],
        *_buyer_key(frame, feed, buyers, salt),
        pl.lit(part.place.name).alias(FILE),
    )
    if feed.dated_by:
        frame = frame.with_columns(pl.col(feed.dated_by).fill_null(moment_of(part.place.file)))
    kept = [*fields, BUYER] if BUYER in frame.columns else fields
    return frame.select(*kept, ROW, FILE)


def _without_long(raw: pl.DataFrame, part: Part, staged: Staged) -> pl.DataFrame:
    """Rows whose cells stand under the right headings; in the others they may not, so nobody reads them."""
    if raw[EXTRA].null_count() == raw.height:
        return raw
    long = raw.filter(pl.col(EXTRA).is_not_null() & pl.any_horizontal(pl.all().exclude(ROW, EXTRA).is_not_null()))
    staged.long.append(long.select(ROW, pl.lit(part.place.name).alias(FILE), EXTRA))
    return raw.filter(pl.col(EXTRA).is_null())


def _buyer_key(frame: pl.DataFrame, feed: Feed, buyers: list[Field], salt: bytes) -> list[pl.Series | pl.Expr]:
    """The hash of the best identifier of a buyer there is, in feeds that have buyers at all."""
    if not any(f.kind.startswith("buyer") for f in feed.fields):
        return []
    if not buyers:
        return [pl.lit(None, pl.String).alias(BUYER)]
    best = frame.select(pl.coalesce(f.name for f in buyers)).to_series()
    # A feed with one field of keys has no other: what is hashed already is recognised by its form.
    return [hidden(best, next((f for f in buyers if f.kind == "buyer_key"), buyers[0]), salt).alias(BUYER)]


def _tidy(cells: pl.Series, keep: set[str]) -> pl.Series:
    """One space where there are several or odd ones, none at the ends; null where nothing is left, or what programs
    write for nothing (`values.NOTHING`), unless that is one of the words to `keep`."""
    if cells.str.contains(_UNTIDY).any():
        cells = cells.str.replace_all(_SPACES, " ").str.strip_chars()
    nothing = pl.Series(["", *(word for word in NOTHING if word.lower() not in keep)])
    empty = cells.is_in(nothing.implode()).fill_null(False)
    return cells.set(empty, None) if empty.any() else cells


def _no_facts(part: Part, feed: Feed, names: list[str]) -> dict[str, pl.Expr]:
    """Rows of a sheet that are there for the reader's eye: examples, totals, headings repeated."""
    codes = [f.name for f in feed.fields if f.name in names and f.required and f.kind in ("code", "country", "moment")]
    first = pl.coalesce(FIRST, *names)
    some_missing = pl.any_horizontal(pl.col(codes).is_null()) if codes else pl.col(names[0]).is_null()
    repeats = pl.all_horizontal(pl.col(n).is_null() | (pl.col(n) == part.headings[n]) for n in names)
    return {
        "example_row": first == EXAMPLE,
        "total_row": first.str.contains(_TOTAL) & some_missing,
        "heading_again": repeats,
    }


def _without(frame: pl.DataFrame, reasons: dict[str, pl.Expr], left_out: Counter[str]) -> pl.DataFrame:
    for reason, where in reasons.items():
        kept = frame.filter(~where.fill_null(False))
        if reason and kept.height < frame.height:
            left_out[reason] += frame.height - kept.height
        frame = kept
    return frame


def _in_memory(pieces: Iterator[pl.DataFrame], feed: Feed) -> list[pl.DataFrame]:
    frames: list[pl.DataFrame] = []
    rows = 0
    for piece in pieces:
        rows += piece.height
        _check_share(rows, piece)
        frames.append(piece)
    return [pl.concat(frames)] if frames else []


def _check_share(rows: int, piece: pl.DataFrame) -> None:
    """Raises UnreadableFileError where rows that have to be held at once are more than the memory is meant for."""
    if rows * piece.width > MAX_CELLS_AT_ONCE:
        raise UnreadableFileError("group_too_large", path=piece[FILE][0], rows=f"{rows:,}")


def _on_disk(pieces: Iterator[pl.DataFrame], feed: Feed, buckets: int, staging: Path) -> list[Path]:
    import pyarrow as pa

    paths = [staging / f"{feed.name}-{bucket:04}.arrows" for bucket in range(buckets)]
    writers: dict[int, Any] = {}
    group = pl.concat_str([pl.col(g).fill_null("") for g in feed.group], separator="\x1f")
    rows: Counter[int] = Counter()
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with ExitStack() as files:
        for piece in pieces:
            split = piece.with_columns(__bucket=group.hash(seed=7) % buckets)
            for (bucket,), share in split.partition_by("__bucket", as_dict=True, include_key=False).items():
                rows[bucket] += share.height
                _check_share(rows[bucket], share)
                table = share.to_arrow(compat_level=pl.CompatLevel.oldest())
                if bucket not in writers:
                    stream = files.enter_context(pa.OSFile(str(paths[bucket]), "wb"))
                    writers[bucket] = files.enter_context(pa.ipc.new_stream(stream, table.schema, options=options))
                writers[bucket].write_table(table)
    return [path for path in paths if path.exists()]
