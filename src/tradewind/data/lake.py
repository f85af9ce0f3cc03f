"""The lake: facts as an append-only log of versions, one Delta table per table of `core.tables`.

    lake = Lake(Folder(path)); lake.create()
    lake.append("order_lines", batches, seq=1, note={"import_id": "…"})
    lake.visible("order_lines", lake.versions()).collect()

Each row carries, beside its table's columns, the import that wrote it (`import_seq`), which version of its
group it belongs to (`revision`, 0 the first) and where it came from (`source_file`, `source_row`). An import
that changes a group appends the group's rows anew; nothing is overwritten, so that the past can be read as
it was known. A reader takes, per group, the rows of the highest `import_seq` known at the moment asked for.

The table `corrections` is committed last: an import counts once it is there, and what an import that died
half-way has left in other tables is invisible (and rolled back by the next writer).

A lake made before a table or a column was added is read as if they were there and empty; the next writer adds them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tradewind.core.errors import NotAWorkspaceError, ParameterError
from tradewind.core.tables import TABLES, Table
from tradewind.data.corrections import CORRECTION_COLUMNS
from tradewind.data.stores import Store

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import DeltaTable, WriterProperties

UTC_US: Final = pl.Datetime("us", "UTC")
PROVENANCE: Final = {"import_seq": pl.Int64, "revision": pl.Int64, "source_file": pl.String, "source_row": pl.Int64}
CORRECTIONS: Final = "corrections"
CORRECTION_LOG: Final = {**CORRECTION_COLUMNS, "row_key": pl.String, "open": pl.Boolean, "import_seq": pl.Int64}

# What the shop did, by which "now" is known; rates and calendars are published ahead.
OWN_FACTS: Final = (
    "order_lines", "stock", "reservations", "purchase_orders", "inbounds", "parcels", "events", "returns",
    "settlements", "fines", "traffic",
)  # fmt: skip

# Tables that lakes made before them do not have.
ADDED_LATER: Final = frozenset(
    {"bundles", "suppliers", "reservations", "purchase_orders", "inbounds", "settlements", "fines", "traffic"}
)

_COMMIT: Final = re.compile(r"\d{20}\.json")
_STORABLE: Final = (pl.String, pl.Int64, pl.Float64, pl.Boolean, pl.Date, UTC_US)
_TRANSACTION: Final = "tradewind.import"
_FOR_YEARS: Final = "interval 36500 days"
_TOO_MANY_FILES: Final = 64
_OPEN_AT_ONCE: Final = 256
_BATCH_ROWS: Final = 16_384  # Delta's writer reads a fixed number of batches ahead: small ones keep that small


def stored_schema(name: str) -> pl.Schema:
    """Column types of a table as Delta holds them: enums as strings. Raises ParameterError for arrays and lists.

    >>> stored_schema("nodes")["kind"]
    String
    """
    if name == CORRECTIONS:
        return pl.Schema(CORRECTION_LOG)
    schema = {column: _storable(column, dtype) for column, dtype in TABLES[name].empty().schema.items()}
    return pl.Schema({**schema, **PROVENANCE})


def _storable(column: str, dtype: pl.DataType) -> pl.DataType | type[pl.DataType]:
    if isinstance(dtype, pl.Enum):
        return pl.String
    if dtype not in _STORABLE:
        raise ParameterError("parameter_range", name=column, value=dtype, allowed="text, number, truth value or time")
    return dtype


@dataclass(frozen=True)
class Committed:
    """One import as the log has it: its number, when it was committed, and the note it carries."""

    seq: int
    at_ms: int
    note: dict[str, str]


@dataclass(frozen=True)
class Lake:
    """The tables in one place. Reads at any version; writing is for whoever holds the workspace's lock.

    `check_lock` is called before each commit and raises where that lock has been lost.
    """

    store: Store
    check_lock: Callable[[], None] = lambda: None
    _opened: dict[tuple[str, int], DeltaTable] = field(default_factory=dict, repr=False, compare=False)

    def create(self) -> None:
        """Make all tables, empty. Those that are there already are left alone."""
        self._each(self._create, (*TABLES, CORRECTIONS))

    def versions(self) -> dict[str, int]:
        """The version each table has now; a table added since the lake was made has none.

        `corrections` is read first: the imports it lists are complete in the others.
        """
        names = (CORRECTIONS, *TABLES)
        newest = [self._newest_commit(CORRECTIONS), *self._each(self._newest_commit, TABLES)]
        return {name: version for name, version in zip(names, newest, strict=True) if version is not None}

    def visible(self, name: str, versions: Mapping[str, int], as_of: datetime | None = None) -> pl.LazyFrame:
        """Rows of a table as known at `as_of` (None: everything), with the columns of its log."""
        group = list(TABLES[name].group)
        rows = self._log(name, versions.get(name)).filter(pl.col("import_seq") <= self.complete(versions[CORRECTIONS]))
        if as_of is not None:
            rows = rows.filter(pl.col("known_at").is_null() | (pl.col("known_at") <= as_of))
        newest = rows.filter(pl.col("revision") > 0).group_by(group).agg(newest=pl.col("import_seq").max()).collect()
        if newest.is_empty():
            return rows
        latest = pl.col("newest").is_null() | (pl.col("import_seq") == pl.col("newest"))
        return rows.join(newest.lazy(), on=group, how="left").filter(latest).drop("newest")

    def read(self, name: str, versions: Mapping[str, int], as_of: datetime | None = None) -> pl.DataFrame:
        """A table as known at `as_of`: its own columns and types, sorted by key.

        What came later to a row (`Table.later`: a cancellation, a receipt) is not known yet at `as_of`.
        """
        return self.scan(name, versions, as_of).collect().sort(TABLES[name].key)

    def scan(self, name: str, versions: Mapping[str, int], as_of: datetime | None = None) -> pl.LazyFrame:
        """The rows `read` gives, not read yet and in no order."""
        table = TABLES[name]
        rows = self.visible(name, versions, as_of)
        if as_of is not None:
            rows = _without_what_came_later(rows, table, as_of)
        return rows.select(table.columns).cast(dict(table.empty().schema))  # type: ignore[arg-type]

    def rows(self, name: str, versions: Mapping[str, int], as_of: datetime | None = None) -> int:
        """How many rows `read` would give, counted by the columns that say which versions of rows hold."""
        counted: int = self.visible(name, versions, as_of).select(pl.len()).collect().item()
        return counted

    def column(self, name: str, column: str, versions: Mapping[str, int]) -> pl.Series:
        """One column of a table, everything loaded."""
        return self.visible(name, versions).select(column).collect()[column]

    def newest_fact(self, versions: Mapping[str, int]) -> datetime | None:
        """The newest thing the shop did, over all tables; None where there is nothing."""
        moments = (
            self.visible(name, versions).select(pl.col(str(TABLES[name].fact_time)).cast(UTC_US).max()).collect().item()
            for name in OWN_FACTS
        )
        return max((moment for moment in moments if moment is not None), default=None)

    def open_corrections(self, versions: Mapping[str, int]) -> pl.DataFrame:
        """Rows to correct that are open: the newest entry on each, where it does not close it."""
        log = self._log(CORRECTIONS, versions[CORRECTIONS])
        newest = pl.col("import_seq") == pl.col("import_seq").max().over("row_key")
        order = ["table", "file", "row", "line_no", "column", "problem", "value"]
        return log.filter(newest).filter("open").sort(order, maintain_order=True).collect()

    def unresolved(self, import_id: str, versions: Mapping[str, int]) -> pl.DataFrame:
        """Of the rows an import put on the list of corrections, those still open, whichever import listed them last."""
        log = self._log(CORRECTIONS, versions[CORRECTIONS])
        raised = log.filter(pl.col("open"), pl.col("import_id") == import_id).select("row_key").unique().collect()
        return self.open_corrections(versions).join(raised, on="row_key", how="semi")

    def complete(self, corrections_version: int) -> int:
        """The number of the last import that is whole, 0 before the first."""
        return self._last_seq(CORRECTIONS, corrections_version)

    def next_seq(self, versions: Mapping[str, int]) -> int:
        """The number of the next import; one that was begun and rolled back keeps its own."""
        return 1 + max(self._last_seq(name, version) for name, version in versions.items())

    def append(
        self, name: str, parts: Sequence[Path], *, seq: int, note: Mapping[str, str], onto: int | None = None
    ) -> None:
        """One commit that adds the rows of the Parquet files `parts` to a table, as import `seq`.

        `note` goes into the commit's metadata. `onto` is the version the import was compared with: where another
        import has come in since, Delta refuses (StorageError). Rows stream: memory does not grow with their number.
        """
        from deltalake import CommitProperties, Transaction, write_deltalake

        self.store.check_room(sum(part.stat().st_size for part in parts))
        self.check_lock()
        write_deltalake(
            self._table(name, onto),
            _stream(name, parts),
            mode="append",
            writer_properties=_writer_properties(name),
            commit_properties=CommitProperties(
                custom_metadata=dict(note), app_transactions=[Transaction(_TRANSACTION, seq)]
            ),
        )

    def imports_after(self, seq: int) -> list[Committed]:
        """Whole imports later than number `seq`, oldest first, read from the Delta log."""
        log = self._latest(CORRECTIONS)
        if self._last_seq(CORRECTIONS, log.version()) <= seq:
            return []
        found = [
            Committed(int(commit["import_seq"]), commit["timestamp"], {k: str(v) for k, v in commit.items()})
            for commit in log.history()
            if int(commit.get("import_seq", 0)) > seq
        ]
        return sorted(found, key=lambda c: c.seq)

    def roll_back(self) -> list[str]:
        """Take out what an import that died half-way left behind. Returns the tables it had reached.

        Tables and columns that were added since the lake was made are put in first.
        """
        versions = {name: table.version() for name, table in self._completed(self._now()).items()}
        whole = self.complete(versions[CORRECTIONS])
        torn = [name for name in TABLES if self._highest_seq(name, versions[name]) > whole]
        for name in torn:
            self._latest(name).delete(f"import_seq > {whole}")
        return torn

    def compact(self, written: Iterable[str], pinned: Iterable[Mapping[str, int]]) -> None:
        """Merge the files of those tables just `written` that have many. What pinned versions read stays.

        The files just merged stay until the next time, for readers that opened them a moment ago.
        """
        kept = list(pinned)
        for name in sorted({*written, CORRECTIONS}):
            if len(self.store.files(name)) <= _TOO_MANY_FILES:
                continue
            table = self._latest(name)
            if len(table.get_add_actions()) > _TOO_MANY_FILES:
                before = table.version()
                table.optimize.compact(writer_properties=_writer_properties(name))
                self._vacuum(name, {before, *(versions[name] for versions in kept if name in versions)})

    def vacuum(self, pinned: Iterable[Mapping[str, int]]) -> None:
        """Delete files that no commit names: what a killed writer had not finished."""
        kept = list(pinned)
        for name in (*TABLES, CORRECTIONS):
            before = max(self._latest(name).version() - 1, 0)
            self._vacuum(name, {before, *(versions[name] for versions in kept if name in versions)})

    def _vacuum(self, name: str, keep: set[int]) -> None:
        self._latest(name).vacuum(
            retention_hours=0,
            dry_run=False,
            enforce_retention_duration=False,
            full=True,
            keep_versions=sorted(keep),
        )

    def _create(self, name: str) -> None:
        from deltalake import DeltaTable

        DeltaTable.create(
            self.store.address(name),
            _arrow_schema(name),
            mode="ignore",
            configuration={
                "delta.logRetentionDuration": _FOR_YEARS,
                "delta.deletedFileRetentionDuration": _FOR_YEARS,
            }
            | ({"delta.dataSkippingNumIndexedCols": "0"} if name == CORRECTIONS else {}),
            storage_options=self.store.delta_options,
        )

    def _completed(self, now: dict[str, DeltaTable]) -> dict[str, DeltaTable]:
        new = [name for name in TABLES if name not in now]
        self._each(self._create, new)
        added_to = [name for name, table in now.items() if self._add_missing_columns(name, table)]
        return self._remembered({**now, **{name: self._latest(name) for name in (*new, *added_to)}})

    def _add_missing_columns(self, name: str, table: DeltaTable) -> bool:
        from deltalake import Schema

        there = {field.name for field in table.schema().fields}
        wanted = Schema.from_arrow(_arrow_schema(name)).fields
        if unknown := there - {field.name for field in wanted}:
            raise NotAWorkspaceError("lake_newer", table=name, columns=", ".join(sorted(unknown)))
        missing = [field for field in wanted if field.name not in there]
        if missing:
            self._latest(name).alter.add_columns(missing)
        return bool(missing)

    def _newest_commit(self, name: str) -> int | None:
        """A table's version, by the names of its commits: opening it would read its log as well."""
        commits = [file for file in self.store.files(f"{name}/_delta_log") if _COMMIT.fullmatch(file)]
        if commits:
            return int(commits[-1].removesuffix(".json"))
        table = self._if_there(name)
        return None if table is None else int(table.version())

    def _now(self) -> dict[str, DeltaTable]:
        corrections = self._latest(CORRECTIONS)
        found = zip(TABLES, self._each(self._if_there, TABLES), strict=True)
        return self._remembered(
            {CORRECTIONS: corrections, **{name: table for name, table in found if table is not None}}
        )

    def _remembered(self, now: dict[str, DeltaTable]) -> dict[str, DeltaTable]:
        self._opened.update({(name, table.version()): table for name, table in now.items()})
        return now

    def _each(self, do: Callable[[str], Any], names: Iterable[str]) -> list[Any]:
        if self.store.at_once == 1:
            return [do(name) for name in names]
        with ThreadPoolExecutor(self.store.at_once) as pool:
            return list(pool.map(do, names))

    def _if_there(self, name: str) -> DeltaTable | None:
        from deltalake.exceptions import TableNotFoundError

        try:
            return self._latest(name)
        except TableNotFoundError:
            if name in ADDED_LATER:
                return None
            raise

    def _latest(self, name: str) -> DeltaTable:
        return self._table(name, None)

    def _table(self, name: str, version: int | None) -> DeltaTable:
        from deltalake import DeltaTable

        return DeltaTable(self.store.address(name), version=version, storage_options=self.store.delta_options)

    def _at(self, name: str, version: int) -> DeltaTable:
        """A version never changes, so it is opened once. For reading alone: writing would move it on."""
        if (name, version) not in self._opened:
            if len(self._opened) >= _OPEN_AT_ONCE:
                self._opened.clear()
            self._opened[name, version] = self._table(name, version)
        return self._opened[name, version]

    def _log(self, name: str, version: int | None) -> pl.LazyFrame:
        schema = stored_schema(name)
        if version is None:
            return pl.LazyFrame(schema=schema)
        # Paths are put together here because Delta's own URIs are percent-encoded, which Polars takes literally.
        added = pl.DataFrame(self._at(name, version).get_add_actions())
        if added.is_empty():
            return pl.LazyFrame(schema=schema)
        return pl.scan_parquet(
            [self.store.address(f"{name}/{path}") for path in added["path"].sort()],
            glob=False,
            schema=schema,
            missing_columns="insert",  # files from before a column was added
            extra_columns="ignore",
            storage_options=self.store.options or None,
        )

    def _last_seq(self, name: str, version: int) -> int:
        return self._at(name, version).transaction_version(_TRANSACTION) or 0

    def _highest_seq(self, name: str, version: int) -> int:
        added = pl.DataFrame(self._at(name, version).get_add_actions(flatten=True))
        return int(added["max.import_seq"].max() or 0) if "max.import_seq" in added.columns else 0  # type: ignore[arg-type]


