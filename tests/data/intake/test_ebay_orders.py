from datetime import UTC, datetime

from tests.data.intake.exports import imported
from tests.data.intake.reading import read, written

HEAD = [
    "Sales Record Number", "Order Number", "Buyer Username", "Ship To Country", "Item Number", "Custom Label",
    "Quantity", "Sold For", "Total Price", "Sale Date", "Paid On Date", "Shipped On Date", "Tracking Number",
    "Transaction ID",
]  # fmt: skip


def _row(**cells):
    said = {
        "Order Number": "19-1", "Ship To Country": "United States", "Item Number": "41", "Custom Label": "LAMP",
        "Quantity": "2", "Sold For": "$24.00", "Sale Date": "Feb-03-26", "Paid On Date": "Feb-03-26",
        "Transaction ID": "30",
    }  # fmt: skip
    return said | {heading.replace("_", " "): cell for heading, cell in cells.items()}


def test_the_row_of_an_order_of_several_items_says_where_they_go_and_is_no_line(tmp_path):
    order = {"Order Number": "19-2", "Ship To Country": "Germany", "Quantity": "2", "Total Price": "$33.00"}
    item = {"Order Number": "19-2", "Quantity": "1", "Sold For": "$24.00", "Sale Date": "Feb-04-26"}
    rows = [
        order | {"Sale Date": "Feb-04-26", "Paid On Date": "Feb-04-26"},
        item | {"Item Number": "41", "Custom Label": "LAMP", "Transaction ID": "31"},
        item | {"Item Number": "42", "Custom Label": "MUG", "Sold For": "$9.00", "Transaction ID": "32"},
    ]
    made = imported(tmp_path, HEAD, rows)
    assert made.rows("order_lines").select("sku", "market", "paid_amount", "status").rows() == [
        ("LAMP", "DE", 24.0, "paid"), ("MUG", "DE", 9.0, "paid"),
    ]  # fmt: skip
    assert (made.notes, made.problems) == ({"order_without_item": 1}, [])


def test_what_stands_above_and_under_the_table_is_no_order(tmp_path):
    line = "101,19-1,ann,United States,41,LAMP,2,$24.00,$48.00,Feb-03-26,,,,30\n"
    text = ",,,,\n" + ",".join(HEAD) + "\n,,,,,,,,,,,,,\n" + line + "\n1,record(s) downloaded,\nSeller ID : someone\n"
    made = read(written(tmp_path, text))
    assert made.rows("order_lines").select("sku", "units", "unit_price", "currency").rows() == [
        ("LAMP", 2, 24.0, "USD")
    ]
    assert (made.notes, made.problems) == ({"trailer_row": 1}, [])


def test_a_day_is_of_the_american_clock_and_a_day_of_shipping_makes_a_shipped_order(tmp_path):
    made = imported(tmp_path, HEAD, [_row(Shipped_On_Date="Feb-05-26", Tracking_Number="9400")])
    line = made.rows("order_lines").row(0, named=True)
    assert (line["ordered_at"], line["status"]) == (datetime(2026, 2, 3, 8, tzinfo=UTC), "shipped")
    assert made.rows("parcels")["parcel_id"].to_list() == ["9400"]


def test_an_item_without_a_label_of_the_sellers_is_a_row_to_correct(tmp_path):
    made = imported(tmp_path, HEAD, [_row(Custom_Label="")])
    assert [problem[1::2] for problem in made.problems] == [("Custom Label", "cell_missing")]
