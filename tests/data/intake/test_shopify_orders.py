from datetime import UTC, datetime

from tests.data.intake.exports import imported

HEAD = [
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Currency", "Subtotal",
    "Total", "Discount Amount", "Shipping Method", "Created at", "Lineitem quantity", "Lineitem name",
    "Lineitem price", "Lineitem sku", "Lineitem requires shipping", "Shipping Name", "Shipping Zip",
    "Shipping Country", "Cancelled at", "Refunded Amount", "Location", "Id", "Lineitem discount",
]  # fmt: skip


def _order(name="#1001", number="5001", **cells):
    said = {
        "Name": name, "Id": number, "Email": "ann@buyer.example", "Financial Status": "paid", "Currency": "USD",
        "Subtotal": "30.00", "Total": "35.00", "Created at": "2026-03-01 22:00:00 -0500", "Lineitem quantity": "2",
        "Lineitem price": "15.00", "Lineitem sku": "MUG", "Lineitem requires shipping": "true",
        "Shipping Country": "US", "Shipping Zip": "'02110",
    }  # fmt: skip
    return said | {heading.replace("_", " "): cell for heading, cell in cells.items()}


def _line(name="#1001", **cells):
    said = {"Name": name, "Lineitem quantity": "1", "Lineitem price": "15.00", "Lineitem sku": "MUG"}
    return said | {heading.replace("_", " "): cell for heading, cell in cells.items()}


def _lines(made, *columns):
    return made.rows("order_lines").select(*columns).rows()


def test_later_lines_take_over_what_the_first_says_of_the_order(tmp_path):
    made = imported(tmp_path, HEAD, [_order(Subtotal="60"), _line(Lineitem_sku="LAMP", Lineitem_price="30")])
    assert _lines(made, "sku", "market", "currency", "status", "postcode_prefix") == [
        ("LAMP", "US", "USD", "paid", "021"),
        ("MUG", "US", "USD", "paid", "021"),
    ]
    assert made.rows("order_lines")["ordered_at"].unique().to_list() == [datetime(2026, 3, 2, 3, tzinfo=UTC)]
    assert made.rows("order_lines")["buyer_key"].n_unique() == 1


def test_the_same_goods_in_three_lines_are_three_and_an_order_held_twice_is_one(tmp_path):
    order = [_order(Subtotal="60"), _line(), _line()]
    made = imported(tmp_path, HEAD, [*order, *order])
    assert _lines(made, "line_no", "units") == [(1, 1), (2, 1), (3, 2)]
    assert made.notes == {"duplicate_collapsed": 3}


def test_the_orders_discount_is_shared_by_value(tmp_path):
    made = imported(
        tmp_path, HEAD, [_order(Subtotal="54", Discount_Amount="6"), _line(Lineitem_sku="LAMP", Lineitem_price="30")]
    )
    assert _lines(made, "sku", "discount", "paid_amount") == [("LAMP", 3.0, 27.0), ("MUG", 3.0, 27.0)]


def test_a_lines_own_discount_is_not_taken_off_twice(tmp_path):
    made = imported(tmp_path, HEAD, [_order(Subtotal="27", Discount_Amount="3", Lineitem_discount="3")])
    assert _lines(made, "discount", "paid_amount") == [(3.0, 27.0)]


def test_shops_whose_numbers_both_begin_at_1001_stay_apart(tmp_path):
    made = imported(tmp_path, HEAD, [_order(), _order(number="6001", Currency="EUR")])
    assert _lines(made, "order_id", "currency") == [("#1001/5001", "USD"), ("#1001/6001", "EUR")]


def test_tips_services_and_lines_taken_out_are_no_goods(tmp_path):
    rows = [
        _order(),
        _line(Lineitem_sku="", Lineitem_name="Gift card", Lineitem_requires_shipping="false"),
        _line(Lineitem_sku="HOOK", Lineitem_quantity="0"),
    ]
    made = imported(tmp_path, HEAD, rows)
    assert _lines(made, "sku") == [("MUG",)]
    assert (made.notes, made.problems) == ({"no_goods_line": 1, "line_without_pieces": 1}, [])


def test_a_cancelled_order_is_dated_and_its_refund_a_cancellation_known_when_the_file_was_made(tmp_path):
    cells = {"Cancelled_at": "2026-03-02 08:00:00 -0500", "Financial_Status": "refunded", "Refunded_Amount": "35"}
    made = imported(tmp_path, HEAD, [_order(**cells), _order("#1002", "5002", Created_at="2026-04-01 00:00:00 +0000")])
    assert _lines(made, "status", "cancelled_at")[0] == ("cancelled", datetime(2026, 3, 2, 13, tzinfo=UTC))
    back = made.rows("returns").row(0, named=True)
    assert (back["kind"], back["units"], back["refund_amount"]) == ("cancellation", 2, 35.0)
    assert back["known_at"] == datetime(2026, 4, 1, tzinfo=UTC)


