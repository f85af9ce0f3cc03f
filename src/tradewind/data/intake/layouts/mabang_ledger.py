"""Mabang's 收支明细: a row per order, its goods in one cell, every income and cost in a column of its own, in yuan.

Decisions, each with a test:
- 库存sku*数量 (`A*2;B*1`) gives the lines; the order's sum is shared among them by pieces, which keeps the sum right;
- the sale is in the order's own currency where the file has it, every settlement in yuan: income positive, costs
  negative; subtotals and profit are not read; the freight is the real one, else the estimate;
- orders placed for a review (是否测评单) and goods sent again (是否重发订单) are no demand; their money counts;
- 半托管 alone does not say from stock or just in time: no mode;
- an order is a row, so the same row again is the same order;
- a refund is a return only where the order has one kind of goods and is settled: the file dates it no other way.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.data.intake.amazon import fba_node
from tradewind.data.intake.fields import code, country, currency, moment, money, text, whole
from tradewind.data.intake.layout import Feed, Layout, Note, Output, Variant

_ZONE: Final = "Asia/Shanghai"
_GOODS = ("库存sku*数量", "stockSkuQuantity")
_PLATFORMS: Final = {
    "速卖通": "aliexpress", "aliexpress": "aliexpress", "smt": "aliexpress", "亚马逊": "amazon", "amazon": "amazon",
    "shopify": "shopify", "temu": "temu", "shein": "shein", "ebay": "ebay", "虾皮": "shopee", "shopee": "shopee",
    "来赞达": "lazada", "lazada": "lazada", "沃尔玛": "walmart", "walmart": "walmart", "tiktok": "tiktok",
}  # fmt: skip
_MODES: Final = {
    "全托管": "full", "choice全托管": "full", "半托管jit": "semi_jit", "jit": "semi_jit", "jit半托管": "semi_jit",
    "半托管备货": "semi_stocked", "半托管仓发": "semi_stocked", "仓发": "semi_stocked", "pop": "pop", "自运营": "pop",
    "海外托管": "overseas",
}  # fmt: skip
_SETTLED: Final = {
    "已结算": "settled", "已放款": "settled", "结算完成": "settled",
    "未结算": "pending", "待结算": "pending", "待放款": "pending", "结算中": "pending",
}  # fmt: skip
_CANCELLED: Final = ("已取消", "已作废", "已关闭", "交易关闭", "cancelled", "canceled", "closed")
_INCOME: Final = {
    "收入-应收货款": "sale", "收入-应收邮资": "shipping_income", "收入-其他收入": "other",
    "收入-退货成本": "goods_cost", "收入-运费退回": "freight", "收入-补贴金额": "subsidy",
}  # fmt: skip
_COSTS: Final = {
    "支出-成本": "goods_cost", "支出-转帐费": "payment_fee", "支出-平台费": "service_fee",
    "支出-交易手续费": "payment_fee", "支出-佣金": "commission", "支出-服务费": "service_fee", "支出-广告费": "ads",
    "支出-包材费": "packaging", "支出-头程费": "first_leg", "支出-FBA费用": "operation_fee", "支出-优惠券": "sale",
    "支出-VAT税费": "tax", "支出-其他费用": "other", "支出-其他支出": "other", "支出-测评费": "other",
}  # fmt: skip


def _goods_as_lines(rows: pl.DataFrame) -> pl.DataFrame:
    """`A*2;B*1` as two rows; a cell without a count keeps its SKU, and the row's own count if it is the only one."""
    ends = pl.col("goods").str.normalize("NFKC").str.replace_all(r"([*×]\s*\d+)\s*(?:[;,、|\s]|$)\s*", "$1\n")
    items = ends.str.replace_all(r"\s*;\s*", "\n").str.strip_chars("\n ").str.split("\n")
    lines = rows.with_columns(item=items, kinds=items.list.len().cast(pl.String)).explode("item", empty_as_null=True)
    counted = pl.col("item").str.extract(r"[*×]\s*([^*×]*)$")
    single = pl.col("kinds").fill_null("1") == "1"
    own = pl.coalesce(
        pl.col("item").str.replace(r"\s*[*×][^*×]*$", ""), pl.when(pl.col("item").is_null()).then("stock_sku")
    )
    return lines.with_columns(
        sku=own,
        units=pl.coalesce(counted, pl.when(single).then("sold_units")),
        nth=pl.int_range(1, pl.len() + 1).over("source_file", "source_row").cast(pl.String),
    ).drop("item")


