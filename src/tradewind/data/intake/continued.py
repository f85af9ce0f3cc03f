"""Rows that go on with the order above them: its number and cells stand on its first row only."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from tradewind.data.intake.sheets import ROW
from tradewind.data.intake.staging import FILE


def continued(rows: pl.DataFrame, key: str, cells: Sequence[str]) -> pl.DataFrame:
    """`rows` in the order of the file, with `key` from above where a row has neither it nor any of `cells`, and `cells`
    from earlier rows of the same key. A row with cells of its own and no key stays without one."""
    here = [name for name in cells if name in rows.columns]
    goes_on = pl.all_horizontal(pl.col(key, *here).is_null())
    above = pl.col(key).forward_fill().over(FILE)
    filled = rows.sort(FILE, ROW).with_columns(pl.when(goes_on).then(above).otherwise(key).alias(key))
    return filled.with_columns(pl.col(here).forward_fill().over(FILE, key))
