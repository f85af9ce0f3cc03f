"""Tradewind's own layout: every table of `core.tables`, headed by its column names or one of their aliases.

An empty cell leaves what is known; `#clear` (`#清空`) empties it. Times without a zone are UTC. `line_no` and
`known_at` may be left out. A buyer may be given by number, e-mail, telephone or name: only the keyed hash of the first
one there is goes on.
"""

from __future__ import annotations

import dataframely as dy
import polars as pl

from tradewind.core.tables import TABLES, Table
from tradewind.data.intake.headings import plain
from tradewind.data.intake.layout import Feed, Field, Layout, Output

ALIASES: dict[str, tuple[str, ...]] = {
    "platform": ("平台", "销售平台"),
    "shop": ("店铺", "店铺名称", "店铺账号", "store", "shop name"),
    "order_id": ("订单号", "订单编号", "order no", "order number", "order"),
    "line_no": ("行号", "明细行号", "line", "line number"),
    "sku": ("商品SKU", "SKU编码", "货号", "商家编码", "商品编码", "商品货号", "库存sku", "own sku", "seller sku"),
    "title": ("商品名称", "品名", "标题", "product name", "name"),
    "category": ("类目", "品类", "分类"),
    "market": ("国家", "收货国家", "市场", "买家国家", "country", "ship country", "destination"),
    "mode": ("业务模式", "经营模式", "托管模式", "business mode"),
    "ordered_at": ("下单时间", "订单时间", "order time", "order date", "ordered"),
    "units": ("数量", "件数", "销量", "quantity", "qty", "pieces"),
    "unit_price": ("单价", "商品单价", "售价", "price", "unit price"),
    "discount": ("折扣", "优惠", "优惠金额", "discount amount"),
    "shipping_paid": ("买家支付运费", "买家运费", "运费收入", "shipping paid by buyer"),
    "paid_amount": ("实付金额", "支付金额", "买家实付", "paid", "amount paid"),
    "currency": ("币种", "货币", "currency code"),
    "status": ("订单状态", "状态", "order status"),
    "cancelled_at": ("取消时间", "cancel time", "canceled at"),
    "postcode_prefix": ("邮编", "postcode", "zip", "zip code", "postal code"),
    "known_at": ("获知时间", "known"),
    "unit_cost": ("采购成本", "成本", "成本价", "进货价", "cost", "purchase price"),
    "weight_g": ("重量(g)", "重量克", "克重", "weight (g)"),
    "length_mm": ("长(mm)", "长度毫米", "length (mm)"),
    "width_mm": ("宽(mm)", "宽度毫米", "width (mm)"),
    "height_mm": ("高(mm)", "高度毫米", "height (mm)"),
    "supplier": ("供应商", "供货商"),
    "supplier_lead_time_days": ("供货天数", "交期天数", "备货天数", "lead time (days)"),
    "moq_units": ("起订量", "最小起订量", "moq"),
    "carton_units": ("装箱数", "箱规", "units per carton"),
    "hs_code": ("海关编码", "HS编码", "hs"),
    "launched_on": ("上架日期", "首次上架", "launch date"),
    "listing_id": ("商品ID", "平台SKU", "链接ID", "listing", "platform sku", "item id"),
    "list_price": ("标价", "挂牌价", "listing price"),
    "node": ("仓库", "仓库编码", "发货仓", "warehouse"),
    "kind": ("类型", "种类", "type"),
    "capacity_m3": ("容量(m3)", "库容立方米", "capacity (m3)"),
    "storage_cost_per_m3_week": ("仓储费每立方米每周", "storage cost (m3 week)"),
    "inbound_cost_per_unit": ("入库费每件", "inbound cost (unit)"),
    "inbound_days": ("入库天数", "inbound days"),
    "service": ("物流方式", "物流渠道", "线路", "shipping service", "line"),
    "carrier": ("承运商", "物流公司"),
    "service_class": ("物流等级", "时效等级", "class"),
    "freight_per_kg": ("运费每公斤", "freight (kg)"),
    "freight_per_parcel": ("每票处理费", "挂号费", "freight (parcel)"),
    "volumetric_divisor_cm3_per_kg": ("体积重除数", "泡重系数", "volumetric divisor"),
    "max_weight_g": ("限重(g)", "最大重量克", "max weight (g)"),
    "taken_at": ("盘点时间", "库存时间", "快照时间", "库存日期", "日期", "date", "snapshot time"),
    "available_units": ("可用库存", "可售库存", "库存数量", "现有库存", "库存数", "available"),
    "locked_units": ("锁定库存", "占用库存", "locked"),
    "on_the_way_units": ("在途库存", "在途数量", "on the way"),
    "on_the_way_due_on": ("在途预计到货", "预计到货日期", "due date"),
    "parcel_id": ("包裹号", "运单号", "tracking number", "parcel"),
    "region": ("州/省", "省州", "地区", "state", "province"),
    "created_at": ("创建时间", "发货时间", "created"),
    "promised_at": ("承诺送达时间", "预计送达时间", "promised delivery"),
    "freight_amount": ("实际运费", "运费", "freight"),
    "milestone": ("节点", "轨迹节点", "物流节点", "event"),
    "happened_at": ("发生时间", "轨迹时间", "event time"),
    "place": ("地点", "所在地", "location"),
    "return_id": ("售后单号", "退货单号", "退款单号", "return no"),
    "refund_amount": ("退款金额", "refund"),
    "reason": ("原因", "退货原因", "售后原因"),
    "opened_at": ("申请时间", "发起时间", "opened"),
    "event": ("活动", "事件", "活动名称"),
    "starts_on": ("开始日期", "start date"),
    "ends_on": ("结束日期", "end date"),
    "quote": ("报价币种", "兑换币种", "quote currency"),
    "on_date": ("日期", "date"),
    "rate": ("汇率", "exchange rate"),
    "bundle_sku": ("组合SKU", "组合商品SKU", "bundle", "bundle sku"),
    "qualification": ("资质", "准入状态", "supplier status"),
    "lead_time_days": ("交期(天)", "生产周期天数", "lead time (days)"),
    "capacity_units_per_week": ("周产能", "每周产能", "weekly capacity"),
    "deposit_share": ("定金比例", "deposit"),
    "balance_days": ("尾款账期天数", "账期天数", "balance due (days)"),
    "closes_on": ("停工日期", "放假日期", "closes"),
    "reopens_on": ("复工日期", "开工日期", "reopens"),
    "ramp_weeks": ("爬坡周数", "产能恢复周数", "ramp (weeks)"),
    "channel": ("渠道", "销售渠道", "流量渠道", "sales channel"),
    "expires_on": ("释放日期", "保留至", "expires"),
    "purchase_id": ("采购单号", "采购订单号", "po number", "purchase order"),
    "deposit_amount": ("定金", "已付定金", "deposit paid"),
    "promised_on": ("约定交期", "承诺交货日期", "promised date"),
    "shipped_at": ("供应商发货时间", "shipped"),
    "received_at": ("收货时间", "到仓时间", "签收时间", "received"),
    "received_units": ("收货数量", "实收数量", "签收数量", "received quantity"),
    "rejected_units": ("不良数量", "拒收数量", "次品数量", "rejected quantity"),
    "inbound_id": ("备货单号", "发货单号", "入库单号", "consignment", "inbound no"),
    "tracking_no": ("物流单号", "快递单号", "货运单号", "tracking no"),
    "booked_at": ("预约时间", "备货单创建时间", "booked"),
    "booked_units": ("预约数量", "备货数量", "计划数量", "booked quantity"),
    "due_at": ("要求到仓时间", "最晚到仓时间", "due"),
    "sent_at": ("发出时间", "寄出时间", "sent"),
    "sent_units": ("发货数量", "发出数量", "sent quantity"),
    "inspected_at": ("质检时间", "inspected"),
    "rejected_reason": ("拒收原因", "不合格原因", "reject reason"),
    "put_away_at": ("上架时间", "put away"),
    "put_away_units": ("上架数量", "入库数量", "put away quantity"),
    "called_off_at": ("取消采购时间", "采购取消时间", "called off"),
    "code": ("轨迹代码", "状态码", "event code"),
    "settlement_id": ("结算单号", "放款单号", "settlement no"),
    "description": ("说明", "费用说明", "摘要"),
    "amount": ("金额", "收支金额", "罚款金额"),
    "settled_at": ("结算时间", "放款时间", "settled"),
    "fine_id": ("罚单号", "处罚编号", "违规编号", "fine no"),
    "fined_at": ("处罚时间", "罚款时间", "fined"),
    "appeal_by": ("申诉截止时间", "appeal deadline"),
    "impressions": ("曝光量", "曝光次数", "views"),
    "visitors": ("访客数", "uv", "unique visitors"),
    "clicks": ("点击量", "点击次数", "pv"),
    "carts": ("加购数", "加购人数", "add to cart"),
    "coupons_used": ("优惠券使用数", "用券数", "coupons"),
    "coupon_amount": ("优惠券金额", "用券金额", "coupon value"),
    "ad_spend": ("广告花费", "推广花费", "ad cost"),
}
BUYERS = {
    "buyer_key": ("buyer", "buyer id", "customer id", "买家ID", "买家账号", "客户编号"),
    "buyer_email": ("email", "e-mail", "buyer email", "买家邮箱", "邮箱"),
    "buyer_phone": ("phone", "mobile", "tel", "buyer phone", "手机", "联系电话", "电话"),
    "buyer_name": ("buyer name", "customer name", "contact name", "买家名称", "买家姓名", "收货人名称", "收货人"),
}
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "mode": {
        "full": ("全托管", "full-managed"),
        "semi_stocked": ("半托管", "半托管备货", "仓发", "semi-managed"),
        "semi_jit": ("半托管JIT", "JIT"),
        "pop": ("POP店", "自运营"),
        "overseas": ("海外托管", "海外仓"),
        "own": ("自有", "独立站"),
    },
    "status": {
        "placed": ("已下单", "待付款", "等待买家付款", "unpaid", "created", "pending"),
        "paid": ("已付款", "待发货", "等待您发货", "awaiting shipment", "processing"),
        "shipped": ("已发货", "等待买家收货", "运输中", "fulfilled", "dispatched"),
        "delivered": ("已完成", "订单结束", "已签收", "已妥投", "completed", "finished"),
        "cancelled": ("已取消", "已关闭", "已作废", "canceled", "closed"),
    },
    "nodes.kind": {
        "seller": ("自有仓", "商家仓"),
        "origin": ("产地仓",),
        "preferred": ("优选仓",),
        "overseas": ("海外仓",),
    },
    "service_class": {"economy": ("经济",), "standard": ("标准",), "express": ("快速", "优先")},
    "milestone": {
        "handed_over": ("已交接",),
        "collected": ("已揽收",),
        "received_at_hub": ("到达分拨中心",),
        "export_cleared": ("出口清关",),
        "departed": ("已离港",),
        "arrived": ("已到港",),
        "import_cleared": ("进口清关",),
        "out_for_delivery": ("派送中",),
        "delivered": ("已妥投", "已签收"),
        "exception": ("异常",),
        "returned": ("退回",),
        "lost": ("丢失",),
        "announced": ("电子预报", "已预报"),
        "in_transit": ("运输途中",),
        "at_pickup_point": ("到达自提点", "待自提"),
        "customs_held": ("海关扣留", "清关异常"),
        "delivery_failed": ("派送失败", "投递失败"),
        "returning": ("退回途中",),
        "destroyed": ("销毁",),
        "cancelled": ("已取消发货",),
    },
    "returns.kind": {"return": ("退货", "退货退款"), "refund": ("仅退款", "退款"), "cancellation": ("取消",)},
    "qualification": {"qualified": ("合格", "已准入"), "trial": ("试用", "试单"), "blocked": ("停用", "淘汰")},
    "settlements.kind": {
        "sale": ("货款", "销售收入"),
        "shipping_income": ("买家运费", "运费收入"),
        "subsidy": ("平台补贴", "补贴"),
        "refund": ("退款",),
        "commission": ("平台佣金", "佣金"),
        "affiliate": ("联盟佣金",),
        "service_fee": ("基础服务费", "服务费"),
        "operation_fee": ("操作费",),
        "payment_fee": ("交易手续费", "手续费"),
        "freight": ("物流费", "运费"),
        "first_leg": ("头程费", "头程"),
        "last_mile": ("尾程费", "尾程"),
        "packaging": ("包材费", "包装费"),
        "storage": ("仓储费",),
        "ads": ("广告费", "推广费"),
        "tax": ("税费", "增值税"),
        "goods_cost": ("采购成本", "商品成本"),
        "fine": ("罚款",),
        "adjustment": ("调整", "调账"),
        "payout": ("放款", "打款"),
        "other": ("其他",),
    },
    "settlements.status": {"pending": ("待放款", "未结算"), "settled": ("已放款", "已结算")},
    "fines.kind": {
        "late_shipment": ("发货超时", "延迟发货"),
        "late_inbound": ("入库超时", "延迟入库"),
        "false_shipment": ("虚假发货",),
        "out_of_stock": ("缺货", "成交不卖"),
        "wrong_goods": ("货不对板", "错发"),
        "quality": ("质量问题",),
        "violation": ("违规",),
        "other": ("其他",),
    },
    "fines.status": {
        "open": ("可申诉", "待处理"),
        "appealed": ("申诉中",),
        "upheld": ("已生效",),
        "cancelled": ("已撤销",),
    },
    "traffic.channel": {
        "all": ("全部",),
        "organic": ("自然流量",),
        "ads": ("付费推广", "直通车"),
        "affiliate": ("联盟",),
    },
    "calendar.kind": {"sale": ("大促", "促销"), "holiday": ("节日", "假期"), "closure": ("停工", "放假停产")},
}
UTC_US = pl.Datetime("us", "UTC")
_CODES = (
    "sku", "order_id", "parcel_id", "listing_id", "return_id", "hs_code", "node", "bundle_sku", "purchase_id",
    "inbound_id", "tracking_no", "settlement_id", "fine_id",
)  # fmt: skip
_MEASURES = (
    "weight_g", "length_mm", "width_mm", "height_mm", "supplier_lead_time_days", "capacity_m3", "inbound_days",
    "volumetric_divisor_cm3_per_kg", "max_weight_g", "rate", "lead_time_days", "capacity_units_per_week",
    "deposit_share", "balance_days", "ramp_weeks",
)  # fmt: skip
_MAY_LIE_AHEAD = (
    "promised_at", "on_the_way_due_on", "starts_on", "ends_on", "launched_on", "closes_on", "reopens_on", "expires_on",
    "promised_on", "due_at", "appeal_by",
)  # fmt: skip
_MAY_BE_LEFT_OUT = ("line_no", "known_at", "currency")
_ALWAYS_NEEDED = (("fx", "currency"), ("order_lines", "unit_price"))
"""Only exports that hold no money at all (Temu's) have no price: a list of one's own states it."""


