"""1688's export of purchase orders (已买到的货品 > 导出订单): a row per goods, the order's cells on its first row only.

Decisions, each with a test:
- the seller's own SKU is 单品货号, else 货号; goods without either are rows to correct: an Offer ID is not theirs;
- what stands on an order's first row only is its other rows' too; times are China's, money is CNY;
- an order that was closed (交易关闭, 交易取消) is called off from the start; one that waits for payment is no order
  yet: left out and counted;
- the export says that goods were received (交易成功), not when: at the latest at the file's newest moment, which is
  taken and counted, so that they are on the way no longer;
- freight and discounts of the whole order are not shared out: the cost is 单价, as listed.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.data.intake.continued import continued
from tradewind.data.intake.fields import code, moment, money, text, whole
from tradewind.data.intake.layout import Feed, Layout, LeaveOut, Note, Output
from tradewind.data.intake.marketplaces import newest

_ZONE: Final = "Asia/Shanghai"
_state = pl.col("state")
_is_closed = _state.str.contains("关闭|取消").fill_null(False)
_is_done = _state.str.contains("交易成功|已收货|已完成").fill_null(False)
_ORDER_CELLS: Final = ("supplier", "state", "ordered_at", "paid_at", "tracking")


def _orders_down(rows: pl.DataFrame) -> pl.DataFrame:
    return continued(rows, "purchase_id", _ORDER_CELLS)


PURCHASES = Feed(
    "purchases",
    fields=(
        code("purchase_id", "订单编号"),
        text("supplier", "卖家公司名", required=True),
        text("state", "订单状态", required=True),
        moment("ordered_at", "订单创建时间", time_zone=_ZONE),
        moment("paid_at", "订单付款时间", time_zone=_ZONE, required=False),
        text("title", "货品标题", required=True),
        money("unit_cost", "单价(元)", "单价"),
        whole("units", "数量"),
        code("own_sku", "单品货号", required=False),
        code("article", "货号", required=False),
        code("tracking", "运单号", required=False),
    ),
    group=("purchase_id",),
    lines_by=("own_sku", "article"),
    split=_orders_down,
    leave_out=(LeaveOut("purchase_not_paid", _state.str.contains("等待买家付款")),),
    notes=(Note("purchase_received_undated", _is_done),),
)

LAYOUT = Layout(
    name="alibaba-purchases",
    feeds=(PURCHASES,),
    outputs=(
        Output(
            "purchase_orders",
            "purchases",
            columns={
                "sku": pl.coalesce("own_sku", "article"),
                "currency": pl.lit("CNY"),
                "received_at": pl.when(_is_done).then(newest(pl.col("ordered_at"), pl.col("paid_at"))),
                "received_units": pl.when(_is_done).then("units"),
                "called_off_at": pl.when(_is_closed).then("ordered_at"),
            },
        ),
    ),
)
