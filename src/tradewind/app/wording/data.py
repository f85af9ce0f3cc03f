"""A result as plain data for programs: frames as rows, days as ISO text, money columns rounded to the cent.

Reasons stand as their id with their sentence in the language asked beside them (`reason`, `sentence`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, Final

DECIMALS: Final = 6
"""Beyond this a figure shows only how computers add: 3.5000000000000004."""


def as_data(result: Any, lang: str) -> dict[str, Any]:
    """The fields of a result by name. `provenance` stands among them; a page gives `rows`, `data` and `next`.

    A field whose metadata says `inline` gives its own fields in its place; `failures` are the doors' to tell.
    """
    from tradewind.app.usecases.result import Page, Provenance

    out: dict[str, Any] = {}
    for field in (one for one in fields(result) if one.name != "failures"):
        value = getattr(result, field.name)
        if isinstance(value, Page):
            out |= {"rows": value.rows, "next": value.next, _page_name(field.name): _plain(value.frame, lang)}
        elif isinstance(value, Provenance):
            out |= {n: _plain(getattr(value, n), lang) for n in ("run", "as_of", "versions", "newer_data")}
        else:
            out[field.name] = _plain(value, lang)
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


def _nested(value: Any, lang: str) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v, lang) for k, v in value.items()}
    if hasattr(value, "iter_rows"):
        return _rows(value, lang)
    if isinstance(value, (list, tuple, set, frozenset)) or hasattr(value, "to_list"):
        return [_plain(v, lang) for v in value]
    return as_data(value, lang) if is_dataclass(value) and not isinstance(value, type) else str(value)


def _rows(frame: Any, lang: str) -> list[dict[str, Any]]:
    cents = [c for c in frame.columns if c in _money_columns() and frame[c].dtype.is_float()]
    rows = [_plain(row, lang) for row in frame.with_columns(frame[c].round(2) for c in cents).iter_rows(named=True)]
    if "args" in frame.columns:
        rows = [row | {c: _parsed(row[c], lang) for c in ("args", "evidence") if c in row} for row in rows]
    if "reason" in frame.columns and "sentence" not in frame.columns:
        from tradewind.app.wording.sentences import reason_sentences

        rows = [row | {"sentence": said} for row, said in zip(rows, reason_sentences(frame, lang), strict=True)]
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
