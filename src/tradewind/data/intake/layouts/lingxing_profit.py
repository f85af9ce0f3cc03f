"""领星's profit report per order: a row per order, SKU and transaction type, every kind of money in a column.

Decisions, each with a test:
- 销售 rows are order lines, 退货 and 退款 rows are returns once they are settled (the report dates them no other
  way), goods of 补发 are no demand; the money columns of all rows are settlements in the row's currency;
- the report's API calls 平台费 `promotionAmount`: under that name it is commission; 推广费 and 广告费 are advertising;
- whether costs carry a minus sign is read from the row itself: the sign that leads to its 毛利润 counts;
- 退款金额 is the sum of 收入退款额 and 费用退款额, so it counts only where they are not there;
- rows that say the same each count: the report has no number of a line to tell a copy by;
- AliExpress半托管 does not say from stock or just in time: platform aliexpress, no mode.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.data.intake.fields import choice, code, country, currency, moment, money, text, whole
from tradewind.data.intake.layout import Feed, Field, Layout, Note, Output, Variant

_ZONE: Final = "Asia/Shanghai"
_PLATFORMS: Final = {
    "aliexpress": ("aliexpress", None), "10005": ("aliexpress", None), "速卖通": ("aliexpress", None),
    "aliexpress半托管": ("aliexpress", None), "10029": ("aliexpress", None), "速卖通半托管": ("aliexpress", None),
    "aliexpress全托管": ("aliexpress", "full"), "10030": ("aliexpress", "full"), "速卖通全托管": ("aliexpress", "full"),
    "temu全托": ("temu", "full"), "temu全托管": ("temu", "full"), "10022": ("temu", "full"),
    "temu半托": ("temu", None), "temu半托管": ("temu", None), "10024": ("temu", None),
    "shein半托管": ("shein", None), "10028": ("shein", None),
    "shopify": ("shopify", "own"), "10002": ("shopify", "own"),
    "amazon": ("amazon", None), "亚马逊": ("amazon", None), "10001": ("amazon", None),
    "tiktok": ("tiktok", None), "10011": ("tiktok", None),
}  # fmt: skip
_TYPES: Final = {
    "0": "sale", "销售": "sale", "2": "return", "退货": "return", "3": "adjustment", "AE放款差异": "adjustment",
    "4": "refund", "退款": "refund", "5": "resent", "补发": "resent", "6": "adjustment", "调整": "adjustment",
    "7": "other", "其他": "other",
}  # fmt: skip
_INCOME: Final = {
    "销售额": ("sale", "salesAmount"), "买家运费": ("shipping_income", "buyerFreightAmount"),
    "其他收入": ("other", "otherIncomeAmount"), "费用退款额": ("adjustment", "feeRefundAmount"),
    "补贴金额": ("subsidy", "subsidyAmount"),
}  # fmt: skip
_COSTS: Final = {
    "促销折扣": ("sale", "promotionDiscountAmount"), "收入退款额": ("refund", "incomeRefundAmount"),
    "平台费": ("commission", "promotionAmount"), "平台物流费": ("freight", "platformLogisticsAmount"),
    "推广费": ("ads", ""), "广告费": ("ads", "adsAmount"), "平台仓储费": ("storage", "platformStorageAmount"),
    "平台罚款": ("fine", "platformFineAmount"), "平台其他费": ("other", "platformOtherAmount"),
    "销售税": ("tax", "salesTaxAmount"), "市场税": ("tax", "marketTaxAmount"), "商品其他费": ("other", ""),
    "店铺其他费": ("other", ""), "订单其他费": ("other", ""), "采购成本": ("goods_cost", "purchaseAmount"),
    "头程成本": ("first_leg", "transportationAmount"), "尾程成本": ("last_mile", "tailAmount"),
    "其他成本": ("other", "otherCostAmount"), "其他税费": ("tax", ""),
}  # fmt: skip
_MONEY: Final = (*_INCOME, *_COSTS, "退款金额", "调整费")
_CENTS: Final = 0.05
_NEEDED: Final = ("销售额", "平台费", "采购成本")


def _of_platform(at: int) -> pl.Expr:
    plain = pl.col("platform_name").str.to_lowercase().str.replace_all(r"\s", "")
    meant = {name: pair[at] for name, pair in _PLATFORMS.items() if pair[at]}
    return plain.replace_strict(list(meant), list(meant.values()), default=None, return_dtype=pl.String)


def _money_field(heading: str, field_id: str) -> Field:
    return money(heading, heading, *([field_id] if field_id else []), required=heading in _NEEDED)


def _with_signs(rows: pl.DataFrame) -> pl.DataFrame:
    """How costs are written, by which sign leads to the row's profit, to the cent: `written` minus or plus."""
    number = {n: pl.col(n).str.replace_all(r"[^\d.\-]", "").cast(pl.Float64, strict=False) for n in (*_MONEY, "profit")}
    whole = pl.all_horizontal(pl.col(n).is_null() | number[n].is_not_null() for n in number)
    income = pl.sum_horizontal(number[n] for n in (*_INCOME, "调整费"))
    parts = number["收入退款额"].is_not_null() | number["费用退款额"].is_not_null()
    costs = pl.sum_horizontal(*(number[n] for n in _COSTS), pl.when(~parts).then(number["退款金额"]))
    minus, plus = (number["profit"] - income - costs).abs(), (number["profit"] - income + costs).abs()
    is_minus, is_plus = (minus < plus) & (minus < _CENTS), (plus < minus) & (plus < _CENTS)
    sign = pl.when(is_minus).then(pl.lit("minus")).when(is_plus).then(pl.lit("plus"))
    off = (pl.min_horizontal(minus, plus) >= _CENTS).cast(pl.String)
    return rows.with_columns(written=pl.when(whole).then(sign), off=pl.when(whole).then(off))


