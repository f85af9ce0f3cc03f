"""Postal events in the codes of UPU M17/EMSEVT: a row per item and event.

Item numbers are those of UPU S10, whose ninth figure checks the other eight: a number that fails was mistyped.
Times that state no offset are taken for UTC.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.data.intake.fields import code, moment, text
from tradewind.data.intake.layout import Check, Feed, Layout
from tradewind.data.intake.tracking import DERIVED, LEFT_OUT, NOTES, events, scans

_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)
_S10: Final = r"(?i)^[A-Z]{2}\d{9}[A-Z]{2}$"


def _is_s10(number: pl.Expr) -> pl.Expr:
    """UPU S10: with s the weighted sum of the eight figures the check figure is 11 - s mod 11 (for 10: 0, for 11: 5).

    Its own example: RB123456785GB.
    """
    plain = number.str.replace_all(" ", "", literal=True)
    figures = [plain.str.slice(2 + i, 1).cast(pl.Int64, strict=False) * w for i, w in enumerate(_WEIGHTS)]
    check = 11 - pl.sum_horizontal(figures) % 11
    check = pl.when(check == 10).then(0).when(check == 11).then(5).otherwise(check)
    return plain.str.contains(_S10) & (plain.str.slice(10, 1).cast(pl.Int64, strict=False) == check)


EVENTS = Feed(
    "emsevt",
    fields=(
        code("number", "Item ID", "Item identifier", "Mail item ID", "Item number", "S10", "邮件号", "邮件号码"),
        moment("happened_at", "Event time", "Event date", "Event date and time", "Event datetime", "事件时间"),
        text("code", "EMSEVT code", "EMSEVT", "Event code", "Event type code", "事件代码", required=True),
        text("place", "Event office", "Office", "Location", "Office of exchange", "事件局", "互换局"),
        text("zone", "Time zone", "UTC offset", "时区"),
        *DERIVED,
    ),
    group=("number",),
    split=scans(("upu",), ("code",)),
    leave_out=LEFT_OUT,
    notes=NOTES,
    checks=(Check("s10_check_digit", "number", ~_is_s10(pl.col("number"))),),
)

LAYOUT = Layout(name="tracking-upu", feeds=(EVENTS,), outputs=(events("emsevt"),), merge=True)
