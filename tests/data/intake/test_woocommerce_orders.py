from tests.data.intake.exports import imported
from tests.data.intake.reading import read, written

HEAD = [
    "Order Number", "Order Status", "Order Date", "Item #", "SKU", "Quantity", "Quantity (- Refund)", "Item Cost",
    "Order Line (w/o tax)", "Order Line Total Refunded", "Country Code (Billing)", "Order Currency",
]  # fmt: skip


def _row(**cells):
    said = {
        "Order Number": "7001", "Order Status": "Completed", "Order Date": "2026-02-03 12:30", "Item #": "1",
        "SKU": "LAMP", "Quantity": "3", "Quantity (- Refund)": "3", "Item Cost": "20.00",
        "Order Line (w/o tax)": "54.00", "Country Code (Billing)": "ES", "Order Currency": "EUR",
    }  # fmt: skip
    return said | {heading.replace("_", " "): cell for heading, cell in cells.items()}


def test_a_line_is_paid_without_tax_and_after_its_discount(tmp_path):
    made = imported(tmp_path, HEAD, [_row()])
    assert made.rows("order_lines").select("unit_price", "discount", "paid_amount", "mode").rows() == [
        (20.0, 6.0, 54.0, "own")
    ]


def test_pieces_refunded_are_returns(tmp_path):
    back = _row() | {"Quantity (- Refund)": "2", "Order Line Total Refunded": "21.78"}
    made = imported(tmp_path, HEAD, [back])
    assert made.rows("returns").select("units", "refund_amount", "currency").rows() == [(1, 21.78, "EUR")]


def test_an_export_without_a_currency_is_to_correct_and_not_guessed(tmp_path):
    made = imported(tmp_path, HEAD, [_row(Order_Currency="")])
    assert [problem[1::2] for problem in made.problems] == [("Order Currency", "currency_missing")]


def test_of_two_columns_item_cost_the_first_is_read(tmp_path):
    heads, cells = [*_row(), "Item Cost"], [*_row().values(), "99"]
    made = read(written(tmp_path, ",".join(heads) + "\n" + ",".join(cells) + "\n"))
    assert made.rows("order_lines")["unit_price"].to_list() == [20.0]
