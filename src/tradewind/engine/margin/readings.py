"""The money between the readings of ambiguous rules: the same margin computed under each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from tradewind.core.rules import Rules
from tradewind.engine.margin.value import COMPONENTS, COSTS

Valued = Callable[[Rules], pl.DataFrame]

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
class Between:
    """`table`: each reading and what it does to the margin; `spans`: component, low, high, the least and the most its
    amount can be when one rule is read otherwise."""

    table: pl.DataFrame
    spans: pl.DataFrame


def between_readings(valued: Valued, rules: Rules, on: date, ids: Iterable[str]) -> Between:
    """Each reading of each ambiguous rule of `ids` in force on a day, and what it does to a margin.

    `valued` gives a waterfall under rules; its lines are added up. The table: rule, reading, taken, component (the one
    it changes most; null where none changes), margin (null where a component is then unknown), difference (against the
    reading taken), why; readings that change nothing are there, with a difference of 0.
    """
    taken = _totals(valued(rules))
    rows, seen = [], [taken]
    for id_ in sorted(ids):
        row = rules.find(id_, on)
        for reading in row.readings if row is not None else ():
            assert row is not None
            own = reading.name == row.reading
            same = own or reading.value == row.value
            totals = taken if same else _totals(valued(rules.with_reading(id_, reading.name)))
            seen.append(totals)
            rows.append(
                (id_, reading.name, own, _moved(taken, totals), totals["margin"], _gain(taken, totals), row.why)
            )
    return Between(pl.DataFrame(rows, schema=_SCHEMA, orient="row"), _spans(seen))


def _spans(seen: list[dict[str, float | None]]) -> pl.DataFrame:
    amounts = {c: [v for totals in seen if (v := totals[c]) is not None] for c in COMPONENTS}
    return pl.DataFrame(
        {
            "component": list(amounts),
            "low": [min(v, default=None) for v in amounts.values()],
            "high": [max(v, default=None) for v in amounts.values()],
        },
        schema={"component": pl.String, "low": pl.Float64, "high": pl.Float64},
    )


def at_the_ends(valued: Valued, rules: Rules) -> dict[str, float | None]:
    """The margin with every ambiguous rule read worst (cautious) and best (generous) for the seller."""
    return {stance: _totals(valued(rules.with_stance(stance)))["margin"] for stance in ("cautious", "generous")}


def _totals(waterfall: pl.DataFrame) -> dict[str, float | None]:
    """Sums, null where a line's is unknown."""
    sums = waterfall.select(
        pl.when(pl.col(c).is_not_null().all()).then(pl.col(c).sum()).alias(c) for c in (*COMPONENTS, "margin")
    )
    return sums.row(0, named=True)


def _moved(before: dict[str, float | None], after: dict[str, float | None]) -> str | None:
    changes = {c: _change(before[c], after[c]) for c in COSTS}
    most = max(changes, key=lambda c: changes[c])
    return most if changes[most] > 0 else None


def _change(before: float | None, after: float | None) -> float:
    if before is None or after is None:
        return 0.0 if before is after else float("inf")
    return abs(after - before)


def _gain(before: dict[str, float | None], after: dict[str, float | None]) -> float | None:
    old, new = before["margin"], after["margin"]
    return None if old is None or new is None else new - old
