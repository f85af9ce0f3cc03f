"""Which row of what is known an incoming row is: the one of its key, but a line of an order by what it says.

Where a source does not number an order's lines, their numbers are those of the order they sort into, and move when one
is dropped. So a line is the one that says the same, else the one of its number and SKU, else the next one of its SKU.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.core.tables import Table

LINE_BEFORE: Final = "__line_before"
"""The `line_no` that a row has in what is known; null where it is not known."""
_NTH: Final = "__nth"
_NUMBER: Final = "__number"


def key_before(table: Table) -> list[str]:
    """The columns of `with_line_before`'s rows that are, in order, the key of what is known."""
    return [LINE_BEFORE if column == "line_no" else column for column in table.key]


def with_line_before(
    table: Table, rows: pl.DataFrame, known: pl.DataFrame, *, of_any_sku: bool = False
) -> pl.DataFrame:
    """`rows` with `LINE_BEFORE`, in tables whose rows are lines; each line of `known` is one line at most.

    With `of_any_sku`, a line that is none of those known is the one of its number, whose SKU changed.
    """
    if "line_no" not in table.key:
        return rows
    if "sku" not in table.columns:
        return rows.with_columns(pl.col("line_no").alias(LINE_BEFORE))
    group = list(table.group)
    says = [c for c in table.columns if c not in ("line_no", "known_at")]
    found = []
    left, free = rows.select(table.columns), known.select(table.columns)
    left, free = (frame.with_columns(pl.col("line_no").alias(_NUMBER)) for frame in (left, free))
    ways = [says, [*group, _NUMBER, "sku"], [*group, "sku"], *([[*group, _NUMBER]] if of_any_sku else [])]
    for keys in ways:
        pairs = _numbered(left, keys).join(
            _numbered(free, keys).select(*keys, _NTH, pl.col("line_no").alias(LINE_BEFORE)),
            on=[*keys, _NTH],
            nulls_equal=True,
        )
        pairs = pairs.select(*group, "line_no", LINE_BEFORE)
        found.append(pairs)
        left = left.join(pairs, on=[*group, "line_no"], how="anti")
        free = free.join(pairs, left_on=[*group, "line_no"], right_on=[*group, LINE_BEFORE], how="anti")
    return rows.join(pl.concat(found), on=[*group, "line_no"], how="left", maintain_order="left")


def _numbered(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Rows alike in `keys`, counted in the order of their lines."""
    rows = rows.sort("line_no")
    return rows.with_columns(pl.int_range(pl.len()).over(keys).alias(_NTH))
