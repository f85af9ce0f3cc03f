"""Shopify's products export: a row per variant (and per further picture, which is none).

Variants without a SKU are rows to correct. The export names no currency: cost and price are read where a column
`Currency` was added that says it, else left unknown and counted.
"""

from __future__ import annotations

import polars as pl

from tradewind.data.intake.fields import code, currency, money, number, text
from tradewind.data.intake.layout import Feed, Layout, Note, Output

_has_currency = pl.col("currency").is_not_null()
_is_variant = pl.col("price").is_not_null() | pl.col("sku").is_not_null()

PRODUCTS = Feed(
    "products",
    fields=(
        text("handle", "Handle", "URL handle", required=True),
        text("title", "Title"),
        text("supplier", "Vendor"),
        text("category", "Type", "Product Category"),
        code("sku", "Variant SKU", "SKU"),
        number("weight_g", "Variant Grams", "Weight value (grams)"),
        money("price", "Variant Price", "Price"),
        money("unit_cost", "Cost per item", required=False),
        currency("currency", "Currency"),
        code("hs_code", "Variant HS Code", "HS Code", required=False),
    ),
    group=("handle",),
    fill_down=("title", "supplier", "category"),
    notes=(
        Note(
            "cost_without_currency",
            ~_has_currency & (pl.col("unit_cost").is_not_null() | pl.col("price").is_not_null()),
        ),
    ),
)

LAYOUT = Layout(
    name="shopify-products",
    feeds=(PRODUCTS,),
    outputs=(
        Output(
            "products",
            "products",
            columns={"unit_cost": pl.when(_has_currency).then("unit_cost")},
            where=_is_variant,
        ),
        Output(
            "listings",
            "products",
            columns={
                "platform": pl.lit("shopify"),
                "shop": pl.lit("main"),
                "listing_id": pl.col("sku"),
                "mode": pl.lit("own"),
                "list_price": pl.when(_has_currency).then("price"),
            },
            where=pl.col("sku").is_not_null(),
            by_product=True,
        ),
    ),
)
