"""What a column of a plan's table holds: its kind, Polars type and unit, and whether it may be null."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from tradewind.core.distribution import LEVELS

Kind = Literal[
    "id", "message", "text", "json", "list", "flag", "date", "time", "money", "share", "units", "count", "days",
    "measure", "number", "array",
]  # fmt: skip
"""How a column is shown: `id` is a code (SKU, market, mode), `message` an id of the catalogue that reads as a sentence,
`units` pieces of goods, `count` a number of what `unit` says, `measure` an amount of it, `number` has no unit,
`array` is several numbers in one cell."""

BASE = "base currency"
ODDS = "share 0..1"


@dataclass(frozen=True)
class Column:
    """`unit` is empty where there is none; money is in the workspace's base currency unless its unit says otherwise."""

    kind: Kind
    dtype: pl.DataType
    unit: str = ""
    nullable: bool = False


def identifier(choices: Sequence[str] = (), *, nullable: bool = False) -> Column:
    return Column("id", pl.Enum(choices) if choices else pl.String(), nullable=nullable)


def message() -> Column:
    return Column("message", pl.String())


def text(*, nullable: bool = False) -> Column:
    return Column("text", pl.String(), nullable=nullable)


def json_text(*, nullable: bool = False) -> Column:
    return Column("json", pl.String(), nullable=nullable)


def names() -> Column:
    """A list of codes; empty where there are none."""
    return Column("list", pl.List(pl.String()))


def flag(*, nullable: bool = False) -> Column:
    return Column("flag", pl.Boolean(), nullable=nullable)


def day(*, nullable: bool = False) -> Column:
    return Column("date", pl.Date(), nullable=nullable)


def moment(*, nullable: bool = False) -> Column:
    return Column("time", pl.Datetime("us", "UTC"), "UTC", nullable)


def money(per: str = "", unit: str = BASE, *, nullable: bool = False) -> Column:
    return Column("money", pl.Float64(), f"{unit}/{per}" if per else unit, nullable)


def odds(*, nullable: bool = False) -> Column:
    return Column("share", pl.Float64(), ODDS, nullable)


def share(*, nullable: bool = False) -> Column:
    """A ratio shown as per cent that may be negative or above 1."""
    return Column("share", pl.Float64(), "share", nullable)


def units(*, nullable: bool = False) -> Column:
    return Column("units", pl.Int64(), "units", nullable)


def expected_units(per: str = "", *, nullable: bool = False) -> Column:
    return Column("units", pl.Float64(), f"units/{per}" if per else "units", nullable)


def count(unit: str, *, nullable: bool = False) -> Column:
    return Column("count", pl.Int64(), unit, nullable)


def position(*, nullable: bool = False) -> Column:
    """A place in a list or file, from 1."""
    return Column("number", pl.Int64(), nullable=nullable)


def days(*, nullable: bool = False) -> Column:
    return Column("days", pl.Float64(), "days", nullable)


def whole_days(*, nullable: bool = False) -> Column:
    return Column("days", pl.Int64(), "days", nullable)


def measure(unit: str, *, nullable: bool = False) -> Column:
    return Column("measure", pl.Float64(), unit, nullable)


def number(*, nullable: bool = False) -> Column:
    return Column("number", pl.Float64(), nullable=nullable)


def draws(scenarios: int, unit: str = BASE) -> Column:
    """A value for each scenario."""
    return Column("array", pl.Array(pl.Float64(), scenarios), unit)


def odds_by_day() -> Column:
    """Odds for 0, 1, 2, ... days."""
    return Column("array", pl.List(pl.Float64()), ODDS)


def distribution(per: str, *, nullable: bool = False) -> dict[str, Column]:
    """The four columns of a `Distribution` (core/distribution.py), its values in `per`."""
    kind: Kind = "units" if per == "units" else "days"
    return {
        "mean": Column(kind, pl.Float64(), per, nullable),
        "p_zero": odds(nullable=nullable),
        "quantiles": Column("array", pl.Array(pl.Float64(), len(LEVELS)), per, nullable),
        "tail": Column(kind, pl.Float64(), per, nullable),
    }
