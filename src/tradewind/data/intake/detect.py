"""Which layout a file is in, by its headings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tradewind.core.errors import InputError, StorageError, TradewindError, UnknownLayoutError, UnreadableFileError
from tradewind.data.intake.damage import damage_as_error, one_of_several
from tradewind.data.intake.files import Examined, File, decodes, examine, shown_name
from tradewind.data.intake.headings import Match, UnreadHeading, match, plain, unread
from tradewind.data.intake.layout import Layout, layout_named, layouts
from tradewind.data.intake.paths import expand
from tradewind.data.intake.sheets import NOTES_SHEET, Head, Place, heads

_NEAREST = 3
_LEAST_MATCHED = 2
_FIXES = "fixes"
"""Tradewind's own workbook of rows to correct: nobody's export comes near it."""


@dataclass(frozen=True)
class Part:
    """One table of a file, recognised as a `feed` of the layout.

    `headings` are the file's own for each field; `unread` ones are read for none.
    """

    feed: str
    place: Place
    headings: Mapping[str, str]
    unread: tuple[UnreadHeading, ...] = ()


@dataclass(frozen=True)
class Source:
    """What one import reads: the parts of one file, or all files of a layout whose tables join.

    content_hash   of the bytes of its files; the same content under another name has the same hash
    merge          rows replace rows of the same key, not whole groups (a corrected workbook of fixes)
    in_parts       its files, from one zip, are parts of one export
    skipped        sheets of the file that no layout knows
    hidden         sheets that its reader does not see, and that were not asked for
    """

    layout: str
    name: str
    parts: tuple[Part, ...]
    content_hash: str
    merge: bool = False
    skipped: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    in_parts: bool = False

    @property
    def unread(self) -> tuple[UnreadHeading, ...]:
        """The headings of its files that were not read, each once; a workbook of fixes is Tradewind's own."""
        if self.merge:
            return ()
        return tuple(dict.fromkeys(heading for part in self.parts for heading in part.unread))

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(dict.fromkeys(p.place.file.path for p in self.parts))

    @property
    def size(self) -> int:
        """Bytes of all its files, unpacked."""
        return sum({p.place.file: p.place.examined.size for p in self.parts}.values())


class Detected(list[Source]):
    """The sources found; `unknown` are files that were passed over, each with the error that says why."""

    def __init__(self, sources: Iterable[Source], unknown: Iterable[tuple[str, TradewindError]] = ()) -> None:
        super().__init__(sources)
        self.unknown = tuple(unknown)


@dataclass
class _Found:
    file: File
    examined: Examined
    layout: Layout
    parts: list[Part]
    skipped: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


def detect(
    path: str | Path,
    layout: str | None = None,
    own: Sequence[Layout] = (),
    *,
    sheet: str | None = None,
    hidden: bool = False,
    encoding: str | None = None,
) -> Detected:
    """The sources at `path`: a file, a folder (with all below it) or a zip. `layout` overrides what headings say.

    `own` are the user's mappings; where one fits, it goes before Tradewind's layouts. Of workbooks, `sheet` reads that
    one alone, and `hidden` also those that whoever opens them does not see. `encoding` is that of
    texts that do not tell theirs.

    Raises UnknownLayoutError with the nearest layouts and the headings they miss, UnreadableFileError for a
    file that cannot be read. In a folder or zip such files are listed in `.unknown`, unless nothing is known.
    """
    taken = {one.name for one in own}
    known = [*own, *(one for one in layouts().values() if one.name not in taken)]
    candidates = [layout_named(layout, own)] if layout else known
    files, unknown = expand(Path(path))
    choice = _Choice(layout is not None, sheet, hidden, encoding)
    found: list[_Found] = []
    for file in files:
        try:
            with one_of_several(file.name) if len(files) > 1 else nullcontext(), damage_as_error(file.name):
                found.append(_recognise(file, candidates, choice))
        except (InputError, StorageError) as error:
            unknown.append((file.name, error))
    if not found:
        raise nothing_read(Path(path), unknown) if unknown else UnreadableFileError("folder_empty", path=path)
    return Detected(_sources(found, Path(path)), unknown)


def nothing_read(path: Path, refused: Sequence[tuple[str, TradewindError]]) -> TradewindError:
    """The error of a file that cannot be read, or of a folder or zip in which none can, each with its reason."""
    if len(refused) == 1:
        return refused[0][1]
    reasons = tuple(error for _, error in refused[:_NEAREST])
    return UnreadableFileError("nothing_read", path=path, files=len(refused), reasons=reasons)


