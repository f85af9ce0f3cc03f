"""Reasons as sentences, whatever a room calls them; a reason nobody has words for shows its id, not an error."""

from __future__ import annotations

import json
import string
from typing import Any

import polars as pl

from tradewind.app.wording.figures import named, share
from tradewind.core.text import catalogue


def action_sentences(actions: pl.DataFrame, lang: str) -> list[str]:
    """One sentence per action: its `reason` filled from its `args` (JSON)."""
    return [
        sentence(r["reason"], json.loads(r["args"]) if r["args"] else {}, lang)
        for r in actions.select("reason", "args").iter_rows(named=True)
    ]


def row_sentences(frame: pl.DataFrame, lang: str, column: str = "reason") -> list[str]:
    """One sentence per row: the id in `column` filled from the row's own columns."""
    return [sentence(r[column], r, lang) for r in frame.iter_rows(named=True)]


def reason_sentences(frame: pl.DataFrame, lang: str) -> list[str]:
    """One sentence per row, filled from its `args` where it has such a column, else from the row."""
    return action_sentences(frame, lang) if "args" in frame.columns else row_sentences(frame, lang)


def reasons_complete(frame: pl.DataFrame) -> bool:
    """Whether the rows hold all that their reasons' sentences say; not so where columns were left out, nor where
    `reason` is a word of the seller's own."""
    reasons = frame["reason"].drop_nulls().unique().to_list()
    if "args" in frame.columns or not reasons:
        return True
    templates = [found for reason in reasons if (found := catalogue("en").get(str(reason)))]
    blanks = {name for t in templates for _, name, _, _ in string.Formatter().parse(t) if name}
    in_own_unit = {"shown", "limit"} if {"figure", "value", "threshold"} <= set(frame.columns) else set()
    return bool(templates) and blanks <= {*frame.columns, *in_own_unit}


def sentence(reason: str | None, values: dict[str, Any], lang: str) -> str:
    """The sentence `reason` with its values; null values read as unknown."""
    if reason is None:
        return ""
    if reason.startswith("shop_figure."):
        values = {**values, **_in_own_unit(values, lang)}
    values = {k: _name(k, v, lang) for k, v in values.items()}
    template = catalogue(lang).get(reason)
    if template is None:
        return reason.replace("_", " ")
    try:
        return template.format_map(values)
    except (KeyError, IndexError, ValueError, TypeError):
        return template.format_map(_Readable(values, catalogue(lang)["report_word.unknown"]))


def _in_own_unit(values: dict[str, Any], lang: str) -> dict[str, str]:
    """A shop's figure and its threshold: a share, a count, a score."""
    counted = str(values["figure"]).startswith("dsr_") or values["figure"] == "violations"

    def written(value: float | None) -> str:
        if value is None:
            return share(None, lang)
        return f"{value:g}" if counted else f"{value * 100:.1f} %"

    return {"shown": written(values["value"]), "limit": written(values["threshold"])}


_GROUPS = {
    "mode": "mode",
    "previous_mode": "mode",
    "runner_up": "mode",
    "tier": "tier",
    "previous_tier": "tier",
    "table": "table",
    "component": "margin_lines",
    "figure": "metric",
    "kind": "fine_kind",
    "fault": "fault_by",
    "claimed": "return_reason",
}
"""Placeholders whose values are ids with a name of their own."""


def _name(placeholder: str, value: Any, lang: str) -> Any:
    group = _GROUPS.get(placeholder)
    if not group or not isinstance(value, str):
        return value
    return ", ".join(named(group, one, lang) for one in value.split(", "))


class _Readable(dict[str, Any]):
    """Values that accept any format: what is missing or null reads as the word for unknown."""

    def __init__(self, values: dict[str, Any], unknown: str) -> None:
        super().__init__({k: _Word(unknown) if v is None else _Lenient(v) for k, v in values.items()})
        self.unknown = unknown

    def __missing__(self, _: str) -> _Word:
        return _Word(self.unknown)


class _Word(str):
    """A word that ignores the number format asked of it."""

    __slots__ = ()

    def __format__(self, _: str) -> str:
        return str(self)


class _Lenient:
    """A value shown in the format asked for, or plainly where it does not take it."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __format__(self, wanted: str) -> str:
        try:
            return format(self.value, wanted)
        except (ValueError, TypeError):
            return str(self.value)
