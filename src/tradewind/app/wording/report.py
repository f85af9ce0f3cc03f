"""Where a report was written, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewind.app.wording.view import View
from tradewind.core.text import text

if TYPE_CHECKING:
    from tradewind.app.report.result import ReportResult


def report_view(result: ReportResult, lang: str) -> View:
    """The page and the workbook."""
    return [text(f"report_written.{name}", lang, path=getattr(result, name).resolve()) for name in ("page", "workbook")]
