"""Small invented exports in a test: the headings once, then only the cells that matter."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from tests.data.intake.reading import Imported, read


def imported(
    folder: Path,
    headings: Sequence[str],
    rows: Sequence[dict[str, str]],
    *,
    name: str = "export.csv",
    encoding: str = "utf-8",
    separator: str = ",",
) -> Imported:
    """What a file of these rows becomes."""
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, restval="", delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    path = folder / name
    path.write_bytes(text.getvalue().encode(encoding))
    return read(path)
