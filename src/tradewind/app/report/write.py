"""A plan on paper: report.html to read, plan.xlsx to work with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tradewind.app.report.page import page
from tradewind.app.report.workbook import write_workbook
from tradewind.app.wording.plan.plan import Plan, Run
from tradewind.data.table_files import replacing


@dataclass(frozen=True)
class Paths:
    """Where the report lies."""

    page: Path
    workbook: Path


def write_report(
    run: Run, folder: Path, lang: str = "en", *, health: Mapping[str, pl.DataFrame] | None = None
) -> Paths:
    """Write report.html and plan.xlsx of `run` into `folder`, each appearing whole; earlier ones are replaced.

    `health` is what `Workspace.health` returns; without it the page cannot say which loaded table would add what.
    The same run, health and language give the same page. Raises StorageError where the folder cannot be written.
    """
    plan = Plan(run, lang, health or {})
    paths = Paths(Path(folder) / "report.html", Path(folder) / "plan.xlsx")
    with replacing(paths.page) as unfinished:
        unfinished.write_text(page(plan), encoding="utf-8", newline="\n")
    with replacing(paths.workbook) as unfinished:
        write_workbook(plan, unfinished)
    return paths
