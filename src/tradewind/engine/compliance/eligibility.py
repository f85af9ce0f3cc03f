"""Which conditions of opening semi-managed hold, which fail, by how much, and which documents are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl

from tradewind.core.rules import RuleRow, Rules

Kind = Literal["choice", "day", "share", "count", "amount", "yes_no", "text"]
ENTITIES = ("company", "individual", "cross_border_company")
"""A company, a self-employed business (个体户), a company founded for cross-border trade (跨境专营公司)."""


@dataclass(frozen=True)
class Fact:
    """One line of the sheet a seller fills in; its meaning is the message `eligible_fact.<name>`."""

    name: str
    kind: Kind
    example: str
    choices: tuple[str, ...] = ()


FACTS = (
    Fact("entity", "choice", "company", ENTITIES),
    Fact("site", "choice", "CN", ("CN", "other")),
    Fact("registered_on", "day", "2025-03-01"),
    Fact("serious_violations", "count", "0"),
    Fact("sell_through", "share", "68%"),
    Fact("positive_rate", "share", "96.2%"),
    Fact("warehouse", "text", "菜鸟优选仓义乌"),
    Fact("certified_inbound", "yes_no", "no"),
    Fact("licence_scan", "yes_no", "yes"),
    Fact("licence_valid_until", "day", "2031-06-30"),
    Fact("licence_same_entity", "yes_no", "yes"),
    Fact("id_both_sides", "yes_no", "yes"),
    Fact("id_matches_registry", "yes_no", "yes"),
    Fact("corporate_account", "yes_no", "yes"),
    Fact("bank_month_1", "amount", "62000"),
    Fact("bank_month_2", "amount", "58000"),
    Fact("bank_month_3", "amount", "71000"),
    Fact("agreement_seal", "yes_no", "yes"),
    Fact("agreement_signature", "yes_no", "yes"),
    Fact("operator_identity", "yes_no", ""),
    Fact("premises_proof", "yes_no", ""),
    Fact("foreign_trade_registration", "yes_no", ""),
)

_TINY = 1e-9
_SCHEMA = {
    "check": pl.String,
    "part": pl.String,
    "holds": pl.Boolean,
    "value": pl.Float64,
    "needed": pl.Float64,
    "short_by": pl.Float64,
    "said": pl.String,
    "wanted": pl.String,
    "until": pl.Date,
    "unit": pl.String,
    "rule": pl.String,
    "reading": pl.String,
    "confidence": pl.String,
    "reason": pl.String,
}


def eligible(facts: Mapping[str, Any], rules: Rules, *, on: date) -> pl.DataFrame:
    """One row per condition and document, on the day `on`.

    `facts`: what the sheet says by name (FACTS): days as date, shares 0..1, amounts in CNY, yes/no as bool; what
    is not there or None is not known, and no condition holds on it. Thresholds are "at least": exactly on it holds;
    the licence must be valid for longer than its months.

    Returns check, part ("condition", "document", or "after" for what is due after approval), holds (null: the sheet
    does not say), value, needed, short_by (in `unit`; null where it holds or is no number), said and wanted (texts),
    until (the day from which a document no longer holds), rule, reading, confidence, reason (message id over these
    columns).
    Raises RuleError where a rule says nothing on that day.
    """
    rows = [
        _site(facts, rules, on),
        _store_age(facts, rules, on),
        _at_most("serious_violations", facts, rules.row("eligibility.serious_violations", on)),
        _at_least("sell_through", facts, rules.row("eligibility.sell_through", on)),
        _at_least("positive_rate", facts, rules.row("eligibility.positive_rate", on)),
        _warehouse(facts, rules, on),
        _certified_inbound(facts, rules, on),
        *_documents(facts, rules, on),
        _licence(facts, rules, on),
        *_statements(facts, rules, on),
        *_extras(facts, rules, on),
    ]
    return pl.DataFrame([{**dict.fromkeys(_SCHEMA), **row} for row in rows], schema=_SCHEMA)


def _of(
    check: str, row: RuleRow, holds: bool | None, reason: str, part: str = "condition", **more: Any
) -> dict[str, Any]:
    common = {"unit": row.unit, "rule": row.id, "reading": row.reading or None, "confidence": row.confidence}
    return {"check": check, "part": part, "holds": holds, "reason": f"eligible_reason.{reason}", **common, **more}


def _site(facts: Mapping[str, Any], rules: Rules, on: date) -> dict[str, Any]:
    row, said = rules.row("eligibility.site", on), facts.get("site")
    holds = None if said is None else said == row.value
    return _of(
        "site", row, holds, "not_said" if said is None else "is" if holds else "is_not", said=said, wanted=row.value
    )


def _store_age(facts: Mapping[str, Any], rules: Rules, on: date) -> dict[str, Any]:
    row, since = rules.row("eligibility.store_age", on), facts.get("registered_on")
    age = None if since is None else (on - since).days
    return _compared("store_age", row, age)


def _at_least(name: str, facts: Mapping[str, Any], row: RuleRow) -> dict[str, Any]:
    return _compared(name, row, facts.get(name))


def _at_most(name: str, facts: Mapping[str, Any], row: RuleRow) -> dict[str, Any]:
    value, most = facts.get(name), float(row.value)
    if value is None:
        return _of(name, row, None, "not_said", needed=most)
    over = float(value) - most
    if over > 0:
        return _of(name, row, False, "too_many", value=float(value), needed=most, short_by=over)
    return _of(name, row, True, "few_enough", value=float(value), needed=most)


def _compared(check: str, row: RuleRow, value: float | None, part: str = "condition") -> dict[str, Any]:
    """At least what the rule says; exactly on it holds."""
    least = float(row.value)
    kind = {"share": "share", "days": "days"}.get(row.unit, "amount")
    if value is None:
        return _of(check, row, None, "not_said", part, needed=least)
    short = least - float(value)
    if short > _TINY:
        return _of(check, row, False, f"short_{kind}", part, value=float(value), needed=least, short_by=short)
    return _of(check, row, True, f"enough_{kind}", part, value=float(value), needed=least)


def _warehouse(facts: Mapping[str, Any], rules: Rules, on: date) -> dict[str, Any]:
    """A warehouse outside the list may be open to a seller all the same: only the seller centre knows."""
    row, said = rules.row("eligibility.warehouses", on), facts.get("warehouse")
    listed = None if said is None else said in rules.items(row.id, on)
    reason = "not_said" if said is None else "listed" if listed else "not_listed"
    return _of("warehouse", row, True if listed else None, reason, said=said, wanted=row.value)


def _certified_inbound(facts: Mapping[str, Any], rules: Rules, on: date) -> dict[str, Any]:
    row, done = rules.row("eligibility.certified_inbound", on), facts.get("certified_inbound")
    part = "after" if row.value == "after_approval" else "condition"
    reason = "done" if done else "due_after" if part == "after" else "not_said" if done is None else "not_done"
    return _of("certified_inbound", row, done, reason, part)


def _documents(facts: Mapping[str, Any], rules: Rules, on: date) -> list[dict[str, Any]]:
    row = rules.row("documents.every", on)
    return [_document(name, facts, row) for name in rules.items(row.id, on)]


def _document(name: str, facts: Mapping[str, Any], row: RuleRow) -> dict[str, Any]:
    there = facts.get(name)
    return _of(name, row, there, "not_said" if there is None else "there" if there else "missing", "document")


def _licence(facts: Mapping[str, Any], rules: Rules, on: date) -> dict[str, Any]:
    """Valid for longer than so many months: `until` is the last day on which it still is."""
    row, ends = rules.row("documents.licence_validity", on), facts.get("licence_valid_until")
    if ends is None:
        return _of("licence_valid_until", row, None, "not_said", "document", needed=float(row.value))
    last = _months_later(ends, -int(row.value))
    short = (on - last).days + 1 if on >= last else 0
    reason = "expired" if ends < on else "expires_too_soon" if short > 0 else "valid"
    more = {"short_by": float(short), "until": ends} if short > 0 else {"until": last}
    more_columns = {"needed": float(row.value), "said": ends.isoformat(), "unit": "days"}
    return {**_of("licence_valid_until", row, short <= 0, reason, "document"), **more, **more_columns}


def _months_later(day: date, months: int) -> date:
    return pl.select(pl.lit(day).dt.offset_by(f"{months}mo")).item()


def _statements(facts: Mapping[str, Any], rules: Rules, on: date) -> list[dict[str, Any]]:
    row, months = rules.row("documents.statement_amount", on), int(rules.value("documents.statement_months", on))
    names = [f"bank_month_{i + 1}" for i in range(months)]
    return [_compared(name, row, facts.get(name), "document") for name in names]


def _extras(facts: Mapping[str, Any], rules: Rules, on: date) -> list[dict[str, Any]]:
    """What a self-employed business or a cross-border company hands in as well; open where the entity is not stated."""
    entity = facts.get("entity")
    if entity is None:
        return [_of("entity", rules.row("documents.every", on), None, "not_said", "document")]
    extra = rules.find(f"documents.{entity}", on)
    return [] if extra is None else [_document(name, facts, extra) for name in rules.items(extra.id, on)]
