"""Amazon's FBA inventory ledger, summary view: what lay where at the end of a day, by SKU, disposition and place.

Decisions, each with a test:
- only SELLABLE can be sold; other dispositions (defective, damaged, expired) are left out and counted;
- the balance is that of the end of the day; what moves between Amazon's warehouses is theirs, and locked;
- a location is a country or one of Amazon's warehouses: of the latter the sum counts, at the country that the file's
  name says (`fba-us ledger.csv`), else at `fba`;
- dates are month first, as Amazon writes them; days end in Pacific time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from tradewind.data.intake.amazon import ENCODINGS, fba_node, market_of_file
from tradewind.data.intake.fields import code, moment, text, whole
from tradewind.data.intake.layout import Feed, Layout, LeaveOut, Note, Output, Variant

_ZONE: Final = "America/Los_Angeles"
_country = pl.when(pl.col("location").str.contains(r"^[A-Z]{2}$")).then("location")
_market = pl.coalesce(_country, market_of_file())
_place = fba_node(_market)


def _of_place(name: str) -> pl.Expr:
    """The sum of a SKU's rows of one day and place."""
    return pl.col(name).sum().over("sku", "taken_at", _place)


_first = pl.col("source_row") == pl.col("source_row").min().over("sku", "taken_at", _place)

LEDGER = Feed(
    "ledger_summary",
    fields=(
        replace(moment("taken_at", "Date", time_zone=_ZONE), month_first=True),
        code("sku", "MSKU"),
        code("fnsku", "FNSKU"),
        text("disposition", "Disposition", required=True),
        whole("moving", "In Transit Between Warehouses", required=False),
        whole("balance", "Ending Warehouse Balance"),
        text("location", "Location", required=True),
    ),
    group=("sku",),
    leave_out=(LeaveOut("not_sellable", pl.col("disposition").str.to_uppercase() != "SELLABLE"),),
    notes=(Note("warehouse_without_country", _market.is_null()),),
)

LAYOUT = Layout(
    name="amazon-ledger",
    feeds=(LEDGER,),
    outputs=(
        Output(
            "stock",
            "ledger_summary",
            columns={
                "node": _place,
                "taken_at": pl.col("taken_at").dt.offset_by("1d") - pl.duration(seconds=1),
                "available_units": _of_place("balance"),
                "locked_units": _of_place("moving"),
            },
            variants=(Variant({}, _first),),
        ),
    ),
    encodings=ENCODINGS,
)
