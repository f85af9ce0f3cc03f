"""AliExpress Seller Center: 导出订单, a row an order with all its goods in one cell; Chinese (2019, newer), English.

Decisions, each with a test:
- the goods' cell becomes an order line an item. It states no prices, so the order's money is shared out by pieces,
  in whole cents that add up to the order's own; rows of one order that repeat its amounts state them once;
- an item without 商家编码 is a row to correct: the order line needs an own SKU, and no other is guessed;
- 订单结束 without a payment and without a dispatch is an order nobody paid: cancelled;
- 确认收货时间 is the buyer's word (or the end of a waiting time), not the carrier's: no delivery is made of it;
- times are US Pacific, and month first where written with slashes;
- fees of orders under way are pending settlements; of ended orders the 放款 export holds what was really taken.
"""

from __future__ import annotations

import polars as pl

from tradewind.data.intake.fields import DIGITS, buyer, choice, code, country, currency, money, postcode, text, whole
from tradewind.data.intake.layout import Check, Feed, Field, Layout, Note, Output, Variant
from tradewind.data.intake.layouts.tradewind import WORDS
from tradewind.data.intake.order_cells import split_order

ZONE = "America/Los_Angeles"
_STATUS: dict[str, tuple[str, ...]] = {
    "placed": (
        "等待买家付款", "待付款", "未付款", "资金未到账", "付款处理中", "等待您确认金额", "风控中", "风控24小时",
        "PLACE_ORDER_SUCCESS", "PAYMENT_PROCESSING", "RISK_CONTROL", "RISK_CONTROL_HOLD", "WAIT_SELLER_EXAMINE_MONEY",
        "Awaiting payment", "Unpaid", "Payment not received", "Payment processing", "Payment being verified",
    ),
    "paid": (
        "等待您发货", "等待卖家发货", "待发货", "部分发货", "买家申请取消", "申请取消", "取消中",
        "冻结中", "已冻结", "含冻结中",
        "WAIT_SELLER_SEND_GOODS", "SELLER_PART_SEND_GOODS", "IN_CANCEL", "IN_FROZEN", "Awaiting shipment", "To ship",
        "Partially shipped", "Partial shipment", "Cancellation requested", "Buyer requested cancellation", "Frozen",
        "Awaiting Your Shipment",
    ),
    "shipped": (
        "等待买家收货", "待收货", "已发货", "纠纷中", "含纠纷中", "含纠纷", "有纠纷",
        "WAIT_BUYER_ACCEPT_GOODS", "IN_ISSUE",
        "Awaiting buyer receipt", "Awaiting delivery", "Shipped", "In dispute", "Dispute", "Dispute in progress",
        "Awaiting confirmation of receipt",
    ),
    "delivered": (
        "等待放款", "资金处理中", "订单结束", "已结束", "订单完成", "已完成", "交易完成", "交易成功",
        "FUND_PROCESSING", "FINISH",
        "Finished", "Completed", "Order completed", "Order finished", "Awaiting fund release", "Funds processing",
    ),
    "cancelled": (
        "订单关闭", "已关闭", "交易关闭", "已取消", "订单取消", "CANCELLED", "Closed", "Order closed", "Cancelled",
        "Canceled",
    ),
}  # fmt: skip
"""What the Seller Center and its interface call a state. Partly sent: awaits the seller; in dispute: has left."""
STATUS = {name: word for word, names in _STATUS.items() for name in names}
MODES = {name: word for word, names in WORDS["mode"].items() for name in (word, *names)}
_GOODS = ("产品信息", "产品信息（双击单元格展开所有产品信息！）", "商品信息", "Product Information", "Product Info")


def _at(name: str, *headings: str, required: bool = False) -> Field:
    """A moment in US Pacific time, month first."""
    return Field(name, headings, "moment", required, time_zone=ZONE, month_first=True)


