import pytest

from tests.data.intake.exports import imported

HEAD = [
    "平台单号", "店铺", "平台", "交易类型", "下单时间", "发货时间", "结算时间", "国家", "币种", "MSKU", "SKU",
    "销量", "退款量", "退货量", "销售额", "促销折扣", "买家运费", "收入退款额", "费用退款额", "退款金额", "平台费",
    "推广费", "广告费", "采购成本", "调整费", "毛利润",
]  # fmt: skip


def _row(**cells):
    said = {
        "平台单号": "81", "店铺": "义乌家居", "平台": "AliExpress半托管", "交易类型": "销售",
        "下单时间": "2026-03-04 10:00:00", "发货时间": "2026-03-05 09:00:00",
        "结算时间": "2026-03-25 12:00:00", "国家": "西班牙",
        "币种": "USD", "SKU": "LAMP", "销量": "2", "销售额": "40", "平台费": "-3", "采购成本": "-14", "毛利润": "23",
    }  # fmt: skip
    return said | cells


def _booked(made):
    return dict(made.rows("settlements").select("description", "amount").rows())


def test_only_sales_are_demand(tmp_path):
    rows = [_row(), _row(交易类型="补发"), _row(交易类型="6", 调整费="-1"), _row(交易类型="其他")]
    made = imported(tmp_path, HEAD, rows)
    assert made.rows("order_lines").select("sku", "units", "unit_price").rows() == [("LAMP", 2, 20.0)]
    assert made.notes["resent_order"] == 1


@pytest.mark.parametrize(
    ("said", "platform", "mode"),
    [
        ("AliExpress半托管", "aliexpress", None),
        ("10029", "aliexpress", None),
        ("AliExpress全托管", "aliexpress", "full"),
        ("10022", "temu", "full"),
        ("Shopify", "shopify", "own"),
        ("新平台", "新平台", None),
    ],
)
def test_platforms_by_name_and_code(tmp_path, said, platform, mode):
    made = imported(tmp_path, HEAD, [_row(平台=said)])
    assert made.rows("order_lines").select("platform", "mode").rows() == [(platform, mode)]


@pytest.mark.parametrize(("fee", "cost"), [("-3", "-14"), ("3", "14")])
def test_costs_are_negative_however_the_file_writes_them(tmp_path, fee, cost):
    made = imported(tmp_path, HEAD, [_row(平台费=fee, 采购成本=cost)])
    assert _booked(made) == {"销售额": 40.0, "平台费": -3.0, "采购成本": -14.0}


def test_a_fee_given_back_stays_income_where_the_profit_says_so(tmp_path):
    made = imported(
        tmp_path, HEAD, [_row(交易类型="退款", 销售额="", 采购成本="", 收入退款额="-40", 平台费="3", 毛利润="-37")]
    )
    assert _booked(made) == {"收入退款额": -40.0, "平台费": 3.0}


def test_without_a_profit_a_cost_takes_money_away(tmp_path):
    made = imported(tmp_path, HEAD, [_row(毛利润="", 平台费="3"), _row(平台单号="82", 毛利润="9,9,9")])
    assert made.rows("settlements").filter(description="平台费")["amount"].to_list() == [-3.0, -3.0]


def test_the_api_s_promotion_amount_is_the_platform_s_fee_and_not_advertising(tmp_path):
    head = ["promotionAmount" if h == "平台费" else h for h in HEAD]
    row = _row(推广费="-1", 毛利润="22")
    row["promotionAmount"] = row.pop("平台费")
    kinds = imported(tmp_path, head, [row]).rows("settlements").select("amount", "kind").rows()
    assert {(-3.0, "commission"), (-1.0, "ads")} <= set(kinds)


def test_the_sum_of_refunds_counts_only_where_its_parts_are_missing(tmp_path):
    cells = {"销售额": "", "平台费": "", "采购成本": "", "毛利润": ""}
    whole = _row(交易类型="退款", 退款金额="-5", 退款量="1", **cells)
    parts = _row(平台单号="82", 交易类型="退款", 收入退款额="-6", 费用退款额="1", 退款金额="-5", 退款量="1", **cells)
    booked = imported(tmp_path, HEAD, [whole, parts]).rows("settlements").select("order_id", "kind", "amount").rows()
    assert sorted(booked) == [("81", "refund", -5.0), ("82", "adjustment", 1.0), ("82", "refund", -6.0)]


def test_returns_and_refunds_are_dated_by_their_settlement(tmp_path):
    rows = [
        _row(交易类型="退货", 退货量="1", 退款金额="-20"),
        _row(平台单号="82", 交易类型="4", 退款量="2", 退款金额="5", SKU="MUG"),
        _row(平台单号="83", 交易类型="退货", 退货量="1", 结算时间=""),
    ]
    made = imported(tmp_path, HEAD, rows)
    assert made.rows("returns").select("order_id", "kind", "units", "refund_amount").rows() == [
        ("81", "return", 1, 20.0),
        ("82", "refund", 2, 5.0),
    ]
    assert made.notes["return_without_date"] == 1


def test_an_unknown_type_is_told_once_and_is_no_sale(tmp_path):
    made = imported(tmp_path, HEAD, [_row(交易类型="换货")])
    assert made.rows("order_lines").height == 0
    assert [(column, why) for _, column, _, why in made.problems] == [("交易类型", "word_unknown")]


def test_two_currencies_in_one_order_are_kept_and_noted(tmp_path):
    made = imported(tmp_path, HEAD, [_row(), _row(交易类型="调整", 币种="CNY", 调整费="-2", 毛利润="")])
    assert set(made.rows("settlements")["currency"]) == {"USD", "CNY"}
    assert made.notes["settled_in_another_currency"] == 2
