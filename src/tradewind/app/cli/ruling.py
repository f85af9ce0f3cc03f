"""Which rules hold, where each number comes from, what changes when, and what to look at in one's own rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import polars as pl

from tradewind.app.asking import Answer, Ask, Grid
from tradewind.app.cli.console import words
from tradewind.app.cli.place import looks_like_workspace
from tradewind.core.errors import RequestError
from tradewind.core.rules import RuleRow, value_text
from tradewind.core.text import catalogue, text
from tradewind.data.rules import OWN_RULES, load_rules, own_rules
from tradewind.data.rules_check import RuleFinding, check_rules

_PART_GROUPS = ("rule_word", "control_decision", "mode", "tier", "product_kind", "return_reason")
_SHOWN_VALUE = 60
"""A list longer than this is cut in `rules list`; `rules show` has it whole."""


def rules(ask: Ask) -> Answer:
    """`list`, `show ID`, `diff DAY DAY`, `check`, or `card SHEET`."""
    given = [w for w in (ask["first"], ask["second"]) if w is not None]
    most = {"list": 0, "check": 0, "show": 1, "card": 1, "diff": 2}[ask["what"]]
    if len(given) > most:
        raise RequestError("rules_too_many", what=ask["what"], given=" ".join(given[most:]))
    return _VERBS[ask["what"]](ask, given)


def own_text(ask: Ask) -> str:
    """What the rule file of the workspace meant says; nothing where no workspace is.

    A workspace that was named must be there: its rules would be silently left out otherwise.
    """
    if ask.options.get("workspace") is not None:
        from tradewind.app.workspace import Workspace

        Workspace(ask.folder)
    return own_rules(ask.folder / OWN_RULES) if looks_like_workspace(ask.folder) else ""


def day_of(ask: Ask) -> date:
    """`--on`, else today (UTC)."""
    return (ask["on"] or datetime.now(UTC)).date()


def title(id: str, lang: str) -> str:
    """What a rule is called: the words for the longest beginning of its id there are words for, and the rest."""
    known, head = catalogue(lang), _longest_known("rule_title", id, lang)
    if not head:
        return id
    named = known[f"rule_title.{head}"]
    tail = " ".join(_part_words(part, lang) for part in id[len(head) + 1 :].split(".") if part)
    return text("rules_said.title_of", lang, title=named, tail=tail) if tail else named


def _part_words(part: str, lang: str) -> str:
    """What a part of a rule's id is called; codes, and what nothing has words for, as they are."""
    known = catalogue(lang)
    found = (known.get(f"{group}.{part}") for group in _PART_GROUPS)
    return next((words for words in found if words), part if part.isupper() else part.replace("_", " "))


def reading_words(rule: str, name: str, lang: str) -> str:
    """What a reading means; its name where the catalogue has no words for it."""
    known = catalogue(lang)
    family = f"rule_reading.{rule.partition('.')[0]}.{name}"
    return known.get(f"rule_reading.{rule}.{name}", known.get(family, name))


def why_words(rule: str, why: str, lang: str) -> str:
    """Why the default reading is taken; `why`, as the pack says it, where the catalogue does not."""
    head = _longest_known("rule_why", rule, lang)
    return catalogue(lang)[f"rule_why.{head}"] if head else why


def _longest_known(group: str, id: str, lang: str) -> str:
    """The longest beginning of a rule's id that a group of the catalogue has words for; empty where it has none."""
    head = id
    while head and f"{group}.{head}" not in catalogue(lang):
        head = head.rpartition(".")[0]
    return head


def _list(ask: Ask, given: Sequence[str]) -> Answer:
    day, found = day_of(ask), load_rules(overrides=own_text(ask))
    rows = found.in_force(day)
    if ask["pack"]:
        packs = sorted({row.pack for every in found.rows.values() for row in every})
        if ask["pack"] not in packs:
            raise RequestError("rules_no_such_pack", pack=ask["pack"], known=", ".join(packs))
        rows = [row for row in rows if row.pack == ask["pack"]]
    if ask["find"]:
        rows = [row for row in rows if _speaks_of(row, ask["find"].casefold())]
    data = {"on": day, "rows": len(rows), "data": [row_data(row, ask.lang) for row in rows]}
    say = words(ask.lang)
    if not rows:
        return Answer(data, [say("rules_said.none", day=day)])
    names = ("rule", "title", "value", "unit", "confidence", "reading", "source")
    cells = [
        [
            row.id,
            title(row.id, ask.lang),
            _short(value_text(row.value)),
            row.unit,
            text(f"confidence.{row.confidence}", ask.lang),
            row.reading,
            row.source,
        ]
        for row in rows
    ]
    grid = Grid([say(f"rules_column.{n}") for n in names], cells, cut=True)
    return Answer(data, [say("rules_said.count", rows=len(rows), day=day), grid])


def _speaks_of(row: RuleRow, wanted: str) -> bool:
    told = (row.id, row.note, row.source, row.why, value_text(row.value), title(row.id, "en"), title(row.id, "zh"))
    return any(wanted in part.casefold() for part in told)


def _show(ask: Ask, given: Sequence[str]) -> Answer:
    if not given:
        raise RequestError("rules_needs_id")
    rules = load_rules(overrides=own_text(ask))
    ids = [given[0]] if given[0] in rules.rows else [i for i in rules.rows if i.startswith(given[0].rstrip(".") + ".")]
    if not ids:
        near = ", ".join(get_close_matches(given[0], rules.rows, n=3)) or "-"
        raise RequestError("rules_no_such", rule=given[0], near=near)
    rows = [row for id_ in ids for row in rules.rows[id_]]
    data = {"rules": ids, "data": [row_data(row, ask.lang) for row in rows]}
    parts = [part for id_ in ids for part in _shown(rules.rows[id_], ask.lang)]
    return Answer(data, parts)


