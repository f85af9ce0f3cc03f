"""What does the plan say? One page to read and print, and one workbook to work with.

    paths = write_report(run, Path("report"), "zh", health=workspace.health())

`write_report` writes report.html and plan.xlsx; `write_table` any single table as xlsx, csv or parquet.
"""

from __future__ import annotations

from tradewind.app.report.write import Paths, write_report
from tradewind.data.table_files import write_table

__all__ = ["Paths", "write_report", "write_table"]
