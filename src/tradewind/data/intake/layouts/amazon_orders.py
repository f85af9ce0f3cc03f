"""Amazon's All Orders report (flat file, 29 or 32 columns): a row per line.

Decisions, each with a test:
- item-price is that of the whole line; the piece's is it divided by the quantity; taxes are left out;
- pending orders have neither price nor currency: left out until they are paid;
- cancelled orders come without pieces or price. They are kept as one piece at price zero, cancelled from the start, so
  that they take the place of what an earlier export said and count as no demand at any time;
- rows that say the same are pieces of one SKU bought apart: each counts;
- orders of other shops that Amazon only sends (channel "Non-Amazon") are left out: their shop's own export has them;
- the market is the country it goes to, else the marketplace's.
"""

from __future__ import annotations

import polars as pl

from tradewind.data.intake.amazon import ENCODINGS, ORDER_NUMBER, SHOP, channel_currency, channel_market, is_elsewhere
from tradewind.data.intake.fields import choice, code, country, currency, moment, money, postcode, text, whole
from tradewind.data.intake.layout import Feed, Layout, LeaveOut, Output

_STATUS = {
    "Pending": "placed",
    "PendingAvailability": "placed",
    "Pending - Waiting for Pick Up": "placed",
    "Unshipped": "paid",
    "PartiallyShipped": "paid",
    "Partially Shipped": "paid",
    "InvoiceUnconfirmed": "paid",
    "Shipping": "paid",
    "Shipped": "shipped",
    "Complete": "shipped",
    "Shipped - Picked Up": "shipped",
    "Shipped - Out for Delivery": "shipped",
    "Shipped - Delivered to Buyer": "delivered",
    "Shipped - Returned to Seller": "shipped",
    "Shipped - Returning to Seller": "shipped",
    "Shipped - Rejected by Buyer": "shipped",
    "Shipped - Undeliverable": "shipped",
    "Shipped - Lost in Transit": "shipped",
    "Shipped - Damaged": "shipped",
    "Cancelled": "cancelled",
    "Canceled": "cancelled",
    "Unfulfillable": "cancelled",
}
_is_cancelled = (pl.col("status") == "cancelled").fill_null(False)
_without_pieces = _is_cancelled & (pl.col("units").fill_null(0) == 0)


def _amount(name: str) -> pl.Expr:
    return pl.col(name).fill_null(0.0).abs()


ORDERS = Feed(
    "all_orders",
    fields=(
        code("order_id", "amazon-order-id", shape=ORDER_NUMBER),
        moment("ordered_at", "purchase-date"),
        moment("updated_at", "last-updated-date", required=False),
        choice("status", "order-status", choices=_STATUS),
        text("fulfilled_by", "fulfillment-channel"),
        text("channel", "sales-channel", required=True),
        text("service_level", "ship-service-level"),
        code("sku", "sku"),
        code("listing_id", "asin", required=False),
        text("item_status", "item-status"),
        whole("units", "quantity"),
        currency("currency", "currency", required=True),
        money("item_price", "item-price"),
        money("shipping", "shipping-price", required=False),
        money("gift_wrap", "gift-wrap-price", required=False),
        money("item_promotion", "item-promotion-discount", required=False),
        money("ship_promotion", "ship-promotion-discount", required=False),
        postcode("postcode_prefix", "ship-postal-code"),
        country("ship_country", "ship-country", required=False),
    ),
    group=("order_id",),
    leave_out=(
        LeaveOut("pending_order", pl.col("status") == "placed"),
        LeaveOut("order_of_another_channel", is_elsewhere("channel")),
    ),
)

LAYOUT = Layout(
    name="amazon-orders",
    feeds=(ORDERS,),
    outputs=(
        Output(
            "order_lines",
            "all_orders",
            columns={
                **SHOP,
                "market": pl.coalesce("ship_country", channel_market("channel"), pl.lit("ZZ")),
                "units": pl.when(_without_pieces).then(1).otherwise("units"),
                "unit_price": pl.when(_without_pieces)
                .then(0.0)
                .when(pl.col("units") > 0)
                .then(pl.col("item_price") / pl.col("units")),
                "discount": pl.col("item_promotion").abs(),
                "paid_amount": pl.when(~_without_pieces).then(
                    pl.col("item_price")
                    + _amount("shipping")
                    + _amount("gift_wrap")
                    - _amount("item_promotion")
                    - _amount("ship_promotion")
                ),
                "currency": pl.when(_without_pieces)
                .then(pl.coalesce("currency", channel_currency("channel")))
                .otherwise("currency"),
                "cancelled_at": pl.when(_without_pieces)
                .then("ordered_at")
                .when(_is_cancelled)
                .then(pl.coalesce("updated_at", "ordered_at")),
            },
        ),
    ),
    encodings=ENCODINGS,
)