ORDERS = Feed(
    "orders",
    fields=(
        text("shop", "店铺", "店铺名称", "店铺名", "Store", "Store Name", "Shop"),
        code("order_id", "订单号", "订单编号", "主订单号", "Order No.", "Order ID", "Order Number", shape=DIGITS),
        choice("status", "订单状态", "Order Status", choices=STATUS),
        _at("ordered_at", "下单时间", "订单创建时间", "Order Date", "Order Time", "Order Created", required=True),
        _at("paid_at", "付款时间", "支付时间", "买家付款时间", "Payment Date", "Payment Time", required=True),
        country(
            "market", "收货国家", "收货国家/地区", "国家", "国家/地区", "Country", "Country/Region", "Ship-to Country"
        ),
        text("products", *_GOODS, required=True),
        code("sku", "产品信息", "Product Information", required=False),
        whole("units", "产品信息", "Product Information", required=False),
        text("sku_cell", "SKU信息", "SKU Information", "SKU Info"),
        code("listing_id", "商品ID", "产品ID", "Product ID", "Item ID", required=False),
        money("order_amount", "订单金额", "订单总金额", "实付金额", "Order Amount", "Order Total"),
        money("goods_total", "产品总金额", "商品总金额", "商品金额", "Product Total", "Product Amount", "Item Total"),
        money("discount_amount", "满立减", "店铺优惠", "订单优惠", "Order Discount", "Discount", required=False),
        money("coupon", "店铺优惠券", "优惠券", "Store Coupon", "Coupon", required=False),
        currency("currency", "币种", "订单币种", "货币", "Currency"),
        text("region", "州/省", "省/州", "State/Province", "State", "Province"),
        postcode("postcode_prefix", "邮编", "邮政编码", "Zip Code", "Postal Code", "Postcode"),
        buyer("email", "买家邮箱", "Buyer Email", "Email"),
        buyer("mobile", "手机", "Mobile", "Mobile Phone"),
        buyer("phone", "联系电话", "电话", "Tel", "Telephone", "Phone"),
        buyer("buyer_name", "买家名称", "买家姓名", "Buyer Name", "Buyer"),
        buyer("contact_name", "收货人名称", "收货人", "Contact Name", "Recipient"),
        choice(
            "mode", "业务模式", "订单业务模式", "托管模式", "经营模式", "Business Mode", choices=MODES, required=False
        ),
        code("node", "发货仓", "发货仓库", "仓库", "Warehouse", "Ship From", required=False),
        text("waybill", "实际发货物流:运单号", "实际发货物流", "物流公司:运单号", "Tracking Number", "Tracking No."),
        code("tracking_no", "实际发货物流:运单号", "Tracking Number", required=False),
        text("service", "实际发货物流:运单号", "Tracking Number"),
        text("buyer_service", "买家选择物流", "Shipping Method", "Logistics Method"),
        _at("sent_at", "发货时间", "实际发货时间", "Shipping Date", "Shipment Date", "Shipped Time"),
        text("received_at", "确认收货时间", "Confirm Receipt Date", "Receipt Confirmed"),
        money("commission", "平台佣金", "交易佣金", "Platform Commission", "Commission", required=False),
        money("affiliate", "联盟佣金", "Affiliate Commission", required=False),
        money("income", "预计收入", "预计到账金额", "Estimated Income", "Estimated Earnings", required=False),
        text("title"),
        text("part"),
        text("sent_said"),
        text("unread"),
        whole("units_before", required=False),
        whole("units_of_order", required=False),
    ),
    group=("shop", "order_id"),
    lines_by=("products",),
    once_by="order_id",
    split=split_order,
    notes=(Note("receipt_by_buyer", (pl.col("units_before") == 0) & pl.col("received_at").is_not_null()),),
    checks=(
        Check("product_cell_unreadable", "sku", (pl.col("part") == "line") & pl.col("unread").is_not_null(), "unread"),
        Check(
            "seller_code_missing",
            "sku",
            (pl.col("part") == "line") & pl.col("sku").is_null() & pl.col("units").is_not_null(),
            "title",
        ),
        Check(
            "waybill_unreadable", "tracking_no", (pl.col("part") == "parcel") & pl.col("unread").is_not_null(), "unread"
        ),
    ),
)

_shop = {"platform": pl.lit("aliexpress"), "shop": pl.col("shop").fill_null("main")}
_never_paid = (pl.col("status") == "delivered") & pl.col("paid_at").is_null() & pl.col("sent_said").is_null()
_under_way = pl.col("status").is_in(["paid", "shipped"])


def _share(amount: pl.Expr) -> pl.Expr:
    """The line's part of an order's amount, by pieces, in cents: what is due up to and with this line, less what was
    due before it, so that the lines add up to the order."""
    cents = (amount * 100).round()

    def due(units: pl.Expr) -> pl.Expr:
        return (cents * units / pl.col("units_of_order")).round()

    return (due(pl.col("units_before") + pl.col("units")) - due(pl.col("units_before"))) / 100


def _fee(name: str, kind: str, *, taken: bool) -> Variant:
    amount = -pl.col(name).abs() if taken else pl.col(name)
    return Variant({"kind": pl.lit(kind), "amount": amount}, pl.col(name) != 0)


LAYOUT = Layout(
    name="aliexpress-orders",
    feeds=(ORDERS,),
    outputs=(
        Output(
            "order_lines",
            "orders",
            columns={
                **_shop,
                "unit_price": _share(pl.col("goods_total")) / pl.col("units"),
                "discount": _share(
                    pl.when(pl.any_horizontal(pl.col("discount_amount", "coupon").is_not_null())).then(
                        pl.sum_horizontal(pl.col("discount_amount", "coupon").abs())
                    )
                ),
                "paid_amount": _share(pl.col("order_amount")),
                "status": pl.when(_never_paid).then(pl.lit("cancelled")).otherwise("status"),
            },
            where=pl.col("part") == "line",
        ),
        Output(
            "parcels",
            "orders",
            columns={
                **_shop,
                "parcel_id": pl.col("tracking_no"),
                "service": pl.coalesce("service", "buyer_service"),
                "node": pl.col("node").fill_null("seller"),
                "created_at": pl.coalesce("paid_at", "ordered_at"),
            },
            where=pl.col("part") == "parcel",
        ),
        Output(
            "events",
            "orders",
            columns={
                **_shop,
                "parcel_id": pl.col("tracking_no"),
                "milestone": pl.lit("handed_over"),
                "happened_at": pl.col("sent_at"),
            },
            where=(pl.col("part") == "parcel") & pl.col("unread").is_null() & pl.col("sent_said").is_not_null(),
        ),
        Output(
            "settlements",
            "orders",
            columns={
                **_shop,
                "settlement_id": pl.col("order_id"),
                "sku": pl.lit(None),
                "status": pl.lit("pending"),
                "settled_at": pl.coalesce("paid_at", "ordered_at"),
            },
            where=(pl.col("part") == "order") & _under_way,
            variants=(
                _fee("commission", "commission", taken=True),
                _fee("affiliate", "affiliate", taken=True),
                _fee("income", "payout", taken=False),
            ),
        ),
    ),
)
