"""Rule packs: YAML files of dated rows, read with their line numbers and refused where they cannot be trusted.

The packs that come with Tradewind are overlaid by a workspace's own file, which survives upgrades: an
own row wins on the days it covers, the pack's rows keep the days around it, and an own choice among
the readings of an ambiguous rule is kept as a choice, so that a pack's better value still comes through.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from tradewind.core.errors import RuleError
from tradewind.core.rules import CONFIDENCES, Reading, RuleRow, Rules

UNITS = frozenset(
    {
        *(
            "share",
            "share/year",
            "ratio",
            "days",
            "working_days",
            "hours",
            "months",
            "count",
            "cm",
            "g",
            "kg",
            "cm3/kg",
        ),
        *("Wh", "gauss", "choice", "modes", "list"),
    }
)
MONEY_UNIT = re.compile(
    r"^[A-Z]{3}/(order|unit|parcel|kg|m3_week|change|hs6|line|consignment|month|carton|return|declaration|action)$"
)

OWN_RULES = "rules.yaml"
"""A workspace's own rule file, and what a run keeps of it."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NEEDED = ("id", "value", "unit", "valid_from", "source", "confidence")
_READING_FIELDS = ("default", "cautious", "generous", "why")
_KNOWN = (*_NEEDED, "valid_to", "note", "readings", *_READING_FIELDS)
_TEXTS = ("choice", "modes", "list")
_OWN_IDS = ("card.", "service_goods.")
"""Rules a workspace may add that no pack has: its own freight cards, and what its own services take."""


def load_rules(folder: Path | None = None, overrides: Path | str | None = None) -> Rules:
    """The rules of all packs in `folder` (the packs that come with Tradewind where None), overlaid by `overrides`.

    An overlay says one of three things. A row with a value: it may leave out unit, valid_from (then from the rule's
    first day) and confidence (then "own"), never id, value and source. A row `id, reading`: how an ambiguous rule is
    to be read. A row `readings: cautious` (or generous): how all of them are to be read that no row names.
    A file that does not exist is no overlay. `overrides` given as text is what such a file says: a run keeps it,
    because the file may be changed later. Raises RuleError, naming file and line, for a row without a source or
    another needed field, an unknown unit, a value that does not fit it, rows that overlap, a gap between rows, an
    overlay of a rule or reading that no pack has.
    """
    rules = packs() if folder is None else _read_packs(folder)
    name = overrides.name if isinstance(overrides, Path) else OWN_RULES
    own = own_rules(overrides) if isinstance(overrides, Path) else overrides or ""
    return overlaid(rules, own, name)


@cache
def packs() -> Rules:
    """The rules that come with Tradewind, as published, with the default readings."""
    return _read_packs(resources.files("tradewind") / "rulepacks")


def overlaid(rules: Rules, own: str, name: str = OWN_RULES) -> Rules:
    """`rules` with what a workspace's own file says. Raises RuleError."""
    return laid_over(rules, entries(own, name))


def laid_over(rules: Rules, written: Iterable[tuple[dict[str, Any], str]]) -> Rules:
    """`rules` with own rows laid over them, each with its place. Raises RuleError.

    How all ambiguous rules are read goes before what a row says of one of them, wherever it is written.
    """
    values: list[RuleRow] = []
    for fields, place in sorted(written, key=lambda row: "id" in row[0]):
        if "reading" in fields or "id" not in fields:
            rules = _read_as(rules, fields, place)
        else:
            values.append(_row(fields, place, rules.rows))
    return _covered(rules, values) if values else rules


def _read_packs(folder: Traversable) -> Rules:
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    rows = [(fields, place) for file in files for fields, place in entries(_text(file), file.name)]
    rules = Rules.of(_row(fields, place, None) for fields, place in rows)
    _refuse_gaps(rules)
    return rules


def _read_as(rules: Rules, fields: Mapping[str, Any], place: str) -> Rules:
    """`rules` read as an own row says: all of them one way, or one rule by the name of its reading."""
    allowed = ("id", "reading", "source", "note") if "reading" in fields else ("readings", "source", "note")
    for field in fields:
        if field not in allowed:
            raise RuleError("rule_field_unknown", place=place, field=field, known=", ".join(allowed))
    if "reading" not in fields:
        if "readings" not in fields:
            raise RuleError("rule_field_missing", place=place, rule="?", field="id")
        return rules.with_stance(str(fields["readings"]))
    rule = str(fields.get("id", "?"))
    _refuse_unknown(rule, place, rules.rows)
    return rules.with_reading(rule, str(fields["reading"]))


def own_rules(path: Path) -> str:
    """What a workspace's own rule file says, to be given to `load_rules`; nothing where there is no such file."""
    return _text(path) if path.exists() else ""


def _covered(rules: Rules, own: list[RuleRow]) -> Rules:
    touched = Rules.of(own)
    kept = [
        piece for found in rules.rows.values() for row in found for piece in _around(row, touched.rows.get(row.id, ()))
    ]
    return Rules.of([*kept, *own])


def _around(row: RuleRow, own: Iterable[RuleRow]) -> list[RuleRow]:
    """What is left of a pack's row before, between and after the own rows."""
    left, start = [], row.valid_from
    for mine in own:
        if start < mine.valid_from:
            until = mine.valid_from if row.valid_to is None else min(mine.valid_from, row.valid_to)
            left.append(replace(row, valid_from=start, valid_to=until))
        if mine.valid_to is None:
            return left
        start = max(start, mine.valid_to)
    if row.valid_to is None or start < row.valid_to:
        left.append(replace(row, valid_from=start))
    return [piece for piece in left if piece.valid_to is None or piece.valid_from < piece.valid_to]


