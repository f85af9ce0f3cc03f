"""Dangerous goods: batteries, magnets, liquids against what the chosen service accepts."""

from __future__ import annotations

from datetime import date

import polars as pl

from tradewind.core.rules import RuleRow, Rules, members
from tradewind.engine.compliance.goods import findings, goods_held

_SERVICE = "service_goods."
_CLASS = "goods_class."
_SURE = ("A", "B", "own")
_GUESSED = "assumed"
_STATES = ("built_in", "packed_with")


def service_accepts(goods: pl.DataFrame, rules: Rules, on: date) -> pl.DataFrame:
    """Hazards that the class of the service does not accept; services of unknown class; batteries not described.

    Refused where the class of the service and what it accepts are sure, to be verified where either is assumed.
    """
    services = pl.DataFrame(
        [
            (row.id.removeprefix(_SERVICE), str(row.value), row.id, row.reading or None, row.confidence)
            for row in rules.in_force(on, _SERVICE)
        ],
        schema=dict.fromkeys(("service", "class", "rule", "reading", "confidence"), pl.String),
        orient="row",
    )
    takes = pl.DataFrame(
        [(row.id.removeprefix(_CLASS), list(members(row)), row.confidence) for row in rules.in_force(on, _CLASS)],
        schema={"class": pl.String, "takes": pl.List(pl.String), "class_confidence": pl.String},
        orient="row",
    )
    battery = pl.when(pl.col("battery").fill_null("none") != "none").then(pl.format("battery_{}", "battery"))
    hazards = (
        pl.concat_list(battery, pl.col("hazards").fill_null([])).list.drop_nulls().list.unique(maintain_order=True)
    )
    rows = goods.with_columns(hazards=hazards)
    sent = rows.filter(pl.col("service").is_not_null() & (pl.col("hazards").list.len() > 0))
    known = sent.join(services, on="service", how="left").join(takes, on="class", how="left")
    left = known.with_columns(what=pl.col("hazards").list.set_difference(pl.col("takes")).list.sort())
    refused = pl.col("confidence").is_in(_SURE) & (pl.col("class_confidence") != _GUESSED)
    return pl.concat(
        [
            findings(
                left.filter(pl.col("class").is_not_null() & (pl.col("what").list.len() > 0)),
                check="service",
                severity=pl.when(refused).then(pl.lit("refused")).otherwise(pl.lit("verify")),
                what=pl.col("what").list.join(", "),
                trigger=pl.format("service = {}", "service"),
                money_at_risk=pl.when(refused).then(goods_held()),
                money_kind=pl.when(refused).then(pl.lit("goods")),
                currency=pl.col("currency"),
                rule=pl.col("rule"),
                reading=pl.col("reading"),
                confidence=pl.col("confidence"),
                reason="preflight_reason.service_does_not_take",
            ),
            findings(
                left.filter(pl.col("class").is_null()),
                check="service",
                severity="not_said",
                what=pl.col("hazards").list.join(", "),
                trigger=pl.format("service = {}", "service"),
                reason="preflight_reason.service_unknown",
            ),
            _not_described(rows),
        ]
    )


def _not_described(rows: pl.DataFrame) -> pl.DataFrame:
    """A battery is stated but not how it is packed; or hazards are stated without a service to check them against."""
    has = pl.col("has_battery").str.strip_chars().str.to_lowercase().is_in(["yes", "y", "true", "1", "是", "有"])
    undescribed = findings(
        rows.filter(has & pl.col("battery").is_null()),
        check="battery",
        severity="not_said",
        trigger="has_battery, battery",
        reason="preflight_reason.battery_not_said",
    )
    unsent = findings(
        rows.filter(pl.col("service").is_null() & (pl.col("hazards").list.len() > 0)),
        check="service",
        severity="not_said",
        what=pl.col("hazards").list.join(", "),
        trigger="service",
        reason="preflight_reason.service_not_said",
    )
    return pl.concat([undescribed, unsent])


def battery_limits(goods: pl.DataFrame, rules: Rules, on: date) -> pl.DataFrame:
    """Lithium-ion batteries by air: limits on watt-hours and charge; none by themselves on passenger planes.

    The limits are those of section II (IATA packing instructions 965 to 967), on the day of the check.
    """
    parts = [findings(goods.clear())]
    for state in _STATES:
        packed = goods.filter(battery=state)
        limit = rules.row(f"dangerous.li_ion.{state}.battery_wh", on)
        parts.append(_over(packed, pl.col("battery_wh"), float(limit.value), limit, "battery_too_large"))
        charge = rules.row(f"dangerous.li_ion.{state}.charge", on)
        above = rules.find(f"dangerous.li_ion.{state}.charge_above", on)
        counted = packed.filter(pl.col("battery_wh").fill_null(float("inf")) > (float(above.value) if above else 0.0))
        parts.append(_over(counted, pl.col("charge"), float(charge.value), charge, "charge_too_high"))
    alone = rules.row("dangerous.li_ion.alone.carried", on)
    parts.append(_battery(goods.filter(battery="alone"), "battery = alone", pl.lit(None), alone, "battery_alone"))
    return pl.concat(parts)


def _over(rows: pl.DataFrame, value: pl.Expr, limit: float, row: RuleRow, reason: str) -> pl.DataFrame:
    return _battery(
        rows.filter(value > limit + 1e-9), value.meta.output_name(), value.round(3).cast(pl.String), row, reason
    )


def _battery(rows: pl.DataFrame, trigger: str, what: pl.Expr, row: RuleRow, reason: str) -> pl.DataFrame:
    return findings(
        rows,
        check="battery",
        severity="refused",
        what=what,
        trigger=trigger,
        money_at_risk=goods_held(),
        money_kind="goods",
        currency=pl.col("currency"),
        rule=row.id,
        confidence=row.confidence,
        reason=f"preflight_reason.{reason}",
    )
