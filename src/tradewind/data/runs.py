"""What a planning run leaves behind: its tables as Parquet files, the own rules it used, then one row in the ledger.

A run that dies before the ledger's row is invisible; its folder is swept when the next run is saved. Saving and
sweeping are for whoever holds the workspace's lock.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from tradewind.data.frames import Frames
from tradewind.data.ledger import Ledger, RunRow
from tradewind.data.rules import OWN_RULES


@dataclass(frozen=True)
class Run(RunRow):
    """A kept plan: what was asked and the versions of the tables it read, as the ledger has them, and what it made.

    `run["actions"]` reads one of its tables. `as_of` is the moment it plans from; `asked_as_of` what the user
    asked for, None for "now, with everything that is loaded". `own_rules` is what the workspace's rule file said
    then, None where the run was made before that was kept. `changed` is for a run that was made again: the tables
    that came out different.
    """

    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    own_rules: str | None = None
    changed: tuple[str, ...] = ()

    def __getitem__(self, table: str) -> pl.DataFrame:
        return self.tables[table]


def save(folder: Path, ledger: Ledger, row: RunRow, tables: Mapping[str, pl.DataFrame], own_rules: str = "") -> Run:
    """Write a run's tables and own rules into `folder`/<id>/, then make it visible. Folders nobody listed go first."""
    sweep(folder, ledger)
    mine = folder / row.id
    mine.mkdir(parents=True)
    for name, frame in tables.items():
        frame.write_parquet(mine / f"{name}.parquet", compression="zstd", compression_level=1)
    (mine / OWN_RULES).write_bytes(own_rules.encode())
    ledger.add_run(row)
    return load(folder, row)


def load(folder: Path, row: RunRow) -> Run:
    """A run whose tables are read when they are asked for."""
    mine = folder / row.id
    own_rules = (mine / OWN_RULES).read_bytes().decode() if (mine / OWN_RULES).exists() else None
    names = sorted(path.stem for path in mine.glob("*.parquet"))
    tables = Frames(names, lambda name: pl.read_parquet(mine / f"{name}.parquet", glob=False))
    return Run(**row.__dict__, tables=tables, own_rules=own_rules)


def sweep(folder: Path, ledger: Ledger) -> list[str]:
    """Delete the folders of runs that never became visible; returns their names."""
    kept = {run.id for run in ledger.runs()}
    left_over = sorted(path for path in folder.iterdir() if path.is_dir() and path.name not in kept)
    for path in left_over:
        shutil.rmtree(path)
    return [path.name for path in left_over]


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
