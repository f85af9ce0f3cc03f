"""AliExpress: what was paid out for each sub-order (放款), and what the shop was fined for (违规).

The Seller Center's own headings were not found anywhere public; the canonical ones are the fields of its interface
`findloanlistquery`, in Chinese and by name. Decisions, each with a test:
- an order is a settlement: a later export replaces all its rows, also the pending ones an order export made;
- what left the seller (fees, refunds) is negative, however the file signs it;
- what was really paid out or refunded counts before what was meant to be;
- a sub-order has a number of its own: the same row again is the same payout, without the number each row counts;
- a sub-order that waits for its payout is pending; it is dated by the best moment the row states.
"""

from __future__ import annotations

import polars as pl

from tradewind.data.intake.fields import choice, code, currency, money, text
from tradewind.data.intake.layout import Feed, Field, Layout, LeaveOut, Output, Variant
from tradewind.data.intake.layouts.aliexpress_orders import ZONE
from tradewind.data.intake.layouts.tradewind import WORDS

_STATUS = {
    "wait_loan": "pending", "loan_ok": "settled", "待放款": "pending", "未放款": "pending", "等待放款": "pending",
    "放款中": "pending", "部分放款": "pending", "冻结": "pending", "已放款": "settled", "放款成功": "settled",
    "放款完成": "settled", "提前放款": "settled", "Pending": "pending", "Waiting": "pending",
    "To be released": "pending",
    "Released": "settled", "Settled": "settled", "Paid": "settled", "Paid out": "settled",
}  # fmt: skip
_SHOP = ("店铺", "店铺名称", "Store", "Store Name", "Shop")
_CURRENCY = ("币种", "货币", "结算币种", "Currency", "currency_code")


def _at(name: str, *headings: str, required: bool = False, future: bool = False) -> Field:
    return Field(name, headings, "moment", required, time_zone=ZONE, future=future, month_first=True)