def _word(name: str, words: dict[str, str]) -> pl.Expr:
    plain = pl.col(name).str.to_lowercase().str.replace_all(r"\s", "")
    return plain.replace_strict(list(words), list(words.values()), default=None, return_dtype=pl.String)


def _yes(name: str) -> pl.Expr:
    return pl.col(name).str.to_lowercase().is_in(["是", "1", "y", "yes", "true"]).fill_null(False)


_first = pl.col("nth") == 1
_single = pl.col("kinds").fill_null(1) == 1
_original = pl.col("original_amount").is_not_null()
_ordered_at = pl.coalesce("paid_at", "made_at")
_order = ["shop", "order_id"]
_pieces = pl.when(pl.col("units").is_not_null().all().over("source_file", "source_row")).then(
    pl.col("units").sum().over("source_file", "source_row")
)
# The count first: where it is not known, it is the cell to correct.
_per_piece = (1 / _pieces) * pl.coalesce("original_amount", "收入-应收货款")
_fake, _resent = _yes("is_review"), _yes("is_resent")
_came_back = (pl.col("refund") != 0) | (pl.col("returned_units").fill_null(0) > 0)
_freight = pl.when(pl.col("actual_freight") != 0).then("actual_freight").otherwise("estimated_freight")
_market = pl.col("market").fill_null("ZZ")
_settled_at = pl.coalesce("settled_at", "shipped_at", "paid_at", "made_at")


def _sum(names: dict[str, str], sign: int = 1) -> pl.Expr:
    return sign * pl.sum_horizontal(*names)


_spent = _sum(_COSTS)
_differs = ((pl.col("income_subtotal") - _sum(_INCOME)).abs() > 0.05) | (
    ((pl.col("cost_subtotal") - _spent).abs() > 0.05)
    & ((pl.col("cost_subtotal") - _spent - _freight.fill_null(0.0)).abs() > 0.05)
).fill_null(False)

LEDGER = Feed(
    "ledger",
    fields=(
        code("order_id", "订单编号"),
        text("platform_name", "平台", required=True),
        text("shop", "店铺名称", required=True),
        country("market", "国家"),
        text("business_mode", "订单业务模式"),
        text("settled", "结算状态"),
        text("order_status", "平台订单状态"),
        code("goods", *_GOODS),
        code("stock_sku", "库存sku", required=False),
        code("listing_id", "itemId", required=False),
        # What `_goods_as_lines` fills; the heading is that of the cell they come from.
        code("sku", _GOODS[0], required=False),
        whole("units", _GOODS[0], required=False),
        whole("kinds", _GOODS[0], required=False),
        whole("nth", _GOODS[0], required=False),
        whole("sold_units", "销量", required=False),
        moment("paid_at", "付款日期", time_zone=_ZONE, required=False),
        moment("made_at", "创建时间", time_zone=_ZONE, required=False),
        moment("shipped_at", "发货日期", time_zone=_ZONE, required=False),
        moment("settled_at", "结算时间", time_zone=_ZONE, required=False),
        text("node", "仓库"),
        text("carrier", "物流公司"),
        text("channel", "物流渠道"),
        code("tracking_no", "货运单号", required=False),
        currency("original_currency", "原始币种"),
        money("original_amount", "应收货款(原始货币)", required=False),
        *[money(heading, heading, required=heading == "收入-应收货款") for heading in _INCOME],
        money("income_subtotal", "收入-小计", required=False),
        *[money(heading, heading, required=heading == "支出-成本") for heading in _COSTS],
        money("cost_subtotal", "支出-小计", required=False),
        money("estimated_freight", "预估运费", required=False),
        money("actual_freight", "实际运费", required=False),
        money("refund", "退款金额", required=False),
        whole("returned_units", "退货数量", required=False),
        text("is_review", "是否测评单"),
        text("is_split", "是否拆分订单"),
        text("is_merged", "是否合并订单"),
        text("is_resent", "是否重发订单"),
        text("is_fba", "是否FBA订单"),
    ),
    group=("platform_name", "shop", "order_id"),
    once_by="order_id",
    split=_goods_as_lines,
    notes=(
        Note("review_order", _first & _fake),
        Note("resent_order", _first & _resent & ~_fake),
        Note("split_or_merged_order", _first & (_yes("is_split") | _yes("is_merged"))),
        Note("mode_unknown", _first & pl.col("business_mode").is_not_null() & _word("business_mode", _MODES).is_null()),
        Note(
            "settlement_status_unknown", _first & pl.col("settled").is_not_null() & _word("settled", _SETTLED).is_null()
        ),
        Note("price_shared", _first & ~_single),
        Note("return_of_several_goods", _first & ~_single & _came_back),
        Note("return_without_date", _first & _single & _came_back & pl.col("settled_at").is_null()),
        Note("settled_in_another_currency", _first & _original & (pl.col("original_currency") != "CNY")),
        Note("subtotal_differs", _first & _differs),
    ),
)


