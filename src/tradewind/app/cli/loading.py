"""Make a workspace, bring files in, see how things stand."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from tradewind.app.asking import Answer, Ask, Grid
from tradewind.app.cli.console import words
from tradewind.app.wording.figures import cell, heading, named
from tradewind.core.errors import InputError, TradewindError, UnreadableFileError
from tradewind.core.text import catalogue


def init(ask: Ask) -> Answer:
    """A new, empty workspace; TRADEWIND_LEDGER and TRADEWIND_LAKE say where a team keeps its things."""
    from tradewind.app.python import Workspace
    from tradewind.app.workspace.location import LAKE, LEDGER

    say = words(ask.lang)
    folder = ask["workspace"] or ask["dir"]
    currency = ask["currency"].upper()
    ledger, lake = (
        ask[name] or os.environ.get(said, "").strip() for name, said in (("ledger", LEDGER), ("lake", LAKE))
    )
    made = Workspace.create(folder, currency=currency, ledger=ledger or None, lake=lake or None)
    parts = [say("said.init", folder=folder, currency=currency)]
    if made.shared:
        parts.append(say("said.init_shared", folder=folder))
    data = {"workspace": str(folder), "currency": currency, "ledger": made.places[0], "lake": made.places[1]}
    return Answer(data, [*parts, say("said.init_next")])


def import_files(ask: Ask) -> Answer:
    """Each path in turn; one that cannot be read does not keep the others out.

    With a mapping that is not there yet, nothing is imported: a draft of it is written instead.
    """
    from tradewind.app.python import Workspace

    workspace = Workspace(ask.folder, busy_timeout_s=ask["wait"])
    if ask["map"] is not None and not ask["map"].exists():
        return _drafted(ask)
    reports: list[Any] = []
    failures: list[Exception] = []
    passed_over: list[tuple[str, InputError]] = []
    empty: list[str] = []
    for path in ask["path"]:
        try:
            if not path.exists():
                raise UnreadableFileError("file_not_found", path=str(path))
            brought = workspace.import_file(
                path, layout=ask["layout"], progress=ask.progress, mapping=ask["map"], shop=ask["shop"]
            )
            reports += brought
            empty += [] if brought or brought.passed_over else [path.name]
            passed_over += brought.passed_over
        except (TradewindError, OSError) as error:
            failures.append(error)
    say = words(ask.lang)
    rows = [_import_row(r) for r in reports]
    counts = [{name: value for name, value in row.items() if name not in {"notes", "skipped"}} for row in rows]
    parts: list[str | Grid] = [grid_of(pl.DataFrame(counts), ask.lang)] if rows else []
    parts += [_noted(r, ask.lang) for r in rows if r["notes"]]
    parts += [say("said.no_rows", file=name) for name in empty]
    parts += [say("said.passed_over", file=name, why=why.what(ask.lang)) for name, why in passed_over]
    waiting = sum(r["rows_to_correct"] for r in rows)
    if waiting:
        parts.append(say("said.rows_wait", rows=f"{waiting:,}"))
    if rows:
        parts.append(say("said.import_next"))
    left_out = [{"file": name, "code": why.code, "why": why.what(ask.lang)} for name, why in passed_over]
    return Answer({"imports": rows, "passed_over": left_out}, parts, failures)


def _drafted(ask: Ask) -> Answer:
    """A first mapping, with the first rows as they would be read."""
    from tradewind.app.workspace import mappings

    path, mapping = ask["path"][0], ask["map"]
    if not path.exists():
        raise UnreadableFileError("file_not_found", path=str(path))
    draft = mappings.draft(path, mapping, ask.lang)
    say = words(ask.lang)
    rows = [[column, source, *cells] for column, source, cells in draft.sample]
    most = max((len(row) for row in rows), default=2)
    headings = [say("column.column"), say("column.heading"), *(str(n) for n in range(1, most - 1))]
    parts: list[str | Grid] = [Grid(headings, [row + [""] * (most - len(row)) for row in rows], "", cut=True)]
    parts.append(say("said.drafted", file=path.name, table=draft.table, mapping=quoted(mapping)))
    parts += [say("said.draft_asked", columns=", ".join(draft.asked))] if draft.asked else []
    parts += [say("said.draft_guessed", columns=", ".join(draft.guessed))] if draft.guessed else []
    parts.append(say("said.draft_next", path=quoted(path), mapping=quoted(mapping)))
    data = {"mapping": str(mapping), "table": draft.table, "asked": draft.asked, "guessed": draft.guessed}
    sample = [{"column": c, "heading": h, "cells": cells} for c, h, cells in draft.sample]
    return Answer(data | {"sample": sample}, parts)


def _import_row(report: Any) -> dict[str, Any]:
    names = ("file", "layout", "table", "rows_new", "rows_replaced", "rows_same", "rows_to_correct", "seconds")
    row = {n: getattr(report, n) for n in names}
    told = {"notes": dict(report.notes), "skipped": list(report.skipped)}
    return row | {"file": Path(str(row["file"])).name, "seconds": round(float(row["seconds"]), 2)} | told


def _noted(row: Mapping[str, Any], lang: str) -> str:
    """What was left out of a file or is worth knowing of it, in one line."""
    known = catalogue(lang)
    notes = [f"{count:,} x {known.get(f'notes.{name}', name)}" for name, count in sorted(row["notes"].items())]
    return words(lang)("said.noted", file=row["file"], notes="; ".join(notes))


def health(ask: Ask) -> Answer:
    """What is loaded and how fresh, which rows wait, and what each missing file would switch on."""
    from tradewind.app.python import Workspace

    workspace = Workspace(ask.folder)
    frames = workspace.health()
    data: dict[str, Any] = {name: frame.to_dicts() for name, frame in frames.items()}
    parts = _health_parts(frames, ask.lang)
    if ask["export"] is not None:
        corrections = workspace.corrections()
        data |= {"export": _fixes(corrections, ask["export"]), "rows_to_correct": corrections.height}
        if corrections.height:
            parts.append(words(ask.lang)("said.fixes", rows=f"{corrections.height:,}", path=quoted(ask["export"])))
    return Answer(data, parts)


def _fixes(corrections: pl.DataFrame, path: Path) -> str | None:
    """Where the rows to correct were written, if there are any."""
    from tradewind.data.intake import write_fixes

    if not corrections.height:
        return None
    return str(write_fixes(corrections, path))


def quoted(path: Path) -> str:
    """A path as it can be typed again."""
    return f'"{path}"' if " " in str(path) else str(path)


def _health_parts(frames: Mapping[str, pl.DataFrame], lang: str) -> list[str | Grid]:
    from tradewind.app.wording.plan.health import (
        blocked_rows,
        capability_state,
        health_notes,
        named_problems,
    )

    say = words(lang)
    abilities = [
        (named("capability", r["capability"], lang), capability_state(r, lang))
        for r in frames["capabilities"].to_dicts()
    ]
    parts: list[str | Grid] = [
        grid_of(named_problems(frames[name], lang), lang, say(f"health_part.{name}"))
        if frames[name].height
        else say(f"health_empty.{name}")
        for name in ("loaded", "corrections")
    ]
    parts += health_notes(frames["notes"], lang) if "notes" in frames else []
    if "blocked" in frames and frames["blocked"].height:
        heads = [say(f"column.{c}") for c in ("cause", "rows", "blocked_money")]
        parts.append(Grid(heads, blocked_rows(frames["blocked"], lang), say("health_part.blocked"), frozenset({1, 2})))
    if "versions" in frames:
        versions = ", ".join(f"{table} {version}" for table, version in frames["versions"].iter_rows())
        parts.append(say("said.versions", versions=versions))
    headings = [say("report_health.capability"), say("report_health.state")]
    return [*parts, Grid(headings, abilities, say("health_part.capabilities"))]


def template(ask: Ask) -> Answer:
    """Tradewind's own templates, each with a filled example row and its columns explained."""
    from tradewind.data.intake import write_templates

    written = write_templates(ask["dir"])
    files = sorted(str(p) for p in (written or ask["dir"].iterdir()))
    say = words(ask.lang)
    return Answer({"files": files}, [say("said.templates", count=len(files), folder=ask["dir"]), *files])


def grid_of(frame: pl.DataFrame, lang: str, title: str = "") -> Grid:
    """A frame as a small table for people: headings in their language, numbers flush right."""
    numbers = frozenset(i for i, c in enumerate(frame.columns) if frame[c].dtype.is_numeric())
    rows = [[cell(v, lang) for v in row] for row in frame.iter_rows()]
    return Grid([heading(c, lang) for c in frame.columns], rows, title, numbers)
