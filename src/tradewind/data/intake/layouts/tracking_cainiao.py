"""Cainiao: the answer of its tracking page (global.cainiao.com), a list of steps for every number.

`time` is the moment, in milliseconds since 1970; `timeStr` is the same moment as a clock in Beijing shows it, whatever
`timeZone` says, so both are read only where `time` is empty. A number Cainiao does not know comes
with an empty list of steps.
"""

from __future__ import annotations

import polars as pl

from tradewind.data.intake.fields import code, moment, text
from tradewind.data.intake.layout import Feed, Layout, LeaveOut
from tradewind.data.intake.tracking import DERIVED, LEFT_OUT, NOTES, counted_only, events, scans

_OF_ONE = ("module", "data", "")


def _paths(*keys: str) -> tuple[str, ...]:
    return tuple(f"{one}.{key}".strip(".") for key in keys for one in _OF_ONE)


STEPS = Feed(
    "detailList",
    fields=(
        code("number", *_paths("mailNo")),
        moment("happened_at", *_paths("detailList.time", "detailList.timeStr"), time_zone="Asia/Shanghai"),
        moment("local_at", *_paths("detailList.timeStr"), time_zone="Asia/Shanghai", required=False),
        text("code", *_paths("detailList.actionCode"), required=True),
        *DERIVED,
        text("place"),
    ),
    group=("number",),
    split=scans(("cainiao",), ("code",)),
    leave_out=LEFT_OUT,
    notes=NOTES,
)
NOTHING_FOUND = Feed(
    "module",
    fields=(code("number", *_paths("mailNo")), text("steps", *_paths("detailList"), required=True)),
    group=("number",),
    leave_out=(LeaveOut("number_not_found", pl.col("steps") == "[]"),),
)

LAYOUT = Layout(
    name="tracking-cainiao",
    feeds=(STEPS, NOTHING_FOUND),
    outputs=(events("detailList"), counted_only("module")),
    merge=True,
)
