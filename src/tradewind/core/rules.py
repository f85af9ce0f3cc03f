"""Rules: fees, clocks and thresholds as dated rows with a source, so that no formula holds a literal.

A rule's rows follow each other in time without overlap; asked for a day none of them covers, `value`
raises instead of guessing, and the vectorised `on_days` leaves null, which the caller must report.

Where a text can be read in several ways, a row carries its readings: one is taken, the others can be evaluated
too (`with_reading`, `with_stance`), and `readings` lists which were taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

import polars as pl

from tradewind.core.dated import Dated, value_on
from tradewind.core.errors import RuleError

Value = float | str
STANCES = ("default", "cautious", "generous")
"""Which reading to take of every ambiguous rule: the default one, the one worst for the seller, the one best."""
CONFIDENCES = ("A", "B", "C", "GK", "assumed", "own")
"""A official, B reputable second hand, C one weak source, GK general knowledge, assumed by us, own: the seller's."""


@dataclass(frozen=True)
class Reading:
    """One way to read an ambiguous text: its name and the value the rule has under it."""

    name: str
    value: Value


@dataclass(frozen=True)
class RuleRow:
    """One value of one rule over a half-open span of days; `place` is the file and line it was read from.

    Where the text is ambiguous, `reading` names the one of `readings` that `value` is of, `why` says why `default` is
    taken unless somebody chooses, and `cautious` and `generous` name those worst and best for the seller.
    """

    id: str
    value: Value
    unit: str
    valid_from: date
    valid_to: date | None
    source: str
    confidence: str
    note: str = ""
    place: str = ""
    readings: tuple[Reading, ...] = ()
    reading: str = ""
    default: str = ""
    cautious: str = ""
    generous: str = ""
    why: str = ""

    @property
    def pack(self) -> str:
        """The name of the file the row stands in, without its ending."""
        return self.place.partition(":")[0].removesuffix(".yaml")

    def read_as(self, name: str) -> RuleRow:
        """This row under another of its readings; the row itself where it has none of that name."""
        if not self.readings:
            return self
        value = next((r.value for r in self.readings if r.name == name), None)
        return self if value is None else replace(self, value=value, reading=name)

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

    def find(self, id: str, on: date) -> RuleRow | None:
        """The row of rule `id` in force on a day, or None where there is no such rule or none holds then."""
        held = [row for row in self.rows.get(id, ()) if Dated(row, row.valid_from, row.valid_to).holds_on(on)]
        return held[0] if held else None

    def in_force(self, on: date, prefix: str = "") -> list[RuleRow]:
        """The rows in force on a day, by id; only ids that begin with `prefix`."""
        return [row for id_ in self.rows if id_.startswith(prefix) and (row := self.find(id_, on)) is not None]

    def items(self, id: str, on: date) -> tuple[str, ...]:
        """The members of a rule that is a list, in its order. Raises RuleError as `row`."""
        return members(self.row(id, on))

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
        changed = tuple(
            replace(row, value=value, confidence="own", readings=(), reading="", default="", cautious="", generous="")
            for row in self._of(id)
        )
        return Rules({**self.rows, id: changed})

    def with_reading(self, id: str, name: str) -> Rules:
        """These rules with rule `id` read as `name` wherever a row of it knows that reading. Raises RuleError."""
        found = self._of(id)
        known = sorted({reading.name for row in found for reading in row.readings})
        if name not in known:
            raise RuleError("rule_reading_unknown", rule=id, reading=name, known=", ".join(known) or "-")
        return Rules({**self.rows, id: tuple(row.read_as(name) for row in found)})

    def with_stance(self, stance: str) -> Rules:
        """These rules with every ambiguous row read one way (STANCES): what is at stake between the readings."""
        if stance not in STANCES:
            raise RuleError("rule_stance_unknown", stance=stance, known=", ".join(STANCES))
        return Rules({i: tuple(row.read_as(getattr(row, stance)) for row in found) for i, found in self.rows.items()})

    def readings(self, on: date, ids: Iterable[str] | None = None) -> pl.DataFrame:
        """Which reading of each ambiguous rule is taken on a day, and what the others would say.

        rule, reading, value, default (Boolean: nobody chose otherwise), others ("name = value; ..."), why; by rule.
        `ids` limits it to the rules a result rests on.
        """
        chosen = set(self.rows if ids is None else ids)
        rows = [row for row in self.in_force(on) if row.readings and row.id in chosen]
        return pl.DataFrame(
            {
                "rule": [r.id for r in rows],
                "reading": [r.reading for r in rows],
                "value": [value_text(r.value) for r in rows],
                "default": [r.reading == r.default for r in rows],
                "others": [
                    "; ".join(f"{o.name} = {value_text(o.value)}" for o in r.readings if o.name != r.reading)
                    for r in rows
                ],
                "why": [r.why for r in rows],
            },
            schema={c: pl.Boolean if c == "default" else pl.String for c in _READING_COLUMNS},
        )

    def changes(self, after: date, until: date) -> pl.DataFrame:
        """What changes later than the day `after` and up to `until`: on, rule, before, value (null: no row), unit,
        source, confidence; by day and rule. A rule that begins has no `before`, one that ends no `value`."""
        rows = []
        for id_, found in self.rows.items():
            days = {d for row in found for d in (row.valid_from, row.valid_to) if d is not None and after < d <= until}
            for day in sorted(days):
                old, new = self.find(id_, day - timedelta(days=1)), self.find(id_, day)
                if old is None or new is None or old.value != new.value:
                    row = new or old
                    assert row is not None
                    rows.append(
                        (
                            day,
                            id_,
                            old and value_text(old.value),
                            new and value_text(new.value),
                            row.unit,
                            row.source,
                            row.confidence,
                        )
                    )
        columns = {
            "on": pl.Date,
            **dict.fromkeys(("rule", "before", "value", "unit", "source", "confidence"), pl.String),
        }
        return pl.DataFrame(rows, schema=columns, orient="row").sort("on", "rule")

    def frame(self) -> pl.DataFrame:
        """All rows as a table, one column per field of RuleRow, values as text; `readings` names all a row has."""
        every = [row for found in self.rows.values() for row in found]
        return pl.DataFrame(
            {
                "id": [r.id for r in every],
                "value": [value_text(r.value) for r in every],
                "unit": [r.unit for r in every],
                "valid_from": [r.valid_from for r in every],
                "valid_to": [r.valid_to for r in every],
                "source": [r.source for r in every],
                "confidence": [r.confidence for r in every],
                "note": [r.note for r in every],
                "place": [r.place for r in every],
                "reading": [r.reading or None for r in every],
                "readings": [[o.name for o in r.readings] for r in every],
            },
            schema_overrides={
                "valid_from": pl.Date,
                "valid_to": pl.Date,
                "reading": pl.String,
                "readings": pl.List(pl.String),
            },
        )

    def _of(self, id: str) -> tuple[RuleRow, ...]:
        if id not in self.rows:
            raise RuleError("rule_unknown", rule=id)
        return self.rows[id]


_READING_COLUMNS = ("rule", "reading", "value", "default", "others", "why")


def value_text(value: Value) -> str:
    """A rule's value as text: numbers without trailing zeros."""
    return value if isinstance(value, str) else f"{value:.10g}"


def members(row: RuleRow) -> tuple[str, ...]:
    """What a list rule (units list, modes) lists."""
    return tuple(part.strip() for part in str(row.value).split(",") if part.strip())
