"""AliExpress: consignments into its warehouses (备货单, 采购单, 发货单), step by step.

No public file shows these headings: they are the Seller Center's terms and the fields of the interface
(`aliexpress.ascp.po.*`). Times are China's, where those warehouses are: not confirmed. Cancelled ones are left out.
"""

from __future__ import annotations

import polars as pl

from tradewind.data.intake.fields import choice, code, text, whole
from tradewind.data.intake.layout import Feed, Field, Layout, LeaveOut, Output
from tradewind.data.intake.layouts.aliexpress_stock import OWN_SKU

_MODES = {
    "10": "semi_stocked", "50": "semi_jit", "普通仓发": "semi_stocked", "仓发": "semi_stocked", "备货": "semi_stocked",
    "半托管仓发": "semi_stocked", "JIT": "semi_jit", "半托管JIT": "semi_jit", "JIT即时入仓": "semi_jit",
    "全托管": "full", "全托管仓发": "full", "全托管JIT": "full", "海外备仓": "overseas", "海外托管": "overseas",
}  # fmt: skip


def _at(name: str, *headings: str, required: bool = False, future: bool = False) -> Field:
    return Field(name, headings, "moment", required, time_zone="Asia/Shanghai", future=future)


CONSIGNMENTS = Feed(
    "consignments",
    fields=(
        text("shop", "店铺", "店铺名称", "Store", "Store Name", "Shop"),
        code(
            "inbound_id",
            "备货单号",
            "采购单号",
            "发货单号",
            "入库单号",
            "Consignment No.",
            "Purchase Order No.",
            "purchase_order_no",
        ),
        code("sku", *OWN_SKU, "SKU"),
        code(
            "node",
            "收货仓库",
            "收货仓",
            "目的仓",
            "目的仓库",
            "入库仓库",
            "仓库",
            "仓库名称",
            "Warehouse",
            "Destination Warehouse",
            "store_code",
        ),
        choice(
            "mode",
            "订单类型",
            "采购单类型",
            "备货类型",
            "业务类型",
            "order_type",
            "Order Type",
            choices=_MODES,
            required=False,
        ),
        text("status", "状态", "单据状态", "备货单状态", "采购单状态", "发货单状态", "status", "Status"),
        text("carrier", "物流公司", "快递公司", "承运商", "Carrier"),
        code("tracking_no", "运单号", "快递单号", "物流单号", "Tracking No.", "Tracking Number", required=False),
        _at(
            "booked_at",
            "创建时间",
            "备货单创建时间",
            "采购单创建时间",
            "下单时间",
            "Created At",
            "gmt_create",
            required=True,
        ),
        whole(
            "booked_units",
            "计划数量",
            "备货数量",
            "采购数量",
            "应发数量",
            "Planned Quantity",
            "Ordered Quantity",
            "quantity",
        ),
        _at(
            "due_at",
            "要求到仓时间",
            "最晚到仓时间",
            "预计到仓时间",
            "采购单失效时间",
            "Due Time",
            "pre_arrive_time",
            "gmt_expiration",
            future=True,
        ),
        _at("sent_at", "发货时间", "实际发货时间", "揽收时间", "Shipped Time"),
        whole("sent_units", "发货数量", "实发数量", "Shipped Quantity", required=False),
        _at("received_at", "到仓时间", "签收时间", "收货时间", "Received Time"),
        whole("received_units", "收货数量", "实收数量", "签收数量", "Received Quantity", required=False),
        _at("inspected_at", "质检时间", "质检完成时间", "Inspected Time"),
        whole(
            "rejected_units",
            "不合格数量",
            "残品数量",
            "拒收数量",
            "质检不合格数量",
            "Rejected Quantity",
            required=False,
        ),
        text("rejected_reason", "不合格原因", "质检不合格原因", "拒收原因", "失败原因代码", "Reject Reason"),
        _at("put_away_at", "上架时间", "入库时间", "入库完成时间", "Put Away Time"),
        whole("put_away_units", "上架数量", "入库数量", "良品数量", "Put Away Quantity", required=False),
    ),
    group=("shop", "inbound_id"),
    leave_out=(LeaveOut("consignment_cancelled", pl.col("status").str.contains(r"(?i)已取消|作废|^-99$|^cancel+ed$")),),
)

LAYOUT = Layout(
    name="aliexpress-inbounds",
    feeds=(CONSIGNMENTS,),
    outputs=(
        Output(
            "inbounds",
            "consignments",
            columns={"platform": pl.lit("aliexpress"), "shop": pl.col("shop").fill_null("main")},
        ),
    ),
)
