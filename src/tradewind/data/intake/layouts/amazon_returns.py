"""Amazon's FBA customer returns report: what came back to their warehouses.

A return is known by its licence plate (one a piece), so that the same row again is the same piece; rows without one
are known by the order, and each counts. What buyers wrote is not read. The
report names no country: it is read from the file's name where it says one (`fba-de returns.txt`), else it is ZZ.
"""

from __future__ import annotations

import polars as pl

from tradewind.data.intake.amazon import ENCODINGS, ORDER_NUMBER, SHOP, market_of_file
from tradewind.data.intake.fields import code, moment, text, whole
from tradewind.data.intake.layout import Feed, Layout, Output

RETURNS = Feed(
    "fba_returns",
    fields=(
        moment("opened_at", "return-date"),
        code("order_id", "order-id", shape=ORDER_NUMBER),
        code("sku", "sku"),
        whole("units", "quantity"),
        text("reason", "reason"),
        code("licence_plate", "license-plate-number"),
    ),
    group=("order_id",),
    once_by="licence_plate",
)

LAYOUT = Layout(
    name="amazon-returns",
    feeds=(RETURNS,),
    outputs=(
        Output(
            "returns",
            "fba_returns",
            columns={
                **SHOP,
                "return_id": pl.coalesce("licence_plate", "order_id"),
                "market": market_of_file().fill_null("ZZ"),
                "kind": pl.lit("return"),
            },
        ),
    ),
    encodings=ENCODINGS,
)
