"""Every layout beside what it becomes: `golden/<layout>/` holds small invented exports and the tables they turn into.

A new layout gets a folder of its own: files with the source's real headings, and after

    python -m tests.data.intake.test_golden LAYOUT

the tables as CSV in `golden/<layout>/expected/`, to be read line by line before they are committed.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tradewind.core.tables import TABLES
from tradewind.data.intake import ParseContext, detect, parse

GOLDEN = Path(__file__).parent / "golden"
IMPORTED_AT = datetime(2026, 11, 21, tzinfo=UTC)
LAYOUTS = sorted(folder.name for folder in GOLDEN.glob("*/"))


def tables_of(folder: Path) -> dict[str, pl.DataFrame]:
    """Every table the exports in `folder` become, and `corrections`, as they are written in CSV."""
    found: dict[str, list[pl.DataFrame]] = defaultdict(list)
    exports = [path for path in sorted(folder.iterdir()) if path.is_file()]
    for path in exports:
        for source in detect(path):
            assert source.layout == folder.name, f"{path.name} is taken for {source.layout}"
            with tempfile.TemporaryDirectory() as staging:
                for batch in parse(source, ParseContext(b"golden", IMPORTED_AT), staging=Path(staging)):
                    found[batch.table].append(batch.rows.select(TABLES[batch.table].columns))
                    if batch.corrections.height:
                        found["corrections"].append(batch.corrections.drop("layout", "raw"))
    return {name: pl.concat(frames) for name, frames in found.items() if sum(f.height for f in frames)}


def as_csv(frame: pl.DataFrame) -> list[str]:
    """Lines of a table as they stand in the expected file: only columns that say something, sorted."""
    said = [c for c in frame.columns if frame[c].null_count() < frame.height]
    lines = frame.select(said).write_csv(datetime_format="%Y-%m-%dT%H:%M:%SZ").splitlines()
    return [lines[0], *sorted(lines[1:])]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_export_becomes_the_tables_beside_it(layout):
    made = {name: as_csv(frame) for name, frame in tables_of(GOLDEN / layout).items()}
    files = (GOLDEN / layout / "expected").glob("*.csv")
    expected = {file.stem: file.read_text(encoding="utf-8").splitlines() for file in files}
    assert made == expected


if __name__ == "__main__":
    place = GOLDEN / sys.argv[1] / "expected"
    place.mkdir(exist_ok=True)
    for table, rows in tables_of(GOLDEN / sys.argv[1]).items():
        (place / f"{table}.csv").write_text("\n".join(as_csv(rows)) + "\n", encoding="utf-8")
