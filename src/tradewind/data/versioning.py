"""What an import changes: new groups, groups replaced by a newer version, and groups that are the same.

An export replaces all lines of each order it holds, and exports overlap, so every group (an order, a parcel,
a product) is compared with what the lake holds: identical ones are dropped, unknown ones become a first
version, changed ones the next version. Rows stream through a staging folder (`change_detection`), so that
memory does not grow with the file.

When a changed group became known: at the import's data moment, the newest fact it holds (for master data, the
newest fact of the workspace); never at the time on the wall, so that the same files give the same history.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from tradewind.core.tables import TABLES, Table
from tradewind.data.change_detection import IncomingRows, content_hash
from tradewind.data.corrections import CLEARED
from tradewind.data.corrections_log import CorrectionChanges
from tradewind.data.lake import CORRECTIONS, OWN_FACTS, UTC_US, Lake, stored_schema
from tradewind.data.merging import filled_from_known
from tradewind.data.same_lines import key_before, with_line_before

Progress = Callable[[str, int, int], None]


@dataclass
class Counts:
    """What became of a table's rows in one import."""

    rows_new: int = 0
    rows_changed: int = 0
    rows_removed: int = 0
    rows_same: int = 0
    rows_to_correct: int = 0


class Import:
    """One import on its way into the lake: `add` every batch, then `commit`.

    `merge` is for corrected rows: they are put into their group, whose other rows stay. `newest_fact` is
    the newest fact the workspace held before, None if there was none. `counts` are per table; `versions` are those of
    the tables before it.
    """

    def __init__(
        self, lake: Lake, staging: Path, import_id: str, *, merge: bool = False, newest_fact: datetime | None = None
    ) -> None:
        self.counts: dict[str, Counts] = {}
        self._lake = lake
        self._staging = staging
        self._import_id = import_id
        self._merge = merge
        self._newest_fact = newest_fact
        self._newest: dict[str, datetime] = {}
        self._rewritten: dict[str, None] = {}
        self.versions = lake.versions()
        self._seq = lake.next_seq(self.versions)
        self._incoming: dict[str, IncomingRows] = {}
        self._corrections = CorrectionChanges(lake.open_corrections(self.versions), staging, self._seq, merge=merge)

    def add(self, table: str, rows: pl.DataFrame, corrections: pl.DataFrame) -> None:
        """Add one batch: rows with all lines of each group they touch, and the rows to correct."""
        if corrections.height:
            self._corrections.report(corrections, self._import_id)
            for name, count in corrections.group_by("table").len().iter_rows():
                self._counts(name).rows_to_correct += count
        if rows.height:
            self._stage(TABLES[table], rows)

    def commit(self, note: dict[str, str], progress: Progress | None = None) -> None:
        """Write every table, the corrections last: from then on the import counts."""
        for done, (name, incoming) in enumerate(self._incoming.items()):
            if progress:
                progress("import_write", done, len(self._incoming))
            self._write(TABLES[name], incoming)
        moment = self._facts_moment()
        last = {**note, **self._note(), "moment": moment.isoformat() if moment else "", "counts": self._counts_json()}
        last["rewritten"] = json.dumps(list(self._rewritten))
        onto = self.versions[CORRECTIONS]
        self._lake.append(CORRECTIONS, [self._corrections.write_changes()], seq=self._seq, note=last, onto=onto)
        if progress:
            progress("import_write", len(self._incoming), len(self._incoming))

    def _stage(self, table: Table, rows: pl.DataFrame) -> None:
        stored = _as_stored(table, rows, self._seq)
        if table.fact_time is not None:
            newest = stored.select(pl.col(table.fact_time).cast(UTC_US).max()).item()
            self._newest[table.name] = max(newest, self._newest.get(table.name, newest))
        self._corrections.resolve(table, stored)
        if table.name not in self._incoming:
            existing = self._lake.visible(table.name, self.versions)
            self._incoming[table.name] = IncomingRows(table, self._staging, existing)
        same = self._incoming[table.name].classify(stored, merge=self._merge)
        self._counts(table.name).rows_same += same

    def _write(self, table: Table, incoming: IncomingRows) -> None:
        counts = self._counts(table.name)
        counts.rows_new += incoming.first_version_rows
        moment = self._moment_of(table)
        for held, existing in incoming.to_compare():
            unreadable = self._corrections.unreadable_lines(table, held)
            rows = next_versions(table, held, existing, unreadable=unreadable, moment=moment, merge=self._merge)
            counts.rows_new += int((rows["outcome"] == "new").sum())
            counts.rows_changed += int((rows["outcome"] == "replaced").sum())
            stayed = int(rows["outcome"].is_in(["replaced", "same", "kept"]).sum())
            counts.rows_removed += existing.height - stayed
            counts.rows_same += int((rows["outcome"] == "same").sum())
            incoming.stage(rows.filter("changed"))
            if not self._merge and rows.filter(pl.col("changed") & (pl.col("revision") > 0)).height:
                self._rewritten[table.name] = None
        if incoming.to_write:
            onto = self.versions[table.name]
            self._lake.append(table.name, incoming.to_write, seq=self._seq, note=self._note(), onto=onto)

    def _moment_of(self, table: Table) -> datetime | None:
        """When this import's changes of a table became known."""
        own = self._facts_moment()
        if table.name in OWN_FACTS:
            return own
        return self._newest.get(table.name) or own or self._newest_fact

    def _facts_moment(self) -> datetime | None:
        return max((self._newest[name] for name in OWN_FACTS if name in self._newest), default=None)

    def _counts_json(self) -> str:
        return json.dumps({table: vars(counts) for table, counts in sorted(self.counts.items())})

    def _note(self) -> dict[str, str]:
        return {"import_id": self._import_id, "import_seq": str(self._seq)}

    def _counts(self, table: str) -> Counts:
        return self.counts.setdefault(table, Counts())


