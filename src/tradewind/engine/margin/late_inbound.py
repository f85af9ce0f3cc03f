"""How often just-in-time goods reach the platform's warehouse late: the seller's own consignments, drawn together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from tradewind.core.errors import ParameterError
from tradewind.core.rules import Rules
from tradewind.engine.margin.costing import loaded

LIMITS = range(8)
"""Days after T for which odds are given; a rule with a later limit falls back on its assumed odds."""

_PLATFORM_ZONE = "Asia/Shanghai"
_STARTS = {"order_paid": "booked_at", "inbound_created": "booked_at", "slot_booked": "due_at"}
"""What T is, by reading, as a consignment tells it: one is booked when its order is paid."""
_DAYS = ("calendar", "working")
_SCHEMA: dict[str, pl.DataType] = {
    "sku": pl.String(),
    "late_t": pl.String(),
    "late_days": pl.String(),
    "late_by": pl.List(pl.Float64()),
    "sent_units": pl.Int64(),
}


@dataclass(frozen=True)
class LateInboundParams:
    """`weeks`: how far back consignments count; `weight_units`: how many units the record of all SKUs counts as beside
    a SKU's own, and the rule's assumed odds beside all."""

    weeks: int = 26
    weight_units: float = 50.0

    def __post_init__(self) -> None:
        if self.weeks < 1:
            raise ParameterError("parameter_range", name="weeks", value=self.weeks, allowed=">= 1")
        if self.weight_units <= 0:
            raise ParameterError("parameter_range", name="weight_units", value=self.weight_units, allowed="> 0")


def late_inbound_odds(
    inbounds: pl.DataFrame | None, rules: Rules, *, as_of: datetime, params: LateInboundParams | None = None
) -> pl.DataFrame:
    """P(received later than T + k days) for k of LIMITS, per SKU and under every reading of what T is and which days
    count: sku (null: any other SKU), late_t, late_days, late_by (list by k), sent_units.

    odds = (late units + w * odds of all) / (units + w), those of all drawn the same way to the rule's assumed odds
    (a beta-binomial mean with a prior of w units; the assumed odds of T+1 count up to k = 1, those of T+3 beyond).
    Days are the platform's (UTC+8). A consignment counts once the last of LIMITS is past, received or not, so that
    goods still on their way are neither forgotten nor called late too soon; nothing after `as_of` is looked at. Without
    a just-in-time consignment that old there is no record, and no row: `landed_margin` takes the assumed odds. Nor is
    there one on a day before semi-managed had rules.
    """
    params = params or LateInboundParams()
    sent = _consignments(loaded("inbounds", inbounds), as_of, params)
    on = as_of.date()
    assumed = {k: rules.find(f"semi.late_inbound_odds{'_after_t1' if k <= 1 else ''}", on) for k in LIMITS}
    prior = {k: float(row.value) for k, row in assumed.items() if row is not None}
    if len(prior) < len(LIMITS):
        return pl.DataFrame(schema=_SCHEMA)
    counted = pl.concat([_counted(sent, start, days, as_of) for start in ("booked_at", "due_at") for days in _DAYS])
    odds = _drawn_together(counted.filter(pl.col("sent_units") > 0), prior, params.weight_units)
    read = pl.DataFrame({"late_t": list(_STARTS), "start": list(_STARTS.values())})
    return odds.join(read, on="start").select(list(_SCHEMA)).sort("sku", "late_t", "late_days")


def _consignments(inbounds: pl.DataFrame, as_of: datetime, params: LateInboundParams) -> pl.DataFrame:
    known = inbounds.filter(
        (pl.col("mode").cast(pl.String) == "semi_jit")
        & (pl.col("booked_at") <= as_of)
        & (pl.col("booked_at") > as_of - timedelta(weeks=params.weeks))
        & (pl.col("known_at") <= as_of).fill_null(True)
    )
    there = pl.when(pl.col("received_at") <= as_of).then("received_at")
    return known.select("sku", "booked_at", "due_at", received_at=there, units="booked_units")


def _counted(sent: pl.DataFrame, start: str, days: str, as_of: datetime) -> pl.DataFrame:
    """Per SKU, and over all (null): sent_units, and how many of them came later than T + k, by k."""
    timed = sent.drop_nulls(start).with_columns(
        _from=platform_day(pl.col(start)), _there=platform_day(pl.col("received_at")), _now=platform_day(pl.lit(as_of))
    )
    old = timed.filter(days_between("_from", "_now", days) > LIMITS[-1]).with_columns(
        waited=days_between("_from", "_there", days)
    )
    late = [((pl.col("waited") > k).fill_null(True) * pl.col("units")).sum().alias(f"late_{k}") for k in LIMITS]
    sums = [pl.col("units").sum().alias("sent_units"), *late]
    each = old.group_by("sku").agg(sums)
    every = old.select(pl.lit(None, dtype=pl.String).alias("sku"), *sums)
    return pl.concat([each, every]).with_columns(start=pl.lit(start), late_days=pl.lit(days))


def _drawn_together(counted: pl.DataFrame, prior: dict[int, float], w: float) -> pl.DataFrame:
    units, of_all = pl.col("sent_units"), pl.col("sku").is_null()
    every = counted.filter(of_all).select(
        "start", "late_days", *(((pl.col(f"late_{k}") + w * prior[k]) / (units + w)).alias(f"all_{k}") for k in LIMITS)
    )
    own = [(pl.col(f"late_{k}") + w * pl.col(f"all_{k}")) / (units + w) for k in LIMITS]
    late_by = pl.when(of_all).then(pl.concat_list([f"all_{k}" for k in LIMITS])).otherwise(pl.concat_list(own))
    return counted.join(every, on=["start", "late_days"]).with_columns(late_by=late_by)


def platform_day(moment: pl.Expr) -> pl.Expr:
    """The day of a UTC moment as the platform counts it (UTC+8)."""
    return moment.dt.convert_time_zone(_PLATFORM_ZONE).dt.date()


def days_between(start: str, end: str, which: str) -> pl.Expr:
    """Whole days from column `start` to column `end` (dates): "calendar", or "working" ones, Monday to Friday."""
    if which == "working":
        return pl.business_day_count(start, end).cast(pl.Int64)
    return (pl.col(end) - pl.col(start)).dt.total_days()
