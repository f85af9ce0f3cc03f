"""What is said of a row that waits for a correction: intake tells it, the lake keeps it, everyone reads it.

`problem` is an id of the catalogue (`rows.<problem>.reason`), `column` the heading in the file, `raw` what the row
said, as JSON by the table's own columns.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.core.tables import TABLES

TOLD: Final = {
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
CORRECTION_COLUMNS: Final = {**TOLD, "import_id": pl.String}
"""As kept: with the import that brought the row."""


def said_time() -> pl.Expr:
    """The moment of the fact a row to correct holds, as intake writes it; null where the row does not say."""
    said = pl.lit(None, dtype=pl.String)
    for table in TABLES.values():
        if table.fact_time is not None:
            told = pl.col("raw").str.json_path_match(f"$.{table.fact_time}")
            said = pl.when(table=table.name).then(told).otherwise(said)
    moment, day = (
        said.str.to_datetime(style, time_unit="us", time_zone="UTC", strict=False)
        for style in ("%Y-%m-%d %H:%M:%SZ", "%Y-%m-%d")
    )
    return pl.coalesce(moment, day)
