"""Amazon's FBA inventory report (manage inventory, 18 columns or more): what lies in their warehouses now.

The report states neither a time nor a country. The time is that of the file (see `dating`), the country is read from
the file's name where it says one (`fba-de 2026-03-01.txt`); without it the place is `fba`.
"""

from __future__ import annotations

import polars as pl

from tradewind.data.intake.amazon import ENCODINGS, fba_node, market_of_file
from tradewind.data.intake.fields import code, moment, text, whole
from tradewind.data.intake.layout import Feed, Layout, Note, Output

_here = pl.col("at_amazon").str.to_lowercase().fill_null("yes") != "no"

INVENTORY = Feed(
    "fba_inventory",
    fields=(
        code("sku", "sku"),
        code("fnsku", "fnsku"),
        code("asin", "asin", required=False),
        text("condition", "condition"),
        text("at_amazon", "afn-listing-exists"),
        whole("available_units", "afn-fulfillable-quantity"),
        whole("unsellable_units", "afn-unsellable-quantity", required=False),
        whole("locked_units", "afn-reserved-quantity", required=False),
        whole("total_units", "afn-total-quantity", required=False),
        whole("working_units", "afn-inbound-working-quantity", required=False),
        whole("shipped_units", "afn-inbound-shipped-quantity", required=False),
        whole("receiving_units", "afn-inbound-receiving-quantity", required=False),
        moment("taken_at", "snapshot-date", required=False),
    ),
    group=("sku",),
    dated_by="taken_at",
    notes=(Note("warehouse_without_country", _here & market_of_file().is_null()),),
)

LAYOUT = Layout(
    name="amazon-inventory",
    feeds=(INVENTORY,),
    outputs=(
        Output(
            "stock",
            "fba_inventory",
            columns={
                "node": fba_node(market_of_file()),
                # Units a shipment plan only names ("working") have not left: they are not on the way.
                "on_the_way_units": pl.col("shipped_units") + pl.col("receiving_units"),
            },
            where=_here,
        ),
    ),
    encodings=ENCODINGS,
)
