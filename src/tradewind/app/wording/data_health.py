"""How the data stands, in words: what is loaded, what waits, what is missing, what could be computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from tradewind.app.wording.figures import heading, money, named, number
from tradewind.app.wording.imported import typed
from tradewind.app.wording.sentences import sentence
from tradewind.app.wording.view import Table, View, table_of
from tradewind.core.text import catalogue, text

if TYPE_CHECKING:
    from tradewind.app.usecases.data import HealthResult


def health_view(result: HealthResult, lang: str) -> View:
    """Tables of what is loaded, waits and could be computed; sentences on what cannot be used fully."""
    parts = [_part(result, name, lang) for name in ("loaded", "corrections")]
    parts += health_notes(result.notes, lang)
    parts += [_blocked(result.blocked, lang)] if result.blocked.height else []
    versions = ", ".join(f"{table} {version}" for table, version in sorted(result.provenance.versions.items()))
    parts += [text("health.versions", lang, versions=versions), _capabilities(result.capabilities, lang)]
    if result.export is not None:
        rows = f"{result.rows_to_correct:,}"
        parts.append(text("health.fixes", lang, rows=rows, path=typed(result.export)))
    return parts


def _part(result: HealthResult, name: str, lang: str) -> str | Table:
    frame = result.frames()[name]
    if frame.is_empty():
        return text(f"health_empty.{name}", lang)
    return table_of(named_problems(frame, lang), lang, title=text(f"health_part.{name}", lang))


def _blocked(frame: pl.DataFrame, lang: str) -> Table:
    headings = [heading(c, lang) for c in ("cause", "rows", "blocked_money")]
    return Table(headings, blocked_rows(frame, lang), text("health_part.blocked", lang), frozenset({1, 2}))


def _capabilities(frame: pl.DataFrame, lang: str) -> Table:
    rows = [(named("capability", r["capability"], lang), capability_state(r, lang)) for r in frame.to_dicts()]
    headings = [text("report_health.capability", lang), text("report_health.state", lang)]
    return Table(headings, rows, text("health_part.capabilities", lang))


def capability_state(row: Mapping[str, Any], lang: str) -> str:
    """Whether a capability is on, or which tables and columns (`table.column`) it waits for."""
    if row["on"]:
        return text("report_health.on", lang)
    tables = [named("table", t, lang) for t in row["missing_tables"]]
    columns = [c.partition(".") for c in row.get("missing_columns") or []]
    tables += [f"{named('table', t, lang)}: {heading(c, lang)}" for t, _, c in columns]
    return text("report_health.off", lang, tables=text("report_word.comma", lang).join(tables))


def health_notes(frame: pl.DataFrame, lang: str) -> list[str]:
    """What is loaded but cannot be used fully, one sentence each."""
    return [sentence(f"health_note.{r['note']}", r, lang) for r in frame.iter_rows(named=True)]


def blocked_rows(frame: pl.DataFrame, lang: str) -> list[tuple[str, ...]]:
    """Each missing cause of a margin, with how many lines and how much money it concerns."""
    return [
        (
            sentence(f"blocked.{r['cause']}", _readable(r, lang), lang),
            number(r["lines"], lang),
            money(r["money"], r["currency"], lang),
        )
        for r in frame.iter_rows(named=True)
    ]


def _readable(row: dict[str, Any], lang: str) -> dict[str, Any]:
    example = row["example"]
    return row | {"example": catalogue(lang)[f"margin_lines.{example}"] if row["cause"] == "other" else example}


def named_problems(frame: pl.DataFrame, lang: str) -> pl.DataFrame:
    """Tables by their names, and problems by their own sentence where it has no blanks to fill."""
    words = catalogue(lang)
    if "table" in frame.columns:
        names = {t: named("table", t, lang) for t in frame["table"].drop_nulls().unique()}
        frame = frame.with_columns(pl.col("table").replace(names))
    if "problem" in frame.columns:
        known = {p: words.get(f"rows.{p}.reason", "") for p in frame["problem"].drop_nulls().unique()}
        said = {p: w if w and "{" not in w else p.replace("_", " ") for p, w in known.items()}
        frame = frame.with_columns(pl.col("problem").replace(said))
    return frame
