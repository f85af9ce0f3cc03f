"""TikTok Shop's orders export: a row per order and SKU, headings in English.

Decisions, each with a test:
- the row under the headings describes the columns in words: it is no order, and counted;
- the seller is paid the price less his own discount; what the platform takes off it pays itself;
- amounts name their currency ("USD 19.99"); where they do not, it is the market's;
- times are of the market's own clock (not confirmed). `03/05/2026 11:09:36 PM`, with the half of the day, is month
  first; without it the column tells;
- pieces sent back are returns; the export does not date them, so they are known from its newest moment on;
- a tracking number is one parcel, however many SKUs it holds.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.data.intake.fields import (
    DIGITS,
    buyer,
    choice,
    code,
    country,
    currency,
    moment,
    money,
    postcode,
    text,
    whole,
)
from tradewind.data.intake.layout import Feed, Layout, LeaveOut, Output, Variant
from tradewind.data.intake.marketplaces import by_local_clock, currency_of_market, newest, parcels_of

_STATUS: Final = {
    "Unpaid": "placed", "On hold": "placed", "To ship": "paid", "Awaiting shipment": "paid",
    "Awaiting collection": "paid", "Partially shipped": "paid", "Shipped": "shipped", "In transit": "shipped",
    "Delivered": "delivered", "Completed": "delivered", "Canceled": "cancelled", "Cancelled": "cancelled",
    "待付款": "placed", "待发货": "paid", "待揽收": "paid", "已发货": "shipped", "运输中": "shipped",
    "已送达": "delivered", "已完成": "delivered", "已取消": "cancelled",
    "Belum dibayar": "placed", "Perlu dikirim": "paid", "Dikirim": "shipped", "Selesai": "delivered",
    "Dibatalkan": "cancelled",
}  # fmt: skip
_MOMENTS: Final = ("ordered_at", "paid_at", "shipped_at", "delivered_at", "cancelled_at")
_AMERICAN: Final = r"^(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}:\d{2}(?::\d{2})? ?[AaPp][Mm])$"


def _american_dates(rows: pl.DataFrame) -> pl.DataFrame:
    """Dates with the half of the day, which only the American style writes, with the year first."""
    return rows.with_columns(pl.col(name).str.replace(_AMERICAN, "$3-$1-$2 $4") for name in _MOMENTS)


_market = pl.col("country").fill_null("ZZ")
_own = {"platform": pl.lit("tiktok"), "shop": pl.lit("main"), "market": _market}
_at = {name: by_local_clock(name, _market) for name in _MOMENTS}
_last = newest(*_at.values())
_paid = pl.col("units") * pl.col("unit_price") - pl.col("seller_discount").fill_null(0.0).abs()

ORDERS = Feed(
    "orders",
    fields=(
        code("order_id", "Order ID", shape=DIGITS),
        choice("status", "Order Status", choices=_STATUS),
        text("substatus", "Order Substatus", required=True),
        code("listing_id", "SKU ID"),
        code("sku", "Seller SKU"),
        whole("units", "Quantity"),
        whole("returned_units", "Sku Quantity of return", required=False),
        money("unit_price", "SKU Unit Original Price"),
        money("seller_discount", "SKU Seller Discount", required=False),
        currency("currency", "Currency"),
        moment("ordered_at", "Created Time"),
        moment("paid_at", "Paid Time", required=False),
        moment("shipped_at", "Shipped Time", required=False),
        moment("delivered_at", "Delivered Time", required=False),
        moment("cancelled_at", "Cancelled Time", required=False),
        text("reason", "Cancel Reason"),
        text("warehouse", "Warehouse Name"),
        code("tracking_no", "Tracking ID", required=False),
        text("provider", "Shipping Provider Name"),
        code("package_id", "Package ID", required=False),
        buyer("buyer", "Buyer Username"),
        country("country", "Country", required=False),
        text("region", "State"),
        postcode("postcode_prefix", "Zipcode"),
    ),
    group=("order_id",),
    split=_american_dates,
    leave_out=(LeaveOut("described_columns", ~pl.col("order_id").str.contains(r"\d")),),
)

LAYOUT = Layout(
    name="tiktok-orders",
    feeds=(ORDERS,),
    outputs=(
        Output(
            "order_lines",
            "orders",
            columns={
                **_own,
                "ordered_at": _at["ordered_at"],
                "discount": pl.col("seller_discount").abs(),
                "paid_amount": _paid,
                "currency": pl.coalesce("currency", currency_of_market(_market)),
                "cancelled_at": _at["cancelled_at"],
            },
        ),
        Output(
            "returns",
            "orders",
            columns={
                **_own,
                "return_id": pl.col("order_id"),
                "kind": pl.lit("return"),
                "units": pl.col("returned_units"),
                "currency": pl.lit(None, pl.String),
                "reason": pl.lit(None, pl.String),
                "opened_at": pl.coalesce(_at["delivered_at"], _at["shipped_at"], _at["ordered_at"]),
                "known_at": _last,
            },
            variants=(
                Variant({}, pl.col("returned_units") > 0),
            ),  # not `where`: the newest moment is of the whole file
        ),
        *parcels_of(
            "orders",
            _own,
            service=pl.col("provider").fill_null("tiktok"),
            node=pl.col("warehouse").fill_null("tiktok"),
            created=pl.coalesce(_at["paid_at"], _at["ordered_at"]),
            sent=_at["shipped_at"],
            delivered=_at["delivered_at"],
        ),
    ),
)
