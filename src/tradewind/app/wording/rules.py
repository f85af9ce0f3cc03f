"""Rules in words: what each is called, what it says, how it is read, and what to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from tradewind.app.wording.data import field_data
from tradewind.app.wording.tables import more_rows
from tradewind.app.wording.view import Table, View
from tradewind.core.rule_words import reading_cause, reading_meaning, rule_title
from tradewind.core.rules import value_text
from tradewind.core.text import text

if TYPE_CHECKING:
    from tradewind.app.usecases.rules import (
        FreightCardResult,
        RuleChangesResult,
        RuleResult,
        RulesCheckResult,
        RulesResult,
    )
    from tradewind.core.rules import RuleRow
    from tradewind.data.rules_check import RuleFinding

_SHORT: Final = 60
"""A list longer than this is cut where rules are listed; shown alone, a rule has it whole."""


def rules_view(result: RulesResult, lang: str) -> View:
    """The rules in force, one a row."""
    if not result.rows:
        return [text("rules.none", lang, day=result.on)]
    cells = [
        [
            row.id,
            rule_title(row.id, lang),
            _short(value_text(row.value)),
            row.unit,
            text(f"confidence.{row.confidence}", lang),
            row.reading,
            row.source,
        ]
        for row in result.data
    ]
    names = ("rule", "title", "value", "unit", "confidence", "reading", "source")
    count = text("rules.count", lang, rows=result.rows, day=result.on)
    return [count, Table(_headings(names, lang), cells, cut=True), *more_rows(len(cells), result.rows, lang)]


def rule_view(result: RuleResult, lang: str) -> View:
    """Every row of each rule, its notes, and how it is read."""
    by_rule = groupby(result.data, key=lambda row: row.id)
    return [part for _, rows in by_rule for part in _rule(tuple(rows), lang)]


def rule_changes_view(result: RuleChangesResult, lang: str) -> View:
    """What changes between two days, by day and rule."""
    days = {"first": result.after, "second": result.until}
    if result.page.frame.is_empty():
        return [text("rules.no_changes", lang, **days)]
    cells = [
        [
            str(c["on"]),
            c["rule"],
            rule_title(c["rule"], lang),
            _short(c["before"] or "-"),
            _short(c["value"] or "-"),
            c["unit"],
            c["source"],
        ]
        for c in result.page.frame.iter_rows(named=True)
    ]
    names = ("on", "rule", "title", "before", "after", "unit", "source")
    count = text("rules.changes", lang, rows=len(cells), **days)
    return [count, Table(_headings(names, lang), cells, cut=True)]


def rules_check_view(result: RulesCheckResult, lang: str) -> View:
    """How much was read, and what there is to look at."""
    read = text("rules.checked", lang, rules=result.rules, packs=result.packs, own=result.own)
    if not result.findings:
        return [read, text("rules.nothing_found", lang)]
    cells = [[text(f"rules_kind.{f.problem}", lang), _finding(f, lang), f.place] for f in result.findings]
    return [read, Table(_headings(("problem", "finding", "place"), lang), cells, text("rules_part.found", lang))]


def freight_card_view(result: FreightCardResult, lang: str) -> View:
    """How many rows of which cards are in the rule file now."""
    return [text("rules.card", lang, rows=result.rows, file=result.file, cards=", ".join(result.cards))]


def rule_data(row: RuleRow, lang: str) -> Mapping[str, Any]:
    """A rule row for programs: its fields, its title, and its readings with what they mean."""
    return {
        "id": row.id,
        "title": rule_title(row.id, lang),
        "value": row.value,
        "unit": row.unit,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "source": row.source,
        "confidence": row.confidence,
        "note": row.note,
        "pack": row.pack,
        "place": row.place,
        "reading": row.reading or None,
        "why": reading_cause(row.id, row.why, lang) if row.readings else None,
        "readings": [
            {"name": r.name, "value": r.value, "means": reading_meaning(row.id, r.name, lang)} for r in row.readings
        ],
    }


def rule_changes_data(result: RuleChangesResult, lang: str) -> Mapping[str, Any]:
    """The changes, each with the rule's title."""
    titles = [rule_title(rule, lang) for rule in result.page.frame["rule"]]
    data = field_data(result, lang)
    return data | {"data": [row | {"title": title} for row, title in zip(data["data"], titles, strict=True)]}


def finding_data(finding: RuleFinding, lang: str) -> Mapping[str, Any]:
    """What there is to look at, where, and what to do about a mistake."""
    fix = finding.error.fix(lang) if finding.error else None
    said = {"sentence": _finding(finding, lang), "fix": fix}
    return {"problem": finding.problem, "rule": finding.rule, "place": finding.place, **said}


def _rule(rows: Sequence[RuleRow], lang: str) -> Iterator[str | Table]:
    names = ("from", "to", "value", "unit", "confidence", "source", "place")
    cells = [
        [
            row.valid_from.isoformat(),
            row.valid_to.isoformat() if row.valid_to else "-",
            value_text(row.value),
            row.unit,
            text(f"confidence.{row.confidence}", lang),
            row.source,
            row.place,
        ]
        for row in rows
    ]
    id_ = rows[0].id
    yield Table(_headings(names, lang), cells, f"{id_}  {rule_title(id_, lang)}")
    yield from (row.note for row in rows if row.note)
    ambiguous = [row for row in rows if row.readings]
    if ambiguous:
        last = ambiguous[-1]
        yield _readings(last, lang)
        meaning, why = reading_meaning(id_, last.reading, lang), reading_cause(id_, last.why, lang)
        yield text("rules.reading", lang, reading=meaning, why=why)


def _readings(row: RuleRow, lang: str) -> Table:
    yes = text("report_word.yes", lang)
    cells = [
        [r.name, value_text(r.value), reading_meaning(row.id, r.name, lang), yes if r.name == row.reading else ""]
        for r in row.readings
    ]
    return Table(_headings(("reading", "value", "means", "chosen"), lang), cells, text("rules_part.readings", lang))


def _finding(finding: RuleFinding, lang: str) -> str:
    detail = finding.error.what(lang) if finding.error else ""
    return text(f"rules_problem.{finding.problem}", lang, rule=finding.rule, detail=detail, **finding.values)


def _headings(names: Sequence[str], lang: str) -> list[str]:
    return [text(f"rules_column.{name}", lang) for name in names]


def _short(value: str) -> str:
    return value if len(value) <= _SHORT else value[: _SHORT - 1] + "…"