def fields_of(table: Table) -> tuple[Field, ...]:
    """The fields of a table in the order of its columns, each with every heading seen for it."""
    fields: list[Field] = []
    for name, column in table.schema.columns().items():
        if name == "buyer_key":
            fields += [Field(one, (one, *headings), "buyer") for one, headings in BUYERS.items()]
        else:
            fields.append(_field(table.name, name, column))
    return tuple(fields)


def _field(table: str, name: str, column: dy.Column) -> Field:
    needed = (not column.nullable and name not in _MAY_BE_LEFT_OUT) or (table, name) in _ALWAYS_NEEDED
    choices: dict[str, str] = {}
    if isinstance(column, dy.Enum):
        words = WORDS.get(f"{table}.{name}", WORDS.get(name, {}))
        choices = {name: word for word in column.categories for name in (word, *words.get(word, ()))}
    headings = (name, *ALIASES[name])
    return Field(name, headings, _kind(name, column), needed, choices=choices, future=name in _MAY_LIE_AHEAD)


def _kind(name: str, column: dy.Column) -> str:
    if isinstance(column, dy.Enum):
        return "choice"
    if isinstance(column, dy.Datetime):
        return "moment"
    if isinstance(column, dy.Date):
        return "day"
    if isinstance(column, dy.Int64):
        return "whole"
    if isinstance(column, dy.Float64):
        return "number" if name in _MEASURES else "money"
    special = {"market": "country", "currency": "currency", "quote": "currency", "postcode_prefix": "postcode"}
    return special.get(name, "code" if name in _CODES else "text")


