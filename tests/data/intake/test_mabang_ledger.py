import pytest

from tests.data.intake.exports import imported

HEAD = [
    "订单编号", "平台", "店铺名称", "国家", "订单业务模式", "结算状态", "库存sku*数量", "库存sku", "付款日期",
    "发货日期", "结算时间", "仓库", "物流渠道", "货运单号", "原始币种", "应收货款(原始货币)", "收入-应收货款",
    "收入-应收邮资", "收入-小计", "支出-成本", "支出-佣金",
    "预估运费", "实际运费", "退款金额", "退货数量", "销量", "是否测评单", "是否重发订单", "是否FBA订单",
]  # fmt: skip


def _order(**cells):
    said = {
        "订单编号": "81", "平台": "速卖通", "店铺名称": "义乌家居", "国家": "西班牙", "库存sku*数量": "LAMP*2",
        "付款日期": "2026-03-04 10:00:00", "发货日期": "2026-03-05 09:00:00", "结算时间": "2026-03-25 12:00:00",
        "仓库": "义乌仓", "物流渠道": "标准", "货运单号": "LP1", "原始币种": "USD", "应收货款(原始货币)": "20",
        "收入-应收货款": "142", "支出-成本": "50", "结算状态": "已结算",
    }  # fmt: skip
    return said | cells


def _goods(tmp_path, cell, **cells):
    made = imported(tmp_path, HEAD, [_order(**{"库存sku*数量": cell}, **cells)])
    return made, made.rows("order_lines").select("sku", "units").rows()


@pytest.mark.parametrize(
    "cell", ["LAMP*2;MUG*1", "LAMP*2；MUG*1；", "LAMP*2,MUG*1", "LAMP*2 MUG*1", "LAMP*2\nMUG*1", "LAMP × 2;MUG×1"]
)
def test_goods_in_one_cell_become_lines(tmp_path, cell):
    assert _goods(tmp_path, cell)[1] == [("LAMP", 2), ("MUG", 1)]


def test_a_star_in_a_sku_is_part_of_it(tmp_path):
    assert _goods(tmp_path, "BOX-10*20*3")[1] == [("BOX-10*20", 3)]


def test_a_cell_without_a_count_takes_the_rows_own_only_where_it_is_alone(tmp_path):
    assert _goods(tmp_path, "LAMP", 销量="3")[1] == [("LAMP", 3)]
    assert _goods(tmp_path, "", 库存sku="MUG", 销量="4")[1] == [("MUG", 4)]
    made, lines = _goods(tmp_path, "LAMP*2;MUG", 销量="3")
    assert lines == []
    assert {(column, why) for _, column, _, why in made.problems} == {("库存sku*数量", "cell_missing")}


def test_a_damaged_count_is_told_and_the_money_loads(tmp_path):
    made, lines = _goods(tmp_path, "LAMP*两")
    assert (lines, [why for *_, why in made.problems]) == ([], ["number_unreadable"])
    assert made.rows("settlements").height == 2


def test_the_orders_sum_is_shared_by_pieces_and_stays_the_sum(tmp_path):
    made, _ = _goods(tmp_path, "LAMP*1;MUG*3")
    assert made.rows("order_lines")["paid_amount"].to_list() == [5.0, 15.0]
    assert made.notes["price_shared"] == 1


def test_income_is_positive_cost_negative_and_subtotals_are_no_money(tmp_path):
    cells = {"收入-应收邮资": "7", "收入-小计": "149", "支出-佣金": "8", "预估运费": "30", "实际运费": "28"}
    booked = imported(tmp_path, HEAD, [_order(**cells)]).rows("settlements")
    assert sorted(booked.select("kind", "amount").rows()) == [
        ("commission", -8.0), ("freight", -28.0), ("goods_cost", -50.0), ("sale", 142.0), ("shipping_income", 7.0),
    ]  # fmt: skip
    assert booked["currency"].unique().to_list() == ["CNY"]
    assert booked["status"].unique().to_list() == ["settled"]


