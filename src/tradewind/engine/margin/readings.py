"""The money between the readings of ambiguous rules: the same margin computed under each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from tradewind.core.rules import RuleRow, Rules
from tradewind.engine.margin.value import COMPONENTS, COSTS

Amounts = Mapping[str, float | None]
"""The components and the margin of a sale; None where unknown."""

_SCHEMA = {
    "rule": pl.String,
    "reading": pl.String,
    "taken": pl.Boolean,
    "component": pl.String,
    "margin": pl.Float64,
    "difference": pl.Float64,
    "why": pl.String,
}


@dataclass(frozen=True)
class Reading:
    """One way to read the rule in force: its name, whether it is the one taken, and the rules read so (None: they say
    the same as those taken)."""

    row: RuleRow
    name: str
    taken: bool
    rules: Rules | None


def readings_of(rules: Rules, on: date, ids: Iterable[str]) -> list[Reading]:
    """Each reading of each ambiguous rule of `ids` in force on a day, by rule."""
    rows = [row for id_ in sorted(ids) if (row := rules.find(id_, on)) is not None]
    return [
        Reading(
            row,
            one.name,
            taken=one.name == row.reading,
            rules=None if one.value == row.value else rules.with_reading(row.id, one.name),
        )
        for row in rows
        for one in row.readings
    ]


def between_readings(readings: Sequence[Reading], amounts: Sequence[Amounts], taken: Amounts) -> pl.DataFrame:
    """What each reading does to a margin; `amounts`: of the sale under each, `taken`: under those taken.

    rule, reading, taken, component (the one it changes most; null where none changes), margin (null where a component
    is then unknown), difference (against the reading taken), why; readings that change nothing are there, with a
    difference of 0.
    """
    rows = [
        (one.row.id, one.name, one.taken, _moved(taken, under), under["margin"], _gain(taken, under), one.row.why)
        for one, under in zip(readings, amounts, strict=True)
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def spans(amounts: Sequence[Amounts]) -> pl.DataFrame:
    """component, low, high: the least and the most its amount is among `amounts`."""
    known = {c: [v for each in amounts if (v := each[c]) is not None] for c in COMPONENTS}
    return pl.DataFrame(
        {
            "component": list(known),
            "low": [min(v, default=None) for v in known.values()],
            "high": [max(v, default=None) for v in known.values()],
        },
        schema={"component": pl.String, "low": pl.Float64, "high": pl.Float64},
    )


def _moved(before: Amounts, after: Amounts) -> str | None:
    changes = {c: _change(before[c], after[c]) for c in COSTS}
    most = max(changes, key=lambda c: changes[c])
    return most if changes[most] > 0 else None


def _change(before: float | None, after: float | None) -> float:
    if before is None or after is None:
        return 0.0 if before is after else float("inf")
    return abs(after - before)


def _gain(before: Amounts, after: Amounts) -> float | None:
    old, new = before["margin"], after["margin"]
    return None if old is None or new is None else new - old
