from datetime import UTC, datetime

from tests.data.intake.exports import imported

HEAD = [
    "订单号", "站点", "订单状态", "子订单号", "应履约件数", "SKUID", "SKU货号", "收货人姓名", "收货人联系方式",
    "国家", "运单号",
    "物流商", "发货仓", "订单创建时间", "实际发货时间", "预计送达时间", "实际签收时间",
]  # fmt: skip


def _row(line="1", **cells):
    said = {
        "订单号": "PO-076-1", "站点": "西班牙站", "订单状态": "已发货", "子订单号": line, "应履约件数": "2",
        "SKUID": "175",
        "SKU货号": "LAMP", "运单号": "ES01", "物流商": "Correos", "发货仓": "义乌仓",
        "订单创建时间": "2026-06-01 00:16:38", "实际发货时间": "2026-06-01 09:00:00", "预计送达时间": "--",
        "实际签收时间": "--",
    }  # fmt: skip
    return said | cells


def test_an_export_without_money_leaves_the_price_unknown(tmp_path):
    made = imported(tmp_path, HEAD, [_row()])
    assert made.rows("order_lines").select("units", "unit_price", "paid_amount", "currency").rows() == [
        (2, None, None, None)
    ]
    assert made.problems == []


def test_the_site_is_the_market_with_its_ending_or_without_and_times_are_chinas(tmp_path):
    made = imported(tmp_path, HEAD, [_row(), _row(订单号="PO-076-2", 站点="加拿大", 运单号="--")])
    assert made.rows("order_lines")["market"].to_list() == ["ES", "CA"]
    assert made.rows("order_lines")["ordered_at"][0] == datetime(2026, 5, 31, 16, 16, 38, tzinfo=UTC)


def test_what_is_written_for_nothing_is_neither_a_parcel_nor_a_date(tmp_path):
    made = imported(tmp_path, HEAD, [_row(), _row("2", SKU货号="MUG"), _row("3", 订单号="PO-076-2", 运单号="--")])
    assert made.rows("parcels").select("parcel_id", "order_id", "promised_at").rows() == [("ES01", "PO-076-1", None)]
    assert made.rows("order_lines").height == 3


def test_names_and_telephones_go_nowhere(tmp_path):
    made = imported(tmp_path, HEAD, [_row(收货人姓名="王小明", 收货人联系方式="13800000000")])
    kept = "".join(batch.rows.write_csv() + batch.corrections.write_csv() for batch in made.batches)
    assert "王小明" not in kept
    assert "13800000000" not in kept


def test_a_status_nobody_knows_is_a_row_to_correct(tmp_path):
    assert [p[3] for p in imported(tmp_path, HEAD, [_row(订单状态="飞走了")]).problems] == ["word_unknown"]
