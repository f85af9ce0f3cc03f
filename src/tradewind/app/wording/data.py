"""A result as plain data for programs: frames as rows, days as ISO text, money columns rounded to the cent.

Reasons stand as their id with their sentence in the language asked beside them (`reason`, `sentence`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any, Final

DECIMALS: Final = 6
"""Beyond this a figure shows only how computers add: 3.5000000000000004."""

WORDED: Final[dict[str, str]] = {
    "FailureCodeResult": "compliance:failure_code_data",
    "PassedOver": "imported:passed_over_data",
    "PreflightResult": "compliance:preflight_data",
    "RuleChangesResult": "rules:rule_changes_data",
    "RuleFinding": "rules:finding_data",
    "RuleRow": "rules:rule_data",
}
"""Class -> the function (value, lang) -> data of those whose fields alone do not say it: titles beside ids, errors."""


def as_data(result: Any, lang: str) -> dict[str, Any]:
    """A result by the names of its fields, with words beside ids where `WORDED` says how.

    `provenance` stands among the fields; a page gives `rows`, `data` and `next`; `failures`, where there are some, are
    told as `errors`.
    """
    worded = WORDED.get(type(result).__name__)
    if worded is None:
        return field_data(result, lang)
    module, function = worded.split(":")
    data: Callable[[Any, str], Mapping[str, Any]] = getattr(import_module(f"tradewind.app.wording.{module}"), function)
    return {name: _plain(value, lang) for name, value in data(result, lang).items()}


def field_data(result: Any, lang: str) -> dict[str, Any]:
    """The fields of a result by name."""
    from tradewind.app.usecases.result import Page, Provenance

    out: dict[str, Any] = {}
    for field in fields(result):
        value = getattr(result, field.name)
        if isinstance(value, Page):
            out |= {"rows": value.rows, "next": value.next, _page_name(field.name): _plain(value.frame, lang)}
        elif isinstance(value, Provenance):
            out |= {n: _plain(getattr(value, n), lang) for n in ("run", "as_of", "versions", "newer_data")}
        elif field.name == "failures":
            out |= {"errors": _plain(value, lang)} if value else {}
        else:
            out[field.name] = _named(field.name, value, lang)
    return out


def _page_name(name: str) -> str:
    return "data" if name == "page" else name


def _plain(value: Any, lang: str) -> Any:
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return round(value, DECIMALS) + 0.0 if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    return _nested(value, lang)


def _named(name: str, value: Any, lang: str) -> Any:
    """A value by its name: what is money in every table is money alone too, to the cent."""
    is_money = isinstance(value, float) and name in _money_columns()
    return _plain(round(value, 2) if is_money else value, lang)


def _nested(value: Any, lang: str) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _named(str(k), v, lang) for k, v in value.items()}
    if hasattr(value, "iter_rows"):
        return _rows(value, lang)
    if isinstance(value, (list, tuple, set, frozenset)) or hasattr(value, "to_list"):
        return [_plain(v, lang) for v in value]
    if isinstance(value, BaseException):
        return _error(value, lang)
    return as_data(value, lang) if is_dataclass(value) and not isinstance(value, type) else str(value)


def _error(error: BaseException, lang: str) -> dict[str, str]:
    from tradewind.app.usecases.errors import explained

    told = explained(error, lang)
    return {"code": told.code, "what": told.what, "fix": told.fix}


def _rows(frame: Any, lang: str) -> list[dict[str, Any]]:
    cents = [c for c in frame.columns if c in _money_columns() and frame[c].dtype.is_float()]
    rows = [_plain(row, lang) for row in frame.with_columns(frame[c].round(2) for c in cents).iter_rows(named=True)]
    if "args" in frame.columns:
        rows = [row | {c: _parsed(row[c], lang) for c in ("args", "evidence") if c in row} for row in rows]
    if "reason" in frame.columns and "sentence" not in frame.columns:
        from tradewind.app.wording.sentences import reason_sentences, reasons_complete

        said = reason_sentences(frame, lang) if reasons_complete(frame) else []
        rows = [row | {"sentence": one} for row, one in zip(rows, said, strict=True)] if said else rows
    return rows


def _parsed(said: Any, lang: str) -> Any:
    return _plain(json.loads(said), lang) if isinstance(said, str) else said


@cache
def _money_columns() -> frozenset[str]:
    """Columns that hold money in every table of a plan that has them."""
    from tradewind.core.plan_tables import PLAN_TABLES

    kinds: dict[str, set[str]] = {}
    for table in PLAN_TABLES.values():
        for name, column in table.columns.items():
            kinds.setdefault(name, set()).add(column.kind)
    return frozenset(name for name, found in kinds.items() if found == {"money"})