def next_versions(
    table: Table,
    held: pl.DataFrame,
    existing: pl.DataFrame,
    *,
    unreadable: pl.DataFrame,
    moment: datetime | None,
    merge: bool,
) -> pl.DataFrame:
    """The rows of each group in `held` as its next version, beside what the lake holds of it (`existing`).

    `unreadable` (group columns, line_no or null for any line) are lines this import could not read: their
    existing good version is kept. What an import does not say of a row leaves what is known of it (`merging`). Adds
    `outcome` of each row ("new", "replaced", "same", "kept") and `changed`: whether its group differs at all from what
    the lake holds.
    """
    group, key = list(table.group), list(table.key)
    held = filled_from_known(table, held, existing)
    held = _date_cancellations(table, held, existing, moment)
    kept = existing.join(held, on=group, how="semi").join(held, on=key, how="anti")
    if not merge:
        kept = _unreadable_lines(table, kept, unreadable)
    seq = pl.lit(held["import_seq"][0], dtype=pl.Int64)
    rows = pl.concat([held, kept.with_columns(import_seq=seq).select(held.columns)])
    says = content_hash(table, without=("line_no",))
    before = existing.select(*key, content_before=says)
    rows = with_line_before(table, rows, existing, of_any_sku=True).with_columns(content=says)
    rows = rows.join(before, left_on=key_before(table), right_on=key, how="left", maintain_order="left")
    outcome = (
        pl.when(pl.int_range(pl.len()) >= held.height)
        .then(pl.lit("kept"))
        .when(pl.col("content_before").is_null())
        .then(pl.lit("new"))
        .when(pl.col("content_before") == pl.col("content"))
        .then(pl.lit("same"))
        .otherwise(pl.lit("replaced"))
    )
    groups = existing.group_by(group).agg(rows_before=pl.len(), last_revision=pl.col("revision").max())
    rows = rows.with_columns(outcome=outcome).join(groups, on=group, how="left", maintain_order="left")
    return _date_versions(rows, group, moment, merge=merge).select(*held.columns, "outcome", "changed")


def _date_versions(rows: pl.DataFrame, group: list[str], moment: datetime | None, *, merge: bool) -> pl.DataFrame:
    differs = pl.col("outcome").is_in(["new", "replaced"]).any().over(group)
    shrank = pl.len().over(group) != pl.col("rows_before")
    is_first = pl.col("rows_before").is_null()
    # A corrected line was in the order all along, only unreadable: it does not make the order younger.
    only_added = ~(pl.col("outcome") == "replaced").any().over(group) if merge else pl.lit(False)
    later = pl.max_horizontal("known_at", pl.lit(moment, dtype=UTC_US))
    return rows.with_columns(
        changed=is_first | differs | shrank,
        revision=pl.coalesce(pl.col("last_revision") + 1, 0),
        known_at=pl.when(is_first | only_added).then("known_at").otherwise(later),
    )


def _date_cancellations(
    table: Table, held: pl.DataFrame, existing: pl.DataFrame, moment: datetime | None
) -> pl.DataFrame:
    if "cancelled_at" not in held.columns:
        return held
    key = list(table.key)
    earlier = existing.filter(status="cancelled").select(*key, cancelled_before="cancelled_at")
    first_seen = pl.coalesce("cancelled_at", "cancelled_before", pl.lit(moment, dtype=UTC_US))
    return (
        held.join(earlier, on=key, how="left", maintain_order="left")
        .with_columns(cancelled_at=pl.when(status="cancelled").then(first_seen).otherwise("cancelled_at"))
        .drop("cancelled_before")
    )


def _unreadable_lines(table: Table, kept: pl.DataFrame, unreadable: pl.DataFrame) -> pl.DataFrame:
    if unreadable.is_empty() or "line_no" not in table.key:
        return kept.clear()
    group = list(table.group)
    any_line = unreadable.filter(pl.col("line_no").is_null())
    return pl.concat(
        [
            kept.join(any_line, on=group, how="semi"),
            kept.join(any_line, on=group, how="anti").join(unreadable, on=[*group, "line_no"], how="semi"),
        ]
    )


def _as_stored(table: Table, rows: pl.DataFrame, seq: int) -> pl.DataFrame:
    if table.fact_time is not None:
        fact_time = pl.col(table.fact_time).cast(UTC_US)
        rows = rows.with_columns(known_at=pl.coalesce(pl.col("known_at").cast(UTC_US), fact_time))
    schema = stored_schema(table.name)
    rows = rows.with_columns(import_seq=pl.lit(seq), revision=pl.lit(0))
    cleared = pl.col(CLEARED) if CLEARED in rows.columns else pl.lit(None, pl.String).alias(CLEARED)
    return rows.select(*(pl.col(column).cast(dtype) for column, dtype in schema.items()), cleared)
