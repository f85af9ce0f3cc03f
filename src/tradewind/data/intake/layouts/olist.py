"""Olist: a Brazilian marketplace's orders, items, customers, sellers and products, 2016 to 2018.

The workspace sees what the marketplace sees: one shop; goods leave from the seller's state (node `BR-SP`),
parcels are promised at purchase. One parcel per order, from the state of its first line's seller. Times are
São Paulo's. Payments, reviews and places are recognised and not read.
"""

from __future__ import annotations

import polars as pl

from tradewind.data.intake.fields import buyer, choice, code, moment, money, number, postcode, text, whole
from tradewind.data.intake.layout import Feed, Join, Layout, Output

_ZONE = "America/Sao_Paulo"
_STATUS = {
    "created": "placed",
    "approved": "paid",
    "processing": "paid",
    "invoiced": "paid",
    "shipped": "shipped",
    "delivered": "delivered",
    "canceled": "cancelled",
    "unavailable": "cancelled",
}
_shop = {"platform": pl.lit("olist"), "shop": pl.lit("main")}
_parcel = {**_shop, "parcel_id": pl.col("order_id"), "place": pl.lit(None)}
_was_sent = pl.col("sent_at").is_not_null() | pl.col("delivered_at").is_not_null()
_node = "BR-" + pl.col("seller_state")

ORDERS = Feed(
    "orders",
    fields=(
        code("order_id", "order_id"),
        code("customer_id", "customer_id"),
        choice("status", "order_status", choices=_STATUS),
        moment("ordered_at", "order_purchase_timestamp", time_zone=_ZONE),
        moment("sent_at", "order_delivered_carrier_date", time_zone=_ZONE, required=False),
        moment("delivered_at", "order_delivered_customer_date", time_zone=_ZONE, required=False),
        moment("promised_at", "order_estimated_delivery_date", time_zone=_ZONE, required=False, future=True),
    ),
    group=("order_id",),
)
ITEMS = Feed(
    "items",
    fields=(
        code("order_id", "order_id"),
        whole("line_no", "order_item_id"),
        code("sku", "product_id"),
        code("seller_id", "seller_id"),
        money("unit_price", "price"),
        money("freight", "freight_value", required=False),
    ),
    group=("order_id",),
)
CUSTOMERS = Feed(
    "customers",
    fields=(
        code("customer_id", "customer_id"),
        buyer("customer", "customer_unique_id"),
        postcode("postcode_prefix", "customer_zip_code_prefix"),
        text("region", "customer_state", required=True),
    ),
    group=("customer_id",),
)
SELLERS = Feed(
    "sellers",
    fields=(code("seller_id", "seller_id"), text("seller_state", "seller_state", required=True)),
    group=("seller_state",),
)
PRODUCTS = Feed(
    "products",
    fields=(
        code("sku", "product_id"),
        text("category_name", "product_category_name", required=True),
        number("weight_g", "product_weight_g", required=True),
        number("length_cm", "product_length_cm"),
        number("height_cm", "product_height_cm"),
        number("width_cm", "product_width_cm"),
    ),
    group=("sku",),
)
CATEGORIES = Feed(
    "category_translation",
    fields=(
        text("category_name", "product_category_name", required=True),
        text("category_in_english", "product_category_name_english", required=True),
    ),
    group=("category_name",),
)


def _not_read(name: str, *headings: str) -> Feed:
    return Feed(name, tuple(text(h, h, required=True) for h in headings), headings[:1])


NOT_READ = (
    _not_read("payments", "payment_type", "payment_sequential"),
    _not_read("reviews", "review_score", "review_creation_date"),
    _not_read("geolocation", "geolocation_zip_code_prefix", "geolocation_state"),
)

LAYOUT = Layout(
    name="olist",
    feeds=(PRODUCTS, SELLERS, ORDERS, ITEMS, CUSTOMERS, CATEGORIES, *NOT_READ),
    outputs=(
        Output(
            "products",
            "products",
            columns={
                "category": pl.coalesce("category_in_english", "category_name"),
                "length_mm": pl.col("length_cm") * 10,
                "width_mm": pl.col("width_cm") * 10,
                "height_mm": pl.col("height_cm") * 10,
            },
            joins=(Join("category_translation", "category_name"),),
        ),
        Output(
            "nodes",
            "sellers",
            columns={"node": _node, "kind": pl.lit("seller"), "market": pl.lit("BR")},
            most_common="market",
        ),
        Output(
            "parcels",
            "orders",
            columns={
                **_parcel,
                "service": pl.lit("olist"),
                "node": _node.fill_null("BR"),
                "market": pl.lit("BR"),
                "created_at": pl.col("ordered_at"),
            },
            where=(pl.col("status") != "cancelled") | _was_sent,
            joins=(Join("items", "order_id"), Join("sellers", "seller_id"), Join("customers", "customer_id")),
        ),
        Output(
            "events",
            "orders",
            columns={**_parcel, "milestone": pl.lit("handed_over"), "happened_at": pl.col("sent_at")},
            where=pl.col("sent_at").is_not_null(),
        ),
        Output(
            "events",
            "orders",
            columns={**_parcel, "milestone": pl.lit("delivered"), "happened_at": pl.col("delivered_at")},
            where=pl.col("delivered_at").is_not_null(),
        ),
        Output(
            "order_lines",
            "items",
            columns={
                **_shop,
                "market": pl.lit("BR"),
                "units": pl.lit(1),
                "currency": pl.lit("BRL"),
                "paid_amount": pl.col("unit_price") + pl.col("freight").fill_null(0.0),
            },
            joins=(Join("orders", "order_id"), Join("customers", "customer_id")),
        ),
    ),
    joined=True,
)