@dataclass(frozen=True)
class _Choice:
    """`named`: somebody has said which layout it is, so that headings need not make sure of it; `sheet` is the only one
    to read (None: all); `hidden` sheets are read too."""

    named: bool
    sheet: str | None
    hidden: bool
    encoding: str | None = None

    def takes(self, head: Head) -> bool:
        return head.sheet == self.sheet if self.sheet is not None and head.sheet else self.hidden or not head.hidden


def _recognise(file: File, candidates: list[Layout], choice: _Choice) -> _Found:
    examined = examine(file, choice.encoding)
    tables, left = _best_tables(file, examined, candidates, choice)
    fitting = [t for t in tables if t.match.sure or (choice.named and t.match.complete)]
    if not fitting:
        raise _unknown_layout(file, examined, tables)
    chosen = max(fitting, key=_Table.rank)
    if chosen.match.feed.refused:
        raise UnknownLayoutError(chosen.match.feed.refused, path=file.name)
    best = chosen.layout
    found = _Found(file, examined, best, [], hidden=left)
    for table in tables:
        if table.layout is best and table in fitting:
            found.parts.append(_part(file, examined, table))
        elif table.head.sheet and examined.kind != "json" and any(any(row) for row in table.head.rows):
            found.skipped.append(table.head.sheet)
    return found


@dataclass(frozen=True)
class _Table:
    """One table of a file with the feed that fits it best, the headings being in row `at`."""

    head: Head
    at: int
    layout: Layout
    match: Match
    nearest: tuple[tuple[Layout, Match], ...]
    named: bool

    def rank(self) -> tuple[int, int, int, int, float]:
        complete, columns, share = self.match.rank
        return (complete, int(self.layout.own and self.match.complete), columns, int(self.named), share)


def _best_tables(
    file: File, examined: Examined, candidates: list[Layout], choice: _Choice
) -> tuple[list[_Table], list[str]]:
    """The best reading of each table in the file (of a CSV the separator that reads best), and the hidden sheets left
    aside."""
    by_sheet: dict[str | None, _Table] = {}
    left: list[str] = []
    for head in heads(file, examined):
        if head.sheet == NOTES_SHEET:
            continue
        if not choice.takes(head):
            left += [head.sheet] if head.sheet and head.hidden else []
            continue
        table = _best_feed(file, head, candidates)
        if table and (head.sheet not in by_sheet or table.rank() > by_sheet[head.sheet].rank()):
            by_sheet[head.sheet] = table
    if not by_sheet and choice.sheet is not None:
        raise UnreadableFileError("sheet_not_found", path=file.name, sheet=choice.sheet)
    if not by_sheet and left:
        raise UnreadableFileError("sheets_hidden", path=file.name, sheets=", ".join(left))
    if not by_sheet:
        raise UnreadableFileError("file_empty", path=file.name)
    return list(by_sheet.values()), left


def _best_feed(file: File, head: Head, candidates: list[Layout]) -> _Table | None:
    title = plain(head.sheet or PurePosixPath(file.name).stem)
    readings = [
        (at, layout, match(row, feed), plain(feed.name) in title)
        for at, row in enumerate(head.rows)
        if any(row)
        for layout in candidates
        for feed in layout.feeds
    ]
    if not readings:
        return None
    best = max(readings, key=lambda r: (_own(r), *r[2].rank[:2], r[3], r[2].rank[2], -r[0]))
    near: dict[str, tuple[Layout, Match]] = {}
    for _, layout, one, _named in sorted(readings, key=_nearness, reverse=True):
        if layout.name != _FIXES:
            near.setdefault(f"{layout.name}/{one.feed.name}", (layout, one))
    return _Table(head, best[0], best[1], best[2], tuple(near.values())[: _NEAREST + 1], best[3])


def _own(reading: tuple[int, Layout, Match, bool]) -> bool:
    """Whether this is a mapping of the user's own, and it fits."""
    return reading[1].own and reading[2].complete


def _nearness(reading: tuple[int, Layout, Match, bool]) -> tuple[float, int]:
    """How much of the file a feed would read, times how much of what the feed needs is there."""
    _, _, one, _ = reading
    required = len(one.feed.required)
    return ((required - len(one.missing)) / required * len(one.columns) if required else 0.0, len(one.columns))


