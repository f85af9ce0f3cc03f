"""The contract of one table of a plan, and the check that a frame keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from tradewind.core.plan_tables.columns import Column
from tradewind.core.text import catalogue


class PlanTableError(ValueError):
    """A frame that is not what its contract says: a mistake in the code that made it, never in a user's data."""


@dataclass(frozen=True)
class PlanTable:
    """`key` identifies a row (empty: nothing does); `columns` stand in this order.

    What a row is (`plan_grain.<name>`), what the table is for (`plan_table.<name>`) and what each column means (see
    `meaning_ids`) is said in the catalogue.
    """

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]

    @property
    def schema(self) -> pl.Schema:
        return pl.Schema({name: column.dtype for name, column in self.columns.items()})

    def empty(self) -> pl.DataFrame:
        return pl.DataFrame(schema=self.schema)

    def grain(self, lang: str) -> str:
        """What one row is."""
        return catalogue(lang)[f"plan_grain.{self.name}"]

    def meaning(self, lang: str) -> str:
        return catalogue(lang)[f"plan_table.{self.name}"]

    def column_meaning(self, column: str, lang: str) -> str:
        *views, meaning = (catalogue(lang)[key] for key in self.meaning_ids(column))
        return views[0].format(meaning=meaning) if views else meaning

    def meaning_ids(self, column: str) -> tuple[str, ...]:
        """Ids of what a column means: its own in this table, else what it means in any; of the same cost in another
        view (`then_freight`), how it is viewed (`plan_view.then`) and the cost."""
        known, own = catalogue("en"), f"plan_column_of.{self.name}.{column}"
        if own in known:
            return (own,)
        view, _, viewed = column.partition("_")
        if f"plan_view.{view}" in known and viewed:
            return (f"plan_view.{view}", *self.meaning_ids(viewed))
        return (f"plan_column.{column}",)

    def check(self, frame: pl.DataFrame) -> None:
        """Raises PlanTableError naming every column that is missing, unknown, out of order or of another type, else
        those that hold a null or a NaN they may not (unknown is null), and the first key that stands twice."""
        broken = list(self._broken_columns(frame)) or [*self._broken_values(frame), *self._twice(frame)]
        if broken:
            raise PlanTableError(f"{self.name}: {'; '.join(broken)}")

    def _broken_columns(self, frame: pl.DataFrame) -> Iterator[str]:
        for name, column in self.columns.items():
            if name not in frame.columns:
                yield f"column {name} is missing"
            elif frame.schema[name] != column.dtype:
                yield f"column {name} is {frame.schema[name]}, not {column.dtype}"
        unknown = [name for name in frame.columns if name not in self.columns]
        if unknown:
            yield f"unknown columns {', '.join(unknown)}"
        elif len(frame.columns) == len(self.columns) and frame.columns != list(self.columns):
            yield f"columns in the order {', '.join(frame.columns)}, not {', '.join(self.columns)}"

    def _broken_values(self, frame: pl.DataFrame) -> Iterator[str]:
        for name, column in self.columns.items():
            values = frame[name]
            if not column.nullable and values.null_count():
                yield f"column {name} has {values.null_count()} nulls"
            if values.dtype.is_float() and not values.is_finite().all():
                yield f"column {name} has {(~values.is_finite()).sum()} values that are NaN or infinite"

    def _twice(self, frame: pl.DataFrame) -> Iterator[str]:
        key = frame.select(self.key)
        if not self.key or key.n_unique() == key.height:
            return
        first = key.filter(key.is_duplicated()).row(0, named=True)
        yield f"key {first} stands more than once"
