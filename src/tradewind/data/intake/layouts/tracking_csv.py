"""Any tracker's list of scans: a row per scan with tracking number, time, and a status as code or words.

Codes may be those of Cainiao, 17TRACK, AfterShip, UPU, track123, TrackingMore and kuaidi100; words are English or
Chinese. Times that state no zone, and beside which no column does, are Beijing time.

A date, a status and a tracking number stand in exports of orders too: a file with goods or money in it is no list of
scans.
"""

from __future__ import annotations

from tradewind.data.intake.fields import code, moment, text
from tradewind.data.intake.headings import plain
from tradewind.data.intake.layout import Feed, Layout
from tradewind.data.intake.layouts.tradewind import ALIASES
from tradewind.data.intake.tracking import DERIVED, LEFT_OUT, NOTES, events, scans

_NO_SCANS = frozenset(
    plain(heading)
    for name in ("sku", "unit_price", "paid_amount", "discount", "unit_cost", "refund_amount")
    for heading in (name, *ALIASES[name])
) | {plain(heading) for heading in ("Total", "Order total", "Total price", "Item", "Item title", "订单金额", "总金额")}
_VOCABULARIES = ("words", "cainiao", "17track", "aftership", "upu", "track123", "trackingmore", "kuaidi100")

SCANS = Feed(
    "tracking",
    fields=(
        code(
            "number",
            "Tracking number", "tracking_number", "Tracking no", "Tracking code", "Waybill", "Waybill number", "mailNo",
            "运单号", "物流单号", "快递单号", "跟踪号", "追踪号", "单号", "物流跟踪号",
        ),
        moment(
            "happened_at",
            "Time", "Event time", "Scan time", "Date", "Event date", "Status time", "Checkpoint date", "Tracking time",
            "时间", "轨迹时间", "发生时间", "扫描时间", "事件时间", "状态时间", "更新时间",
            time_zone="Asia/Shanghai",
        ),
        text(
            "status",
            "Status", "Event", "Tracking status", "Status text", "Milestone", "Delivery status",
            "状态", "轨迹状态", "物流状态", "事件", "节点", "物流节点", "状态名称", "轨迹节点",
            required=True,
        ),
        text(
            "code",
            "Status code", "Code", "Event code", "Substatus", "Sub status", "Action code", "action_code", "状态码",
            "状态代码", "事件代码", "轨迹代码", "子状态",
        ),
        text("place", "Place", "Location", "City", "Scan location", "地点", "所在地", "位置", "城市", "轨迹地点"),
        text("zone", "Time zone", "timezone", "UTC offset", "时区"),
        *DERIVED,
    ),
    group=("number",),
    foreign=_NO_SCANS,
    split=scans(_VOCABULARIES, ("code", "status")),
    leave_out=LEFT_OUT,
    notes=NOTES,
)  # fmt: skip
CODES_ALONE = Feed(
    "codes",
    fields=tuple(
        (f if f.name != "status" else text("status")) if f.name != "code" else text("code", *f.headings, required=True)
        for f in SCANS.fields
    ),
    group=("number",),
    foreign=_NO_SCANS,
    split=SCANS.split,
    leave_out=LEFT_OUT,
    notes=NOTES,
)

LAYOUT = Layout(
    name="tracking-csv",
    feeds=(SCANS, CODES_ALONE),
    outputs=(events("tracking"), events("codes")),
    merge=True,
)
