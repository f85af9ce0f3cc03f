"""Make a workspace, bring files in, see how things stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from tradewind.app.cli.console import words
from tradewind.app.commands import Answer, Ask, Grid
from tradewind.app.report.figures import cell, heading, named
from tradewind.core.errors import TradewindError, UnreadableFileError
from tradewind.core.text import catalogue


def init(ask: Ask) -> Answer:
    """A new, empty workspace."""
    from tradewind.app.workspace import Workspace

    say = words(ask.lang)
    folder = ask["workspace"] or ask["dir"]
    Workspace.create(folder, currency=ask["currency"].upper())
    data = {"workspace": str(folder), "currency": ask["currency"].upper()}
    return Answer(data, [say("said.init", folder=folder, currency=data["currency"]), say("said.init_next")])


def import_files(ask: Ask) -> Answer:
    """Each path in turn; one that cannot be read does not keep the others out."""
    from tradewind.app.workspace import Workspace

    workspace = Workspace(ask.folder)
    reports: list[Any] = []
    failures: list[Exception] = []
    for path in ask["path"]:
        try:
            if not path.exists():
                raise UnreadableFileError("cli_no_such_file", path=str(path))
            reports += workspace.import_file(path, layout=ask["layout"], progress=ask.progress)
        except (TradewindError, OSError) as error:
            failures.append(error)
    rows = [_import_row(r) for r in reports]
    parts: list[str | Grid] = [grid_of(pl.DataFrame(rows), ask.lang)] if rows else []
    waiting = sum(r["rows_to_correct"] for r in rows)
    say = words(ask.lang)
    if waiting:
        parts.append(say("said.rows_wait", rows=f"{waiting:,}"))
    if rows:
        parts.append(say("said.import_next"))
    return Answer({"imports": rows}, parts, failures)


def _import_row(report: Any) -> dict[str, Any]:
    names = ("file", "layout", "table", "rows_new", "rows_replaced", "rows_same", "rows_to_correct", "seconds")
    row = {n: getattr(report, n) for n in names}
    return row | {"file": Path(str(row["file"])).name, "seconds": round(float(row["seconds"]), 2)}


def health(ask: Ask) -> Answer:
    """What is loaded and how fresh, which rows wait, and what each missing file would switch on."""
    from tradewind.app.workspace import Workspace

    workspace = Workspace(ask.folder)
    frames = workspace.health()
    data: dict[str, Any] = {name: frame.to_dicts() for name, frame in frames.items()}
    say = words(ask.lang)
    parts: list[str | Grid] = [
        grid_of(_with_names(frame, ask.lang), ask.lang, say(f"health_part.{name}"))
        if frame.height
        else say(f"health_empty.{name}")
        for name, frame in frames.items()
        if f"health_part.{name}" in catalogue(ask.lang)
    ]
    if ask["export"] is not None:
        from tradewind.data.intake import write_fixes

        corrections = workspace.corrections()
        write_fixes(corrections, ask["export"])
        data["export"] = str(ask["export"])
        data["rows_to_correct"] = corrections.height
        parts.append(say("said.fixes", rows=f"{corrections.height:,}", path=ask["export"]))
    return Answer(data, parts)


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


def _with_names(frame: pl.DataFrame, lang: str) -> pl.DataFrame:
    """Tables and capabilities by their names instead of their ids."""
    for column, group in (("table", "table"), ("capability", "capability")):
        if column in frame.columns:
            ids = frame[column].unique().to_list()
            frame = frame.with_columns(pl.col(column).replace({i: named(group, i, lang) for i in ids}))
    return frame
