"""What keeps a row out of its table: the first cause, where it is, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import dataframely as dy
import polars as pl

from tradewind.core.tables import TABLES, Table
from tradewind.data.corrections import REPORTED
from tradewind.data.intake.cells import NAMED, NO_NUMBER, PROBLEM, RAW, SUGGESTION
from tradewind.data.intake.damage import check_none_lost
from tradewind.data.intake.layout import Check
from tradewind.data.intake.personal import HIDDEN, hidden
from tradewind.data.intake.sheets import EXTRA, ROW
from tradewind.data.intake.staging import FILE
from tradewind.data.intake.values.currencies import agrees

NO_CORRECTIONS = pl.DataFrame(schema={**REPORTED, "suggestion": pl.String})

_OF_NO_CELL: Final = {"line_no": pl.Int64, "column": pl.String, "suggestion": pl.String}
_RULES = {
    "primary_key": ("key_twice", ""),
    "listings.primary_key": ("listing_twice", "sku"),
    "ends_after_start": ("ends_before_start", "ends_on"),
    "not_in_itself": ("bundle_in_itself", "sku"),
}
"""Rules of the tables' schemas: the problem a row that breaks one gets, and in which column (empty: the key's last)."""
_NTH = "nth"
_MANY_MORE: Final = 3
"""Cells wrong beside the first one from which on a row is taken for one whose cells have slipped."""
_ASSIGNED = ("line_no", "known_at")
_STATED_OR_ABSENT: Final = frozenset({("order_lines", "unit_price")})
"""Columns that a source may not have at all; of one that has them, an empty cell is one to correct."""
_MONEY = (
    "unit_cost", "list_price", "storage_cost_per_m3_week", "inbound_cost_per_unit", "freight_per_kg",
    "freight_per_parcel", "freight_amount", "refund_amount", "unit_price", "paid_amount",
)  # fmt: skip


MOST_UNITS_OF_AN_ORDER: Final = 100_000
"""Pieces in one line of an order, of a return: the largest seen in wholesale records is about 80,000. More is a
barcode, an order number or an amount that slipped into the column, and one such line drowns a year of demand."""
MOST_UNITS_LYING: Final = 1_000_000_000
"""Pieces of one SKU at one warehouse, or on the way to it: no warehouse holds more, and every barcode of 12 or 13
digits that slipped into the column is."""
_MOST: Final = {
    ("order_lines", "units"): ("units_too_many", MOST_UNITS_OF_AN_ORDER),
    ("returns", "units"): ("units_too_many", MOST_UNITS_OF_AN_ORDER),
    **{
        ("stock", column): ("stock_too_many", MOST_UNITS_LYING)
        for column in ("available_units", "locked_units", "on_the_way_units")
    },
}


def too_long(rows: pl.DataFrame, table: str, layout: str) -> pl.DataFrame:
    """Rows to correct, of those that `stage` found too long; none of their cells is said: any may stand wrong."""
    return rows.select(
        table=pl.lit(table), layout=pl.lit(layout), file=FILE, row=ROW, value=EXTRA, problem=pl.lit("too_many_cells"),
        raw=pl.lit("{}"), **{name: pl.lit(None, kind) for name, kind in _OF_NO_CELL.items()},
    ).select(NO_CORRECTIONS.columns)  # fmt: skip


@dataclass(frozen=True)
class Cause:
    """One thing that may be wrong: in which of the feed's rows, with which cell."""

    field: str
    fails: pl.Series
    problem: pl.Series | str
    value: pl.Series | None = None
    suggestion: pl.Series | None = None


@dataclass(frozen=True)
class Origin:
    """Where rows came from: the layout, the file's heading of each field, the fields each column was made from."""

    layout: str
    headings: Mapping[str, str]
    fields: Mapping[str, list[str]]


