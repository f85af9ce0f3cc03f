from datetime import UTC, datetime

import pytest

from tests.data.intake.exports import imported

HEAD = [
    "Order ID", "Order Status", "Tracking Number*", "Ship Time", "Order Creation Date", "Parent SKU Reference No.",
    "SKU Reference No.", "Deal Price", "Quantity", "Returned quantity", "Seller Voucher", "Transaction Fee",
    "Commission Fee", "Service Fee", "Country", "Order Complete Time",
]  # fmt: skip


def _row(**cells):
    said = {
        "Order ID": "2602A", "Order Status": "Completed", "Order Creation Date": "2026-02-03 23:09",
        "SKU Reference No.": "LAMP", "Deal Price": "12.00", "Quantity": "2", "Country": "SG",
    }  # fmt: skip
    return said | {heading.replace("_", " "): cell for heading, cell in cells.items()}


def test_the_fees_on_every_row_of_an_order_count_once(tmp_path):
    fees = {"Transaction_Fee": "0.60", "Commission_Fee": "1.50", "Service_Fee": "0.90"}
    other = _row(**fees) | {"SKU Reference No.": "MUG", "Deal Price": "6.00", "Quantity": "1"}
    booked = imported(tmp_path, HEAD, [_row(**fees), other]).rows("settlements")
    assert sorted(booked.select("kind", "amount", "status").rows()) == [
        ("commission", -1.5, "settled"), ("payment_fee", -0.6, "settled"), ("sale", 30.0, "settled"),
        ("service_fee", -0.9, "settled"),
    ]  # fmt: skip


def test_fees_of_an_order_under_way_are_pending_and_those_of_a_cancelled_one_are_none(tmp_path):
    rows = [
        _row(Order_Status="Shipping", Commission_Fee="1.50"),
        _row(Order_ID="2602B", Order_Status="Cancelled", Commission_Fee="1.50"),
    ]
    booked = imported(tmp_path, HEAD, rows).rows("settlements")
    assert booked.select("order_id", "status").unique().rows() == [("2602A", "pending")]


def test_the_sellers_voucher_is_shared_among_the_orders_lines(tmp_path):
    other = _row(Seller_Voucher="3") | {"SKU Reference No.": "MUG", "Deal Price": "6.00", "Quantity": "1"}
    lines = imported(tmp_path, HEAD, [_row(Seller_Voucher="3"), other]).rows("order_lines")
    assert lines.select("sku", "discount", "paid_amount").rows() == [("LAMP", 2.4, 21.6), ("MUG", 0.6, 5.4)]


def test_the_country_tells_the_currency_and_the_clock(tmp_path):
    line = imported(tmp_path, HEAD, [_row()]).rows("order_lines").row(0, named=True)
    assert (line["currency"], line["ordered_at"]) == ("SGD", datetime(2026, 2, 3, 15, 9, tzinfo=UTC))


def test_goods_without_a_sku_of_their_own_go_by_that_of_their_parent(tmp_path):
    row = _row() | {"SKU Reference No.": "", "Parent SKU Reference No.": "LAMP-ALL"}
    assert imported(tmp_path, HEAD, [row]).rows("order_lines")["sku"].to_list() == ["LAMP-ALL"]


@pytest.mark.parametrize(
    ("words", "status", "price", "read"),
    [
        (
            ["No. Pesanan", "Status Pesanan", "Waktu Pesanan Dibuat", "Nomor Referensi SKU", "Harga Setelah Diskon",
            "Jumlah"],
            "Selesai", "49.900", ("ID", "IDR", 49900.0, "delivered"),
        ),
        (
            ["หมายเลขคำสั่งซื้อ", "สถานะการสั่งซื้อ", "วันที่ทำการสั่งซื้อ", "เลขอ้างอิง SKU (SKU Reference No.)", "ราคาขาย", "จำนวน"],
            "ยกเลิกแล้ว", "199.00", ("TH", "THB", 199.0, "cancelled"),
        ),
    ],
)  # fmt: skip
def test_headings_in_the_language_of_a_country_tell_the_country(tmp_path, words, status, price, read):
    row = dict(zip(words, ["2602A", status, "2026-02-03 09:00", "LAMP", price, "1"], strict=True))
    made = imported(tmp_path, words, [row])
    assert made.rows("order_lines").select("market", "currency", "unit_price", "status").rows() == [read]
