"""A feed's rows become rows of the tables; what cannot is a row to correct, with its first cause.

In order: other feeds are joined, the table's columns are made, lines are numbered, each row is checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from tradewind.core.tables import TABLES, Table
from tradewind.data.intake.cells import NO_NUMBER, OWN, PROBLEM, RAW
from tradewind.data.intake.checking import Cause, Origin, checked, sorted_out, unread, validated
from tradewind.data.intake.layout import MAIN_SHOP, Feed, Output, Variant
from tradewind.data.intake.sheets import ROW
from tradewind.data.intake.staging import FILE

_VARIANT: Final = "__variant"


@dataclass(frozen=True)
class Rows:
    """Good rows of one table (its columns, source_row, source_file), and the rows to correct."""

    table: str
    good: pl.DataFrame
    corrections: pl.DataFrame
    left_out: Mapping[str, int]


def table_rows(
    frame: pl.DataFrame,
    output: Output,
    feed: Feed,
    others: Mapping[str, tuple[Feed, pl.DataFrame]],
    headings: Mapping[str, str],
    layout: str,
    shop: str | None = None,
) -> Rows:
    """Rows of `output.table` from a feed's rows and the feeds joined to it; `shop`: whose a file is that names none."""
    table = TABLES[output.table]
    if shop is not None and "shop" in table.columns:
        output = replace(output, columns={**output.columns, "shop": _whose(output.columns.get("shop"), shop, frame)})
    if output.where is not None:
        frame = frame.filter(_holds(output.where, frame))
    if output.by_product or output.most_common:
        frame = _in_their_columns(frame, feed)
    for join in output.joins:
        if join.feed in others:
            frame = _joined(frame, others[join.feed][1], join.on)
    fields = [f.name for f in feed.fields]
    made, origins = _made_of_all(frame, table, output)
    if output.most_common:
        made = _counted(made, table, output.most_common)
    made = _numbered(made, table)
    good, corrections = [], []
    for number, came_from in enumerate(origins):
        causes = [*unread(frame, came_from, fields), *_unsure(output.where, frame), *checked(feed.checks, frame)]
        mine = made.filter(pl.col(_VARIANT) == number).drop(_VARIANT)
        kept, rejected = sorted_out(
            mine, frame, table, causes, Origin(layout, headings, came_from), counted=output.most_common
        )
        good.append(kept)
        corrections.append(rejected)
    rows = good[0] if len(good) == 1 else pl.concat(good).sort(*table.key)
    return Rows(table.name, rows, pl.concat(corrections), {})


def _whose(named: pl.Expr | None, shop: str, frame: pl.DataFrame) -> pl.Expr:
    named = named if named is not None else pl.col("shop") if "shop" in frame.columns else pl.lit(MAIN_SHOP)
    return pl.when(named == MAIN_SHOP).then(pl.lit(shop)).otherwise(named)


