import pytest

from tests.data.intake.exports import imported
from tradewind.core.errors import UnknownLayoutError

ORDERS = [
    "订单号",
    "平台",
    "店铺账号",
    "订单状态",
    "下单时间",
    "SKU",
    "数量",
    "商品单价",
    "币种",
    "买家国家",
    "运单号",
    "发货时间",
]
ORDER = {
    "订单号": "819", "平台": "速卖通", "店铺账号": "yiwu", "订单状态": "已发货", "下单时间": "2026-02-03 18:00:00",
    "SKU": "LAMP",
    "数量": "2", "商品单价": "12.50", "币种": "USD", "买家国家": "西班牙",
}  # fmt: skip


def test_an_orders_cells_on_its_first_row_are_those_of_its_other_rows(tmp_path):
    made = imported(tmp_path, ORDERS, [ORDER, {"SKU": "MUG", "数量": "1", "商品单价": "6"}])
    assert made.rows("order_lines").select("order_id", "platform", "shop", "sku", "market", "status").rows() == [
        ("819", "aliexpress", "yiwu", "LAMP", "ES", "shipped"), ("819", "aliexpress", "yiwu", "MUG", "ES", "shipped"),
    ]  # fmt: skip


def test_a_row_of_its_own_without_an_order_number_is_to_correct_and_joins_no_other_order(tmp_path):
    made = imported(tmp_path, ORDERS, [ORDER, ORDER | {"订单号": "", "SKU": "MUG"}])
    assert made.rows("order_lines")["sku"].to_list() == ["LAMP"]
    assert [problem[3] for problem in made.problems] == ["cell_missing"]


def test_the_bare_template_has_no_time_and_is_refused_with_what_it_lacks(tmp_path):
    heads = ["订单号", "SKU", "产品ID", "产品名称", "产品规格", "产品总数", "图片网址"]
    with pytest.raises(UnknownLayoutError, match="下单时间"):
        imported(tmp_path, heads, [dict.fromkeys(heads, "1")])


def test_goods_are_weighed_in_grams_and_measured_in_centimetres(tmp_path):
    heads = ["*SKU\n(必填)", "中文名称", "商品净重\n（g）", "采购参考价\n（RMB）", "长（cm）", "宽（cm）", "高（cm）"]
    made = imported(tmp_path, heads, [dict(zip(heads, ["LAMP", "台灯", "650", "21", "20", "15", "12.5"], strict=True))])
    assert made.rows("products").select("weight_g", "unit_cost", "currency", "length_mm", "height_mm").rows() == [
        (650.0, 21.0, "CNY", 200.0, 125.0)
    ]


def test_the_further_rows_of_a_combination_belong_to_the_one_above(tmp_path):
    heads = ["*组合sku", "*包含的商品sku", "*数量"]
    rows = [("SET", "LAMP", "1"), ("", "MUG", "2"), ("PAIR", "MUG", "2")]
    made = imported(tmp_path, heads, [dict(zip(heads, row, strict=True)) for row in rows])
    assert made.rows("bundles").select("bundle_sku", "sku", "units").rows() == [
        ("PAIR", "MUG", 2), ("SET", "LAMP", 1), ("SET", "MUG", 2),
    ]  # fmt: skip


def test_a_list_of_orders_that_could_be_anybodys_is_not_taken_for_one(tmp_path):
    heads = ["订单号", "平台", "下单时间", "SKU", "数量", "备注"]
    with pytest.raises(UnknownLayoutError):
        imported(tmp_path, heads, [dict.fromkeys(heads, "1")])
