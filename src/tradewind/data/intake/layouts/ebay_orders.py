"""eBay's orders report (Seller Hub): a row per item; an order of several items has one row of its own before them.

Decisions, each with a test:
- the row of an order without an item only says where the order goes and when: its items take that over, it is no line;
- "Sold For" is the price of one piece; amounts name their currency by its sign (`$` is the US dollar);
- the lines under the table (`4,record(s) downloaded`, `Seller ID`) are no orders;
- a tracking number is one parcel; an order that was paid is paid, one with a day of shipping shipped;
- days are of the clock of eBay.com (not confirmed for other sites).
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.data.intake.fields import buyer, code, country, currency, moment, money, postcode, text, whole
from tradewind.data.intake.layout import Feed, Layout, LeaveOut, Output
from tradewind.data.intake.marketplaces import parcels_of

_ZONE: Final = "America/Los_Angeles"
_market = pl.coalesce("ship_country", "bill_country", pl.lit("ZZ"))
_own = {"platform": pl.lit("ebay"), "shop": pl.lit("main"), "market": _market}
_is_trailer = pl.col("order_id").str.contains(r"(?i)record\(?s?\)? downloaded")

ORDERS = Feed(
    "orders",
    fields=(
        code("order_id", "Order Number", shape=r"\d{2}-(\d{5}-\d{5}|\d{1,2})|\d{12}-\d{10,14}"),
        buyer("buyer", "Buyer Username"),
        buyer("email", "Buyer Email"),
        country("ship_country", "Ship To Country", required=False),
        country("bill_country", "Buyer Country", required=False),
        text("region", "Ship To State", "Buyer State"),
        postcode("postcode_prefix", "Ship To Zip", "Buyer Zip"),
        code("listing_id", "Item Number"),
        code("sku", "Custom Label", "Custom Label (SKU)"),
        whole("units", "Quantity"),
        money("unit_price", "Sold For", "Sale Price"),
        currency("currency", "Currency"),
        moment("ordered_at", "Sale Date", time_zone=_ZONE),
        moment("paid_at", "Paid On Date", time_zone=_ZONE, required=False),
        moment("shipped_at", "Shipped On Date", time_zone=_ZONE, required=False),
        text("service", "Shipping Service"),
        code("tracking_no", "Tracking Number", required=False),
        code("transaction", "Transaction ID", required=False),
    ),
    group=("order_id",),
    fill_down=(
        "buyer_key", "ship_country", "bill_country", "region", "postcode_prefix", "ordered_at", "paid_at", "shipped_at",
        "service", "tracking_no",
    ),
    lines_by=("listing_id", "transaction"),
    leave_out=(
        LeaveOut("trailer_row", _is_trailer),
        LeaveOut("order_without_item", pl.col("listing_id").is_null() & pl.col("sku").is_null()),
    ),
)  # fmt: skip

LAYOUT = Layout(
    name="ebay-orders",
    feeds=(ORDERS,),
    outputs=(
        Output(
            "order_lines",
            "orders",
            columns={
                **_own,
                "paid_amount": pl.col("units") * pl.col("unit_price"),
                "status": pl.when(pl.col("shipped_at").is_not_null())
                .then(pl.lit("shipped"))
                .when(pl.col("paid_at").is_not_null())
                .then(pl.lit("paid"))
                .otherwise(pl.lit("placed")),
            },
        ),
        *parcels_of(
            "orders",
            _own,
            service=pl.col("service").fill_null("ebay"),
            node=pl.lit("ebay"),
            created=pl.coalesce("paid_at", "ordered_at"),
            sent=pl.col("shipped_at"),
        ),
    ),
)
