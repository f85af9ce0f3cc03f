"""Rules: fees, clocks and thresholds as dated rows with a source, so that no formula holds a literal.

A rule's rows follow each other in time without overlap; asked for a day none of them covers, `value`
raises instead of guessing, and the vectorised `on_days` leaves null, which the caller must report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import polars as pl

from tradewind.core.dated import Dated, value_on
from tradewind.core.errors import RuleError

Value = float | str
CONFIDENCES = ("A", "B", "C", "GK", "assumed", "own")
"""A official, B reputable second hand, C one weak source, GK general knowledge, assumed by us, own: the seller's."""


@dataclass(frozen=True)
class RuleRow:
    """One value of one rule over a half-open span of days; `place` is the file and line it was read from."""

    id: str
    value: Value
    unit: str
    valid_from: date
    valid_to: date | None
    source: str
    confidence: str
    note: str = ""
    place: str = ""

    @property
    def currency(self) -> str | None:
        """The currency of a money rule ("CNY/order" -> "CNY"), None for any other unit."""
        head, slash, _ = self.unit.partition("/")
        return head if slash and len(head) == 3 and head.isupper() else None


@dataclass(frozen=True)
class Rules:
    """All rules by id, each with its rows in order of time; build it with `Rules.of`."""

    rows: Mapping[str, tuple[RuleRow, ...]]

    @classmethod
    def of(cls, rows: Iterable[RuleRow]) -> Rules:
        """The rules made of these rows. Raises RuleError where two rows of a rule overlap."""
        by_id: dict[str, list[RuleRow]] = {}
        for row in rows:
            by_id.setdefault(row.id, []).append(row)
        ordered = {id_: tuple(sorted(found, key=lambda r: r.valid_from)) for id_, found in sorted(by_id.items())}
        for found in ordered.values():
            for first, second in pairwise(found):
                if first.valid_to is None or first.valid_to > second.valid_from:
                    raise RuleError("rule_overlap", rule=first.id, first=first.place, second=second.place)
        return cls(ordered)

    def row(self, id: str, on: date) -> RuleRow:
        """The row of rule `id` in force on a day. Raises RuleError where the rule is unknown or has no row then."""
        spans = [Dated(row, row.valid_from, row.valid_to) for row in self._of(id)]
        return value_on(id, spans, on)

    def value(self, id: str, on: date) -> float:
        """The number rule `id` says on a day, in the rule's own unit. Raises RuleError, as `row`, and for a text."""
        value = self.row(id, on).value
        if isinstance(value, str):
            raise RuleError("rule_not_number", rule=id, value=value)
        return value

    def choice(self, id: str, on: date) -> str:
        """The text rule `id` says on a day (who pays, which reading). Raises RuleError as `row`."""
        return str(self.row(id, on).value)

    def on_days(self, id: str, day: pl.Expr) -> pl.Expr:
        """What rule `id` says on each row's `day` (Date); null on days no row covers. RuleError for an unknown rule."""
        found = self._of(id)
        out = pl.lit(None, dtype=pl.String if isinstance(found[0].value, str) else pl.Float64)
        for row in found:
            holds = day >= row.valid_from
            if row.valid_to is not None:
                holds &= day < row.valid_to
            out = pl.when(holds).then(pl.lit(row.value)).otherwise(out)
        return out

    def currency(self, id: str) -> str | None:
        """The currency a money rule is stated in."""
        return self._of(id)[0].currency

    def with_value(self, id: str, value: Value) -> Rules:
        """These rules with another value for one rule on all days: the smallest what-if."""
        changed = tuple(replace(row, value=value, confidence="own") for row in self._of(id))
        return Rules({**self.rows, id: changed})

    def frame(self) -> pl.DataFrame:
        """All rows as a table, one column per field of RuleRow, values as text."""
        every = [row for found in self.rows.values() for row in found]
        return pl.DataFrame(
            {
                "id": [r.id for r in every],
                "value": [r.value if isinstance(r.value, str) else f"{r.value:g}" for r in every],
                "unit": [r.unit for r in every],
                "valid_from": [r.valid_from for r in every],
                "valid_to": [r.valid_to for r in every],
                "source": [r.source for r in every],
                "confidence": [r.confidence for r in every],
                "note": [r.note for r in every],
                "place": [r.place for r in every],
            },
            schema_overrides={"valid_from": pl.Date, "valid_to": pl.Date},
        )

    def _of(self, id: str) -> tuple[RuleRow, ...]:
        if id not in self.rows:
            raise RuleError("rule_unknown", rule=id)
        return self.rows[id]
