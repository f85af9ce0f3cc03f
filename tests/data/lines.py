"""Order lines for the store's tests: only what a test is about need be said."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from tradewind.core.tables import TABLES
from tradewind.data.corrections import CORRECTION_COLUMNS


def day(n: int) -> datetime:
    """Noon of the n-th of March 2026."""
    return datetime(2026, 3, n, 12, tzinfo=UTC)


def line(order_id: str, line_no: int = 1, *, on: int = 1, file: str = "a.csv", row: int = 2, **said) -> dict:
    return {
        "platform": "aliexpress",
        "shop": "main",
        "order_id": order_id,
        "line_no": line_no,
        "sku": "mug",
        "market": "DE",
        "ordered_at": day(on),
        "units": 1,
        "unit_price": 9.9,
        "currency": "USD",
        "status": "paid",
        "known_at": day(on),
        "source_file": file,
        "source_row": row,
        **said,
    }


def rows(table: str, said: list[dict]) -> pl.DataFrame:
    schema = dict(TABLES[table].empty().schema) | {"source_file": pl.String, "source_row": pl.Int64}
    return pl.DataFrame([dict.fromkeys(schema) | row for row in said], schema=schema)


def order_lines(*said: dict) -> pl.DataFrame:
    return rows("order_lines", list(said))


def no_corrections() -> pl.DataFrame:
    return pl.DataFrame(schema=CORRECTION_COLUMNS)


def to_correct(order_id: str | None, line_no: int | None = 1, *, file: str = "a.csv", row: int = 2) -> pl.DataFrame:
    raw = f'{{"platform": "aliexpress", "shop": "main", "order_id": "{order_id}"}}' if order_id else "{}"
    said = {
        "table": "order_lines",
        "layout": "tradewind",
        "file": file,
        "row": row,
        "line_no": line_no,
        "column": "units",
        "value": "many",
        "problem": "not_a_number",
        "raw": raw,
    }
    return pl.DataFrame([dict.fromkeys(CORRECTION_COLUMNS) | said], schema=CORRECTION_COLUMNS)
