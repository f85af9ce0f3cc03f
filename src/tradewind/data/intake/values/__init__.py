"""How the cells of one column are read: text in, values out, and for each cell that cannot be read, why.

A reader takes the column as text (white space already normalised, empty cells null) and gives a `Read`.
What one cell leaves open (is 03/04 in March or April? is 1.234 a thousand?) its column may settle:
`Evidence` counts what was seen over the whole file before the first cell is read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

Evidence = Counter[str]


@dataclass(frozen=True)
class Read:
    """A column's values; `problem` holds the id of what is wrong with a cell, null where nothing is.

    `suggestion` says what the cell may have meant; `currency` is what a money cell's text named.
    """

    value: pl.Series
    problem: pl.Series | None = None
    suggestion: pl.Series | None = None
    currency: pl.Series | None = None


@dataclass(frozen=True)
class Setting:
    """What readers need beside the cells. `imported_at` (UTC): no fact is later; `shop`: the file's, if given."""

    buyer_salt: bytes
    imported_at: datetime | None = None
    evidence: dict[str, Evidence] = field(default_factory=dict)
    shop: str | None = None

    def seen(self, name: str) -> Evidence:
        return self.evidence.get(name, Counter())


def no_problem(length: int) -> pl.Series:
    """A column of text that says nothing yet."""
    return pl.Series("problem", [None], dtype=pl.String).new_from_index(0, length)


def mapped(raw: pl.Series, values: dict[str, str | None]) -> pl.Series:
    """`raw` with each distinct cell replaced by what `values` says of it; null where it says nothing."""
    return raw.replace_strict(list(values), list(values.values()), default=None, return_dtype=pl.String)