def _in_their_columns(frame: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """Without the rows whose number is none: their cells may have slipped, and a name would become a product's."""
    problems = [PROBLEM + f.name for f in feed.fields if PROBLEM + f.name in frame.columns]
    slipped = pl.any_horizontal(pl.col(name).eq_missing(NO_NUMBER) for name in problems) if problems else pl.lit(False)
    return frame.filter(~slipped)


def _joined(frame: pl.DataFrame, other: pl.DataFrame, on: str) -> pl.DataFrame:
    new = [c for c in other.columns if c not in frame.columns and c not in OWN]
    return frame.join(other.select(on, *new).unique(subset=[on], keep="first"), on=on, how="left")


def _made_of_all(frame: pl.DataFrame, table: Table, output: Output) -> tuple[pl.DataFrame, list[dict[str, list[str]]]]:
    """The rows of every variant (of the output itself where it has none), and what each was made from."""
    made: list[pl.DataFrame] = []
    origins: list[dict[str, list[str]]] = []
    for variant in output.variants or (Variant({}, pl.lit(True)),):
        if not set(variant.where.meta.root_names()) <= set(frame.columns):
            continue
        rows, came_from = _made(frame, table, {**output.columns, **variant.columns}, output)
        holds = frame.select(pl.int_range(pl.len()).filter(_holds(variant.where, frame)).cast(pl.UInt32)).to_series()
        made.append(rows[holds].with_columns(pl.lit(len(origins)).alias(_VARIANT)))
        origins.append(came_from)
    return pl.concat(made), origins


def _holds(where: pl.Expr, frame: pl.DataFrame) -> pl.Expr:
    """Rows that are taken; so is a row whose condition needs a cell that could not be read: it is reported."""
    unread = [PROBLEM + root for root in where.meta.root_names() if PROBLEM + root in frame.columns]
    has_unread = pl.any_horizontal(pl.col(unread).is_not_null()) if unread else pl.lit(False)
    return where.fill_null(has_unread)


def _unsure(where: pl.Expr | None, frame: pl.DataFrame) -> list[Cause]:
    """The cells for which it is not known whether a row is taken at all."""
    if where is None or not (doubtful := frame.select(where.is_null()).to_series()).any():
        return []
    roots = [root for root in where.meta.root_names() if PROBLEM + root in frame.columns]
    problems = {root: frame[PROBLEM + root] for root in roots}
    return [Cause(r, doubtful & p.is_not_null(), p, frame[RAW + r]) for r, p in problems.items()]


def _made(
    frame: pl.DataFrame, table: Table, made_from: Mapping[str, pl.Expr], output: Output
) -> tuple[pl.DataFrame, dict[str, list[str]]]:
    """The table's columns, and for each the fields it was made from."""
    types = table.empty().schema
    columns: dict[str, pl.Expr] = {}
    origins: dict[str, list[str]] = {}
    for name in table.columns:
        expr = made_from.get(name, pl.col(name) if name in frame.columns else pl.lit(None))
        missing = [root for root in expr.meta.root_names() if root not in frame.columns]
        origins[name] = expr.meta.root_names()
        columns[name] = (pl.lit(None) if missing else expr).cast(types[name], strict=False)
    if table.fact_time is not None:
        columns["known_at"] = pl.coalesce(columns["known_at"], columns[table.fact_time].cast(types["known_at"]))
    place = pl.col(output.row or ROW).fill_null(pl.col(ROW)), pl.col(output.file or FILE).fill_null(pl.col(FILE))
    made = frame.select(*(e.alias(n) for n, e in columns.items()), place[0].alias(ROW), place[1].alias(FILE))
    return made.with_row_index("__at"), origins


def _counted(made: pl.DataFrame, table: Table, column: str) -> pl.DataFrame:
    """One row per key and value of `column`, with how often it came (`times`)."""
    firsts = pl.all().exclude("times").sort_by(FILE, ROW).first()
    times = pl.col("times").sum() if "times" in made.columns else pl.len().alias("times")
    return made.group_by(*table.key, column).agg(firsts, times)


def most_common(parts: list[pl.DataFrame], table: Table, column: str) -> pl.DataFrame:
    """Of what `_counted` found in each share, the rows with the value that came most often; ties by the value."""
    key = list(table.key)
    counted = _counted(pl.concat(parts), table, column)
    down = [*[False] * len(key), False, True, False]
    best = counted.sort(*key, pl.col(column).is_null(), "times", column, descending=down)
    return validated(best.unique(subset=key, keep="first", maintain_order=True), table)[0].sort(*key)


def _numbered(made: pl.DataFrame, table: Table) -> pl.DataFrame:
    """`line_no` is the occurrence within the group where the source has none, in an order the rows' content gives."""
    if "line_no" not in table.columns or made["line_no"].null_count() == 0:
        return made
    group = list(table.group)
    content = [c for c in ("sku", *table.columns) if c not in {*group, "line_no", "known_at"}]
    made = made.sort(*group, *dict.fromkeys(content), FILE, ROW, nulls_last=True)
    taken = pl.col("line_no").max().over(group).fill_null(0)
    nth = pl.int_range(1, pl.len() + 1).over([*group, pl.col("line_no").is_null()])
    return made.with_columns(line_no=pl.coalesce("line_no", taken + nth).cast(pl.Int64))
