"""docs/tables.md is written from TABLES and PLAN_TABLES. `python -m tests.docs.test_tables` writes it anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from tradewind.core.plan_tables import PLAN_TABLES, PlanTable
from tradewind.core.tables import TABLES, Table
from tradewind.core.text import LANGUAGES
from tradewind.data.intake.templates import meaning, unit_of

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"

INTRODUCTION = """\
# Tables

Times are UTC, weeks are Mondays, markets ISO 3166 alpha-2 (`ZZ` where the source does not say), weights are grams,
lengths millimetres. What is not known is null, never zero. This page is written from the code by
`python -m tests.docs.test_tables`.

[What a plan is made from](#what-a-plan-is-made-from) · [What a plan consists of](#what-a-plan-consists-of)
"""
LOADED = """\
## What a plan is made from

Money has its currency beside it. Column names are the headings of Tradewind's own templates; `tradewind template`
writes them with an example. A plan as of a moment sees the rows whose `known_at` is empty (always known) or not later.
An import replaces whole groups.
"""
PLANNED = """\
## What a plan consists of

`tradewind show <table>` prints them, `tradewind export <table> --to <file>` writes them; in Python,
`Workspace(path).load_run()["<table>"]` is the frame. Money is in the workspace's base currency unless the unit says
otherwise. An id of the catalogue (`reason`, `basis`) reads as a sentence in either language.
"""
TYPES = {
    pl.Int64: "whole number",
    pl.Float64: "number",
    pl.Boolean: "true or false",
    pl.Date: "date",
    pl.Datetime: "time (UTC)",
    pl.String: "text",
}


def test_the_page_of_tables_is_what_the_code_says():
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.docs.test_tables writes docs/tables.md anew"


def page() -> str:
    loaded = [part for table in TABLES.values() for part in loaded_table(table)]
    planned = [part for table in PLAN_TABLES.values() for part in plan_table(table)]
    return "\n".join([INTRODUCTION, LOADED, *loaded, PLANNED, *planned]).rstrip() + "\n"


def loaded_table(table: Table) -> Iterator[str]:
    described = " ".join((table.schema.__doc__ or "").split())
    yield f"### {table.name}\n\n{described}\n"
    yield f"Key: {coded(table.key)}. Replaced as a whole: {coded(table.group)}. {known_at(table)}\n"
    yield columns(
        (
            name,
            column.dtype,
            column.nullable,
            unit_of(name, column),
            [meaning(table.name, name, lang) for lang in LANGUAGES],
        )
        for name, column in table.schema.columns().items()
    )


def plan_table(table: PlanTable) -> Iterator[str]:
    yield f"### {table.name}\n\n{table.meaning('en')}\n\n{table.meaning('zh')}\n"
    key = f"Key: {coded(table.key)}." if table.key else "No key."
    yield f"A row: {table.grain('en')} ({table.grain('zh')}). {key}\n"
    yield columns(
        (name, column.dtype, column.nullable, column.unit, [table.column_meaning(name, lang) for lang in LANGUAGES])
        for name, column in table.columns.items()
    )


def known_at(table: Table) -> str:
    """From when a row counts, and what is not known of it before a later moment."""
    if table.fact_time is None:
        said = "`known_at`: empty for a first version; a later version counts from the import's newest fact."
    elif table.name == "traffic":
        said = "`known_at`: the end of the day (`on_date`) where the source does not say."
    else:
        said = f"`known_at`: the row's own `{table.fact_time}` where the source does not say."
    return " ".join([said, *(before(moment, known) for moment, known in table.later.items())])


def before(moment: str, then: dict[str, str | None]) -> str:
    if not then:
        return f"Before its `{moment}`, that moment is null."
    states = (f"`{name}` is {'null' if value is None else value}" for name, value in then.items())
    return f"Before its `{moment}`, {', '.join(states)}."


def coded(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def columns(rows: Iterable[tuple[str, pl.DataType, bool, str, list[str]]]) -> str:
    lines = ["| column | type | unit | meaning | 含义 |", "| --- | --- | --- | --- | --- |"]
    for name, dtype, nullable, unit, meanings in rows:
        measured = unit if not dtype.is_temporal() else ""
        lines.append(f"| `{name}` | {kind(dtype, nullable)} | {measured} | {' | '.join(meanings)} |")
    return "\n".join(lines) + "\n"


def kind(dtype: pl.DataType, nullable: bool) -> str:
    if isinstance(dtype, pl.Enum):
        said = f"one of {', '.join(dtype.categories)}"
    elif isinstance(dtype, pl.Array):
        said = f"{dtype.shape[0]} numbers"
    elif isinstance(dtype, pl.List):
        said = f"list of {TYPES[type(dtype.inner)]}s"
    else:
        said = TYPES[type(dtype)]
    return f"{said}, or null" if nullable else said


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