def _shown(rows: Sequence[RuleRow], lang: str) -> list[str | Grid]:
    say = words(lang)
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
    name = rows[0].id
    parts: list[str | Grid] = [Grid([say(f"rules_column.{n}") for n in names], cells, f"{name}  {title(name, lang)}")]
    parts += [row.note for row in rows if row.note]
    last = next((row for row in reversed(rows) if row.readings), None)
    if last is not None:
        parts.append(_readings_grid(last, lang))
        parts.append(
            say(
                "rules_said.reading",
                reading=reading_words(last.id, last.reading, lang),
                why=why_words(last.id, last.why, lang),
            )
        )
    return parts


def _readings_grid(row: RuleRow, lang: str) -> Grid:
    say = words(lang)
    headings = [say(f"rules_column.{n}") for n in ("reading", "value", "means", "chosen")]
    yes = catalogue(lang)["report_word.yes"]
    cells = [
        [r.name, value_text(r.value), reading_words(row.id, r.name, lang), yes if r.name == row.reading else ""]
        for r in row.readings
    ]
    return Grid(headings, cells, say("rules_part.readings"))


def _diff(ask: Ask, given: Sequence[str]) -> Answer:
    first, second = _two_days(given)
    changes = load_rules(overrides=own_text(ask)).changes(first, second)
    titled = changes.with_columns(title=pl.Series([title(r, ask.lang) for r in changes["rule"]], dtype=pl.String))
    data = {"after": first, "until": second, "rows": changes.height, "data": titled.to_dicts()}
    say = words(ask.lang)
    if changes.is_empty():
        return Answer(data, [say("rules_said.no_changes", first=first, second=second)])
    headings = [say(f"rules_column.{n}") for n in ("on", "rule", "title", "before", "after", "unit", "source")]
    cells = [
        [
            str(c["on"]),
            c["rule"],
            c["title"],
            _short(c["before"] or "-"),
            _short(c["value"] or "-"),
            c["unit"],
            c["source"],
        ]
        for c in titled.iter_rows(named=True)
    ]
    line = say("rules_said.changes", first=first, second=second, rows=changes.height)
    return Answer(data, [line, Grid(headings, cells, cut=True)])


def _two_days(given: Sequence[str]) -> tuple[date, date]:
    try:
        first, second = (date.fromisoformat(day) for day in given)
    except ValueError:
        raise RequestError("invalid_period", given=" ".join(given) or "-") from None
    if first >= second:
        raise RequestError("invalid_period", given=" ".join(given))
    return first, second


def _check(ask: Ask, given: Sequence[str]) -> Answer:
    own = own_text(ask)
    found = check_rules(own, on=day_of(ask), within_days=ask["within"])
    packs = load_rules()
    counted = {
        "rules": len(packs.rows),
        "packs": len({row.pack for rows in packs.rows.values() for row in rows}),
        "own": sum(1 for line in own.splitlines() if line.startswith("-")),
    }
    rows = [_finding(f, ask.lang) for f in found]
    data = {"on": day_of(ask), "within_days": ask["within"], **counted, "findings": rows}
    say = words(ask.lang)
    headings = [say(f"rules_column.{n}") for n in ("problem", "finding", "place")]
    cells = [[say(f"rules_kind.{r['problem']}"), r["sentence"], r["place"]] for r in rows]
    shown = Grid(headings, cells, say("rules_part.found")) if rows else say("rules_said.nothing_found")
    failures = [f.error for f in found if f.error is not None]
    return Answer(data, [say("rules_said.checked", **counted), shown], failures)


def _finding(found: RuleFinding, lang: str) -> dict[str, Any]:
    detail = found.error.what(lang) if found.error else ""
    sentence = text(f"rules_problem.{found.problem}", lang, rule=found.rule, detail=detail, **found.values)
    fix = found.error.fix(lang) if found.error else None
    return {"problem": found.problem, "rule": found.rule, "place": found.place, "sentence": sentence, "fix": fix}


def row_data(row: RuleRow, lang: str) -> dict[str, Any]:
    """A rule row for programs: every field, its title and its readings with what they mean."""
    return {
        "id": row.id,
        "title": title(row.id, lang),
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
        "why": why_words(row.id, row.why, lang) if row.readings else None,
        "readings": [
            {"name": r.name, "value": r.value, "means": reading_words(row.id, r.name, lang)} for r in row.readings
        ],
    }


def _short(value: str) -> str:
    return value if len(value) <= _SHOWN_VALUE else value[: _SHOWN_VALUE - 1] + "…"


def _card(ask: Ask, given: Sequence[str]) -> Answer:
    """The seller's own freight card, tier by tier, into the rule file of the workspace."""
    from tradewind.app.forms.freight_card import bring_in_card, write_card_sheet
    from tradewind.app.workspace import Workspace

    if not given:
        raise RequestError("rules_needs_sheet")
    say, sheet = words(ask.lang), Path(given[0]).expanduser()
    if ask["template"]:
        return Answer({"file": str(write_card_sheet(sheet))}, [say("rules_said.card_template", file=sheet)])
    folder = Workspace(ask.folder).path
    added = bring_in_card(sheet, folder)
    cards = sorted({id_.split(".")[1] for id_ in added})
    told = {"file": str(folder / OWN_RULES), "rows": len(added)}
    return Answer(
        {**told, "cards": cards, "rules": added}, [say("rules_said.card_done", cards=", ".join(cards), **told)]
    )


_VERBS = {"list": _list, "show": _show, "diff": _diff, "check": _check, "card": _card}
