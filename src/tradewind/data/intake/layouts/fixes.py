"""The workbook of rows to correct that Tradewind wrote, corrected by a person.

A sheet per table, its columns plus where each row came from; rows keep their line number and replace rows of the
same key. Times are UTC; buyers are hashed already.
"""

from __future__ import annotations

from dataclasses import replace

from tradewind.core.tables import TABLES, Table
from tradewind.data.intake.layout import Feed, Field, Layout, Output
from tradewind.data.intake.layouts.tradewind import fields_of

FILE = "fix_file"
ROW = "fix_row"
MARK = "fix_problem"


def _feed(table: Table) -> Feed:
    fields = tuple(
        replace(f, kind="buyer_key") if f.name == "buyer_key" else f
        for f in fields_of(table)
        if not (f.kind == "buyer" and f.name != "buyer_key")
    )
    place = (
        Field(MARK, (MARK,), "text", required=True),
        Field(FILE, (FILE,), "text", required=True),
        Field(ROW, (ROW,), "whole", required=True),
    )
    return Feed(table.name, (*fields, *place), table.group)


LAYOUT = Layout(
    name="fixes",
    feeds=tuple(_feed(table) for table in TABLES.values()),
    outputs=tuple(Output(table.name, table.name, file=FILE, row=ROW) for table in TABLES.values()),
    merge=True,
)
