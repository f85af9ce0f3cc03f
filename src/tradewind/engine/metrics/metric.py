"""A figure's one definition: what it is of, in which unit, over which time, and how it is read off a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

Frames = Mapping[str, pl.DataFrame]

GRAINS: Final[dict[str, tuple[str, ...]]] = {
    "plan": (),
    "shop": ("platform", "shop"),
    "table": ("table",),
    "market": ("market",),
    "week": ("week",),
    "sku": ("sku",),
    "sku_market": ("sku", "market"),
    "sku_mode": ("sku", "mode"),
}
"""What one value is of, and the columns that name it."""


@dataclass(frozen=True)
class Source:
    """Where a figure stands: `formula` over the rows of one grain in `table`, of those for which `where` holds.

    `by` are the columns that name the grain, where this table calls them otherwise.
    """

    table: str
    formula: pl.Expr
    where: pl.Expr | None = None
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Metric:
    """One figure; label and meaning stand in the catalogue (`metric.<name>`, `metric_meaning.<name>`).

    grain   of GRAINS
    unit    money (base currency), units, share, score, days, parcels, cases, rows: `metric_unit.<unit>`
    window  the time it covers: `window.<window>`
    source  what defines it
    also    other places that show it; they must say the same for every row they have
    """

    name: str
    grain: str
    unit: str
    window: str
    source: Source
    also: tuple[Source, ...] = ()


def values(source: Source, grain: str, frames: Frames) -> pl.DataFrame:
    """The figure for all there is of the grain: the grain's columns and `value` (null where not known), sorted; one row
    for a whole plan."""
    rows = frames[source.table] if source.where is None else frames[source.table].filter(source.where)
    names = GRAINS[grain]
    value = source.formula.cast(pl.Float64).alias("value")
    if not names:
        return rows.select(value)
    keys = dict(zip(names, source.by or names, strict=True))
    keyed = rows.with_columns(pl.col(column).cast(pl.String).alias(name) for name, column in keys.items())
    return keyed.drop_nulls(names).group_by(names, maintain_order=True).agg(value).sort(names)


def known_sum(column: str) -> pl.Expr:
    """The sum of what is known; null where nothing is."""
    known = pl.col(column).drop_nulls()
    return pl.when(pl.col(column).is_not_null().any()).then(known.sum())


def whole_sum(column: str) -> pl.Expr:
    """The sum where every row's figure is known: part of a total is not the total."""
    known = pl.col(column).is_not_null()
    return pl.when(known.any() & known.all()).then(pl.col(column).sum())


def weighted_share(flag: str, weight: str) -> pl.Expr:
    """Share of `weight` for which `flag` holds, among the rows where it is known."""
    counted = pl.col(flag).is_not_null() & (pl.col(weight) > 0)
    whole = pl.col(weight).filter(counted).sum().cast(pl.Float64)
    held = (pl.col(flag).cast(pl.Float64) * pl.col(weight)).filter(counted).sum()
    return pl.when(whole > 0).then(held / whole)


def ratio(part: str, whole: str) -> pl.Expr:
    """`part` over `whole`, both added up over the rows where `part` is known."""
    known = pl.col(part).is_not_null()
    total = pl.col(whole).filter(known).sum()
    return pl.when(total != 0).then(pl.col(part).filter(known).sum() / total)
