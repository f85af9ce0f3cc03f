import csv
import io
import zipfile
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.intake.reading import read, written
from tradewind.data.intake import detect
from tradewind.data.intake.layouts.aliexpress_orders import STATUS
from tradewind.data.intake.product_cells import items
from tradewind.data.intake.waybill_cells import waybills

GOODS = "产品信息\n（双击单元格展开所有产品信息！）"
ORDER = {
    "店铺": "yiwu", "订单号": "8190000000000101", "订单状态": "等待您发货",
    "下单时间": "2026.03.07 23:30",
    "付款时间": "2026.03.08 03:10", "产品总金额": "US $10.00", "订单金额": "US $11.01",
    "满立减": "", "收货国家": "Spain",
    GOODS: "【1】Lamp\n(产品属性:颜色:白色)\n(商家编码:LAMP)\n(产品数量:1 piece)", "实际发货物流:运单号": "",
    "发货时间": "",
    "买家选择物流": "AliExpress Standard Shipping", "平台佣金": "", "确认收货时间": "",
    "手机": "600000001", "邮编": "28001",
}  # fmt: skip


def item(sku, units, number=1, title="Lamp"):
    return f"【{number}】{title}\n(产品属性:颜色:白色)\n(商家编码:{sku})\n(产品数量:{units} piece)"


def export(*orders, headings=tuple(ORDER)):
    out = io.StringIO()
    table = csv.DictWriter(out, headings, extrasaction="ignore")
    table.writeheader()
    table.writerows(ORDER | order for order in orders)
    return out.getvalue()


def lines(tmp_path, *orders):
    return read(written(tmp_path, export(*orders))).rows("order_lines")


def test_an_order_with_several_items_becomes_a_line_each(tmp_path):
    goods = "\n".join([item("LAMP", 2, 1, "Lamp【New】(white)"), item("MUG(B)", 1, 2, "Mug, 【2】pack (blue)")])
    found = lines(tmp_path, {GOODS: goods}).select("line_no", "sku", "units", "order_id", "market", "currency")
    assert found.rows() == [
        (1, "LAMP", 2, "8190000000000101", "ES", "USD"),
        (2, "MUG(B)", 1, "8190000000000101", "ES", "USD"),
    ]


def test_the_money_of_an_order_is_shared_out_by_pieces_and_adds_up_to_the_cent(tmp_path):
    goods = "\n".join([item("A", 1, 1), item("B", 1, 2), item("C", 1, 3)])
    found = lines(tmp_path, {GOODS: goods, "满立减": "US $0.50", "产品总金额": "US $10.00", "订单金额": "US $9.50"})
    assert found["paid_amount"].to_list() == [3.17, 3.16, 3.17]
    assert (found["unit_price"] * found["units"]).to_list() == [3.33, 3.34, 3.33]
    assert found["discount"].to_list() == [0.17, 0.16, 0.17]


@settings(max_examples=30, deadline=None)
@given(pieces=st.lists(st.integers(1, 500), min_size=1, max_size=6), cents=st.integers(0, 10**7))
def test_shares_always_add_up_and_none_is_negative(tmp_path_factory, pieces, cents):
    goods = "\n".join(item(f"S{n}", units, n) for n, units in enumerate(pieces, 1))
    amount = f"US ${cents / 100:.2f}"
    found = lines(tmp_path_factory.mktemp("o"), {GOODS: goods, "产品总金额": amount, "订单金额": amount})
    assert round(found["paid_amount"].sum() * 100) == cents
    assert found["paid_amount"].min() >= 0
    assert found["units"].sum() == sum(pieces)