# A day's traffic is known when the day is over.
_COLUMNS = {"traffic": {"known_at": pl.coalesce("known_at", pl.col("on_date").cast(UTC_US) + pl.duration(days=1))}}

_TELLING = {
    "products": (
        "unit_cost", "weight_g", "length_mm", "width_mm", "height_mm", "supplier", "supplier_lead_time_days",
        "moq_units", "carton_units", "hs_code", "launched_on",
    ),
    "suppliers": (
        "qualification", "lead_time_days", "capacity_units_per_week", "deposit_share", "balance_days", "closes_on",
        "reopens_on", "ramp_weeks",
    ),
}  # fmt: skip
"""Of tables that need little more than a name: what only they have."""

_EVENTS = ("code", "moment", "whole", "day")
_NAMES = ("node", "service", "platform", "shop")


def _feed(table: Table) -> Feed:
    """In a list of what is there (goods, places), a heading that another table needs for its facts says that the file
    is that one."""
    fields = fields_of(table)
    if table.fact_time is not None:
        return Feed(table.name, fields, table.group, clears=True)
    own = {field.name for field in fields}
    foreign = frozenset(
        plain(heading)
        for other in TABLES.values()
        for field in fields_of(other)
        if field.required and field.kind in _EVENTS and field.name not in {*own, *_NAMES}
        for heading in field.headings
    )
    return Feed(table.name, fields, table.group, clears=True, telling=_TELLING.get(table.name, ()), foreign=foreign)


LAYOUT = Layout(
    name="tradewind",
    feeds=tuple(map(_feed, TABLES.values())),
    outputs=tuple(Output(table.name, table.name, _COLUMNS.get(table.name, {})) for table in TABLES.values()),
)