def _booked(heading: str, kind: str, amount: pl.Expr) -> Variant:
    return Variant({"kind": pl.lit(kind), "amount": amount, "description": pl.lit(heading)}, _first & (amount != 0))


_whose = {"platform": pl.coalesce(_word("platform_name", _PLATFORMS), pl.col("platform_name").str.to_lowercase())}

LAYOUT = Layout(
    name="mabang-ledger",
    feeds=(LEDGER,),
    outputs=(
        Output(
            "order_lines",
            "ledger",
            columns={
                **_whose,
                "market": _market,
                "mode": _word("business_mode", _MODES),
                "ordered_at": _ordered_at,
                "unit_price": _per_piece.round(6),
                "paid_amount": (_per_piece * pl.col("units")).round(6),
                "currency": pl.when(_original).then("original_currency").otherwise(pl.lit("CNY")),
                "listing_id": pl.when(_single).then("listing_id"),
                "status": pl.when(pl.col("order_status").str.to_lowercase().is_in(_CANCELLED))
                .then(pl.lit("cancelled"))
                .when(pl.col("shipped_at").is_not_null())
                .then(pl.lit("shipped"))
                .otherwise(pl.lit("paid")),
            },
            where=~_fake & ~_resent,
        ),
        Output(
            "settlements",
            "ledger",
            columns={
                **_whose,
                "settlement_id": pl.col("order_id"),
                "sku": pl.when(_single).then("sku"),
                "currency": pl.lit("CNY"),
                "status": _word("settled", _SETTLED),
                "settled_at": _settled_at,
            },
            variants=(
                *(_booked(heading, kind, pl.col(heading)) for heading, kind in _INCOME.items()),
                *(_booked(heading, kind, -pl.col(heading)) for heading, kind in _COSTS.items()),
                _booked("运费", "freight", -_freight),
            ),
        ),
        Output(
            "parcels",
            "ledger",
            columns={
                **_whose,
                "parcel_id": pl.concat_str("order_id", "tracking_no", separator="/"),
                "service": pl.coalesce("channel", "carrier"),
                "node": pl.when(_yes("is_fba")).then(fba_node(pl.col("market"))).otherwise("node"),
                "market": _market,
                "created_at": _ordered_at,
                "known_at": pl.coalesce("shipped_at", _ordered_at),
                "freight_amount": _freight,
                "currency": pl.when(_freight.is_not_null()).then(pl.lit("CNY")),
            },
            # Rows of one order under one tracking number are one parcel.
            where=_first
            & pl.col("tracking_no").is_not_null()
            & (pl.col("goods").fill_null("") == pl.col("goods").fill_null("").min().over(*_order, "tracking_no")),
        ),
        Output(
            "events",
            "ledger",
            columns={
                **_whose,
                "parcel_id": pl.concat_str("order_id", "tracking_no", separator="/"),
                "milestone": pl.lit("handed_over"),
                "happened_at": pl.col("shipped_at"),
            },
            where=_first
            & pl.col("tracking_no").is_not_null()
            & pl.col("shipped_at").is_not_null()
            & (pl.col("goods").fill_null("") == pl.col("goods").fill_null("").min().over(*_order, "tracking_no")),
        ),
        Output(
            "returns",
            "ledger",
            columns={
                **_whose,
                "return_id": pl.col("order_id"),
                "market": _market,
                "kind": pl.when(pl.col("returned_units") > 0).then(pl.lit("return")).otherwise(pl.lit("refund")),
                "units": pl.when(pl.col("returned_units") > 0).then("returned_units").otherwise("units"),
                "refund_amount": pl.col("refund").abs(),
                "currency": pl.when(pl.col("refund").is_not_null()).then(pl.lit("CNY")),
                "opened_at": pl.col("settled_at"),
            },
            where=_first & _single & _came_back & pl.col("settled_at").is_not_null() & ~_fake & ~_resent,
        ),
    ),
)