def test_a_part_refunded_covers_pieces_of_a_lone_line_and_is_counted_where_there_are_more(tmp_path):
    cells = {"Financial_Status": "partially_refunded", "Refunded_Amount": "15"}
    made = imported(tmp_path, HEAD, [_order(**cells), _order("#1002", "5002", Subtotal="45", **cells), _line("#1002")])
    assert made.rows("returns").select("order_id", "kind", "units").rows() == [("#1001/5001", "refund", 1)]
    assert made.notes == {"refund_without_line": 1}


def test_a_fulfilled_order_is_one_parcel_from_its_location(tmp_path):
    cells = {"Fulfillment_Status": "fulfilled", "Fulfilled_at": "2026-03-03 00:00:00 +0000", "Location": "Yiwu store"}
    made = imported(tmp_path, HEAD, [_order(Subtotal="45", **cells), _line(), _order("#1002", "5002")])
    assert made.rows("parcels").select("parcel_id", "node", "service").rows() == [
        ("#1001/5001", "Yiwu store", "shopify")
    ]
    assert made.rows("events")["milestone"].to_list() == ["handed_over"]


def test_bad_lines_are_told_and_good_ones_load(tmp_path):
    rows = [
        _order(),
        _order("#1002", "5002", Currency=""),
        _order("#1003", "5003", Lineitem_price="15.0.0"),
        _order("#1004", "5E+12"),
    ]
    made = imported(tmp_path, HEAD, rows)
    assert _lines(made, "order_id") == [("#1001/5001",)]
    assert {(column, why) for _, column, _, why in made.problems} == {
        ("Currency", "currency_missing"), ("Lineitem price", "number_unreadable"), ("Id", "number_damaged_by_excel"),
    }  # fmt: skip


TAXED = [*HEAD, "Shipping", "Taxes", "Duties", "Lineitem taxable"]


def test_prices_that_include_the_tax_are_made_net_of_it_and_those_with_tax_on_top_stay(tmp_path):
    included = _order(Lineitem_price="60.50", Subtotal="121", Taxes="21", Shipping="0", Total="121")
    on_top = _order("#1002", "5002", Lineitem_price="50", Subtotal="100", Taxes="21", Shipping="0", Total="121")
    made = imported(tmp_path, TAXED, [included, on_top])
    assert _lines(made, "unit_price", "paid_amount") == [(50.0, 100.0), (50.0, 100.0)]
    assert made.notes == {}


def test_the_tax_within_is_shared_with_the_shipping_and_not_with_what_is_not_taxable(tmp_path):
    rows = [
        _order(Lineitem_price="50", Subtotal="130", Shipping="10", Taxes="10", Total="140", Discount_Amount="0"),
        _line(Lineitem_sku="BOOK", Lineitem_price="30", Lineitem_taxable="false"),
    ]
    made = imported(tmp_path, TAXED, rows)
    assert _lines(made, "sku", "paid_amount") == [("BOOK", 30.0), ("MUG", 90.909091)]


def test_a_discount_within_prices_that_include_the_tax_is_net_of_it_too(tmp_path):
    cells = {"Lineitem_price": "60.50", "Discount_Amount": "12.10", "Subtotal": "108.90", "Taxes": "18.90"}
    made = imported(tmp_path, TAXED, [_order(**cells, Total="108.90")])
    assert _lines(made, "unit_price", "discount", "paid_amount") == [(50.0, 10.0, 90.0)]


def test_a_tip_and_duties_within_the_total_do_not_hide_how_the_tax_stands(tmp_path):
    order = _order(Lineitem_price="60.50", Subtotal="121", Taxes="21", Total="128", Duties="5")
    made = imported(tmp_path, TAXED, [order, _line(Lineitem_sku="", Lineitem_name="Tip", Lineitem_price="2")])
    assert _lines(made, "paid_amount") == [(100.0,)]


def test_an_order_whose_sums_tell_neither_is_read_as_taxed_on_top_and_counted(tmp_path):
    made = imported(tmp_path, TAXED, [_order(Lineitem_price="60.50", Subtotal="121", Taxes="21", Total="130")])
    assert _lines(made, "paid_amount") == [(121.0,)]
    assert made.notes == {"tax_unclear": 1}


def test_parcel_insurance_is_no_goods_and_takes_no_part_of_the_discount(tmp_path):
    rows = [
        _order(Subtotal="27.98", Discount_Amount="3"),
        _line(Lineitem_sku="ROUTEINS10", Lineitem_name="Route Package Protection", Lineitem_price="0.98"),
    ]
    made = imported(tmp_path, HEAD, rows)
    assert _lines(made, "sku", "paid_amount") == [("MUG", 27.0)]
    assert made.notes == {"no_goods_line": 1}


def test_a_payment_that_was_voided_is_a_cancelled_order(tmp_path):
    assert _lines(imported(tmp_path, HEAD, [_order(Financial_Status="voided")]), "status") == [("cancelled",)]
