"""Temu's export of semi-managed orders (半托管, Chinese headings): a row per 子订单号, and no money at all.

Decisions, each with a test:
- the price is not known, which is not zero; it comes with Temu's statement, or not at all;
- times are China's; 站点 is the market, with or without 站 (`西班牙站`);
- 半托管 does not say from stock or just in time, so the mode stays open;
- rows of one 运单号 are one parcel; a row without one was not sent;
- what was signed for (实际签收时间) is a delivery. Names, telephones, streets and identity cards are not read.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.data.intake.fields import choice, code, country, moment, postcode, text, whole
from tradewind.data.intake.layout import Feed, Layout, Output
from tradewind.data.intake.marketplaces import parcels_of

_ZONE: Final = "Asia/Shanghai"
_STATUS: Final = {
    "待付款": "placed", "平台处理中": "placed", "待发货": "paid", "待揽收": "paid", "部分发货": "paid",
    "已发货": "shipped",
    "运输中": "shipped", "已送达": "delivered", "已签收": "delivered", "部分签收": "shipped", "已收货": "delivered",
    "已完成": "delivered", "已取消": "cancelled", "部分取消": "paid",
}  # fmt: skip

_own = {"platform": pl.lit("temu"), "shop": pl.lit("main"), "market": pl.coalesce("site", "country")}


def _plain_sites(rows: pl.DataFrame) -> pl.DataFrame:
    """西班牙站 is Spain."""
    return rows.with_columns(pl.col("site").str.strip_suffix("站"))


ORDERS = Feed(
    "orders",
    fields=(
        code("order_id", "订单号", shape=r"PO-\d{2,3}-\d+"),
        country("site", "站点"),
        choice("status", "订单状态", choices=_STATUS),
        code("line", "子订单号"),
        whole("units", "应履约件数"),
        code("listing_id", "SKUID"),
        code("sku", "SKU货号"),
        country("country", "国家", required=False),
        text("region", "省份"),
        postcode("postcode_prefix", "收货地址邮编"),
        code("tracking_no", "运单号", required=False),
        text("carrier", "物流商"),
        text("warehouse", "发货仓"),
        moment("ordered_at", "订单创建时间", time_zone=_ZONE),
        moment("promised_at", "预计送达时间", time_zone=_ZONE, required=False, future=True),
        moment("shipped_at", "实际发货时间", time_zone=_ZONE, required=False),
        moment("delivered_at", "实际签收时间", time_zone=_ZONE, required=False),
    ),
    group=("order_id",),
    lines_by=("line",),
    split=_plain_sites,
)

LAYOUT = Layout(
    name="temu-orders",
    feeds=(ORDERS,),
    outputs=(
        Output("order_lines", "orders", columns=_own),
        *parcels_of(
            "orders",
            _own,
            service=pl.col("carrier").fill_null("temu"),
            node=pl.col("warehouse").fill_null("temu"),
            created=pl.col("ordered_at"),
            sent=pl.col("shipped_at"),
            delivered=pl.col("delivered_at"),
        ),
    ),
)
