"""Conditions, findings before sending, and failure codes, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tradewind.app.forms.workbook import without_hint
from tradewind.app.wording.data import field_data
from tradewind.app.wording.figures import money
from tradewind.app.wording.sentences import row_sentences
from tradewind.app.wording.tables import more_rows
from tradewind.app.wording.view import Table, View
from tradewind.core.text import catalogue, text

if TYPE_CHECKING:
    from tradewind.app.usecases.compliance import (
        EligibilityResult,
        FailureCodeResult,
        FailureCodesResult,
        PreflightResult,
    )

_NAMED_BY: Final = ("requirement", "hazard", "goods_column")
"""Groups of the catalogue that the codes in a finding are named by."""


def eligibility_view(result: EligibilityResult, lang: str) -> View:
    """How many hold, what was taken from orders, then conditions, documents, and what is due after approval."""
    every = not result.fails and not result.unknown
    counts = {"rows": result.rows, "holds": result.holds, "fails": result.fails, "unknown": result.unknown}
    parts: list[str | Table] = [text(f"eligibility.{'verdict_all' if every else 'verdict'}", lang, **counts)]
    if result.from_orders:
        names = [without_hint(text(f"eligible_fact.{name}", lang)) for name in result.from_orders]
        parts.append(text("eligibility.from_orders", lang, names=text("report_word.comma", lang).join(names)))
    found = ((part, result.data.filter(part=part)) for part in ("condition", "document", "after"))
    return [*parts, *(_checks(part, frame, lang) for part, frame in found if frame.height)]


def preflight_view(result: PreflightResult, lang: str) -> View:
    """What could not be read, the counts, the money at risk, then every finding with what to do."""
    parts: list[str | Table] = [_unread(row, lang) for row in result.unread.iter_rows(named=True)]
    page = result.page
    if not page.rows:
        return [*parts, text("preflight.nothing", lang, skus=result.skus)]
    severities = ("refused", "charged", "verify", "not_said", "note", "overruled")
    counts = {name: getattr(result, name) for name in ("skus", *severities)}
    parts += [text("preflight.verdict", lang, rows=page.rows, **counts), _at_stake(result, lang)]
    parts += [_findings(page.frame, lang), *more_rows(page.frame.height, page.rows, lang)]
    return [*parts, text("preflight.evidence", lang, column=text("goods_column.overruled", lang))]


def failure_code_view(result: FailureCodeResult, lang: str) -> View:
    """What the code means, what to do, and who says so."""
    words = _cause_words(result.cause, lang)
    confidence = text(f"confidence.{result.rule.confidence}", lang)
    return [
        text("failure_code.means", lang, code=result.code, what=words["what"]),
        text("failure_code.fix", lang, fix=words["fix"]),
        text("failure_code.source", lang, source=result.rule.source, confidence=confidence),
    ]


def failure_codes_view(result: FailureCodesResult, lang: str) -> View:
    """Every code with its meaning and what to do."""
    rows = [[one.code, *_cause_words(one.cause, lang).values()] for one in result.data]
    headings = [text(f"failure_code_head.{head}", lang) for head in ("code", "what", "fix")]
    return [Table(headings, rows, text("failure_code.all", lang))]


def failure_code_data(result: FailureCodeResult, lang: str) -> Mapping[str, Any]:
    """The code with its meaning and what to do beside the cause's id."""
    return field_data(result, lang) | _cause_words(result.cause, lang)


def preflight_data(result: PreflightResult, lang: str) -> Mapping[str, Any]:
    """The findings, each with its sentence and what to do."""
    data, frame = field_data(result, lang), result.page.frame
    words = zip(data["data"], finding_sentences(frame, lang), finding_fixes(frame, lang), strict=True)
    return data | {"data": [row | {"sentence": sentence, "fix": fix} for row, sentence, fix in words]}


def finding_sentences(found: pl.DataFrame, lang: str) -> list[str]:
    """What was found, a sentence a row: marks, attributes and hazards by what they are called."""
    return row_sentences(_called(found, lang), lang)


def finding_fixes(found: pl.DataFrame, lang: str) -> list[str]:
    """What to do about each finding."""
    fix = pl.col("reason").str.replace("preflight_reason.", "preflight_fix.", literal=True)
    return row_sentences(_called(found, lang).with_columns(fix), lang)


def _called(found: pl.DataFrame, lang: str) -> pl.DataFrame:
    names = [_names(codes or "", lang) for codes in found["what"]]
    return found.with_columns(what=pl.Series(names, dtype=pl.String))


def _names(codes: str, lang: str) -> str:
    known = catalogue(lang)
    names = [next((known[f"{g}.{c}"] for g in _NAMED_BY if f"{g}.{c}" in known), c) for c in codes.split(", ")]
    return text("report_word.comma", lang).join(map(without_hint, names))


def _checks(part: str, found: pl.DataFrame, lang: str) -> Table:
    known = catalogue(lang)
    marks = {True: known["report_word.yes"], False: known["report_word.no"], None: "?"}
    cells = [
        [
            without_hint(
                known.get(f"eligible_check.{r['check']}", known.get(f"eligible_fact.{r['check']}", r["check"]))
            ),
            marks[r["holds"]],
            said,
            r["rule"] + (f" ({r['reading']})" if r["reading"] else ""),
        ]
        for r, said in zip(found.iter_rows(named=True), row_sentences(found, lang), strict=True)
    ]
    headings = [text(f"eligibility_head.{head}", lang) for head in ("check", "holds", "found", "rule")]
    return Table(headings, cells, text(f"eligible_part.{part}", lang))


def _findings(found: pl.DataFrame, lang: str) -> Table:
    words = zip(found.iter_rows(named=True), finding_sentences(found, lang), finding_fixes(found, lang), strict=True)
    cells = [
        [
            text(f"preflight_severity.{r['severity']}", lang),
            r["sku"] or "",
            said + (text("preflight.aside", lang, why=r["overruled_why"]) if r["overruled"] else ""),
            fix,
            money(r["money_at_risk"], r["currency"], lang) if r["money_at_risk"] is not None and r["currency"] else "",
            r["check"],
            r["trigger"] or "",
        ]
        for r, said, fix in words
    ]
    heads = ("severity", "sku", "finding", "fix", "money", "check", "trigger")
    return Table([text(f"preflight_head.{head}", lang) for head in heads], cells, numbers=frozenset({4}))


def _unread(row: Mapping[str, Any], lang: str) -> str:
    column = text(f"goods_column.{row['column']}", lang)
    return text("preflight.unread", lang, sku=row["sku"], column=column, value=row["value"])


def _at_stake(result: PreflightResult, lang: str) -> str:
    if not result.money_at_risk:
        return text("preflight.at_stake_unknown", lang)
    amounts = ", ".join(money(amount, currency, lang) for currency, amount in result.money_at_risk.items())
    return text("preflight.at_stake", lang, money=amounts)


def _cause_words(cause: str, lang: str) -> dict[str, str]:
    return {name: text(f"failure_{group}.{cause}", lang) for name, group in (("what", "cause"), ("fix", "fix"))}