PAYOUTS = Feed(
    "payouts",
    fields=(
        text("shop", *_SHOP),
        code(
            "order_id",
            "主订单ID",
            "主订单号",
            "订单号",
            "订单编号",
            "order_id",
            "Order ID",
            "Order No.",
            "Parent Order ID",
        ),
        code(
            "child_order_id", "子订单ID", "子订单号", "child_order_id", "Sub-order ID", "Child Order ID", required=False
        ),
        code("sku", "商家编码", "SKU编码", "商品编码", "sku_code", "Seller SKU", required=False),
        money(
            "total",
            "总金额",
            "订单总金额",
            "子订单金额",
            "订单金额",
            "order_amount",
            "Total Amount",
            "Order Amount",
            required=False,
        ),
        money("loan_amount", "放款金额", "应放款金额", "loan_amount", "Release Amount"),
        money(
            "real_loan_amount",
            "实际放款出账金额",
            "实际放款金额",
            "real_loan_amount",
            "Actual Release Amount",
            required=False,
        ),
        money(
            "escrow_fee",
            "手续费",
            "交易手续费",
            "平台佣金",
            "平台手续费",
            "escrow_fee",
            "Escrow Fee",
            "Commission",
            required=False,
        ),
        money("affiliate", "联盟佣金", "affiliate_commission", "Affiliate Commission", required=False),
        money("refund", "退款金额", "refund_amount", "Refund Amount", required=False),
        money(
            "real_refund",
            "实际退款出账金额",
            "实际退款金额",
            "real_refund_amount",
            "Actual Refund Amount",
            required=False,
        ),
        choice("status", "放款状态", "loan_status", "Release Status", "Payout Status", choices=_STATUS),
        text("waits_for", "待放款原因", "wait_loan_reson", "wait_loan_reason", "Pending Reason"),
        currency("currency", *_CURRENCY),
        _at(
            "paid_out_at",
            "放款时间",
            "实际放款时间",
            "放款日期",
            "loan_time",
            "gmt_loan",
            "Release Time",
            "Release Date",
        ),
        _at("refunded_at", "退款时间", "实际退款时间", "refund_time", "Refund Time"),
        _at("ended_at", "交易完成时间", "订单完成时间", "订单结束时间", "gmt_trade_end", "Completed Time"),
        _at(
            "ordered_at",
            "下单时间",
            "订单创建时间",
            "支付时间",
            "付款时间",
            "gmt_create",
            "Order Date",
            "Order Time",
            "Payment Time",
        ),
    ),
    group=("shop", "order_id"),
    leave_out=(LeaveOut("total_row", pl.col("order_id").str.contains(r"(?i)^(合计|总计|小计|汇总|total|sum)\b")),),
    lines_by=("child_order_id", "sku", "total", "loan_amount"),
    once_by="child_order_id",
)
FINES = Feed(
    "fines",
    fields=(
        text("shop", *_SHOP),
        code(
            "fine_id", "违规编号", "处罚编号", "处罚单号", "罚单号", "罚款编号", "Violation ID", "Penalty ID", "Fine ID"
        ),
        choice(
            "kind",
            "违规类型",
            "处罚类型",
            "罚款类型",
            "Violation Type",
            "Penalty Type",
            "Fine Type",
            choices={name: word for word, names in WORDS["fines.kind"].items() for name in (word, *names)}
            | {
                "未按时发货": "late_shipment",
                "延迟入仓": "late_inbound",
                "入仓超时": "late_inbound",
                "漏发": "wrong_goods",
                "缺货取消": "out_of_stock",
                "质检不合格": "quality",
                "知识产权": "violation",
                "禁限售": "violation",
                "Late Shipment": "late_shipment",
                "Late Inbound": "late_inbound",
                "Fake Shipment": "false_shipment",
                "Out of Stock": "out_of_stock",
                "Not as Described": "wrong_goods",
                "Quality Issue": "quality",
            },
        ),
        code("order_id", "订单号", "主订单ID", "关联订单", "关联订单号", "Order No.", "Order ID", required=False),
        code(
            "inbound_id",
            "备货单号",
            "发货单号",
            "采购单号",
            "关联备货单",
            "Consignment No.",
            "Purchase Order",
            required=False,
        ),
        money("amount", "处罚金额", "罚款金额", "扣款金额", "违约金", "Penalty Amount", "Fine Amount"),
        currency("currency", *_CURRENCY),
        _at(
            "fined_at", "处罚时间", "罚款时间", "违规时间", "生效时间", "Penalty Time", "Violation Time", required=True
        ),
        _at(
            "appeal_by",
            "申诉截止时间",
            "申诉截止",
            "申诉期限",
            "最晚申诉时间",
            "Appeal Deadline",
            "Appeal By",
            future=True,
        ),
        choice(
            "status",
            "处罚状态",
            "申诉状态",
            "状态",
            "Status",
            "Appeal Status",
            choices={name: word for word, names in WORDS["fines.status"].items() for name in (word, *names)}
            | {
                "未申诉": "open",
                "待申诉": "open",
                "申诉处理中": "appealed",
                "申诉失败": "upheld",
                "已扣款": "upheld",
                "申诉成功": "cancelled",
                "已取消": "cancelled",
                "Appeal Failed": "upheld",
                "Appeal Successful": "cancelled",
                "Under Appeal": "appealed",
            },
            required=False,
        ),
        text("reason", "违规原因", "处罚原因", "原因", "说明", "Reason"),
    ),
    group=("shop", "fine_id"),
)

_shop = {"platform": pl.lit("aliexpress"), "shop": pl.col("shop").fill_null("main")}
_settled = pl.col("status") == "settled"
_moment = pl.coalesce("paid_out_at", "ended_at", "ordered_at")


def _amount(kind: str, named: str, amount: pl.Expr, *, taken: bool, at: pl.Expr | None = None) -> Variant:
    columns = {"kind": pl.lit(kind), "description": pl.lit(named), "amount": -amount.abs() if taken else amount}
    return Variant(columns if at is None else columns | {"settled_at": at}, amount != 0)


LAYOUT = Layout(
    name="aliexpress-settlement",
    feeds=(PAYOUTS, FINES),
    outputs=(
        Output(
            "settlements",
            "payouts",
            columns={**_shop, "settlement_id": pl.col("order_id"), "settled_at": _moment},
            variants=(
                _amount("sale", "总金额", pl.col("total"), taken=False),
                _amount("commission", "手续费", pl.col("escrow_fee"), taken=True),
                _amount("affiliate", "联盟佣金", pl.col("affiliate"), taken=True),
                _amount(
                    "refund",
                    "退款金额",
                    pl.coalesce("real_refund", "refund"),
                    taken=True,
                    at=pl.coalesce("refunded_at", _moment),
                ),
                _amount(
                    "payout",
                    "放款金额",
                    pl.when(_settled).then(pl.coalesce("real_loan_amount", "loan_amount")).otherwise("loan_amount"),
                    taken=False,
                ),
            ),
        ),
        Output("fines", "fines", columns={**_shop, "amount": pl.col("amount").abs()}),
    ),
)
