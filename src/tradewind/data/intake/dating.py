"""When a file that states no time was made: lists of stock say what lies where, not since when.

The date in the file's name counts first (`stock 2026-03-01.csv`, `stock_20260301_1830.csv`); a date alone means
the end of that day, so that nothing is known too early. Without one, the moment the file was last written.
"""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime

from tradewind.data.intake.files import File

_DATED = re.compile(
    r"(?<!\d)(?P<year>20\d{2})[-_.年]?(?P<month>\d{2})[-_.月]?(?P<day>\d{2})日?"
    r"(?:[T _-]*(?P<hour>[01]\d|2[0-3])[-_.:时]?(?P<minute>[0-5]\d)(?:[-_.:分]?(?P<second>[0-5]\d)秒?)?)?(?!\d)"
)


def moment_of(file: File) -> str:
    """The moment as text for a cell of its column: local time where the name says it, else UTC with its offset."""
    for found in _DATED.finditer(file.name):
        parts = found.groupdict()
        clock = (parts["hour"], parts["minute"], parts["second"] or "00") if parts["hour"] else ("23", "59", "59")
        text = f"{parts['year']}-{parts['month']}-{parts['day']} {':'.join(clock)}"
        if _exists(text):
            return text
    return _written(file).strftime("%Y-%m-%d %H:%M:%S+00:00")


def _exists(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _written(file: File) -> datetime:
    if file.member is None:
        return datetime.fromtimestamp(file.path.stat().st_mtime, UTC)
    with zipfile.ZipFile(file.path) as archive:
        return datetime(*archive.getinfo(file.member).date_time, tzinfo=UTC)
