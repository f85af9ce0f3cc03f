"""Rows to correct: which are new, and which an import has resolved.

The list is a log. An import adds the rows it could not read, and an entry that closes each earlier one of which it
holds a valid row: the same line of the same order, or the same row of the same file where the order is unknown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from tradewind.core.tables import TABLES, Table
from tradewind.data.corrections import CORRECTION_COLUMNS
from tradewind.data.lake import CORRECTION_LOG

_SEPARATOR: Final = "\x1f"
_IDENTITY: Final = ["row_key", "column", "value", "problem", "raw"]


class CorrectionChanges:
    """What one import changes in the log of corrections; `open_before` are the rows open before it."""

    def __init__(self, open_before: pl.DataFrame, staging: Path, seq: int, *, merge: bool) -> None:
        self._before = _keyed(open_before)
        self._staging = staging
        self._seq = seq
        self._merge = merge
        self._reported: list[Path] = []
        self._resolved: set[str] = set()

    def report(self, corrections: pl.DataFrame, import_id: str) -> None:
        """Note rows this import could not read."""
        rows = corrections.with_columns(import_id=pl.lit(import_id))
        rows = rows.select(pl.col(column).cast(dtype) for column, dtype in CORRECTION_COLUMNS.items())
        path = self._staging / f"to-correct-{len(self._reported)}.parquet"
        _keyed(rows).write_parquet(path)
        self._reported.append(path)

    def resolve(self, table: Table, rows: pl.DataFrame) -> None:
        """Note which rows open before are valid among `rows`."""
        mine = self._before.filter(table=table.name)
        if mine.is_empty():
            return
        places = rows.select(file="source_file", row="source_row")
        by_place = mine.join(places, on=["file", "row"], how="semi")
        if not self._merge:
            by_place = by_place.filter(pl.col("group_key").is_null())
        found = [by_place["row_key"]]
        if _names_its_group(table):
            rows = rows.with_columns(table=pl.lit(table.name), group_key=_joined(table.group))
            on = ["table", "group_key"]
            if self._merge and "line_no" in table.key:
                on.append("line_no")
            found.append(mine.join(rows, on=on, how="semi")["row_key"])
        self._resolved.update(pl.concat(found))

    def unreadable_lines(self, table: Table, groups: pl.DataFrame) -> pl.DataFrame:
        """Group columns and line_no of the lines this import could not read, of the groups in `groups`."""
        if not self._reported or not _names_its_group(table):
            return pl.DataFrame(schema=dict.fromkeys(table.group, pl.String) | {"line_no": pl.Int64})
        mine = groups.lazy().select(_joined(table.group).alias("group_key")).unique()
        rows = (
            pl.scan_parquet(self._reported, glob=False).filter(table=table.name).join(mine, on="group_key", how="semi")
        )
        return rows.select(*(_from_raw(column) for column in table.group), "line_no").unique().collect()

    def write_changes(self) -> Path:
        """A Parquet file with what this import adds to the log of corrections."""
        resolved = self._before.lazy().filter(pl.col("row_key").is_in(list(self._resolved)))
        changes = [resolved.with_columns(open=pl.lit(False))]
        if self._reported:
            reported = new = pl.scan_parquet(self._reported, glob=False)
            if self._before.height:
                new = reported.join(self._before.lazy(), on=_IDENTITY, how="anti", nulls_equal=True)
                still_bad = reported.select("row_key").join(self._before.lazy(), on="row_key", how="semi").unique()
                changes = [resolved.join(still_bad, on="row_key", how="anti").with_columns(open=pl.lit(False))]
            changes.append(new.with_columns(open=pl.lit(True)))
        path = self._staging / "corrections.parquet"
        columns = [pl.col(column).cast(dtype) for column, dtype in CORRECTION_LOG.items()]
        rows = pl.concat(changes, how="diagonal").with_columns(import_seq=pl.lit(self._seq)).select(columns)
        rows.sink_parquet(path, compression="lz4")
        return path


def _keyed(corrections: pl.DataFrame) -> pl.DataFrame:
    """Adds `group_key` (null where the row does not name it) and `row_key`, which identifies a row across imports."""
    group_key = pl.lit(None, dtype=pl.String)
    for table in TABLES.values():
        if _names_its_group(table):
            joined = pl.concat_str([_from_raw(column) for column in table.group], separator=_SEPARATOR)
            group_key = pl.when(table=table.name).then(joined).otherwise(group_key)
    place = pl.concat_str(["file", pl.col("row").cast(pl.String)], separator=_SEPARATOR, ignore_nulls=True)
    has_lines = pl.col("table").is_in([table.name for table in TABLES.values() if "line_no" in table.key])
    line = pl.when(has_lines).then(pl.coalesce(pl.col("line_no").cast(pl.String), place)).otherwise(pl.lit(""))
    rows = corrections.with_columns(group_key=group_key)
    row_key = pl.coalesce(pl.concat_str(["group_key", line], separator=_SEPARATOR), place)
    return rows.with_columns(row_key=pl.concat_str(["table", row_key], separator=_SEPARATOR))


def _names_its_group(table: Table) -> bool:
    """Whether a group is named by text alone, which reads the same in a file and in the lake (dates may not)."""
    schema = table.empty().schema
    return all(schema[column] == pl.String for column in table.group)


def _from_raw(column: str) -> pl.Expr:
    """A column of the row as it was read; null where it is empty or hidden (as it may be of many rows)."""
    value = pl.col("raw").str.json_path_match(f"$.{column}")
    return pl.when(value != "•••").then(value).alias(column)


def _joined(columns: tuple[str, ...]) -> pl.Expr:
    return pl.concat_str(columns, separator=_SEPARATOR)
