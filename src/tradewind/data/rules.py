"""Rule packs: YAML files of dated rows, read with their line numbers and refused where they cannot be trusted.

The packs that come with Tradewind are overlaid by a workspace's own file, which survives upgrades: an
own row wins on the days it covers, the pack's rows keep the days around it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from tradewind.core.errors import RuleError
from tradewind.core.rules import CONFIDENCES, RuleRow, Rules

UNITS = frozenset({"share", "share/year", "days", "hours", "cm", "g", "cm3/kg", "choice", "modes"})
MONEY_UNIT = re.compile(r"^[A-Z]{3}/(order|unit|parcel|kg|m3_week|change)$")

OWN_RULES = "rules.yaml"
"""A workspace's own rule file, and what a run keeps of it."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NEEDED = ("id", "value", "unit", "valid_from", "source", "confidence")
_KNOWN = (*_NEEDED, "valid_to", "note")
_TEXTS = ("choice", "modes")


def load_rules(folder: Path | None = None, overrides: Path | str | None = None) -> Rules:
    """The rules of all packs in `folder` (the packs that come with Tradewind where None), overlaid by `overrides`.

    An overlay row may leave out unit, valid_from (then from the rule's first day) and confidence (then
    "own"), never id, value and source; a file that does not exist is no overlay. `overrides` given as text is what
    such a file says: a run keeps it, because the file may be changed later. Raises RuleError,
    naming file and line, for a row without a source or another needed field, an unknown unit, a value that does not
    fit it, rows that overlap, a gap between rows, or an overlay of a rule that no pack has.
    """
    packs: Traversable = folder or resources.files("tradewind") / "rulepacks"
    files = sorted((f for f in packs.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    rules = Rules.of(row for file in files for row in _rows(_said(file), file.name))
    _refuse_gaps(rules)
    name = overrides.name if isinstance(overrides, Path) else OWN_RULES
    own = own_rules(overrides) if isinstance(overrides, Path) else overrides or ""
    return _overlaid(rules, _rows(own, name, rules.rows)) if own else rules


def own_rules(path: Path) -> str:
    """What a workspace's own rule file says, to be given to `load_rules`; nothing where there is no such file."""
    return _said(path) if path.exists() else ""


def _overlaid(rules: Rules, own: list[RuleRow]) -> Rules:
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


def _said(file: Traversable) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RuleError("rule_file_unreadable", file=file.name, problem=str(error)) from error


def _rows(said: str, name: str, packs: Mapping[str, tuple[RuleRow, ...]] | None = None) -> list[RuleRow]:
    try:
        document = yaml.compose(said, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise RuleError("rule_file_unreadable", file=name, problem=" ".join(str(error).split())) from error
    if document is None:
        return []
    if not isinstance(document, yaml.SequenceNode) or not all(isinstance(n, yaml.MappingNode) for n in document.value):
        raise RuleError("rule_file_unreadable", file=name, problem="not a list of rules")
    constructor = yaml.SafeLoader("")
    return [
        _row(
            {str(k): v for k, v in constructor.construct_document(node).items()},
            f"{name}:{node.start_mark.line + 1}",
            packs,
        )
        for node in document.value
    ]


def _row(fields: dict[str, Any], place: str, packs: Mapping[str, tuple[RuleRow, ...]] | None) -> RuleRow:
    unknown = sorted(set(fields) - set(_KNOWN))
    if unknown:
        raise RuleError("rule_field_unknown", place=place, field=unknown[0], known=", ".join(_KNOWN))
    if packs is not None:
        fields = _completed(fields, place, packs)
    for field in _NEEDED:
        if fields.get(field) in (None, ""):
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
    )


def _completed(fields: dict[str, Any], place: str, packs: Mapping[str, tuple[RuleRow, ...]]) -> dict[str, Any]:
    """An own row with what it may leave out taken from the pack's rule."""
    rule = str(fields.get("id", "?"))
    if rule not in packs:
        near = ", ".join(difflib.get_close_matches(rule, packs, n=3)) or "-"
        raise RuleError("rule_overlay_unknown", place=place, rule=rule, near=near)
    first = packs[rule][0]
    defaults = {"unit": first.unit, "valid_from": first.valid_from, "confidence": "own"}
    return {**defaults, **fields}


def _value(fields: dict[str, Any], place: str) -> float | str:
    value, unit = fields["value"], str(fields["unit"])
    if unit not in UNITS and not MONEY_UNIT.match(unit):
        raise RuleError("rule_unit_unknown", place=place, rule=fields["id"], unit=unit, known=", ".join(sorted(UNITS)))
    if unit in _TEXTS:
        return str(value)
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
