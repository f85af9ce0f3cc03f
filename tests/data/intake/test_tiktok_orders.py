from datetime import UTC, datetime

from tests.data.intake.exports import imported

HEAD = [
    "Order ID", "Order Status", "Order Substatus", "SKU ID", "Seller SKU", "Quantity", "Sku Quantity of return",
    "SKU Unit Original Price", "SKU Platform Discount", "SKU Seller Discount", "Created Time", "Shipped Time",
    "Delivered Time", "Tracking ID", "Country",
]  # fmt: skip


def _row(**cells):
    said = {
        "Order ID": "5771", "Order Status": "Completed", "Order Substatus": "Delivered", "SKU ID": "1731",
        "Seller SKU": "LAMP", "Quantity": "2", "SKU Unit Original Price": "USD 20.00",
        "Created Time": "02/03/2026 11:09:36 PM", "Country": "United States",
    }  # fmt: skip
    return said | {heading.replace("_", " "): cell for heading, cell in cells.items()}


def _lines(made, *columns):
    return made.rows("order_lines").select(*columns).rows()


def test_the_row_that_describes_the_columns_is_no_order_and_is_counted(tmp_path):
    described = {"Order ID": "Platform unique order ID.", "Order Status": "Current order status."}
    made = imported(tmp_path, HEAD, [described, _row()])
    assert (_lines(made, "order_id"), made.problems, made.notes) == ([("5771",)], [], {"described_columns": 1})


def test_the_seller_is_paid_before_what_the_platform_takes_off(tmp_path):
    made = imported(tmp_path, HEAD, [_row(SKU_Platform_Discount="USD 5.00", SKU_Seller_Discount="USD 4.00")])
    assert _lines(made, "unit_price", "discount", "paid_amount", "currency") == [(20.0, 4.0, 36.0, "USD")]


def test_amounts_without_a_currency_are_in_that_of_the_market(tmp_path):
    made = imported(tmp_path, HEAD, [_row(SKU_Unit_Original_Price="20.00", Country="United Kingdom")])
    assert _lines(made, "currency") == [("GBP",)]


def test_times_with_the_half_of_the_day_are_month_first_and_of_the_markets_clock(tmp_path):
    made = imported(tmp_path, HEAD, [_row()])
    assert _lines(made, "ordered_at") == [(datetime(2026, 2, 4, 7, 9, 36, tzinfo=UTC),)]


def test_pieces_sent_back_are_a_return_that_was_known_when_the_file_was_made(tmp_path):
    back = _row(Sku_Quantity_of_return="1", Delivered_Time="02/09/2026 3:30:00 PM")
    made = imported(tmp_path, HEAD, [back, _row(Order_ID="5772", Created_Time="02/20/2026 8:00:00 AM")])
    known = datetime(2026, 2, 20, 16, tzinfo=UTC)
    assert made.rows("returns").select("sku", "units", "known_at").rows() == [("LAMP", 1, known)]


def test_a_tracking_number_is_one_parcel_however_many_goods_it_holds(tmp_path):
    sent = {"Tracking_ID": "9400", "Shipped_Time": "02/05/2026 8:00:00 AM"}
    made = imported(tmp_path, HEAD, [_row(**sent), _row(Seller_SKU="MUG", SKU_ID="1732", **sent)])
    assert made.rows("parcels")["parcel_id"].to_list() == ["9400"]
    assert made.rows("events")["milestone"].to_list() == ["handed_over"]


def test_a_status_nobody_knows_is_a_row_to_correct(tmp_path):
    made = imported(tmp_path, HEAD, [_row(Order_Status="Teleported")])
    assert [problem[1::2] for problem in made.problems] == [("Order Status", "word_unknown")]
