"""17TRACK: the answer of its API version 2 (gettrackinfo, push), and the list exported on its web page.

Times are those in UTC, or with the offset the event states. The web list holds the last scan of each number, in the
time of the account, taken for Beijing time.
"""

from __future__ import annotations

import polars as pl

from tradewind.data.intake.fields import code, moment, text
from tradewind.data.intake.layout import Feed, Layout, LeaveOut
from tradewind.data.intake.tracking import DERIVED, LEFT_OUT, NOTES, counted_only, events, scans

_OF_ONE = ("data.accepted", "data", "accepted", "")
_PROVIDERS = "track_info.tracking.providers"


def _paths(*keys: str) -> tuple[str, ...]:
    return tuple(f"{one}.{key}".strip(".") for key in keys for one in _OF_ONE)


def _of_event(*keys: str) -> tuple[str, ...]:
    return _paths(*(f"{_PROVIDERS}.events.{key}" for key in keys))


EVENTS = Feed(
    "events",
    fields=(
        code("number", *_paths("number")),
        moment("happened_at", *_of_event("time_utc", "time_iso")),
        moment("local_at", *_of_event("time_iso"), required=False),
        text("code", *_of_event("sub_status")),
        text("stage", *_of_event("stage")),
        text("place", *_of_event("location")),
        *DERIVED,
    ),
    group=("number",),
    split=scans(("17track",), ("code", "stage")),
    leave_out=LEFT_OUT,
    notes=NOTES,
)
NOTHING_FOUND = Feed(
    "providers",
    fields=(
        code("number", *_paths("number")),
        text("events", *_paths(f"{_PROVIDERS}.events", _PROVIDERS), required=True),
    ),
    group=("number",),
    leave_out=(LeaveOut("number_not_found", pl.col("events") == "[]"),),
)
REJECTED = Feed(
    "rejected",
    fields=(
        code("number", "data.rejected.number", "rejected.number"),
        text("message", "data.rejected.error.message", "rejected.error.message", required=True),
    ),
    group=("number",),
    leave_out=(LeaveOut("number_rejected", pl.lit(True)),),
)
EXPORT = Feed(
    "export",
    fields=(
        code("number", "Tracking Number", "Tracking No.", "Number", "运单号", "单号", "物流单号", "查询单号"),
        moment(
            "happened_at",
            "Latest Event Time", "Last Event Time", "Latest event date", "最新事件时间", "最新轨迹时间", "最后事件时间",
            time_zone="Asia/Shanghai",
        ),
        text("code", "Sub Status", "Package Sub Status", "子状态", "包裹子状态"),
        text("stage", "Package Status", "Main Status", "Status", "包裹状态", "主状态", "状态", required=True),
        text("place", "Latest Event Location", "Location", "最新事件地点", "地点"),
        *DERIVED,
    ),
    group=("number",),
    split=scans(("17track", "words"), ("code", "stage")),
    leave_out=LEFT_OUT,
    notes=NOTES,
)  # fmt: skip

LAYOUT = Layout(
    name="tracking-17track",
    feeds=(EVENTS, NOTHING_FOUND, REJECTED, EXPORT),
    outputs=(events("events"), events("export"), counted_only("providers"), counted_only("rejected")),
    merge=True,
)
