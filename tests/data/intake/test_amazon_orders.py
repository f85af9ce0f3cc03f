from datetime import UTC, datetime

import pytest

from tests.data.intake.exports import imported

HEAD = [
    "amazon-order-id", "purchase-date", "last-updated-date", "order-status", "sales-channel", "product-name", "sku",
    "asin", "quantity", "currency", "item-price", "item-tax", "shipping-price", "item-promotion-discount",
    "ship-promotion-discount", "ship-city", "ship-postal-code", "ship-country",
]  # fmt: skip


def _order(**cells):
    said = {
        "amazon-order-id": "111-1111111-1111111", "purchase-date": "2026-03-04T23:30:00+00:00",
        "last-updated-date": "2026-03-06T08:00:00+00:00", "order-status": "Shipped", "sales-channel": "Amazon.com",
        "sku": "LAMP", "quantity": "1", "currency": "USD", "item-price": "20.00", "ship-country": "US",
    }  # fmt: skip
    return said | {name.replace("_", "-"): cell for name, cell in cells.items()}


def _read(tmp_path, *rows, **how):
    return imported(tmp_path, HEAD, rows, name="orders.txt", separator="\t", **how)


def _only(made):
    assert made.rows("order_lines").height == 1
    return made.rows("order_lines").row(0, named=True)


def test_the_price_is_that_of_the_whole_line_and_promotions_are_taken_off(tmp_path):
    cells = {"shipping-price": "4.00", "item-promotion-discount": "3.00", "ship-promotion-discount": "4.00"}
    line = _only(_read(tmp_path, _order(quantity="2", item_tax="1.60") | cells))
    assert (line["unit_price"], line["units"], line["discount"], line["paid_amount"]) == (10.0, 2, 3.0, 17.0)


def test_a_pending_order_is_left_out_until_it_is_paid(tmp_path):
    made = _read(
        tmp_path, _order(), _order(**{"amazon-order-id": "2"}, order_status="Pending", item_price="", currency="")
    )
    assert made.rows("order_lines")["order_id"].to_list() == ["111-1111111-1111111"]
    assert (made.notes, made.problems) == ({"pending_order": 1}, [])


def test_a_cancelled_order_without_pieces_takes_the_place_of_what_an_earlier_export_said(tmp_path):
    line = _only(_read(tmp_path, _order(order_status="Cancelled", quantity="0", item_price="", currency="")))
    assert (line["status"], line["units"], line["unit_price"], line["currency"]) == ("cancelled", 1, 0.0, "USD")
    assert line["cancelled_at"] == line["ordered_at"]


def test_a_cancelled_order_with_pieces_is_dated_by_its_last_change(tmp_path):
    line = _only(_read(tmp_path, _order(order_status="Canceled", quantity="2")))
    assert (line["units"], line["cancelled_at"]) == (2, datetime(2026, 3, 6, 8, tzinfo=UTC))


@pytest.mark.parametrize(
    ("channel", "country", "market"),
    [("Amazon.co.uk", "", "GB"), ("Amazon.de", "AT", "AT"), ("amazon.com.mx", "", "MX"), ("Somewhere", "", "ZZ")],
)
def test_the_market_is_where_it_goes_else_where_it_was_sold(tmp_path, channel, country, market):
    assert _only(_read(tmp_path, _order(sales_channel=channel, ship_country=country)))["market"] == market


@pytest.mark.parametrize("channel", ["Non-Amazon", "Non-Amazon US", "non-amazon"])
def test_what_amazon_only_sends_for_another_shop_is_no_order_of_amazons(tmp_path, channel):
    made = _read(tmp_path, _order(), _order(sales_channel=channel, sku="MUG"))
    assert made.rows("order_lines")["sku"].to_list() == ["LAMP"]
    assert made.notes == {"order_of_another_channel": 1}


@pytest.mark.parametrize(("encoding", "sku"), [("shift_jis", "ランプ青"), ("cp1252", "GRÖSSE-M"), ("utf-8", "灯-1")])
def test_reports_are_read_in_the_encodings_of_their_countries(tmp_path, encoding, sku):
    assert _only(_read(tmp_path, _order(sku=sku), encoding=encoding))["sku"] == sku


def test_a_decimal_comma_is_read_and_a_missing_currency_is_to_correct(tmp_path):
    made = _read(
        tmp_path, _order(item_price="1.234,50"), _order(sku="MUG", currency=""), _order(sku="CUP", item_price="1O")
    )
    assert made.rows("order_lines")["unit_price"].to_list() == [1234.5]
    assert [(row, column, why) for row, column, _, why in made.problems] == [
        (3, "currency", "currency_missing"),
        (4, "item-price", "currency_text_unknown"),
    ]
