"""Exports as sellers get them: some rows damaged, some twice, and the last weeks in a file of their own that overlaps.

What was damaged is part of the truth: file, row (as in a spreadsheet, headings are row 1), column, value before.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import polars as pl

from tradewind.data.simulated.randomness import stream
from tradewind.data.simulated.scales import Scale

_DAMAGES = {
    "order_lines": (
        ("units", "two"),
        ("units", "-3"),
        ("unit_price", "about 12"),
        ("currency", None),
        ("market", "Atlantis"),
        ("ordered_at", "31/02/2026"),
        ("order_id", None),
    ),
    "stock": (("available_units", "n/a"), ("taken_at", "yesterday")),
    "parcels": (("created_at", "2026-13-01"), ("service", None)),
    "returns": (("units", "0"),),
    "purchase_orders": (("units", "1 carton"),),
}
"""Column and what stands there instead, by table."""

_SHARE, _LEAST, _TWICE = 0.0003, 1, 5
_LATE_DAYS, _OVERLAP_DAYS = 14, 7


class Damaged(NamedTuple):
    """One file of an export, all cells text."""

    name: str
    table: pl.DataFrame


def damage(name: str, table: pl.DataFrame, scale: Scale, seed: int) -> tuple[list[Damaged], pl.DataFrame]:
    """The files `table` comes in, and what was damaged in them: file, row, column, before."""
    rng = stream(seed, f"damage {name}", scale.shard)
    files = [Damaged(name, table)] if name != "order_lines" else list(_late(table, scale))
    spoiled, found = [], []
    for file in files:
        text = as_text(file.table)
        if name == "order_lines" and file.name == name:
            text = pl.concat([text, text[: min(_TWICE, text.height)]])
        text, damages = _spoil(name, file.name, text, rng)
        spoiled.append(Damaged(file.name, text))
        found.append(damages)
    return spoiled, pl.concat(found)


def as_text(table: pl.DataFrame) -> pl.DataFrame:
    """Every cell as a CSV has it."""
    moment, day = pl.selectors.datetime(), pl.selectors.date()
    texts = table.with_columns(moment.dt.strftime("%Y-%m-%dT%H:%M:%SZ"), day.dt.strftime("%Y-%m-%d"))
    return texts.cast(pl.String)


def _late(lines: pl.DataFrame, scale: Scale) -> Iterator[Damaged]:
    """The export of a fortnight ago, and the late one: three weeks, of which one was in the first already."""
    day = pl.col("ordered_at").dt.date()
    yield Damaged("order_lines", lines.filter(day <= scale.last_day - timedelta(days=_LATE_DAYS)))
    first = scale.last_day - timedelta(days=_LATE_DAYS + _OVERLAP_DAYS)
    yield Damaged("order_lines-late", lines.filter(day > first))


def _spoil(name: str, file: str, text: pl.DataFrame, rng: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    damages = _DAMAGES.get(name, ())
    each = min(max(_LEAST, int(text.height * _SHARE)), text.height // max(len(damages), 1))
    rows = rng.permutation(text.height)[: each * len(damages)]
    found = []
    for number, (column, value) in enumerate(damages):
        chosen = np.sort(rows[number * each : (number + 1) * each])
        before = text[column].gather(chosen)
        values = pl.Series([value] * len(chosen), dtype=pl.String)
        text = text.with_columns(text[column].scatter(chosen, values))
        found.append(
            pl.DataFrame({"row": pl.Series(chosen + 2, dtype=pl.Int64), "before": before.cast(pl.String)}).select(
                pl.lit(file).alias("file"), "row", pl.lit(column).alias("column"), "before"
            )
        )
    schema = {"file": pl.String, "row": pl.Int64, "column": pl.String, "before": pl.String}
    return text, pl.concat(found) if found else pl.DataFrame(schema=schema)
