"""Named tables that are read when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import polars as pl


class Frames(Mapping[str, pl.DataFrame]):
    """A mapping of table names to frames; `read` is called once per name, when it is first needed.

    `count` gives the rows of a table without reading it, where that can be done.
    """

    def __init__(
        self, names: Iterable[str], read: Callable[[str], pl.DataFrame], count: Callable[[str], int] | None = None
    ) -> None:
        self._names = tuple(names)
        self._read = read
        self._count = count
        self._loaded: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._loaded:
            self._loaded[name] = self._read(name)
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def rows(self, name: str) -> int:
        """How many rows a table has. Raises KeyError."""
        if name not in self._names:
            raise KeyError(name)
        if self._count is None or name in self._loaded:
            return self[name].height
        return self._count(name)


def row_counts(tables: Mapping[str, pl.DataFrame]) -> dict[str, int]:
    """The rows of each table, by name; no table is read for it that can be counted otherwise."""
    if isinstance(tables, Frames):
        return {name: tables.rows(name) for name in tables}
    return {name: frame.height for name, frame in tables.items()}
