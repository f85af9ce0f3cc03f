"""Inbound timing: attributes complete so many hours before a consignment arrives, and just-in-time goods on time."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from tradewind.core.rules import Rules
from tradewind.engine.compliance.goods import arrival, findings, goods_held
from tradewind.engine.margin.late_inbound import days_between, platform_day

_PLATFORM_ZONE = "Asia/Shanghai"
_STARTS = {"order_paid": "paid_at", "inbound_created": "booked_at", "slot_booked": "due_at"}


def attribute_deadline(goods: pl.DataFrame, rules: Rules, on: date, at: datetime) -> pl.DataFrame:
    """Attributes are to be complete, and synced, so many hours before the goods arrive.

    Synced too late, or not synced with the deadline past: no inbound can be received then. Not synced and in time: a
    note with the deadline. Without a time of arrival the deadline is not known.
    """
    row = rules.row("inbound.attributes_before", on)
    timed = goods.with_columns(deadline=arrival() - pl.duration(hours=int(row.value)), done="synced_at")
    common = {"check": "attribute_clock", "rule": row.id, "confidence": row.confidence}
    what = pl.col("deadline").dt.convert_time_zone(_PLATFORM_ZONE).dt.to_string("%Y-%m-%d %H:%M")
    late = findings(
        timed.filter(pl.coalesce("done", pl.lit(at)) > pl.col("deadline")),
        severity="refused",
        what=what,
        trigger="synced_at, due_at",
        money_at_risk=goods_held(),
        money_kind="goods",
        currency=pl.col("currency"),
        reason="preflight_reason.attributes_too_late",
        **common,
    )
    ahead = findings(
        timed.filter(pl.col("done").is_null() & (pl.col("deadline") >= at)),
        severity="note",
        what=what,
        trigger="synced_at",
        reason="preflight_reason.attributes_until",
        **common,
    )
    not_stated = findings(
        timed.filter(pl.col("deadline").is_null()),
        severity="not_said",
        trigger="due_at",
        reason="preflight_reason.arrival_not_said",
        **common,
    )
    return pl.concat([late, ahead, not_stated])


def late_inbound(goods: pl.DataFrame, rules: Rules, on: date) -> pl.DataFrame:
    """Just-in-time goods that arrive later than the rule allows pay a fee per order.

    Days from T to arrival, by the platform's days (UTC+8); what T is and which days count is as the rules are read.
    Where another reading of the limit would charge what this one does not, a finding to verify says so.
    """
    after, start, days = (rules.row(f"semi.late_inbound_{r}", on) for r in ("after", "t", "days"))
    fee = rules.row("semi.late_inbound_fee", on)
    jit = goods.filter(mode="semi_jit").with_columns(
        _from=platform_day(pl.col(_STARTS[str(start.value)])), _there=platform_day(arrival())
    )
    timed = jit.filter(pl.col("_from").is_not_null() & pl.col("_there").is_not_null()).with_columns(
        waited=days_between("_from", "_there", str(days.value))
    )
    strictest = min([float(after.value), *(float(r.value) for r in after.readings)])
    common = {
        "check": "late_inbound",
        "trigger": f"{_STARTS[str(start.value)]}, expected_at",
        "money_kind": "fee",
        "currency": fee.currency,
        "rule": after.id,
        "reading": ", ".join(r.reading for r in (after, start, days) if r.reading) or None,
        "confidence": after.confidence,
    }
    what = pl.format("T+{}", "waited")
    late = findings(
        timed.filter(pl.col("waited") > float(after.value)),
        severity="charged",
        what=what,
        money_at_risk=pl.col("orders") * float(fee.value),
        reason="preflight_reason.late",
        **common,
    )
    grace = findings(
        timed.filter((pl.col("waited") > strictest) & (pl.col("waited") <= float(after.value))),
        severity="verify",
        what=what,
        money_at_risk=pl.col("orders") * float(fee.value),
        reason="preflight_reason.late_by_another_reading",
        **common,
    )
    not_stated = findings(
        jit.join(timed.select("sku"), on="sku", how="anti"),
        severity="not_said",
        reason="preflight_reason.late_not_said",
        **{k: v for k, v in common.items() if k != "money_kind"},
    )
    return pl.concat([late, grace, not_stated])