def sorted_out(
    made: pl.DataFrame,
    frame: pl.DataFrame,
    table: Table,
    causes: list[Cause],
    origin: Origin,
    *,
    counted: str | None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The good rows of `made` and the rows to correct, each with its first cause.

    `frame`: the rows of the feed that `made` was made from; `counted`: the column whose most common value each row has
    (nothing is to correct in such rows); None where rows are those of the file.
    """
    at = made["__at"]
    causes = [_gathered(cause, at) for cause in causes] + _against_table(made, table, origin.fields)
    causes += _in_another_currency(made, frame, origin.fields)
    first = pl.Series([None], dtype=pl.Int32).new_from_index(0, made.height)
    for number in reversed(range(len(causes))):
        first = first.set(causes[number].fails, number)
    good = made.filter(first.is_null()) if causes else made
    if counted:
        return good, NO_CORRECTIONS
    good, broken = validated(good, table)
    wrong = [_corrections(made, cause, first == n, origin) for n, cause in enumerate(causes)]
    wrong += [_corrections(rows, cause, cause.fails, origin) for rows, cause in broken]
    bad = pl.concat(wrong) if wrong else None
    told = NO_CORRECTIONS
    if bad is not None and bad.height:
        bad = bad.join(_further(at, causes, first, origin.headings), on="__at", how="left", maintain_order="left")
        told = _problem_rows(bad, made, frame, table, origin.fields, good)
    check_none_lost(made[FILE][0] if made.height else "", made.height, good.height + told.height)
    return good.sort(*table.key), told


def _further(at: pl.Series, causes: list[Cause], first: pl.Series, headings: Mapping[str, str]) -> pl.DataFrame:
    """`__at` and `_also`, a list of column and problem: what else is wrong with a row than its first cause.

    One problem a field, the first.
    """
    found = [
        pl.DataFrame(
            {
                "__at": at.filter(cause.fails),
                "field": pl.Series([cause.field]).new_from_index(0, int(cause.fails.sum())),
                "problem": cause.problem if isinstance(cause.problem, str) else cause.problem.filter(cause.fails),
                "is_first": first.filter(cause.fails) == number,
            }
        )
        for number, cause in enumerate(causes)
        if cause.fails.any()
    ]
    schema = {"column": pl.String, "problem": pl.String}
    if not found:
        return pl.DataFrame(schema={"__at": at.dtype, "_also": pl.List(pl.Struct(schema))})
    rows = pl.concat(found).unique(["__at", "field"], keep="first", maintain_order=True)
    rows = rows.filter(~pl.col("is_first"))
    heading = pl.col("field").replace_strict(dict(headings), default=pl.col("field"), return_dtype=pl.String)
    return rows.group_by("__at", maintain_order=True).agg(_also=pl.struct(heading.alias("column"), "problem"))


def unread(frame: pl.DataFrame, origins: Mapping[str, list[str]], fields: list[str]) -> list[Cause]:
    """Cells of the fields this table is made from that could not be read, in the order of the fields."""
    used = {root for roots in origins.values() for root in roots}
    order = [*fields, *sorted(used - set(fields))]
    causes = []
    for field in order:
        if field not in used or PROBLEM + field not in frame.columns:
            continue
        problem = frame[PROBLEM + field]
        suggestion = frame[SUGGESTION + field] if SUGGESTION + field in frame.columns else None
        causes.append(Cause(field, problem.is_not_null(), problem, frame[RAW + field], suggestion))
    return causes


def checked(checks: tuple[Check, ...], frame: pl.DataFrame) -> list[Cause]:
    causes = []
    for check in checks:
        fails = frame.select(check.fails.fill_null(False)).to_series()
        if fails.any():
            causes.append(Cause(check.field, fails, check.problem, frame[check.value or check.field].cast(pl.String)))
    return causes


def _gathered(cause: Cause, at: pl.Series) -> Cause:
    def pick(series: pl.Series) -> pl.Series:
        return series.gather(at)

    problem = cause.problem if isinstance(cause.problem, str) else pick(cause.problem)
    value = None if cause.value is None else pick(cause.value)
    suggestion = None if cause.suggestion is None else pick(cause.suggestion)
    return Cause(cause.field, pick(cause.fails), problem, value, suggestion)


def _against_table(made: pl.DataFrame, table: Table, origins: Mapping[str, list[str]]) -> list[Cause]:
    """What the table's schema does not allow: empty cells, numbers too low or too high, amounts without a currency."""
    causes = []
    for name, column in table.schema.columns().items():
        field = next(iter(origins[name]), name)
        cells = made[name]
        text = cells.cast(pl.String)
        if not column.nullable and name not in _ASSIGNED and cells.null_count():
            problem = "currency_missing" if name == "currency" else "cell_missing"
            causes.append(Cause(field, cells.is_null(), problem))
        if (table.name, name) in _STATED_OR_ABSENT and origins[name] and cells.null_count():
            causes.append(Cause(field, cells.is_null(), "cell_missing"))
        if text.dtype == cells.dtype and (masked := (cells == HIDDEN).fill_null(False)).any():
            causes.append(Cause(field, masked, "cell_hidden", text))
        least = getattr(column, "min", None)
        if least is not None and (low := (cells < least).fill_null(False)).any():
            causes.append(Cause(field, low, "units_not_positive" if name == "units" else "below_least", text))
        problem, most = _MOST.get((table.name, name), ("", None))
        if most is not None and (high := (cells > most).fill_null(False)).any():
            causes.append(Cause(field, high, problem, text))
        above = getattr(column, "min_exclusive", None)
        if above is not None and (low := (cells <= above).fill_null(False)).any():
            causes.append(Cause(field, low, "below_least", text))
    amounts = [name for name in _MONEY if name in made.columns]
    if amounts:
        bare = made.select(pl.col("currency").is_null() & pl.any_horizontal(pl.col(amounts).is_not_null())).to_series()
        if bare.any():
            causes.append(Cause(next(iter(origins["currency"]), "currency"), bare, "currency_missing"))
    return causes


def _in_another_currency(made: pl.DataFrame, frame: pl.DataFrame, origins: Mapping[str, list[str]]) -> list[Cause]:
    """Amounts whose own text names another currency than the one their file, layout or mapping is in."""
    fields = {root for roots in origins.values() for root in roots if NAMED + root in frame.columns}
    causes = []
    for field in sorted(fields) if "currency" in made.columns else ():
        pairs = pl.DataFrame({"named": frame[NAMED + field].gather(made["__at"]), "stated": made["currency"]})
        known = pairs.drop_nulls().unique()
        wrong = known.filter(pl.Series([not agrees(*pair) for pair in known.rows()], dtype=pl.Boolean))
        if wrong.height:
            fails = pairs.join(
                wrong.with_columns(wrong=True), on=["named", "stated"], how="left", maintain_order="left"
            )
            value = pl.concat_str("named", "stated", separator=" / ")
            causes.append(
                Cause(field, fails["wrong"].fill_null(False), "currency_not_the_files", pairs.select(value).to_series())
            )
    return causes


def validated(made: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, list[tuple[pl.DataFrame, Cause]]]:
    """The last gate: the table's own schema, keys and rules included."""
    schema = _traced(table.name)
    made = made.with_row_index(_NTH)
    kept, failure = schema.filter(made.select(*table.columns, ROW, FILE, _NTH), cast=False)
    good = kept.drop(_NTH)
    if len(failure) == 0:
        return good, []
    details = failure.details()
    found = []
    for rule in failure.counts():
        rows = details.filter(pl.col(rule) == "invalid").join(made.select(_NTH, "__at"), on=_NTH)
        problem, column = _RULES.get(f"{table.name}.{rule}", _RULES.get(rule, ("breaks_rule", rule.split("|")[0])))
        column = column or table.key[-1]
        all_of_them = pl.Series([True]).new_from_index(0, rows.height)
        value = rows[column].cast(pl.String) if column in rows.columns else None
        found.append((rows, Cause(column, all_of_them, problem, value)))
        details = details.filter(pl.col(rule) != "invalid")
    return good, found


@cache
def _traced(table: str) -> type[dy.Schema]:
    """The table's schema with where a row came from: undeclared columns vanish from its failures."""
    where = {ROW: dy.Int64(nullable=False), FILE: dy.String(nullable=False), _NTH: dy.UInt32(nullable=False)}
    return type(f"Traced{table}", (TABLES[table].schema,), where)


def _corrections(made: pl.DataFrame, cause: Cause, chosen: pl.Series, origin: Origin) -> pl.DataFrame:
    chosen = chosen.fill_null(False)
    rows = made.filter(chosen)
    count = rows.height
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, count)
    problem = nothing.fill_null(cause.problem) if isinstance(cause.problem, str) else cause.problem.filter(chosen)
    return pl.DataFrame(
        {
            "__at": rows["__at"],
            "layout": nothing.fill_null(origin.layout),
            "file": rows[FILE],
            "row": rows[ROW],
            "line_no": rows["line_no"] if "line_no" in rows.columns else nothing.cast(pl.Int64),
            "column": nothing.fill_null(origin.headings.get(cause.field, cause.field)),
            "__field": nothing.fill_null(cause.field),
            "value": nothing if cause.value is None else cause.value.filter(chosen),
            "problem": problem,
            "suggestion": nothing if cause.suggestion is None else cause.suggestion.filter(chosen),
        }
    )


