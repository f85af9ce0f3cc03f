"""What does the plan say? One page to read and print, and one workbook to work with.

    paths = write_report(run, Path("report"), "zh", health=data_health(context, HealthRequest()).frames())

`write_report` writes report.html and plan.xlsx; `answer` does so for whoever asks for a plan's report; `write_table`
writes any single table as xlsx, csv or parquet. Each is loaded when it is first used: the use cases name this package.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tradewind.app.report.result import ReportResult, answer
    from tradewind.app.report.write import Paths, write_report
    from tradewind.data.table_files import write_table

__all__ = ["Paths", "ReportResult", "answer", "write_report", "write_table"]

_FROM: Final = {
    "Paths": "tradewind.app.report.write",
    "ReportResult": "tradewind.app.report.result",
    "answer": "tradewind.app.report.result",
    "write_report": "tradewind.app.report.write",
    "write_table": "tradewind.data.table_files",
}


def __getattr__(name: str) -> Any:
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_FROM[name]), name)
