"""The report as a use case: a plan's page and workbook, written where they are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tradewind.app.usecases.context import Context
from tradewind.app.usecases.data import data_health
from tradewind.app.usecases.requests import HealthRequest, ReportRequest
from tradewind.app.usecases.result import Provenance


@dataclass(frozen=True)
class ReportResult:
    """Where the report of a plan lies."""

    provenance: Provenance
    page: Path
    workbook: Path


def answer(context: Context, request: ReportRequest) -> ReportResult:
    """Write report.html and plan.xlsx of a plan, in the context's language; earlier ones are replaced.

    Without a folder they go to `report` in the workspace. Raises UnknownRunError, and StorageError where the folder
    cannot be written.
    """
    from tradewind.app.report.write import write_report

    plan = context.plan(request.run)
    context.progress("report")
    health = data_health(context, HealthRequest()).frames()
    paths = write_report(plan, request.to or context.folder / "report", context.lang, health=health)
    return ReportResult(context.provenance(plan), paths.page, paths.workbook)