def _without_what_came_later(rows: pl.LazyFrame, table: Table, as_of: datetime) -> pl.LazyFrame:
    for moment, brought in table.later.items():
        later = (pl.col(moment) > as_of).fill_null(False)
        before = [
            pl.when(later).then(pl.lit(value)).otherwise(column).alias(column) for column, value in brought.items()
        ]
        rows = rows.with_columns(*before, pl.when(~later).then(moment).alias(moment))
    return rows


def _writer_properties(name: str) -> WriterProperties:
    """Files compressed; neither they nor the log repeat the least and greatest text of a column, which could be a
    buyer's."""
    from deltalake import ColumnProperties, WriterProperties

    silent = ColumnProperties(statistics_enabled="NONE")
    texts = {column: silent for column, dtype in stored_schema(name).items() if dtype == pl.String}
    return WriterProperties(compression="ZSTD", compression_level=1, column_properties=texts)


def _arrow_schema(name: str) -> pa.Schema:
    return pl.DataFrame(schema=stored_schema(name)).to_arrow().schema


def _stream(name: str, parts: Iterable[Path]) -> pa.RecordBatchReader:
    import pyarrow as pa
    import pyarrow.parquet as pq

    def batches() -> Iterable[pa.RecordBatch]:
        for part in parts:
            with pq.ParquetFile(part) as file:
                for batch in file.iter_batches(_BATCH_ROWS):
                    yield batch.cast(schema)

    schema = _arrow_schema(name)
    return pa.RecordBatchReader.from_batches(schema, batches())
