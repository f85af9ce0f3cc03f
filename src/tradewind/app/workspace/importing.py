"""Files into the lake: found, read, compared, written; each as a whole or not at all."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from tradewind.core.errors import InputError, TradewindError
from tradewind.core.tables import TABLES
from tradewind.data.lake import Lake
from tradewind.data.ledger import ImportRow, Ledger
from tradewind.data.storage import staging_folder
from tradewind.data.versioning import Counts, Import

if TYPE_CHECKING:
    from tradewind.data.intake import Batch, Source
    from tradewind.data.intake.headings import UnreadHeading
    from tradewind.data.intake.layout import Layout

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ImportReport:
    """What became of one table of one imported file (or folder of files that belong together).

    `rows_same` were in the workspace already; `rows_removed` were, and the file's newer version of their order (or
    other group) has them no more. `notes` counts what was left out or is worth knowing, by catalogue id
    `notes.<id>`. Of the whole file: `unread` are its headings that were not read, `skipped` its sheets that no layout
    knows, `hidden` those that its reader does not see, which are not read unless asked for; `seen`: it was imported
    before and not read again, so that the counts are those of then.
    """

    file: str
    layout: str
    table: str
    rows_new: int
    rows_changed: int
    rows_removed: int
    rows_same: int
    rows_to_correct: int
    seconds: float
    notes: Mapping[str, int] = field(default_factory=dict)
    unread: tuple[UnreadHeading, ...] = ()
    skipped: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    seen: bool = False


class Imported(list[ImportReport]):
    """What an import brought, a report per file and table; `passed_over` are files left out, with the error why."""

    def __init__(self) -> None:
        super().__init__()
        self.passed_over: list[tuple[str, TradewindError]] = []


@dataclass(frozen=True)
class Place:
    """Where an import goes. `now` is when it happens: facts from after it are rows to correct.

    `own` are the mappings its users have described; `shop` and `currency` are those of files that name none; `sheet`
    the only one of a workbook to read; `hidden` sheets are read too; `encoding` is that of texts that do not tell
    theirs; `alone`: nothing else is asked for at the same time.
    """

    lake: Lake
    ledger: Ledger
    staging: Path
    buyer_salt: bytes
    now: datetime
    own: tuple[Layout, ...] = ()
    shop: str | None = None
    currency: str | None = None
    sheet: str | None = None
    hidden: bool = False
    encoding: str | None = None
    alone: bool = True

    def sync_imports(self) -> None:
        """Bring the ledger's list of imports up to what the lake's log says."""
        self.ledger.sync_imports(self.lake.imports_after(self.ledger.last_import()))


def import_all(path: Path, layout: str | None, place: Place, progress: Progress | None) -> Imported:
    """Every file at `path`; where there are several, one that cannot be read does not keep the others out.

    The oldest file comes first, so that of two exports of one order the newer has the last word.
    """
    from tradewind.data.intake.damage import one_of_several
    from tradewind.data.intake.detect import detect, nothing_read

    found = detect(path, layout, place.own, sheet=place.sheet, hidden=place.hidden, encoding=place.encoding)
    alone = place.alone and path.is_file() and len(found) == 1 and not found.unknown
    done = Imported()
    done.passed_over += found.unknown
    for source in sorted(found, key=lambda one: (_facts_later(one, place.own), _written_at(one))):
        single = len(found) == 1
        try:
            with nullcontext() if single else one_of_several(source.name):
                done += _import_one(source, place, progress, alone=alone)
        except InputError as error:
            if single:
                raise
            done.passed_over.append((source.name, error))
    if not done and done.passed_over:
        raise nothing_read(path, done.passed_over)
    return done


def _import_one(source: Source, place: Place, progress: Progress | None, *, alone: bool) -> list[ImportReport]:
    """`alone`: somebody asked for this one file, not for a folder of many."""
    began = time.perf_counter()
    import_id = f"{source.layout}:{source.content_hash}{_asked(place)}"
    earlier = place.ledger.imports()
    seen = next((row for row in reversed(earlier) if row.import_id == import_id), None)
    if seen is not None and not (_had_days_ahead(seen, place) or (alone and _written_over(seen, earlier))):
        return _seen_before(source, seen, place.lake)
    newest = max((row.moment for row in earlier if row.moment), default=None)
    with staging_folder(place.staging) as staging:
        bringing = Import(place.lake, staging, import_id, merge=source.merge, newest_fact=newest)
        notes = _read_into(bringing, source, place, progress)
        kept = {"unread": _unread_note(source), "notes": json.dumps(notes)}
        bringing.commit({"file": source.name, "layout": source.layout, **kept}, progress)
    place.sync_imports()
    return _reports(source, bringing.counts, time.perf_counter() - began, notes)


def _asked(place: Place) -> str:
    """What was said of a file beside its content, as its import's id has it."""
    said = (
        place.shop,
        place.currency and f"currency={place.currency}",
        place.sheet and f"sheet={place.sheet}",
        "hidden" if place.hidden else None,
        place.encoding and f"encoding={place.encoding}",
    )
    return "".join(f":{one}" for one in said if one)


