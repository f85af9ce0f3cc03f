"""A look over the rules: mistakes in a workspace's own rows, rows that ended, and what changes soon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from tradewind.core.errors import RuleError
from tradewind.core.rules import RuleRow, Rules, value_text
from tradewind.data.rules import OWN_RULES, entries, laid_over, load_rules, overlaid


@dataclass(frozen=True)
class RuleFinding:
    """One thing to look at: its kind (`rules_problem.<problem>` says it), the rule, the file and line, the values."""

    problem: str
    rule: str
    place: str
    values: Mapping[str, object] = field(default_factory=dict)
    error: RuleError | None = None


def check_rules(own: str, *, on: date, within_days: int, packs: Path | None = None) -> list[RuleFinding]:
    """What is wrong, has ended or changes within `within_days` of the day `on`; mistakes first, then by rule.

    The packs themselves are refused as a whole where a row cannot be trusted (RuleError). `own` is what a
    workspace's rule file says; each of its rows is tried alone, so that one mistake does not hide the next, and then
    all of them together.
    """
    shipped = load_rules(packs)
    mistakes = list(_mistakes(shipped, own))
    rules = shipped if mistakes else overlaid(shipped, own)
    mine = [row for found in rules.rows.values() for row in found if row.pack == OWN_RULES.removesuffix(".yaml")]
    rest = [*_own(shipped, mine, on, within_days), *_ended(rules, on), *_soon(rules, on, within_days)]
    return [*mistakes, *sorted(rest, key=lambda f: (f.rule, f.problem))]


def _mistakes(shipped: Rules, own: str) -> Iterator[RuleFinding]:
    try:
        written = entries(own, OWN_RULES)
    except RuleError as error:
        yield RuleFinding("own_wrong", "", OWN_RULES, error=error)
        return
    found = 0
    for fields, place in written:
        try:
            laid_over(shipped, [(fields, place)])
        except RuleError as error:
            found += 1
            yield RuleFinding("own_wrong", str(fields.get("id", "")), place, error=error)
    if not found:
        try:
            overlaid(shipped, own)
        except RuleError as error:
            yield RuleFinding("own_wrong", str(error.values.get("rule", "")), OWN_RULES, error=error)


def _own(shipped: Rules, mine: list[RuleRow], on: date, within_days: int) -> Iterator[RuleFinding]:
    soon = on + timedelta(days=within_days)
    for row in mine:
        pack = shipped.find(row.id, on)
        if row.valid_to is not None and row.valid_to <= on:
            yield RuleFinding("own_expired", row.id, row.place, {"day": row.valid_to})
        elif row.valid_to is not None and row.valid_to <= soon:
            yield RuleFinding("own_expires", row.id, row.place, {"day": row.valid_to})
        elif row.valid_from > on:
            yield RuleFinding("own_later", row.id, row.place, {"day": row.valid_from})
        elif pack is not None and pack.value == row.value:
            yield RuleFinding("own_same", row.id, row.place)


def _ended(rules: Rules, on: date) -> Iterator[RuleFinding]:
    for id_, found in rules.rows.items():
        last = found[-1]
        if last.valid_to is not None and last.valid_to <= on:
            yield RuleFinding("ended", id_, last.place, {"day": last.valid_to})


def _soon(rules: Rules, on: date, within_days: int) -> Iterator[RuleFinding]:
    for change in rules.changes(on, on + timedelta(days=within_days)).iter_rows(named=True):
        rule, day = change["rule"], change["on"]
        row = rules.find(rule, day) or rules.find(rule, day - timedelta(days=1))
        assert row is not None
        problem = "begins" if change["before"] is None else "ends" if change["value"] is None else "changes"
        values = {"day": day, "before": change["before"], "value": value_text(row.value)}
        yield RuleFinding(problem, rule, row.place, values)