@pytest.mark.parametrize(
    ("cell", "unread"),
    [
        ("【1】A (商家编码:A) (产品数量:1 piece) 【2】B (商家编码:B)", "【2】B (商家编码:B)"),
        (
            "【1】A (商家编码:A) 【2】B (商家编码:B) (产品数量:1 piece)",
            "【1】A (商家编码:A) 【2】B (商家编码:B) (产品数量:1 piece)",
        ),
        ("【1】A (商家编码:A) (产品数量: piece)", "【1】A (商家编码:A) (产品数量: piece)"),
        ("sold out", "sold out"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_read_says_which_part(cell, unread):
    found = items(pl.Series([cell, "【1】A (商家编码:A) (产品数量:3 piece)"]))
    assert found.select("at", "sku", "units", "unread").rows() == [(0, None, None, unread), (1, "A", "3", None)]


def test_an_unreadable_cell_keeps_its_whole_order_waiting_and_no_other(tmp_path):
    imported = read(written(tmp_path, export({GOODS: item("A", 1) + "\n【2】B"}, {"订单号": "8190000000000102"})))
    assert imported.rows("order_lines")["order_id"].to_list() == ["8190000000000102"]
    assert imported.problems == [(2, "产品信息", "•••", "product_cell_unreadable")]


def test_a_line_without_a_seller_code_waits_and_the_others_of_its_order_keep_their_share(tmp_path):
    goods = item("LAMP", 1) + "\n【2】Mug\n(产品数量:3 piece)"
    imported = read(written(tmp_path, export({GOODS: goods, "订单金额": "US $8.00"})))
    assert imported.rows("order_lines").select("sku", "paid_amount").rows() == [("LAMP", 2.0)]
    assert imported.problems == [(2, "产品信息", "•••", "seller_code_missing")]
    assert '"paid_amount":"6.0"' in imported.corrections["raw"][0]


def test_the_column_of_skus_of_newer_exports_helps_out_where_an_order_has_one_item(tmp_path):
    text = (
        export({GOODS: "Mug (产品数量:1 piece)"})
        .replace("店铺,", "店铺,SKU信息,", 1)
        .replace("yiwu,", "yiwu,MUG-7,", 1)
    )
    assert read(written(tmp_path, text)).rows("order_lines")["sku"].to_list() == ["MUG-7"]


def test_times_are_us_pacific_through_the_change_of_clocks(tmp_path):
    found = lines(
        tmp_path,
        {"订单号": "1", "下单时间": "2026.03.08 01:59"},
        {"订单号": "2", "下单时间": "2026.03.08 03:00"},
        {"订单号": "3", "下单时间": "2026.11.01 12:00"},
    )
    assert [t.strftime("%d %H:%M") for t in found["ordered_at"]] == ["08 09:59", "08 10:00", "01 20:00"]


def test_dates_with_slashes_are_month_first_even_where_nothing_in_the_file_shows_it(tmp_path):
    found = lines(tmp_path, {"下单时间": "03/04/26 10:20", "付款时间": "03/04/26 10:25"})
    assert found["ordered_at"].to_list() == [datetime(2026, 3, 4, 18, 20, tzinfo=UTC)]


def test_a_column_that_shows_days_first_is_read_days_first(tmp_path):
    found = lines(
        tmp_path, {"订单号": "1", "下单时间": "03/04/26 10:20"}, {"订单号": "2", "下单时间": "25/03/26 10:20"}
    )
    assert [t.month for t in found["ordered_at"]] == [4, 3]


@pytest.mark.parametrize(
    "word", ["资金未到账", "部分发货", "纠纷中", "等待放款", "订单关闭", "Awaiting shipment", "FINISH"]
)
def test_a_status_in_either_language_is_understood(tmp_path, word):
    assert lines(tmp_path, {"订单状态": word})["status"].to_list() == [STATUS[word]]


def test_an_ended_order_that_nobody_paid_was_cancelled(tmp_path):
    unpaid = {"订单状态": "订单结束", "付款时间": ""}
    found = lines(tmp_path, {"订单号": "1", **unpaid}, {"订单号": "2", **unpaid, "发货时间": "2026.03.09 08:00"})
    assert found["status"].to_list() == ["cancelled", "delivered"]


def test_a_cell_of_waybills_becomes_a_parcel_each_with_its_company():
    cells = pl.Series(
        ["AE Standard:LP0012345 Cainiao Super Economy:RB123456785CN", "顺丰：SF1234567890", "LP0099", None, "燕文:"]
    )
    assert waybills(cells).rows() == [
        (0, "AE Standard", "LP0012345", None),
        (0, "Cainiao Super Economy", "RB123456785CN", None),
        (1, "顺丰", "SF1234567890", None),
        (2, None, "LP0099", None),
        (4, None, None, "燕文"),
    ]  # fmt: skip


def test_dispatch_is_a_hand_over_and_the_buyers_confirmation_no_delivery(tmp_path):
    sent = {
        "实际发货物流:运单号": "燕文:LP0000000101",
        "发货时间": "2026.03.09 08:00",
        "确认收货时间": "2026.03.29 08:00",
    }
    imported = read(written(tmp_path, export(sent)))
    assert imported.rows("events").select("parcel_id", "milestone").rows() == [("LP0000000101", "handed_over")]
    assert imported.rows("parcels").select("service", "node", "tracking_no").rows() == [
        ("燕文", "seller", "LP0000000101")
    ]
    assert imported.notes == {"receipt_by_buyer": 1}


def test_a_tracking_number_of_two_orders_is_one_parcel(tmp_path):
    sent = {"实际发货物流:运单号": "燕文:LP0000000101"}
    imported = read(written(tmp_path, export({"订单号": "2", **sent}, {"订单号": "1", **sent})))
    assert imported.rows("parcels")["order_id"].to_list() == ["1"]
    assert imported.corrections.is_empty()


def test_fees_of_an_order_under_way_are_pending_and_of_an_ended_one_left_to_the_payouts(tmp_path):
    fee = {"平台佣金": "US $0.88"}
    imported = read(written(tmp_path, export({"订单号": "1", **fee}, {"订单号": "2", **fee, "订单状态": "订单结束"})))
    assert imported.rows("settlements").select("settlement_id", "kind", "amount", "status").rows() == [
        ("1", "commission", -0.88, "pending")
    ]


def test_two_shops_may_have_the_same_order_number(tmp_path):
    assert lines(tmp_path, {}, {"店铺": "toys"})["shop"].to_list() == ["toys", "yiwu"]


def test_an_order_over_several_rows_states_its_amount_once(tmp_path):
    rows = ({GOODS: item("A", 1)}, {GOODS: item("B", 3), "订单状态": "", "收货国家": ""})
    found = lines(tmp_path, *rows)
    assert found.select("sku", "paid_amount", "market").rows() == [("A", 2.75, "ES"), ("B", 8.26, "ES")]
    assert lines(tmp_path, {GOODS: item("A", 1)}, {GOODS: item("B", 3)}).equals(
        lines(tmp_path, {GOODS: item("B", 3)}, {GOODS: item("A", 1)}).with_columns(found["source_row"])
    )


def test_bad_rows_say_what_is_wrong_where_and_good_ones_load(tmp_path):
    imported = read(
        written(
            tmp_path,
            export(
                {"订单号": "8.19E+15"},
                {"订单号": "2", "订单状态": "已发到月球"},
                {"订单号": "3", "产品总金额": "10.00", "订单金额": "11.01"},
                {"订单号": "4"},
                {"店铺": "合计", **{h: "" for h in ORDER if h not in ("店铺", "订单金额")}},
            ),
        )
    )
    assert imported.rows("order_lines")["order_id"].to_list() == ["4"]
    assert [(row, column, problem) for row, column, _, problem in imported.problems] == [
        (2, "订单号", "number_damaged_by_excel"),
        (3, "订单状态", "word_unknown"),
        (4, "币种", "currency_missing"),
    ]
    assert imported.notes == {"total_row": 1}


def test_no_buyer_passes_the_door_readable(tmp_path):
    imported = read(written(tmp_path, export({}, {"订单号": "8.19E+15"})))
    said = imported.rows("order_lines").write_csv() + imported.corrections.write_csv()
    assert "600000001" not in said
    assert "28001" not in said


def _zip(tmp_path, **files):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
    return path


def test_an_order_whose_lines_are_in_two_files_of_a_zip_is_one_order(tmp_path):
    path = _zip(tmp_path, part1=export({GOODS: item("A", 1)}), part2=export({GOODS: item("B", 1)}, {"订单号": "9"}))
    assert [source.in_parts for source in detect(path)] == [True]
    found = read(path).rows("order_lines")
    assert found.select("order_id", "sku").rows() == [
        ("8190000000000101", "A"),
        ("8190000000000101", "B"),
        ("9", "LAMP"),
    ]


def test_an_order_that_two_files_of_a_zip_state_alike_is_the_later_files(tmp_path):
    imported = read(_zip(tmp_path, week10=export({}), week11=export({"订单状态": "等待买家收货"})))
    assert imported.rows("order_lines").select("sku", "status").rows() == [("LAMP", "shipped")]
    assert imported.notes == {"order_in_older_file": 1}


def test_an_order_that_stands_twice_in_an_export_is_one_order(tmp_path):
    made = read(written(tmp_path, export({}, {})))
    assert made.rows("order_lines").select("sku", "line_no").rows() == [("LAMP", 1)]
    assert made.notes == {"duplicate_collapsed": 1}


def test_other_exports_in_the_same_zip_stay_sources_of_their_own(tmp_path):
    products = "sku,title\nLAMP,Lamp\n"
    path = _zip(tmp_path, one=export({}), two=export({"订单号": "9"}), goods=products)
    assert [(s.layout, len(s.parts)) for s in detect(path)] == [("tradewind", 1), ("aliexpress-orders", 2)]