def test_income_that_does_not_add_up_to_the_subtotal_is_noted(tmp_path):
    assert imported(tmp_path, HEAD, [_order(**{"收入-小计": "150"})]).notes["subtotal_differs"] == 1


def test_a_freight_not_yet_known_is_the_estimate(tmp_path):
    booked = imported(tmp_path, HEAD, [_order(预估运费="30", 实际运费="0")]).rows("settlements")
    assert booked.filter(kind="freight")["amount"].to_list() == [-30.0]


@pytest.mark.parametrize(("flag", "note"), [("是否测评单", "review_order"), ("是否重发订单", "resent_order")])
def test_reviews_and_goods_sent_again_are_no_demand_but_cost_money(tmp_path, flag, note):
    made = imported(tmp_path, HEAD, [_order(**{flag: "是"})])
    assert made.rows("order_lines").height == 0
    assert (made.rows("settlements").height, made.rows("parcels").height, made.notes[note]) == (2, 1, 1)


@pytest.mark.parametrize(
    ("said", "mode"), [("全托管", "full"), ("半托管JIT", "semi_jit"), ("半托管", None), ("新模式", None)]
)
def test_a_business_mode_that_leaves_two_possible_is_none(tmp_path, said, mode):
    made = imported(tmp_path, HEAD, [_order(订单业务模式=said)])
    assert made.rows("order_lines")["mode"].to_list() == [mode]
    assert made.notes.get("mode_unknown", 0) == (mode is None)


def test_a_refund_of_several_goods_or_without_a_date_is_no_return_but_counted(tmp_path):
    rows = [
        _order(退款金额="10", 退货数量="1"),
        _order(订单编号="82", 退款金额="10", **{"库存sku*数量": "LAMP*1;MUG*1"}),
        _order(订单编号="83", 退款金额="10", 结算时间=""),
    ]
    made = imported(tmp_path, HEAD, rows)
    returns = made.rows("returns").select("order_id", "kind", "units", "refund_amount", "currency").rows()
    assert returns == [("81", "return", 1, 10.0, "CNY")]
    assert (made.notes["return_of_several_goods"], made.notes["return_without_date"]) == (1, 1)


def test_parcels_of_merged_and_split_orders_stay_apart_and_rows_of_one_are_one(tmp_path):
    rows = [
        _order(),
        _order(订单编号="82"),
        _order(货运单号="LP2", **{"库存sku*数量": "MUG*1"}),
        _order(**{"库存sku*数量": "CUP*1"}),
    ]
    parcels = imported(tmp_path, HEAD, rows).rows("parcels")
    assert parcels["parcel_id"].to_list() == ["81/LP1", "81/LP2", "82/LP1"]


def test_an_amazon_order_sent_by_amazon_leaves_from_their_warehouse(tmp_path):
    made = imported(tmp_path, HEAD, [_order(平台="亚马逊", 国家="美国", 是否FBA订单="是")])
    assert made.rows("parcels").select("platform", "node").rows() == [("amazon", "fba-us")]


def test_the_same_number_in_two_shops_is_two_orders_and_a_total_row_is_none(tmp_path):
    total = {"订单编号": "合计", "收入-应收货款": "284", "支出-成本": "100"}
    made = imported(tmp_path, HEAD, [_order(), _order(店铺名称="义乌二店"), total])
    assert made.rows("order_lines")["shop"].to_list() == ["义乌二店", "义乌家居"]
    assert made.notes["total_row"] == 1


def test_an_amount_in_the_orders_currency_without_its_name_is_to_correct(tmp_path):
    made = imported(
        tmp_path, HEAD, [_order(原始币种=""), _order(订单编号="82", 原始币种="", **{"应收货款(原始货币)": ""})]
    )
    assert made.rows("order_lines").select("order_id", "currency").rows() == [("82", "CNY")]
    assert [(column, why) for _, column, _, why in made.problems] == [("原始币种", "currency_missing")]
