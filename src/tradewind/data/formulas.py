"""Text that a spreadsheet would run, written so that it does not."""

from __future__ import annotations

from typing import Final

import polars as pl

_RUNS: Final = r"^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|^[\t\r\n]"
_NUMBER: Final = r"^\s*[+-]?([0-9]+([.,][0-9]+)*|[.,][0-9]+)([eE][+-]?[0-9]+)?%?\s*$"


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """Text columns for a CSV: cells that a spreadsheet would take as a formula get an apostrophe in front.

    A formula is recognised by its first character, which may be full-width and may follow blanks, line breaks or
    characters that are not shown; tabs and line breaks in front may do harm of themselves (OWASP, CSV injection).
    Numbers stay, negative ones too. Intake takes the apostrophe off again from codes.
    """
    cell = pl.col(pl.String)
    runs = cell.str.contains(_RUNS) & ~cell.str.contains(_NUMBER)
    return frame.with_columns(pl.when(runs).then(pl.lit("'") + cell).otherwise(cell).name.keep())
