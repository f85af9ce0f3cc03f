"""What if a rule, a rate or a service changed: a small patch over what margins are computed from, never a copy of it.

A change is written as it is read: `semi.base_service_fee=0.05` sets (for all days from the rule's first on), `=*1.2`
multiplies, `=+0.1` adds; a text rule takes a value or the name of a reading. `fx.USD=*0.95` moves what a dollar is
worth (`fx.*`: every foreign currency), `service.NAME=lost` takes a service away, `service.NAME=*1.2` makes it dearer
(`service.*`: all, `service.most`: the one most parcels took).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from tradewind.core.errors import ParameterError
from tradewind.core.rules import RuleRow, Rules
from tradewind.engine.margin.value import COMPONENTS

LOST = "lost"
MOST_SHARE = 2.0
"""Duties above the value of the goods exist; nothing is charged twice over."""


@dataclass(frozen=True)
class Change:
    """`how` is "=", "*", "+" or "lost"; `value` a number or, for a text rule, a text."""

    target: str
    how: str
    value: float | str = 0.0

    def __str__(self) -> str:
        how = "" if self.how == "=" else self.how
        return f"{self.target}={how}" + ("" if self.how == LOST else f"{self.value}")


@dataclass(frozen=True)
class World:
    """What margins are computed from and a scenario may change."""

    rules: Rules
    services: pl.DataFrame
    fx: pl.DataFrame
    base: str
    most_used: str | None = None


def read_change(said: str) -> Change:
    """A change from its text. Raises ParameterError where it is none."""
    target, equals, value = (part.strip() for part in said.partition("="))
    if not equals or not target or not value:
        raise ParameterError("scenario_change_wrong", change=said)
    if value == LOST:
        return Change(target, LOST)
    how = value[0] if value[0] in "*+" else "="
    number = _number(value[1:] if how != "=" else value)
    if number is None and how != "=":
        raise ParameterError("scenario_change_wrong", change=said)
    return Change(target, how, value if number is None else number)


def patched(world: World, changes: Sequence[Change]) -> World:
    """`world` after all changes, in order. Raises RuleError for a rule that is not there, ParameterError for a change
    that cannot be made."""
    for change in changes:
        kind, _, name = change.target.partition(".")
        if kind == "fx":
            world = replace(world, fx=_moved(world, name, change))
        elif kind == "service":
            world = replace(world, services=_served(world, name, change))
        else:
            world = replace(world, rules=_ruled(world.rules, change))
    return world


def compared(before: pl.DataFrame, after: pl.DataFrame, units: pl.DataFrame, present: pl.DataFrame) -> pl.DataFrame:
    """The margin table before and after, per SKU and market, in the mode of `present` (sku, market, mode; else
    the one that earned most before).

    `before`, `after`: frames of `unit_economics`; `units`: sku, market, monthly_units. Returns, largest change first:
    sku, market, mode, margin, margin_after (per unit; null where unknown), monthly_units, contribution,
    contribution_after, change, currency.
    """
    shown = before.join(present.select("sku", "market", present="mode"), on=["sku", "market"], how="left")
    own = (pl.col("mode") == pl.col("present")).fill_null(False)
    chosen = (
        shown.with_columns(own=own)
        .sort(["sku", "market", "own", "margin", "mode"], descending=[False, False, True, True, False], nulls_last=True)
        .unique(["sku", "market"], keep="first", maintain_order=True)
        .select("sku", "market", "mode", "margin", "currency")
    )
    later = after.select("sku", "market", "mode", margin_after="margin")
    month = pl.col("monthly_units")
    return (
        chosen.join(later, on=["sku", "market", "mode"], how="left")
        .join(units, on=["sku", "market"], how="inner")
        .with_columns(contribution=pl.col("margin") * month, contribution_after=pl.col("margin_after") * month)
        .with_columns(change=pl.col("contribution_after") - pl.col("contribution"))
        .select(
            "sku", "market", "mode", "margin", "margin_after", "monthly_units", "contribution", "contribution_after",
            "change", "currency",
        )
        .sort([pl.col("change").abs(), "sku", "market"], descending=[True, False, False], nulls_last=True)
    )  # fmt: skip


def by_component(table: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """What each component costs a month before and after, over the rows of `table` (of `compared`) whose margin is
    known in both: component, before, after, change."""
    known = table.filter(pl.col("change").is_not_null()).select("sku", "market", "mode", "monthly_units")
    sums = [
        known.join(frame, on=["sku", "market", "mode"], how="left").select(
            (pl.col("price" if c == "revenue" else c) * pl.col("monthly_units")).sum().alias(c) for c in COMPONENTS
        )
        for frame in (before, after)
    ]
    return pl.DataFrame(
        {"component": COMPONENTS, "before": sums[0].row(0), "after": sums[1].row(0)},
        schema={"component": pl.String, "before": pl.Float64, "after": pl.Float64},
    ).with_columns(change=pl.col("after") - pl.col("before"))


def _ruled(rules: Rules, change: Change) -> Rules:
    rows = rules.rows.get(change.target)
    if rows is None or change.how == LOST:
        rules._of(change.target)
        raise ParameterError("scenario_change_wrong", change=change)
    if change.how == "=":
        readings = {reading.name for row in rows for reading in row.readings}
        if change.value in readings:
            return rules.with_reading(change.target, str(change.value))
        if isinstance(change.value, str) != isinstance(rows[0].value, str):
            raise ParameterError("scenario_change_wrong", change=change)
        _checked(rows[0], change, change.value)
        changed = rules.with_value(change.target, change.value).rows[change.target]
        return Rules({**rules.rows, change.target: (*changed[:-1], replace(changed[-1], valid_to=None))})
    return Rules({**rules.rows, change.target: tuple(_shifted(row, change) for row in rows)})


def _shifted(row: RuleRow, change: Change) -> RuleRow:
    if isinstance(row.value, str) or isinstance(change.value, str):
        raise ParameterError("scenario_change_wrong", change=change)
    value = row.value * change.value if change.how == "*" else row.value + change.value
    _checked(row, change, value)
    return replace(row, value=value, confidence="own")


def _checked(row: RuleRow, change: Change, value: float | str) -> None:
    """A share far over the whole is a per cent written as a number, and would pass for a ruinous fee."""
    if row.unit.partition("/")[0] == "share" and isinstance(value, float) and abs(value) > MOST_SHARE:
        raise ParameterError("scenario_share", change=change, rule=change.target, percent=f"{value:.0%}")


def _moved(world: World, name: str, change: Change) -> pl.DataFrame:
    """Rates of `name` against the base moved; a rate quoted the other way round moves inversely."""
    if change.how != "*" or isinstance(change.value, str) or change.value <= 0:
        raise ParameterError("scenario_change_wrong", change=change)
    is_meant = pl.col("currency") != world.base if name == "*" else pl.col("currency") == name
    inverse = pl.col("currency") == world.base
    if name != "*":
        inverse &= pl.col("quote") == name
    if world.fx.filter(is_meant | inverse).is_empty():
        raise ParameterError("scenario_no_rate", change=change, currency=name)
    factor = pl.when(is_meant).then(change.value).when(inverse).then(1 / change.value).otherwise(1.0)
    return world.fx.with_columns(rate=pl.col("rate") * factor)


def _served(world: World, name: str, change: Change) -> pl.DataFrame:
    service = world.most_used if name == "most" else name
    meant = pl.lit(True) if name == "*" else pl.col("service") == service
    if service is None or (name != "*" and world.services.filter(meant).is_empty()):
        raise ParameterError("scenario_change_wrong", change=change)
    if change.how == LOST:
        return world.services.filter(~meant)
    if change.how != "*" or isinstance(change.value, str):
        raise ParameterError("scenario_change_wrong", change=change)
    prices = ("freight_per_kg", "freight_per_parcel")
    return world.services.with_columns(
        pl.when(meant).then(pl.col(c) * change.value).otherwise(pl.col(c)).alias(c) for c in prices
    )


def _number(said: str) -> float | None:
    share = said.endswith("%")
    try:
        value = float(said.rstrip("%"))
    except ValueError:
        return None
    if not math.isfinite(value):
        return None
    return value / 100 if share else value
