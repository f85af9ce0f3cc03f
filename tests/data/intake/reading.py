"""What a file becomes: all batches of all sources at a path, put together."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from tradewind.core.text import LANGUAGES, text
from tradewind.data.intake import Batch, ParseContext, detect, parse

SALT = b"0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@dataclass(frozen=True)
class Imported:
    batches: list[Batch]

    def rows(self, table: str) -> pl.DataFrame:
        return pl.concat([b.rows for b in self.batches if b.table == table])

    @property
    def corrections(self) -> pl.DataFrame:
        return pl.concat([b.corrections for b in self.batches])

    @property
    def problems(self) -> list[tuple[int, str | None, str | None, str]]:
        for problem in self.corrections["problem"].unique():
            assert all(text(f"rows.{problem}.{part}", lang) for part in ("reason", "fix") for lang in LANGUAGES)
        return self.corrections.select("row", "column", "value", "problem").rows()

    @property
    def notes(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for batch in self.batches:
            for reason, rows in batch.notes.iter_rows():
                counts[reason] = counts.get(reason, 0) + rows
        return counts


def read(path: Path, layout: str | None = None, *, imported_at: datetime = NOW, **more) -> Imported:
    batches = []
    for source in detect(path, layout):
        with tempfile.TemporaryDirectory() as staging:
            batches += parse(source, ParseContext(SALT, imported_at, **more), staging=Path(staging))
    return Imported(batches)


def written(folder: Path, content: str, name: str = "orders.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return path


ORDERS = "platform,shop,order_id,sku,market,ordered_at,units,unit_price,currency,status\n"


def order(**changes: str) -> str:
    """One line of an orders file; what is not given is in good order."""
    cells = {
        "platform": "aliexpress", "shop": "yiwu", "order_id": "A1", "sku": "LAMP", "market": "ES",
        "ordered_at": "2026-03-04 10:00:00", "units": "2", "unit_price": "12.50", "currency": "USD", "status": "paid",
    }  # fmt: skip
    cells |= changes
    return ",".join(f'"{c}"' if "," in c else c for c in cells.values()) + "\n"
