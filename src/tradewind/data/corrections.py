"""What is said of a row that waits for a correction: intake tells it, the lake keeps it, everyone reads it.

`problem` is an id of the catalogue (`rows.<problem>.reason`), `column` the heading in the file, `raw` what the row
said, as JSON by the table's own columns.
"""

from __future__ import annotations

from typing import Final

import polars as pl

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
