"""The currency an amount's own cell names, beside the one its row or its file is in."""

import pytest

from tests.data.intake.reading import NOW, ORDERS, SALT, Imported, order, read, written
from tradewind.data.intake import ParseContext, detect, parse
from tradewind.data.intake.mapping import read_mapping


def mapped(folder, price, currency):
    """One sale at the price, by a mapping that says that the whole file is in the currency."""
    (folder / "sales.yaml").write_text(
        "tables:\n  order_lines:\n"
        "    columns: {order_id: no, sku: item, units: qty, ordered_at: when, unit_price: price}\n"
        f"    fixed: {{platform: temu, shop: main, market: NO, status: paid, currency: {currency}}}\n"
    )
    path = written(folder, f"no,item,qty,when,price\nA1,LAMP,1,2026-03-04,{price}\n", "sales.csv")
    own = [read_mapping(folder / "sales.yaml")]
    return Imported(list(parse(detect(path, own=own)[0], ParseContext(SALT, NOW, own=own), staging=folder)))


@pytest.mark.parametrize(
    ("price", "currency"),
    [
        ("US $12.95", "CNY"),
        ("US $12.95", "CAD"),
        ("$12.95", "CNY"),
        ("$12.95", "EUR"),
        ("12.95 €", "USD"),
        ("¥12.95", "USD"),
        ("12.95 zł", "EUR"),
        ("12.95 kr", "EUR"),
        ("HK$ 12.95", "USD"),
        ("R$ 12.95", "USD"),
        ("C$12.95 CAD", "USD"),
    ],
)
def test_an_amount_in_another_currency_than_its_file_is_asked_about_never_taken(tmp_path, price, currency):
    got = mapped(tmp_path, price, currency)
    assert got.rows("order_lines").is_empty()
    [(row, heading, value, problem)] = got.problems
    assert (row, heading, problem) == (2, "price", "currency_not_the_files")
    assert value.endswith(f" / {currency}")


@pytest.mark.parametrize(
    ("price", "currency", "amount"),
    [
        ("$12.95", "CAD", 12.95),
        ("$12.95", "MXN", 12.95),
        ("US $12.95", "USD", 12.95),
        ("¥1295", "JPY", 1295),
        ("￥12.95", "CNY", 12.95),
        ("12.95 kr", "NOK", 12.95),
        ("Kr. 12.95", "SEK", 12.95),
        ("Rs. 1295", "INR", 1295),
        ("Rp 129.500", "IDR", 129500),
        ("129.500 ₫", "VND", 129500),
        ("RM12.95", "MYR", 12.95),
        ("₱12.95", "PHP", 12.95),
        ("NT$12.95", "TWD", 12.95),
        ("12.95 Kč", "CZK", 12.95),
        ("12.95", "CNY", 12.95),
    ],
)
def test_a_sign_of_several_currencies_may_be_the_files(tmp_path, price, currency, amount):
    got = mapped(tmp_path, price, currency)
    assert got.problems == []
    assert got.rows("order_lines").select("unit_price", "currency").rows() == [(amount, currency)]


@pytest.mark.parametrize(
    ("stated", "price", "currency"),
    [("CAD", "$3", "CAD"), ("", "$3", "USD"), ("", "¥3", "CNY"), ("JPY", "￥3", "JPY"), ("", "S$3", "SGD")],
)
def test_the_row_says_which_of_several_currencies_a_sign_means(tmp_path, stated, price, currency):
    got = read(written(tmp_path, ORDERS + order(currency=stated, unit_price=price)))
    assert got.rows("order_lines")["currency"].to_list() == [currency]


def test_a_sign_that_means_any_of_several_is_not_guessed(tmp_path):
    got = read(written(tmp_path, ORDERS + order(currency="", unit_price="3 kr")))
    assert got.problems == [(2, "currency", None, "currency_missing")]
