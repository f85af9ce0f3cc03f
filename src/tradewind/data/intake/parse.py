"""From a detected source to rows of the tables, a share of the file at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from tradewind.core.tables import TABLES, Table
from tradewind.data.corrections import CLEARED
from tradewind.data.intake.cells import read_feed
from tradewind.data.intake.checking import NO_CORRECTIONS, too_long
from tradewind.data.intake.detect import Source
from tradewind.data.intake.layout import Feed, Layout, Output, layout_named
from tradewind.data.intake.parts import newest_of_each, one_sheet_of_each
from tradewind.data.intake.rows import Rows, most_common, table_rows
from tradewind.data.intake.sheets import ROW
from tradewind.data.intake.staging import FILE, Progress, Staged, stage
from tradewind.data.intake.values import Setting
from tradewind.data.intake.values.codes import lost_zeros

NO_NOTES = pl.DataFrame(schema={"reason": pl.String, "rows": pl.Int64})


@dataclass(frozen=True)
class Batch:
    """A share of one table's rows; all rows of one group are in the same batch.

    rows         the table's columns, source_row, source_file; valid, sorted by key
    corrections  table, layout, file, row, line_no, column, value, problem, raw, suggestion
    notes        reason, rows: what was left out or is worth knowing, and how often (`text("notes.<reason>")`)
    """

    table: str
    rows: pl.DataFrame
    corrections: pl.DataFrame = field(default_factory=lambda: NO_CORRECTIONS)
    notes: pl.DataFrame = field(default_factory=lambda: NO_NOTES)


@dataclass(frozen=True)
class ParseContext:
    """What a source is read with beside its own text.

    buyer_salt   the secret buyers' hashes are keyed with
    imported_at  UTC: facts later than a day after it are rows to correct; None: no date counts as lying in the future
    known_skus   of the workspace's products: a SKU that only lacks their leading zeros is a row to correct, other
                 unknown ones are kept and counted; None: nothing is known yet
    own          the user's mappings
    shop         the shop of a file that names none
    currency     of amounts of a file that names none
    """

    buyer_salt: bytes
    imported_at: datetime | None = None
    known_skus: pl.Series | None = None
    own: Sequence[Layout] = ()
    shop: str | None = None
    currency: str | None = None


def parse(source: Source, context: ParseContext, *, staging: Path, progress: Progress | None = None) -> Iterator[Batch]:
    """The source's rows, table by table, in batches of bounded size.

    `staging` is an empty folder only this call uses; whoever made it removes it. The order of rows in the file
    does not change what comes out.
    """
    layout = layout_named(source.layout, context.own)
    setting = Setting(context.buyer_salt, context.imported_at, shop=context.shop, currency=context.currency)
    reader = _Reader(source, layout, setting, staging, progress, context.known_skus)
    feeds = [(f, [o for o in layout.outputs if o.feed == f.name]) for f in layout.feeds if reader.has(f)]
    fed = Counter(table for _, outputs in feeds for table in {output.table for output in outputs})
    held: dict[str, list[Batch]] = {table: [] for table, times in fed.items() if times > 1}
    for feed, outputs in feeds:
        for batch in reader.batches(feed, outputs) if outputs else ():
            if batch.table in held:
                held[batch.table].append(batch)
            else:
                yield batch
    for table, batches in held.items():
        if batches:
            yield _together(TABLES[table], batches, layout.name)


class _Reader:
    def __init__(
        self,
        source: Source,
        layout: Layout,
        setting: Setting,
        staging: Path,
        progress: Progress | None,
        known_skus: pl.Series | None,
    ) -> None:
        self._source = source
        self._layout = layout
        self._setting = setting
        self._staging = staging
        self._progress = progress
        self._known_skus = self._known(known_skus)
        self._joined: dict[str, tuple[Feed, pl.DataFrame]] = {}

    def _known(self, skus: pl.Series | None) -> pl.Series | None:
        """None where a source's own sales say what its products are: there is nothing to be unknown to."""
        lists_itself = any(o.table == "products" and o.by_product for o in self._layout.outputs)
        return None if skus is None or lists_itself else skus.drop_nulls().unique()

    def has(self, feed: Feed) -> bool:
        return any(part.feed == feed.name for part in self._source.parts)

    def batches(self, feed: Feed, outputs: list[Output]) -> Iterator[Batch]:
        others = self._others(outputs)
        staged = self._staged(feed)
        setting = replace(self._setting, evidence=staged.evidence)
        summaries: dict[str, list[pl.DataFrame]] = {}
        left_out = staged.left_out
        if staged.long:
            yield Batch(_main(outputs).table, _no_rows(_main(outputs).table), self._too_long(staged, outputs))
        empty = True
        for done, share in enumerate(staged):
            texts = newest_of_each(share, feed) if self._source.in_parts else share
            left_out["order_in_older_file"] += share.height - texts.height
            for book, sheets in self._workbooks(feed).items() if _are_lines(outputs) else ():
                once = one_sheet_of_each(texts, feed, book, sheets)
                left_out["duplicate_collapsed"] += texts.height - once.height
                texts = once
            del share
            frame = read_feed(texts, feed, setting, left_out, lines=_are_lines(outputs))
            del texts
            for number, output in enumerate(outputs):
                headings = self._headings(output, feed)
                rows = table_rows(frame, output, feed, others, headings, self._layout.name, self._setting.shop)
                if CLEARED in frame.columns:
                    cleared = frame.select(ROW, FILE, CLEARED)
                    good = rows.good.join(cleared, on=[ROW, FILE], how="left", maintain_order="left")
                    rows = replace(rows, good=good)
                if output.most_common:
                    summaries.setdefault(output.table, []).append(rows.good)
                    continue
                notes = left_out if number == 0 else Counter()
                yield self._batch(rows, output, notes)
                empty = False
                if number == 0:
                    left_out = staged.left_out = Counter()
            if self._progress:
                self._progress("stages_intake.check", done + 1, len(staged.shares))
        for output in outputs:
            if output.most_common and output.table in summaries:
                yield Batch(
                    output.table, most_common(summaries[output.table], TABLES[output.table], output.most_common)
                )
        if empty and left_out:
            yield Batch(outputs[0].table, _no_rows(outputs[0].table), notes=_notes(left_out))

    def _workbooks(self, feed: Feed) -> dict[str, dict[str, str]]:
        """Workbooks of which several sheets hold a feed, by name: what each of their rows is of -> the sheet."""
        books: dict[str, dict[str, str]] = {}
        for part in self._source.parts:
            if part.feed == feed.name and part.place.sheet:
                books.setdefault(part.place.file.name, {})[part.place.name] = part.place.sheet
        return {book: sheets for book, sheets in books.items() if len(sheets) > 1}

    def _too_long(self, staged: Staged, outputs: list[Output]) -> pl.DataFrame:
        return too_long(pl.concat(staged.long), _main(outputs).table, self._layout.name)

    def _others(self, outputs: list[Output]) -> dict[str, tuple[Feed, pl.DataFrame]]:
        """Feeds to be joined, read once and kept."""
        for name in dict.fromkeys(join.feed for output in outputs for join in output.joins):
            feed = self._layout.feed(name)
            if name in self._joined or not self.has(feed):
                continue
            staged = self._staged(feed, whole=True)
            setting = replace(self._setting, evidence=staged.evidence)
            for texts in staged:
                frame = read_feed(texts, feed, setting, Counter())
                # Of several rows the first is joined: the first by what they say, not by where they stand.
                content = [f.name for f in feed.fields if f.name in frame.columns]
                self._joined[name] = (feed, frame.sort(content, nulls_last=True))
        return self._joined

    def _staged(self, feed: Feed, *, whole: bool = False) -> Staged:
        parts = [part for part in self._source.parts if part.feed == feed.name]
        return stage(
            parts, feed, salt=self._setting.buyer_salt, staging=self._staging, progress=self._progress, whole=whole
        )

    def _headings(self, output: Output, feed: Feed) -> dict[str, str]:
        """What the file calls each field; for a field it does not have, what it would be called."""
        names = {f.name: f.headings[0] for f in feed.fields if f.headings}
        for name in (feed.name, *(j.feed for j in output.joins)):
            for part in reversed([p for p in self._source.parts if p.feed == name]):
                names.update(part.headings)
        return names

    def _batch(self, rows: Rows, output: Output, left_out: Counter[str]) -> Batch:
        good, corrections = rows.good, NO_CORRECTIONS if output.by_product else rows.corrections
        notes = Counter(left_out)
        if self._known_skus is not None and output.table == "products":
            self._known_skus = pl.concat([self._known_skus, good["sku"]]).unique()
        elif self._known_skus is not None and "sku" in good.columns:
            good, corrections = self._with_known_skus(good, corrections, output.table, notes)
        return Batch(output.table, good, corrections, _notes(notes))

    def _with_known_skus(
        self, good: pl.DataFrame, corrections: pl.DataFrame, table: str, notes: Counter[str]
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        assert self._known_skus is not None
        known = self._known_skus
        if known.is_empty():
            return good, corrections
        unknown = ~good["sku"].is_in(known.implode())
        meant = lost_zeros(good["sku"], known)
        short = unknown & meant.is_not_null()
        notes["sku_unknown"] += int((unknown & ~short).sum())
        if not short.any():
            return good, corrections
        rejected = _rejected(good.filter(short), meant.filter(short), table, self._layout.name, "sku", "sku_lost_zeros")
        return good.filter(~short), pl.concat([corrections, rejected])


def _are_lines(outputs: Sequence[Output]) -> bool:
    """Whether a feed's rows become lines, of which a group may have two alike."""
    return any("line_no" in TABLES[output.table].key for output in outputs if not output.by_product)


def _together(table: Table, batches: list[Batch], layout: str) -> Batch:
    """What several feeds of a file say of one table, where a group may be in several: one scan by words and by code.

    Of two rows of one key with the same cells, and of two scans of one moment, the first counts. Order lines are
    numbered on; any other rows of one key wait for correction.
    """
    notes: Counter[str] = Counter()
    for batch in batches:
        notes.update(dict(batch.notes.iter_rows()))
    rows = pl.concat([batch.rows.with_columns(__feed=pl.lit(n)) for n, batch in enumerate(batches)])
    content = [c for c in table.columns if c != "known_at"]
    key, group = list(table.key), list(table.group)
    if table.name == "events":
        rows = rows.sort("code", "place", nulls_last=True, maintain_order=True)
    once = rows.unique(key if table.name == "events" else content, keep="first", maintain_order=True)
    notes["scan_same_moment" if table.name == "events" else "duplicate_collapsed"] += rows.height - once.height
    if "line_no" in key:
        numbered = pl.int_range(1, pl.len() + 1).over(group).cast(pl.Int64)
        in_several = pl.col("__feed").n_unique().over(group) > 1
        once = once.sort("__feed", *key).with_columns(line_no=pl.when(in_several).then(numbered).otherwise("line_no"))
    twice = pl.struct(key).is_duplicated()
    wrong = once.filter(twice)
    corrections = [batch.corrections for batch in batches]
    if wrong.height:
        corrections.append(_rejected(wrong, pl.lit(None, pl.String), table.name, layout, key[-1], "key_twice"))
    good = once.filter(~twice).drop("__feed").sort(key)
    return Batch(table.name, good, pl.concat(corrections), _notes(notes))


def _rejected(
    rows: pl.DataFrame, meant: pl.Series | pl.Expr, table: str, layout: str, column: str, problem: str
) -> pl.DataFrame:
    texts = [pl.col(c).cast(pl.String) for c in TABLES[table].columns if c not in ("line_no", "known_at")]
    return rows.with_columns(meant.alias("_suggestion")).select(
        table=pl.lit(table),
        layout=pl.lit(layout),
        file=FILE,
        row=ROW,
        line_no=pl.col("line_no") if "line_no" in rows.columns else pl.lit(None, pl.Int64),
        column=pl.lit(column),
        value=pl.col(column).cast(pl.String),
        problem=pl.lit(problem),
        raw=pl.struct(*texts, "_suggestion").struct.json_encode(),
        suggestion="_suggestion",
    )


def _main(outputs: list[Output]) -> Output:
    """The output that speaks for a feed's rows."""
    return next((o for o in outputs if not o.by_product and o.most_common is None), outputs[0])


def _notes(counts: Counter[str]) -> pl.DataFrame:
    rows = sorted((reason, count) for reason, count in counts.items() if count)
    return pl.DataFrame(rows, schema=NO_NOTES.schema, orient="row")


def _no_rows(table: str) -> pl.DataFrame:
    return TABLES[table].empty().with_columns(pl.lit(None, pl.Int64).alias(ROW), pl.lit(None, pl.String).alias(FILE))