def _problem_rows(
    bad: pl.DataFrame,
    made: pl.DataFrame,
    frame: pl.DataFrame,
    table: Table,
    origins: Mapping[str, list[str]],
    good: pl.DataFrame,
) -> pl.DataFrame:
    """Corrections in the columns of data/corrections.py, with the row's values; what may be personal is hidden."""
    rows = bad.join(made.drop(ROW, FILE, "line_no", strict=False), on="__at", maintain_order="left")
    raws = {c: RAW + f for c, roots in origins.items() for f in roots[:1] if RAW + f in frame.columns}
    cells = frame.select(pl.int_range(pl.len()).cast(rows.schema["__at"]).alias("__at"), *set(raws.values()))
    rows = rows.join(cells, on="__at", maintain_order="left")
    doubtful = (pl.col("problem") == NO_NUMBER) | (pl.col("_also").list.len() >= _MANY_MORE).fill_null(False)
    texts = []
    for name in table.columns:
        if name in _ASSIGNED:
            continue
        cell = pl.col(raws[name]) if name in raws and name not in table.group else pl.lit(None, pl.String)
        text = pl.coalesce(_text_of(name, rows.schema[name]), cell)
        if origins[name]:  # what a layout says of every row is of no cell
            seen = good[name].drop_nulls() if rows.schema[name] == pl.String() else None
            text = hidden(text, name, table, pl.col("suggestion"), seen=seen, doubtful=doubtful)
        texts.append(text.alias(name))
    value = pl.col("value")
    for field in rows["__field"].unique(maintain_order=True):
        shown = hidden(pl.col("value"), _column_of(field, origins), table, pl.col("suggestion"), doubtful=doubtful)
        value = pl.when(pl.col("__field") == field).then(shown).otherwise(value)
    raw = pl.struct(*texts, pl.col("suggestion").alias("_suggestion"), "_also").struct.json_encode()
    return rows.select(
        pl.lit(table.name).alias("table"), "layout", "file", "row", "line_no", "column", value.alias("value"),
        "problem", raw.alias("raw"), "suggestion",
    ).sort("file", "row", "line_no")  # fmt: skip


def _column_of(field: str, origins: Mapping[str, list[str]]) -> str:
    """The table's column that a field fills; the field itself where it fills none."""
    if field in origins:
        return field
    return next((column for column, roots in origins.items() if field in roots), field)


def _text_of(name: str, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Datetime):
        return pl.col(name).dt.to_string("%Y-%m-%d %H:%M:%SZ")
    return pl.col(name).cast(pl.String)