def _refuse_gaps(rules: Rules) -> None:
    for found in rules.rows.values():
        for first, second in pairwise(found):
            if first.valid_to != second.valid_from:
                raise RuleError(
                    "rule_gap",
                    rule=first.id,
                    ends=first.valid_to,
                    starts=second.valid_from,
                    first=first.place,
                    second=second.place,
                )
            if first.unit != second.unit:
                raise RuleError(
                    "rule_unit_changes", rule=first.id, unit=second.unit, before=first.unit, place=second.place
                )


def _text(file: Traversable) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RuleError("rule_file_unreadable", file=file.name, problem=str(error)) from error


def entries(text: str, name: str) -> list[tuple[dict[str, Any], str]]:
    """The rows of a rule file as written, each with its file and line. Raises RuleError where it is no such list.

    An entry `shared: &name {...}` is no row: it holds fields that rows of the file take over by `<<: *name`.
    """
    try:
        document = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise RuleError("rule_file_unreadable", file=name, problem=" ".join(str(error).split())) from error
    if document is None:
        return []
    if not isinstance(document, yaml.SequenceNode) or not all(isinstance(n, yaml.MappingNode) for n in document.value):
        raise RuleError("rule_file_unreadable", file=name, problem="not a list of rules")
    constructor = yaml.SafeLoader("")
    read = [(constructor.construct_document(node), node.start_mark.line + 1) for node in document.value]
    return [({str(k): v for k, v in row.items()}, f"{name}:{line}") for row, line in read if "shared" not in row]


def _row(fields: dict[str, Any], place: str, known: Mapping[str, tuple[RuleRow, ...]] | None) -> RuleRow:
    unknown = sorted(set(fields) - set(_KNOWN))
    if unknown:
        raise RuleError("rule_field_unknown", place=place, field=unknown[0], known=", ".join(_KNOWN))
    if known is not None:
        fields = _completed(fields, place, known)
    readings = _readings(fields, place)
    if readings:
        fields = {**fields, "value": dict(readings).get(fields["default"])}
    for field in _NEEDED:
        if fields.get(field) in (None, "", []):
            raise RuleError("rule_field_missing", place=place, rule=fields.get("id", "?"), field=field)
    return RuleRow(
        id=str(fields["id"]),
        value=_value(fields, place),
        unit=str(fields["unit"]),
        valid_from=_day(fields, "valid_from", place),
        valid_to=_day(fields, "valid_to", place) if fields.get("valid_to") is not None else None,
        source=str(fields["source"]),
        confidence=_confidence(fields, place),
        note=str(fields.get("note") or "").strip(),
        place=place,
        readings=tuple(Reading(name, _value({**fields, "value": value}, place)) for name, value in readings),
        reading=str(fields["default"]) if readings else "",
        **({f: str(fields[f]).strip() for f in _READING_FIELDS} if readings else {}),
    )


def _readings(fields: Mapping[str, Any], place: str) -> list[tuple[str, Any]]:
    """An ambiguous row's readings, in order; refused unless there are two, one is the default, and it says why."""
    given = fields.get("readings")
    if given is None:
        return []
    rule = fields.get("id", "?")
    if not isinstance(given, dict) or len(given) < 2 or "value" in fields:
        raise RuleError("rule_readings_wrong", place=place, rule=rule)
    for field in _READING_FIELDS:
        if not fields.get(field):
            raise RuleError("rule_field_missing", place=place, rule=rule, field=field)
        if field != "why" and fields[field] not in given:
            raise RuleError("rule_reading_unknown", rule=rule, reading=fields[field], known=", ".join(map(str, given)))
    return [(str(name), value) for name, value in given.items()]


def _completed(fields: dict[str, Any], place: str, known: Mapping[str, tuple[RuleRow, ...]]) -> dict[str, Any]:
    """An own row with what it may leave out taken from the pack's rule."""
    rule = str(fields.get("id", "?"))
    if rule.startswith(_OWN_IDS) and rule not in known:
        return {"confidence": "own", **fields}
    _refuse_unknown(rule, place, known)
    first = known[rule][0]
    defaults = {"unit": first.unit, "valid_from": first.valid_from, "confidence": "own"}
    return {**defaults, **fields}


def _refuse_unknown(rule: str, place: str, known: Mapping[str, tuple[RuleRow, ...]]) -> None:
    if rule not in known:
        near = ", ".join(difflib.get_close_matches(rule, known, n=3)) or "-"
        raise RuleError("rule_overlay_unknown", place=place, rule=rule, near=near)


def _value(fields: dict[str, Any], place: str) -> float | str:
    value, unit = fields["value"], str(fields["unit"])
    if unit not in UNITS and not MONEY_UNIT.match(unit):
        raise RuleError("rule_unit_unknown", place=place, rule=fields["id"], unit=unit, known=", ".join(sorted(UNITS)))
    if unit in _TEXTS:
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    number = not isinstance(value, bool) and isinstance(value, int | float)
    if not number or not 0 <= value < float("inf") or (unit == "share" and value > 1):
        raise RuleError("rule_value_wrong", place=place, rule=fields["id"], value=value, unit=unit)
    return float(value)


def _day(fields: dict[str, Any], field: str, place: str) -> date:
    day = fields[field]
    if type(day) is not date or (field == "valid_to" and day <= fields["valid_from"]):
        raise RuleError("rule_day_wrong", place=place, rule=fields["id"], field=field, value=day)
    return day


def _confidence(fields: dict[str, Any], place: str) -> str:
    if fields["confidence"] not in CONFIDENCES:
        raise RuleError(
            "rule_confidence_unknown",
            place=place,
            rule=fields["id"],
            confidence=fields["confidence"],
            known=", ".join(CONFIDENCES),
        )
    return str(fields["confidence"])
