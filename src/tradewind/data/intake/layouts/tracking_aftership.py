"""AfterShip: the answer of its API or webhook with all checkpoints, and the CSV of its shipments page.

A checkpoint's time states its offset, or is the local time of the place, which the file does not tell; such times
are taken for UTC, and the order of the scans shows where that was wrong (see docs/tracking.md).
"""

from __future__ import annotations

import polars as pl

from tradewind.data.intake.fields import code, moment, text
from tradewind.data.intake.layout import Feed, Layout, LeaveOut
from tradewind.data.intake.tracking import DERIVED, LEFT_OUT, NOTES, counted_only, events, scans

_OF_ONE = ("data.trackings", "data.tracking", "data", "msg", "trackings", "tracking", "")


def _paths(*keys: str) -> tuple[str, ...]:
    return tuple(f"{one}.{key}".strip(".") for key in keys for one in _OF_ONE)


CHECKPOINTS = Feed(
    "checkpoints",
    fields=(
        code("number", *_paths("tracking_number")),
        moment("happened_at", *_paths("checkpoints.checkpoint_time", "checkpoints.created_at")),
        text("code", *_paths("checkpoints.subtag")),
        text("tag", *_paths("checkpoints.tag")),
        text("place", *_paths("checkpoints.location", "checkpoints.city")),
        *DERIVED,
    ),
    group=("number",),
    split=scans(("aftership",), ("code", "tag")),
    leave_out=LEFT_OUT,
    notes=NOTES,
)
NOTHING_FOUND = Feed(
    "trackings",
    fields=(code("number", *_paths("tracking_number")), text("events", *_paths("checkpoints"), required=True)),
    group=("number",),
    leave_out=(LeaveOut("number_not_found", pl.col("events") == "[]"),),
)
EXPORT = Feed(
    "shipments",
    fields=(
        code("number", "Tracking number", "tracking_number", "运单号", "物流单号"),
        moment(
            "happened_at",
            "Checkpoint time", "Last checkpoint time", "Latest checkpoint time", "last_checkpoint_time",
            "最新物流节点时间", "最新节点时间",
        ),
        text("code", "Subtag", "Sub-status", "Delivery sub-status", "current_subtag", "子状态"),
        text("tag", "Tag", "Delivery status", "Shipment status", "Current status", "物流状态", required=True),
        text("place", "Checkpoint location", "Last checkpoint location", "最新节点地点"),
        *DERIVED,
    ),
    group=("number",),
    split=scans(("aftership", "words"), ("code", "tag")),
    leave_out=LEFT_OUT,
    notes=NOTES,
)  # fmt: skip

LAYOUT = Layout(
    name="tracking-aftership",
    feeds=(CHECKPOINTS, NOTHING_FOUND, EXPORT),
    outputs=(events("checkpoints"), events("shipments"), counted_only("trackings")),
    merge=True,
)
