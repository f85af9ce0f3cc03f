"""Tradewind's own layout: every table of `core.tables`, headed by its column names or one of their aliases.

Times without a zone are UTC. `line_no` and `known_at` may be left out. A buyer may be given by number, e-mail,
telephone or name: only the keyed hash of the first one there is goes on.
"""

from __future__ import annotations

import dataframely as dy

from tradewind.core.tables import TABLES, Table
from tradewind.data.intake.layout import Feed, Field, Layout, Output

ALIASES: dict[str, tuple[str, ...]] = {
    "platform": ("平台", "销售平台"),
    "shop": ("店铺", "店铺名称", "店铺账号", "store", "shop name"),
    "order_id": ("订单号", "订单编号", "order no", "order number", "order"),
    "line_no": ("行号", "明细行号", "line", "line number"),
    "sku": ("商品SKU", "SKU编码", "货号", "商家编码", "库存sku", "own sku", "seller sku"),
    "title": ("商品名称", "品名", "标题", "product name", "name"),
    "category": ("类目", "品类", "分类"),
    "market": ("国家", "收货国家", "市场", "买家国家", "country", "ship country", "destination"),
    "mode": ("业务模式", "经营模式", "托管模式", "business mode"),
    "ordered_at": ("下单时间", "订单时间", "order time", "order date", "ordered"),
    "units": ("数量", "件数", "销量", "quantity", "qty", "pieces"),
    "unit_price": ("单价", "商品单价", "售价", "price", "unit price"),
    "discount": ("折扣", "优惠", "优惠金额", "discount amount"),
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
    "taken_at": ("盘点时间", "库存时间", "快照时间", "snapshot time"),
    "available_units": ("可用库存", "可售库存", "available"),
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
    },
    "returns.kind": {"return": ("退货", "退货退款"), "refund": ("仅退款", "退款"), "cancellation": ("取消",)},
    "calendar.kind": {"sale": ("大促", "促销"), "holiday": ("节日", "假期"), "closure": ("停工", "放假停产")},
}
_CODES = ("sku", "order_id", "parcel_id", "listing_id", "return_id", "hs_code", "node")
_MEASURES = (
    "weight_g", "length_mm", "width_mm", "height_mm", "supplier_lead_time_days", "capacity_m3", "inbound_days",
    "volumetric_divisor_cm3_per_kg", "max_weight_g", "rate",
)  # fmt: skip
_MAY_LIE_AHEAD = ("promised_at", "on_the_way_due_on", "starts_on", "ends_on", "launched_on")
_MAY_BE_LEFT_OUT = ("line_no", "known_at", "currency")


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
    needed = not column.nullable and name not in _MAY_BE_LEFT_OUT
    if table == "fx" and name == "currency":
        needed = True
    choices: dict[str, str] = {}
    if isinstance(column, dy.Enum):
        words = WORDS.get(f"{table}.{name}", WORDS.get(name, {}))
        choices = {said: word for word in column.categories for said in (word, *words.get(word, ()))}
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


LAYOUT = Layout(
    name="tradewind",
    feeds=tuple(Feed(table.name, fields_of(table), table.group) for table in TABLES.values()),
    outputs=tuple(Output(table.name, table.name) for table in TABLES.values()),
)
