"""Change detection for an import: which groups are new, which the lake has already, which differ.

Groups are compared by 64-bit hashes of their key and of their content, computed in this process on both
sides (Polars promises the same hash only within one version, so none is ever stored).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from tradewind.core.tables import Table
from tradewind.data.lake import stored_schema

_ROWS_AT_ONCE: Final = 1_000_000


def content_hash(table: Table, *, without: tuple[str, ...] = ()) -> pl.Expr:
    """Hash of a row's values, without when it was known and where it came from."""
    return pl.struct(column for column in table.columns if column not in ("known_at", *without)).hash()


class IncomingRows:
    """The rows an import brings for one table, compared with `existing`, the table's visible rows.

    `to_write` are the staged Parquet files to append, `first_version_rows` how many rows of them are first versions.
    """

    def __init__(self, table: Table, staging: Path, existing: pl.LazyFrame) -> None:
        self.to_write: list[Path] = []
        self.first_version_rows = 0
        self._table = table
        self._staging = staging
        self._existing = existing
        self._known = self._groups(existing).collect(engine="streaming")
        self._held: list[Path] = []
        self._held_rows = 0
        self._seen: list[pl.Series] = []

    def classify(self, rows: pl.DataFrame, *, merge: bool) -> int:
        """Stage what is new or differs; returns how many rows are the same as in the lake and were dropped.

        With `merge` a batch holds only part of a group, so every known group is kept for comparison row by row.
        """
        if self._known.is_empty():
            hashed = rows.with_columns(group_hash=self._group_hash())
            self._seen.append(hashed["group_hash"].unique())
            self._stage_first(hashed)
            return 0
        groups = self._groups(rows.lazy()).collect()
        self._seen.append(groups["group_hash"])
        known = groups.join(self._known, on="group_hash", how="left")
        is_new = pl.col("content_right").is_null()
        is_same = (pl.col("content") == pl.col("content_right")) & (pl.col("rows") == pl.col("rows_right"))
        outcomes = known.select(
            "group_hash", outcome=pl.when(is_new).then(0).when(is_same & (not merge)).then(1).otherwise(2)
        )
        hashed = rows.with_columns(group_hash=self._group_hash()).join(outcomes, on="group_hash", how="left")
        by_outcome = hashed.partition_by("outcome", as_dict=True, include_key=False)
        if (0,) in by_outcome:
            self._stage_first(by_outcome[0,])
        if (2,) in by_outcome:
            self._hold(by_outcome[2,])
        return by_outcome[1,].height if (1,) in by_outcome else 0

    def to_compare(self) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """Groups that differ, a share at a time: their rows, and the lake's rows of the same groups."""
        self._check_groups_whole()
        shares = -(-self._held_rows // _ROWS_AT_ONCE)
        group = list(self._table.group)
        for share in range(shares):
            mine = pl.col("group_hash") % shares == share
            held = pl.scan_parquet(self._held, glob=False).filter(mine).collect()
            existing = self._existing.with_columns(group_hash=self._group_hash()).filter(mine)
            existing = existing.join(held.lazy().select("group_hash").unique(), on="group_hash", how="semi")
            yield held.drop("group_hash"), existing.drop("group_hash").collect().join(held, on=group, how="semi")

    def stage(self, rows: pl.DataFrame) -> None:
        """Put rows, as they are to be appended, into the staging folder."""
        if rows.height:
            path = self._staging / f"{self._table.name}-{len(self.to_write)}.parquet"
            rows.select(list(stored_schema(self._table.name))).write_parquet(path, compression="lz4")
            self.to_write.append(path)

    def _stage_first(self, rows: pl.DataFrame) -> None:
        """First versions; those with a cancellation without a date are held until the import's data moment is known."""
        if "cancelled_at" in rows.columns:
            undated = rows.filter(status="cancelled").filter(pl.col("cancelled_at").is_null())
            if undated.height:
                self._hold(rows.join(undated, on="group_hash", how="semi"))
                rows = rows.join(undated, on="group_hash", how="anti")
        self.first_version_rows += rows.height
        self.stage(rows.drop("group_hash"))

    def _hold(self, rows: pl.DataFrame) -> None:
        if rows.height:
            path = self._staging / f"{self._table.name}-held-{len(self._held)}.parquet"
            rows.write_parquet(path, compression="lz4")
            self._held.append(path)
            self._held_rows += rows.height

    def _groups(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        hashes = rows.select(group_hash=self._group_hash(), content=content_hash(self._table))
        return hashes.group_by("group_hash").agg(pl.col("content").sum(), rows=pl.len())

    def _group_hash(self) -> pl.Expr:
        return pl.struct(self._table.group).hash()

    def _check_groups_whole(self) -> None:
        seen = pl.concat(self._seen)
        if seen.n_unique() != len(seen):
            raise ValueError(f"a group of {self._table.name} came in two batches; a batch must hold all its lines")