def _had_days_ahead(seen: ImportRow, place: Place) -> bool:
    """Whether rows of this import waited because their day had not come, and it has come for one since.

    A moment that cannot be read by itself (its column said how) counts as come.
    """
    if place.now.date() <= seen.committed_at.date():
        return False
    from tradewind.data.intake.layout import Field
    from tradewind.data.intake.values import Setting
    from tradewind.data.intake.values.reading import read

    waiting = place.lake.unresolved(seen.import_id, place.lake.versions()).filter(problem="date_in_future")
    problem = read(waiting["value"], Field("waiting", (), "moment"), Setting(b"", place.now)).problem
    return bool(waiting.height) and (problem is None or bool((problem.fill_null("") != "date_in_future").any()))


def _written_over(seen: ImportRow, imports: Sequence[ImportRow]) -> bool:
    """Whether a later import has changed what was known in a table of this one: its file is to be restored.

    In a folder it is not: one that is imported every morning holds older exports beside the newer ones.
    """
    mine = json.loads(seen.note["counts"])
    later = [row.note for row in imports if row.seq > seen.seq]
    return any(table in mine for note in later for table in _rewritten(note))


def _rewritten(note: Mapping[str, str]) -> list[str]:
    """The tables of which an import wrote newer versions of what was known, told by its note."""
    if "rewritten" in note:
        return list(json.loads(note["rewritten"]))
    counts = json.loads(note["counts"])
    return [table for table, found in counts.items() if found.get("rows_replaced", 0) or found.get("rows_changed", 0)]


def _read_into(bringing: Import, source: Source, place: Place, progress: Progress | None) -> dict[str, Counter[str]]:
    from tradewind.data.intake import ParseContext, parse

    reading = place.staging / "reading"
    reading.mkdir()
    known_skus = _known_skus(place.lake, bringing.versions)
    context = ParseContext(place.buyer_salt, place.now, known_skus, place.own, place.shop, place.currency)
    batches = parse(source, context, staging=reading, progress=progress)
    notes: dict[str, Counter[str]] = {}
    while batch := _next(batches, source.name):
        bringing.add(batch.table, batch.rows, batch.corrections)
        notes.setdefault(batch.table, Counter()).update(dict(batch.notes.iter_rows()))
    return notes


def _next(batches: Iterator[Batch], file: str) -> Batch | None:
    from tradewind.data.intake.damage import damage_as_error

    with damage_as_error(file):
        return next(batches, None)


def _known_skus(lake: Lake, versions: Mapping[str, int]) -> pl.Series:
    """Everything a row may rightly be sold as, where products are known at all."""
    own = lake.column("products", "sku", versions)
    if own.is_empty():
        return own
    sold_as = (lake.column("listings", "listing_id", versions), lake.column("bundles", "bundle_sku", versions))
    return pl.concat([own, *sold_as])


def _facts_later(source: Source, own: tuple[Layout, ...]) -> bool:
    """Sorts what is known about goods and places before what happened to them, which is checked against it."""
    from tradewind.data.intake.layout import layout_named

    feeds = {part.feed for part in source.parts}
    outputs = [output for output in layout_named(source.layout, own).outputs if output.feed in feeds]
    return not outputs or any(TABLES[output.table].fact_time is not None for output in outputs)


def _written_at(source: Source) -> float:
    return max(file.stat().st_mtime for file in source.files)


def _reports(
    source: Source,
    counts: Mapping[str, Counts],
    seconds: float,
    notes: Mapping[str, Mapping[str, int]],
    *,
    seen: bool = False,
) -> list[ImportReport]:
    return [
        ImportReport(
            source.name,
            source.layout,
            table,
            **vars(counts.get(table, Counts())),
            seconds=seconds,
            notes=dict(notes.get(table, {})),
            unread=source.unread,
            skipped=source.skipped,
            hidden=source.hidden,
            seen=seen,
        )
        for table in sorted({*counts, *notes})
    ]


def _unread_note(source: Source) -> str:
    """What of the file was not read, as it is kept with the import for data health."""
    parts = {"headings": [one.heading for one in source.unread], "skipped": source.skipped, "hidden": source.hidden}
    return json.dumps({name: list(found) for name, found in parts.items() if found}, ensure_ascii=False)


def _seen_before(source: Source, row: ImportRow, lake: Lake) -> list[ImportReport]:
    """Nothing of a file that was imported before is new; its rows to correct are those not resolved since.

    Rows that another file had put on the list before it count there.
    """
    before: dict[str, dict[str, int]] = json.loads(row.note["counts"])
    still_open = dict(lake.unresolved(row.import_id, lake.versions()).group_by("table").len().iter_rows())
    counts = {
        table: Counts(
            rows_same=sum(n for kind, n in found.items() if kind != "rows_removed") - still_open.get(table, 0),
            rows_to_correct=still_open.get(table, 0),
        )
        for table, found in before.items()
    }
    return _reports(source, counts, 0.0, json.loads(row.note.get("notes", "{}")), seen=True)