def _part(file: File, examined: Examined, table: _Table) -> Part:
    row = table.head.rows[table.at]
    place = Place(
        file,
        examined,
        _encoding(file, examined, table.layout),
        table.head.sheet,
        table.head.separator,
        header_row=table.at + 1,
        header_lines=table.head.lines[table.at],
        width=len(row),
        columns=tuple(table.match.columns.items()),
    )
    headings = {field: row[at] for field, at in table.match.columns.items()}
    return Part(table.match.feed.name, place, headings, unread(row, table.match))


def _encoding(file: File, examined: Examined, layout: Layout) -> str:
    """Where the letters leave more than one encoding, or none, those that the source is known to write decide."""
    if examined.kind not in ("text", "json") or (examined.encoding and not examined.doubt):
        return examined.encoding or "utf-8"
    for encoding in layout.encodings:
        if decodes(file, encoding):
            return encoding
    if examined.doubt:
        shown = "; ".join(f"{encoding}: {word}" for encoding, word in examined.doubt)
        raise UnreadableFileError(
            "file_encoding_unclear", path=file.name, readings=shown, encoding=examined.doubt[0][0]
        )
    raise UnreadableFileError("file_encoding", path=file.name)


def _unknown_layout(file: File, examined: Examined, tables: list[_Table]) -> InputError:
    if examined.kind == "text" and _no_text(tables):
        return UnreadableFileError("file_encoding", path=file.name)
    near = sorted((n for t in tables for n in t.nearest), key=lambda n: _nearness((0, *n, False)), reverse=True)
    shown = [
        f"{layout.name} ({one.feed.name}): {', '.join(f.headings[0] for f in one.missing)}"
        for layout, one in near
        if len(one.columns) >= _LEAST_MATCHED and one.missing
    ][:_NEAREST]
    unsure = [t for t in tables if t.match.complete]
    if unsure:
        best = max(unsure, key=_Table.rank)
        lacking = ", ".join(f.headings[0] for f in best.match.feed.fields if f.name in best.match.feed.telling)
        code = "layout_foreign" if best.match.foreign else "layout_unsure"
        return UnknownLayoutError(
            code, path=file.name, table=best.match.feed.name, layout=best.layout.name, telling=lacking,
            foreign=", ".join(best.match.foreign), nearest="; ".join(shown) or "-",
        )  # fmt: skip
    if not shown:
        return UnknownLayoutError("layout_unknown", path=file.name, layouts=", ".join(layouts()))
    return UnknownLayoutError("layout_near", path=file.name, nearest="; ".join(shown))


def _no_text(tables: list[_Table]) -> bool:
    """True for bytes that are no text in any encoding: a picture, a program."""
    cells = "".join("".join(row) for row in tables[0].head.rows[:5])
    return sum(not c.isprintable() for c in cells) > 0.1 * len(cells)


def _sources(found: list[_Found], path: Path) -> Iterator[Source]:
    joined: dict[str, list[_Found]] = {}
    exports: dict[tuple[str, ...], list[_Found]] = {}
    for one in found:
        if one.layout.joined:
            joined.setdefault(one.layout.name, []).append(one)
        else:
            exports.setdefault(_export(one), []).append(one)
    for members in exports.values():
        name = members[0].file.name if len(members) == 1 else _zip_name(members)
        yield _source(members, name, in_parts=len(members) > 1)
    for members in joined.values():
        yield _source(members, members[0].file.name if len(members) == 1 else shown_name(path.name))


def _export(found: _Found) -> tuple[str, ...]:
    """What is one export: a file, or all files of a zip that say the same things in the same layout."""
    if found.file.member is None or found.layout.merge:
        return (found.file.name,)
    return (str(found.file.path), found.layout.name, *sorted({part.feed for part in found.parts}))


def _zip_name(found: list[_Found]) -> str:
    """The zip's name and, where it holds more than the files of this export, what they are about."""
    zip_name = found[0].file.name.removesuffix(f"/{PurePosixPath(found[0].file.name).name}")
    feeds = dict.fromkeys(part.feed for one in found for part in one.parts)
    return f"{zip_name}/* ({', '.join(feeds)})"


def _source(found: list[_Found], name: str, *, in_parts: bool = False) -> Source:
    digest = hashlib.blake2b(digest_size=16)
    for content in sorted({one.examined.content_hash for one in found}):
        digest.update(content.encode())
    parts = tuple(part for one in found for part in one.parts)
    skipped = tuple(sheet for one in found for sheet in one.skipped)
    hidden = tuple(sheet for one in found for sheet in one.hidden)
    layout = found[0].layout
    return Source(layout.name, name, parts, digest.hexdigest(), layout.merge, skipped, hidden, in_parts)
