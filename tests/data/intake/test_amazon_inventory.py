from tests.data.intake.exports import imported

HEAD = [
    "sku", "fnsku", "asin", "afn-listing-exists", "afn-fulfillable-quantity", "afn-reserved-quantity",
    "afn-inbound-working-quantity", "afn-inbound-shipped-quantity", "afn-inbound-receiving-quantity",
]  # fmt: skip
LAMP = dict(zip(HEAD, ["LAMP", "X01", "B01", "Yes", "31", "5", "10", "48", "12"], strict=True))


def _read(tmp_path, *rows, name="fba-de 2026-03-01.txt"):
    return imported(tmp_path, HEAD, rows, name=name, separator="\t")


def test_country_and_day_are_read_from_the_file_name(tmp_path):
    stock = _read(tmp_path, LAMP).rows("stock").row(0, named=True)
    assert (stock["node"], str(stock["taken_at"])) == ("fba-de", "2026-03-01 23:59:59+00:00")


def test_without_a_country_in_its_name_the_place_is_fba_and_that_is_noted(tmp_path):
    made = _read(tmp_path, LAMP, name="inventory in it 2026-03-01.txt")
    assert (made.rows("stock")["node"].to_list(), made.notes) == (["fba"], {"warehouse_without_country": 1})


def test_units_of_a_plan_only_are_not_on_the_way(tmp_path):
    stock = _read(tmp_path, LAMP).rows("stock").row(0, named=True)
    assert (stock["available_units"], stock["locked_units"], stock["on_the_way_units"]) == (31, 5, 60)


def test_goods_amazon_does_not_hold_are_no_stock_of_theirs(tmp_path):
    made = _read(tmp_path, LAMP, LAMP | {"sku": "OWN", "afn-listing-exists": "No", "afn-fulfillable-quantity": ""})
    assert (made.rows("stock")["sku"].to_list(), made.problems) == (["LAMP"], [])
