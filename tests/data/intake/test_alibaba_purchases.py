from datetime import UTC, datetime

from tests.data.intake.exports import imported

HEAD = [
    "订单编号", "卖家公司名", "订单状态", "订单创建时间", "订单付款时间", "收货人姓名", "货品标题", "单价(元)",
    "数量", "货号", "单品货号"
]  # fmt: skip


def _row(**cells):
    said = {
        "订单编号": "29001", "卖家公司名": "灯具厂", "订单状态": "等待卖家发货", "订单创建时间": "2026-02-03 10:00:00",
        "订单付款时间": "2026-02-03 10:05:00", "货品标题": "台灯", "单价(元)": "21.00", "数量": "50",
        "单品货号": "LAMP",
    }  # fmt: skip
    return said | cells


def _orders(made, *columns):
    return made.rows("purchase_orders").select(*columns).rows()


def test_what_stands_on_an_orders_first_row_only_is_its_other_rows_too(tmp_path):
    more = {"货品标题": "马克杯", "单价(元)": "8.50", "数量": "100", "货号": "MUG"}
    made = imported(tmp_path, HEAD, [_row(), more])
    assert _orders(made, "purchase_id", "line_no", "supplier", "sku", "units", "unit_cost", "currency") == [
        ("29001", 1, "灯具厂", "LAMP", 50, 21.0, "CNY"), ("29001", 2, "灯具厂", "MUG", 100, 8.5, "CNY"),
    ]  # fmt: skip
    assert _orders(made, "ordered_at")[0] == (datetime(2026, 2, 3, 2, tzinfo=UTC),)


def test_goods_without_a_number_of_the_sellers_own_are_rows_to_correct(tmp_path):
    made = imported(tmp_path, HEAD, [_row(单品货号="")])
    assert [problem[3] for problem in made.problems] == ["cell_missing"]


def test_an_order_closed_is_called_off_and_one_not_paid_is_none_yet(tmp_path):
    rows = [_row(订单状态="交易关闭"), _row(订单编号="29002", 订单状态="等待买家付款")]
    made = imported(tmp_path, HEAD, rows)
    assert _orders(made, "purchase_id", "called_off_at") == [("29001", datetime(2026, 2, 3, 2, tzinfo=UTC))]
    assert made.notes == {"purchase_not_paid": 1}


def test_what_was_received_on_a_day_not_said_is_on_the_way_no_longer_and_counted(tmp_path):
    later = _row(订单编号="29002", 订单创建时间="2026-02-09 10:00:00", 订单付款时间="")
    made = imported(tmp_path, HEAD, [_row(订单状态="交易成功"), later])
    assert _orders(made, "received_at", "received_units") == [
        (datetime(2026, 2, 9, 2, tzinfo=UTC), 50), (None, None),
    ]  # fmt: skip
    assert made.notes == {"purchase_received_undated": 1}
