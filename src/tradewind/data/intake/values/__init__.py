"""How the cells of one column are read: text in, values out, and for each cell that cannot be read, why.

A reader takes the column as text (white space already normalised, empty cells null) and gives a `Read`.
What one cell leaves open (is 03/04 in March or April? is 1.234 a thousand?) its column may settle:
`Evidence` counts what was seen over the whole file before the first cell is read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import polars as pl

Evidence = Counter[str]

_WORDS = ("n/a", "#n/a", "nan", "null", "none", "nil", "#null!", "#ref!", "#value!", "#div/0!", "#name?")
_NO_DAY = ("0000-00-00", "0001-01-01", "1899-12-30", "1900-01-00", "1970-01-01")
_NO_HOUR = ("", " 00:00", " 00:00:00", " 08:00:00", "T00:00:00", "T00:00:00Z", " 00:00:00.0", " 00:00:00.000000")
NOTHING: Final = (
    *(dash * n for dash in "-–—―‐_" for n in (1, 2, 3)),
    "\\N",
    *(form for word in _WORDS for form in (word, word.upper(), word.capitalize())),
    "NaN",
    *(day.replace("-", mark) + hour for day in _NO_DAY for mark in "-/" for hour in _NO_HOUR),
)
"""What programs write into a cell that holds nothing: dashes, error values, and the days a date begins to be counted
from (at eight o'clock where midnight was Greenwich's). `NA` is not among them: it is Namibia."""

CLEAR: Final = ("#clear", "#清空")
"""What a cell of Tradewind's own template says to empty what is known; an empty cell leaves it. With a mark before it,
since goods may be called Clear."""


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
    """What readers need beside the cells. `imported_at` (UTC): no fact is later; `shop`, `currency`: the file's, if
    it names none and they were given."""

    buyer_salt: bytes
    imported_at: datetime | None = None
    evidence: dict[str, Evidence] = field(default_factory=dict)
    shop: str | None = None
    currency: str | None = None

    def seen(self, name: str) -> Evidence:
        return self.evidence.get(name, Counter())


def no_problem(length: int) -> pl.Series:
    """A column of text that says nothing yet."""
    return pl.Series("problem", [None], dtype=pl.String).new_from_index(0, length)


def mapped(raw: pl.Series, values: dict[str, str | None]) -> pl.Series:
    """`raw` with each distinct cell replaced by what `values` says of it; null where it says nothing."""
    return raw.replace_strict(list(values), list(values.values()), default=None, return_dtype=pl.String)
