"""The columns of rows to correct: intake reports them, the lake keeps them.

`problem` is an id of the catalogue (`rows.<problem>.reason`), `column` the heading in the file, `raw` the row's
values as text, as JSON by the table's own columns.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.core.tables import TABLES

REPORTED: Final = {
    "table": pl.String,
    "layout": pl.String,
    "file": pl.String,
    "row": pl.Int64,
    "line_no": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "problem": pl.String,
    "raw": pl.String,
}
CLEARED: Final = "cleared"
"""Column of an import's rows: the columns, joined by commas, whose cells say that nothing is to be known any more."""

CORRECTION_COLUMNS: Final = {**REPORTED, "import_id": pl.String}
"""As kept: with the import that brought the row."""


def fact_time() -> pl.Expr:
    """The time of the fact in a row to correct (UTC), from `raw`; null where the row has none that can be read."""
    text = pl.lit(None, dtype=pl.String)
    for table in TABLES.values():
        if table.fact_time is not None:
            value = pl.col("raw").str.json_path_match(f"$.{table.fact_time}")
            text = pl.when(table=table.name).then(value).otherwise(text)
    moment, day = (
        text.str.to_datetime(style, time_unit="us", time_zone="UTC", strict=False)
        for style in ("%Y-%m-%d %H:%M:%SZ", "%Y-%m-%d")
    )
    return pl.coalesce(moment, day)
