"""AliExpress Seller Center: stock by warehouse, and which platform SKU is which of the seller's own.

No public file shows these headings: they are the Seller Center's terms and the interface's fields. Times are US
Pacific. One SKU in several listings of one warehouse, with the same counts, is one stock.
"""

from __future__ import annotations

import polars as pl

from tradewind.data.intake.fields import code, text, whole
from tradewind.data.intake.layout import Feed, Field, Layout, Output
from tradewind.data.intake.layouts.aliexpress_orders import ZONE

OWN_SKU = (
    "商家编码",
    "SKU编码",
    "商品编码",
    "货品编码",
    "Seller SKU",
    "SKU Code",
    "Merchant Code",
    "sku_code",
    "item_code",
)
_COUNTS = ("available_units", "locked_units", "on_the_way_units")


def _stock_once(texts: pl.DataFrame) -> pl.DataFrame:
    """Rows of two parts: "stock", each count once however many listings share it, and "listing"."""
    stock = texts.sort("source_file", "source_row").unique(
        ["node", "sku", "taken_at", *_COUNTS], keep="first", maintain_order=True
    )
    listings = texts.filter(pl.col("listing_id").is_not_null() & pl.col("sku").is_not_null())
    listings = listings.unique(["shop", "listing_id", "sku"], keep="first", maintain_order=True)
    return pl.concat([stock.with_columns(part=pl.lit("stock")), listings.with_columns(part=pl.lit("listing"))])


STOCK = Feed(
    "stock",
    fields=(
        text("shop", "店铺", "店铺名称", "Store", "Store Name", "Shop"),
        code("product_id", "商品ID", "产品ID", "Product ID", "Item ID", "product_id", "scItemId", "货品ID"),
        code("listing_id", "SKU ID", "SKUID", "平台SKU ID", "商品SKU ID", "sku_id", required=False),
        code("sku", *OWN_SKU),
        code("node", "仓库", "仓库名称", "仓库编码", "Warehouse", "Warehouse Name", "Warehouse Code", "store_code"),
        whole(
            "available_units",
            "可售库存",
            "可用库存",
            "良品库存",
            "Available",
            "Available Stock",
            "Sellable Stock",
            "sellable_quantity",
        ),
        whole(
            "locked_units",
            "锁定库存",
            "占用库存",
            "占用",
            "预占库存",
            "Locked",
            "Locked Stock",
            "Reserved",
            "lock_quantity",
            required=False,
        ),
        whole(
            "on_the_way_units",
            "在途库存",
            "在途",
            "采购在途",
            "In Transit",
            "On the Way",
            "onway_quantity",
            required=False,
        ),
        Field(
            "taken_at",
            ("更新时间", "库存更新时间", "统计时间", "Updated At", "Update Time", "Last Updated"),
            "moment",
            time_zone=ZONE,
            month_first=True,
        ),
        text("part"),
    ),
    group=("node", "sku", "taken_at"),
    dated_by="taken_at",
    split=_stock_once,
)

LAYOUT = Layout(
    name="aliexpress-stock",
    feeds=(STOCK,),
    outputs=(
        Output("stock", "stock", where=pl.col("part") == "stock"),
        Output(
            "listings",
            "stock",
            columns={
                "platform": pl.lit("aliexpress"),
                "shop": pl.col("shop").fill_null("main"),
                "known_at": pl.lit(None),
            },
            where=pl.col("part") == "listing",
        ),
    ),
)
