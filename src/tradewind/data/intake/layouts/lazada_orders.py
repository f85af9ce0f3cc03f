"""Lazada's orders export: a row a piece, each with an orderItemId of its own and no quantity.

Decisions, each with a test:
- every row is a line of one piece;
- the seller is paid the price less his own discount (written negative); what the platform takes off it pays itself;
- the currency is the market's, which shippingCountry says; times are of the market's own clock;
- what came back (returned, Package Returned) or was lost on the way (Lost by 3PL) is a return or a refund, dated by
  updateTime; a tracking number is one parcel.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.data.intake.fields import DIGITS, buyer, choice, code, country, moment, money, postcode, text
from tradewind.data.intake.layout import Feed, Layout, Output
from tradewind.data.intake.marketplaces import by_local_clock, currency_of_market, parcels_of

_STATUS: Final = {
    "unpaid": "placed", "pending": "paid", "topack": "paid", "packed": "paid", "repacked": "paid", "toship": "paid",
    "ready_to_ship": "paid", "ready_to_ship_pending": "paid", "shipped": "shipped", "shipping": "shipped",
    "delivered": "delivered", "confirmed": "delivered", "canceled": "cancelled", "cancelled": "cancelled",
    "returned": "delivered", "Package Returned": "shipped", "Lost by 3PL": "shipped", "Damaged by 3PL": "shipped",
    "failed": "shipped", "failed_delivery": "shipped", "shipped_back": "shipped", "shipped_back_success": "shipped",
    "shipped_back_failed": "shipped",
}  # fmt: skip
_ENDINGS: Final = {
    "returned": "return", "package returned": "return", "shipped_back_success": "return", "lost by 3pl": "refund",
    "damaged by 3pl": "refund",
}  # fmt: skip


def _with_ending(rows: pl.DataFrame) -> pl.DataFrame:
    """What the status says of pieces that came back or were lost."""
    said = pl.col("status").str.to_lowercase()
    kind = said.replace_strict(list(_ENDINGS), list(_ENDINGS.values()), default=None, return_dtype=pl.String)
    return rows.with_columns(ending=kind)


_market = pl.col("country").fill_null("ZZ")
_own = {
    "platform": pl.lit("lazada"),
    "shop": pl.lit("main"),
    "market": _market,
    "currency": currency_of_market(_market),
}
_ordered, _updated = by_local_clock("ordered_at", _market), by_local_clock("updated_at", _market)
_discount = pl.col("seller_discount").fill_null(0.0).abs()
_is_cancelled = (pl.col("status") == "cancelled").fill_null(False)

ORDERS = Feed(
    "orders",
    fields=(
        code("item", "orderItemId"),
        code("order_id", "orderNumber", shape=DIGITS),
        code("sku", "sellerSku"),
        code("listing_id", "lazadaSku"),
        choice("status", "status", choices=_STATUS),
        text("ending"),
        moment("ordered_at", "createTime"),
        moment("updated_at", "updateTime", required=False),
        moment("delivered_at", "deliveredDate", required=False),
        money("unit_price", "unitPrice"),
        money("seller_discount", "sellerDiscountTotal", required=False),
        money("refund_amount", "refundAmount", required=False),
        text("reason", "buyerFailedDeliveryReason"),
        buyer("email", "customerEmail"),
        buyer("buyer", "customerName", "shippingName"),
        country("country", "shippingCountry"),
        postcode("postcode_prefix", "shippingPostCode"),
        text("region", "shippingRegion"),
        text("warehouse", "wareHouse"),
        text("provider", "shippingProvider"),
        code("tracking_no", "trackingCode", required=False),
    ),
    group=("order_id",),
    lines_by=("item",),
    split=_with_ending,
)

LAYOUT = Layout(
    name="lazada-orders",
    feeds=(ORDERS,),
    outputs=(
        Output(
            "order_lines",
            "orders",
            columns={
                **_own,
                "units": pl.lit(1),
                "ordered_at": _ordered,
                "discount": _discount,
                "paid_amount": pl.col("unit_price") - _discount,
                "cancelled_at": pl.when(_is_cancelled).then(_updated),
            },
        ),
        Output(
            "returns",
            "orders",
            columns={
                **_own,
                "return_id": pl.col("order_id"),
                "kind": pl.col("ending"),
                "units": pl.lit(1),
                "refund_amount": pl.col("refund_amount").abs(),
                "opened_at": pl.coalesce(_updated, by_local_clock("delivered_at", _market), _ordered),
            },
            where=pl.col("ending").is_not_null(),
        ),
        *parcels_of(
            "orders",
            {name: _own[name] for name in ("platform", "shop", "market")},
            service=pl.col("provider").fill_null("lazada"),
            node=pl.col("warehouse").fill_null("lazada"),
            created=_ordered,
            sent=pl.lit(None, pl.Datetime("us", "UTC")),
            delivered=by_local_clock("delivered_at", _market),
        ),
    ),
)
