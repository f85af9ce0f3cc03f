"""Which rules hold, where each number comes from, what changes when, and what to look at in one's own rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tradewind.app.usecases.context import Context
from tradewind.app.usecases.forms import written_form
from tradewind.app.usecases.requests import (
    RulesCardRequest,
    RulesCheckRequest,
    RulesDiffRequest,
    RulesListRequest,
    RulesShowRequest,
)
from tradewind.app.usecases.result import FormResult, Page, next_page, paged
from tradewind.core.errors import RequestError, UnknownNameError

if TYPE_CHECKING:
    from tradewind.core.rules import RuleRow, Rules
    from tradewind.data.rules_check import RuleFinding


@dataclass(frozen=True)
class RulesResult:
    """`data`: those asked for of the `rows` rules in force on a day, by id; `next` as in `Page`."""

    on: date
    rows: int
    next: int | None
    data: tuple[RuleRow, ...]


@dataclass(frozen=True)
class RuleResult:
    """All rows of the rules `rules`, each rule's in order of time."""

    rules: tuple[str, ...]
    data: tuple[RuleRow, ...]


@dataclass(frozen=True)
class RuleChangesResult:
    """`page`: all that changes later than the day `after` and up to `until` (see `Rules.changes`)."""

    after: date
    until: date
    page: Page


@dataclass(frozen=True)
class RulesCheckResult:
    """How many rules and packs were read, how many own rows, and what there is to look at.

    `failures`: the mistakes among the findings, as errors.
    """

    on: date
    within_days: int
    rules: int
    packs: int
    own: int
    findings: tuple[RuleFinding, ...]
    failures: tuple[Exception, ...]


@dataclass(frozen=True)
class FreightCardResult:
    """Rows added to the rule file `file`: of which cards, and the ids of the rules."""

    file: Path
    rows: int
    cards: tuple[str, ...]
    rules: tuple[str, ...]


def list_rules(context: Context, request: RulesListRequest) -> RulesResult:
    """The rules in force on a day, of one pack or with a text in them. Raises UnknownNameError for a pack."""
    on, rules = day_of(context, request.on), rules_of(context)
    found = rules.in_force(on)
    if request.pack is not None:
        packs = sorted({row.pack for rows in rules.rows.values() for row in rows})
        if request.pack not in packs:
            raise UnknownNameError("unknown_rule_pack", field="pack", pack=request.pack, known=", ".join(packs))
        found = [row for row in found if row.pack == request.pack]
    if request.find is not None:
        found = [row for row in found if _has_text(row, request.find.casefold())]
    page = tuple(found[request.after : request.after + request.limit])
    return RulesResult(on, len(found), next_page(len(found), request.limit, request.after), page)


def show_rule(context: Context, request: RulesShowRequest) -> RuleResult:
    """A rule by its id, or all whose ids begin with it. Raises UnknownNameError."""
    from difflib import get_close_matches

    rules, wanted = rules_of(context).rows, request.rule
    ids = [wanted] if wanted in rules else [i for i in rules if i.startswith(wanted.rstrip(".") + ".")]
    if not ids:
        near = ", ".join(get_close_matches(wanted, rules, n=3)) or "-"
        raise UnknownNameError("unknown_rule", field="rule", rule=wanted, near=near)
    return RuleResult(tuple(ids), tuple(row for id_ in ids for row in rules[id_]))


def rule_changes(context: Context, request: RulesDiffRequest) -> RuleChangesResult:
    """What changes from the first day to the second. Raises RequestError where the first is not the earlier one."""
    first, second = request.first.date(), request.second.date()
    if first >= second:
        raise RequestError("invalid_period", field="second", first=first, second=second)
    changes = rules_of(context).changes(first, second)
    return RuleChangesResult(first, second, paged(changes, changes.height))


def check_own_rules(context: Context, request: RulesCheckRequest) -> RulesCheckResult:
    """Mistakes in the own rows, rows that ended, and what changes soon. Raises RuleError for a fault of the packs."""
    from tradewind.data.rules import load_rules
    from tradewind.data.rules_check import check_rules

    on, own, packs = day_of(context, request.on), own_rule_text(context), load_rules().rows
    found = tuple(check_rules(own, on=on, within_days=request.within))
    return RulesCheckResult(
        on,
        request.within,
        rules=len(packs),
        packs=len({row.pack for rows in packs.values() for row in rows}),
        own=sum(1 for line in own.splitlines() if line.startswith("-")),
        findings=found,
        failures=tuple(finding.error for finding in found if finding.error is not None),
    )


def add_freight_card(context: Context, request: RulesCardRequest) -> FreightCardResult | FormResult:
    """The seller's own freight card, tier by tier, into the rule file of the workspace; or the empty sheet.

    Raises InputError for a sheet that cannot be read, RuleError where the rules would contradict themselves.
    """
    from tradewind.app.forms.freight_card import bring_in_card, write_card_sheet
    from tradewind.data.rules import OWN_RULES

    if request.template:
        return written_form(context, "freight_card", lambda: write_card_sheet(request.sheet))
    folder = context.workspace.path
    added = tuple(bring_in_card(request.sheet, folder))
    cards = tuple(sorted({id_.split(".")[1] for id_ in added}))
    return FreightCardResult(folder / OWN_RULES, len(added), cards, added)


def own_rule_text(context: Context) -> str:
    """What the rule file of the workspace meant says; nothing where no workspace is.

    A workspace that was named must be there (NotAWorkspaceError): its rules would be silently left out otherwise.
    """
    from tradewind.data.rules import OWN_RULES, own_rules

    return own_rules(context.workspace.path / OWN_RULES) if context.has_workspace else ""


def rules_of(context: Context) -> Rules:
    """The rule packs, overlaid by the own rules of the workspace meant. Raises RuleError."""
    from tradewind.data.rules import load_rules

    return load_rules(overrides=own_rule_text(context))


def day_of(context: Context, moment: datetime | None) -> date:
    """The day asked for, else today (UTC)."""
    return (moment or context.now()).date()


def _has_text(row: RuleRow, wanted: str) -> bool:
    """Whether a row has a text in its id, note, source, value, reason or title, in any language."""
    from tradewind.core.rule_words import rule_title
    from tradewind.core.rules import value_text
    from tradewind.core.text import LANGUAGES

    texts = (row.id, row.note, row.source, row.why, value_text(row.value), *(rule_title(row.id, c) for c in LANGUAGES))
    return any(wanted in one.casefold() for one in texts)
