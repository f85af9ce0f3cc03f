"""店小秘: orders (a template each user puts together), the sheet of products, and the sheet of combinations.

Decisions, each with a test:
- orders are read by heading, in any order: a template needs 订单号, 平台, SKU, a count and 下单时间, and a heading
  that only 店小秘 has (店铺账号, 平台SKU, 包裹号); the bare "standard template" has no time: it is refused;
- what stands on an order's first row only (merged cells) is its other rows' too; times are China's;
- goods weigh what 商品净重 says, in grams, and measure what 长, 宽, 高 say, in centimetres; 采购参考价 is in CNY;
- a combination's further rows leave its SKU empty: they belong to the one above.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.data.intake.continued import continued
from tradewind.data.intake.fields import (
    buyer,
    choice,
    code,
    country,
    currency,
    moment,
    money,
    number,
    postcode,
    text,
    whole,
)
from tradewind.data.intake.layout import Feed, Layout, Output
from tradewind.data.intake.marketplaces import parcels_of

_ZONE: Final = "Asia/Shanghai"
_PLATFORMS: Final = {
    "速卖通": "aliexpress", "aliexpress": "aliexpress", "smt": "aliexpress", "亚马逊": "amazon", "temu半托管": "temu",
    "tiktok shop": "tiktok", "tiktokshop": "tiktok", "虾皮": "shopee", "来赞达": "lazada",
}  # fmt: skip
_STATUS: Final = {
    "未付款": "placed", "风控中": "placed", "待审核": "paid", "待处理": "paid", "待打单": "paid",
    "待打单（有货）": "paid",
    "待打单（缺货）": "paid", "已申请": "paid", "申请运单号": "paid", "待发货": "paid", "已处理": "paid",
    "已付款": "paid",
    "搁置": "paid", "已搁置": "paid", "已发货": "shipped", "已交运": "shipped", "已完成": "delivered",
    "已签收": "delivered",
    "已退款": "cancelled", "已取消": "cancelled", "已作废": "cancelled", "已忽略": "cancelled",
}  # fmt: skip
_ORDER_CELLS: Final = (
    "platform_name", "account", "shop", "status", "ordered_at", "paid_at", "shipped_at", "market", "currency",
    "buyer_key",
    "region",
    "postcode_prefix", "tracking_no", "service", "warehouse",
)  # fmt: skip

_named = pl.col("platform_name").str.to_lowercase()
_platform = pl.coalesce(
    _named.replace_strict(list(_PLATFORMS), list(_PLATFORMS.values()), default=None, return_dtype=pl.String),
    _named,
)
_own = {
    "platform": _platform,
    "shop": pl.coalesce("account", "shop", pl.lit("main")),
    "market": pl.col("market").fill_null("ZZ"),
}
_ordered = pl.coalesce("ordered_at", "paid_at")


def _orders_down(rows: pl.DataFrame) -> pl.DataFrame:
    return continued(rows, "order_id", _ORDER_CELLS)


def _combinations_down(rows: pl.DataFrame) -> pl.DataFrame:
    return continued(rows, "bundle_sku", ())


ORDERS = Feed(
    "orders",
    fields=(
        code("order_id", "订单号", "平台订单号"),
        text("platform_name", "平台", required=True),
        text("account", "店铺账号"),
        text("shop", "店铺名称", "店铺"),
        choice("status", "订单状态", choices=_STATUS, required=False),
        code("sku", "SKU", "商品SKU"),
        code("listing_id", "平台SKU", "产品ID", required=False),
        whole("units", "产品总数", "商品数量", "产品数量", "数量"),
        money("unit_price", "商品单价", "产品单价", "产品售价", required=False),
        currency("currency", "币种"),
        moment("ordered_at", "下单时间", "订单时间", time_zone=_ZONE),
        moment("paid_at", "付款时间", time_zone=_ZONE, required=False),
        moment("shipped_at", "发货时间", time_zone=_ZONE, required=False),
        country("market", "买家国家", "收货国家", "国家", "国家/地区", required=False),
        text("region", "省/州"),
        postcode("postcode_prefix", "邮编"),
        buyer("email", "买家邮箱"),
        buyer("buyer", "买家姓名", "收件人姓名", "买家名称"),
        code("package", "包裹号", required=False),
        code("tracking_no", "运单号", "跟踪号", required=False),
        text("service", "物流方式"),
        text("warehouse", "仓库", "发货仓库"),
    ),
    group=("order_id",),
    telling=("account", "listing_id", "package"),
    split=_orders_down,
)
PRODUCTS = Feed(
    "products",
    fields=(
        code("sku", "*SKU (必填)", "SKU"),
        text("title", "中文名称", required=True),
        number("weight_g", "商品净重 （g）", "商品净重(g)", required=True),
        money("unit_cost", "采购参考价 （RMB）", "采购参考价(RMB)"),
        number("length_cm", "长（cm）"),
        number("width_cm", "宽（cm）"),
        number("height_cm", "高（cm）"),
        code("hs_code", "海关编码", required=False),
        text("category", "分类ID"),
    ),
    group=("sku",),
)
COMBINATIONS = Feed(
    "combinations",
    fields=(
        code("bundle_sku", "*组合sku", "组合sku"),
        code("sku", "*包含的商品sku", "包含的商品sku"),
        whole("units", "*数量", "数量"),
    ),
    group=("bundle_sku",),
    split=_combinations_down,
)

LAYOUT = Layout(
    name="dianxiaomi-exports",
    feeds=(ORDERS, PRODUCTS, COMBINATIONS),
    outputs=(
        Output(
            "order_lines",
            "orders",
            columns={
                **_own,
                "ordered_at": _ordered,
                "status": pl.coalesce(
                    "status", pl.when(pl.col("shipped_at").is_not_null()).then(pl.lit("shipped")), pl.lit("paid")
                ),
            },
        ),
        *parcels_of(
            "orders",
            _own,
            service=pl.col("service").fill_null("dianxiaomi"),
            node=pl.col("warehouse").fill_null("seller"),
            created=pl.coalesce("paid_at", "ordered_at"),
            sent=pl.col("shipped_at"),
        ),
        Output(
            "products",
            "products",
            columns={
                "currency": pl.when(pl.col("unit_cost").is_not_null()).then(pl.lit("CNY")),
                **{f"{side}_mm": pl.col(f"{side}_cm") * 10 for side in ("length", "width", "height")},
            },
        ),
        Output("bundles", "combinations"),
    ),
)