def _cost(amount: pl.Expr) -> pl.Expr:
    """Where no profit tells how costs are written, a cost is what takes money away."""
    written = pl.col("written")
    return pl.when(written == "minus").then(amount).when(written == "plus").then(-amount).otherwise(-amount.abs())


_refund = pl.when(pl.col("收入退款额").is_null() & pl.col("费用退款额").is_null()).then("退款金额")
_type = pl.col("type")
_came_back = _type.is_in(["return", "refund"]).fill_null(False)
_currencies = pl.col("currency").n_unique().over("platform_name", "shop", "order_id")

PROFIT = Feed(
    "profit",
    fields=(
        code("order_id", "平台单号", "platformOrderNo"),
        text("shop", "店铺", "storeName", required=True),
        text("platform_name", "平台", "platformName", required=True),
        choice("type", "交易类型", "lineType", choices=_TYPES),
        moment("ordered_at", "下单时间", time_zone=_ZONE),
        moment("shipped_at", "发货时间", time_zone=_ZONE, required=False),
        moment("settled_at", "结算时间", time_zone=_ZONE, required=False),
        country("market", "国家", required=False),
        currency("currency", "币种", required=True),
        code("listing_id", "MSKU", required=False),
        text("title", "品名"),
        code("sku", "SKU"),
        whole("units", "销量", "salesNum"),
        whole("refunded_units", "退款量", required=False),
        whole("returned_units", "退货量", required=False),
        *[_money_field(heading, field_id) for heading, (_, field_id) in {**_INCOME, **_COSTS}.items()],
        money("退款金额", "退款金额", required=False),
        money("调整费", "调整费", "aliexpress_adjustment_fee", required=False),
        money("profit", "毛利润", "grossProfit", required=False),
        text("written"),
        text("off"),
    ),
    group=("platform_name", "shop", "order_id"),
    split=_with_signs,
    notes=(
        Note("resent_order", _type == "resent"),
        Note("return_without_date", _came_back & pl.col("settled_at").is_null()),
        Note("settled_in_another_currency", _currencies > 1),
        Note("profit_differs", pl.col("off") == "true"),
        Note("mode_unknown", (_type == "sale") & pl.col("platform_name").str.contains("半托|10029|10024|10028")),
    ),
)


def _booked(heading: str, kind: str, amount: pl.Expr) -> Variant:
    return Variant({"kind": pl.lit(kind), "amount": amount, "description": pl.lit(heading)}, pl.col(heading) != 0)


_whose = {
    "platform": pl.coalesce(_of_platform(0), pl.col("platform_name").str.to_lowercase()),
    "market": pl.col("market").fill_null("ZZ"),
}

LAYOUT = Layout(
    name="lingxing-profit",
    feeds=(PROFIT,),
    outputs=(
        Output(
            "order_lines",
            "profit",
            columns={
                **_whose,
                "mode": _of_platform(1),
                "unit_price": pl.when(pl.col("units") > 0).then(pl.col("销售额") / pl.col("units")),
                "discount": pl.col("促销折扣").abs(),
                "paid_amount": pl.col("销售额")
                - pl.col("促销折扣").fill_null(0.0).abs()
                + pl.col("买家运费").fill_null(0.0),
                "status": pl.when(pl.col("shipped_at").is_not_null()).then(pl.lit("shipped")).otherwise(pl.lit("paid")),
            },
            where=_type == "sale",
        ),
        Output(
            "returns",
            "profit",
            columns={
                **_whose,
                "return_id": pl.col("order_id"),
                "kind": _type,
                "units": pl.coalesce(
                    pl.when(_type == "return").then("returned_units").otherwise("refunded_units"), "units"
                ).abs(),
                "refund_amount": pl.coalesce("退款金额", "收入退款额").abs(),
                "opened_at": pl.col("settled_at"),
            },
            where=_came_back & pl.col("settled_at").is_not_null(),
        ),
        Output(
            "settlements",
            "profit",
            columns={
                **_whose,
                "settlement_id": pl.col("order_id"),
                "status": pl.when(pl.col("settled_at").is_not_null())
                .then(pl.lit("settled"))
                .otherwise(pl.lit("pending")),
                "settled_at": pl.coalesce("settled_at", "shipped_at", "ordered_at"),
            },
            variants=(
                *(_booked(heading, kind, pl.col(heading)) for heading, (kind, _) in _INCOME.items()),
                *(_booked(heading, kind, _cost(pl.col(heading))) for heading, (kind, _) in _COSTS.items()),
                Variant(
                    {"kind": pl.lit("refund"), "amount": _cost(pl.col("退款金额")), "description": pl.lit("退款金额")},
                    _refund != 0,
                ),
                _booked("调整费", "adjustment", pl.col("调整费")),
            ),
        ),
    ),
)
