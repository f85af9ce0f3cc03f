"""What a planning run leaves behind: its tables as Parquet files, the own rules it used, then one row in the ledger.

A run that dies before the ledger's row is invisible; its folder is swept when the next run is saved. Saving and
sweeping are for whoever holds the workspace's lock.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from tradewind.core.errors import UnknownRunError
from tradewind.data.frames import Frames
from tradewind.data.ledger import Ledger, RunRow
from tradewind.data.rules import OWN_RULES
from tradewind.data.stores import Store


@dataclass(frozen=True)
class Run(RunRow):
    """A kept plan: what was asked and the versions of the tables it read, as the ledger has them, and what it made.

    `run["actions"]` reads one of its tables. `as_of` is the moment it plans from; `asked_as_of` what the user
    asked for, None for "now, with everything that is loaded". `own_rules` is the text of the workspace's rule
    file then, None where the run was made before that was kept. `changed` is for a run that was made again: the tables
    that came out different.
    """

    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    own_rules: str | None = None
    changed: tuple[str, ...] = ()

    def __getitem__(self, table: str) -> pl.DataFrame:
        """Raises UnknownRunError for a table this plan does not have: an earlier version may have kept fewer."""
        if table not in self.tables:
            raise UnknownRunError("run_lacks_table", run=self.id, table=table)
        return self.tables[table]


def save(store: Store, ledger: Ledger, row: RunRow, tables: Mapping[str, pl.DataFrame], own_rules: str = "") -> Run:
    """Write a run's tables and own rules into folder <id> of `store`, then make it visible.

    Folders nobody listed go first.
    """
    sweep(store, ledger)
    for name, frame in tables.items():
        written = io.BytesIO()
        frame.write_parquet(written, compression="zstd", compression_level=1)
        store.write(f"{row.id}/{name}.parquet", written.getvalue())
    store.write(f"{row.id}/{OWN_RULES}", own_rules.encode())
    ledger.add_run(row)
    return load(store, row)


def load(store: Store, row: RunRow) -> Run:
    """A run whose tables are read when they are asked for."""

    def read(name: str) -> pl.DataFrame:
        with store.errors():
            address = store.address(f"{row.id}/{name}.parquet")
            return pl.read_parquet(address, glob=False, storage_options=store.options or None)

    def count(name: str) -> int:
        with store.errors():
            address = store.address(f"{row.id}/{name}.parquet")
            kept = pl.scan_parquet(address, glob=False, storage_options=store.options or None)
            counted: int = kept.select(pl.len()).collect().item()
        return counted

    text = store.read(f"{row.id}/{OWN_RULES}")
    names = [name.removesuffix(".parquet") for name in store.files(row.id) if name.endswith(".parquet")]
    return Run(**row.__dict__, tables=Frames(names, read, count), own_rules=None if text is None else text.decode())


def sweep(store: Store, ledger: Ledger) -> list[str]:
    """Delete the folders of runs that never became visible; returns their names."""
    kept = {run.id for run in ledger.runs()}
    left_over = [name for name in store.folders("") if name not in kept]
    for name in left_over:
        store.remove(name)
    return left_over


def differences(one: Mapping[str, pl.DataFrame], other: Mapping[str, pl.DataFrame]) -> list[str]:
    """Names of the tables that are not the same, value for value and row for row, in both."""
    return sorted(
        name
        for name in {*one, *other}
        if name not in one
        or name not in other
        or one[name].schema != other[name].schema
        or not one[name].equals(other[name], null_equal=True)
    )
