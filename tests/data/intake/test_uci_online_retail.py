from datetime import UTC, datetime

from tests.data.intake.reading import read, written
from tradewind.data.intake import detect

HEAD = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"


def _line(
    invoice="536365", code="85123A", title="HEART HOLDER", units=6, price="2.55", customer="17850", country="EIRE"
):
    return f"{invoice},{code},{title},{units},2010-07-01 08:26:00,{price},{customer},{country}\n"


def _read(tmp_path, *lines):
    return read(written(tmp_path, HEAD + "".join(lines), "online_retail.csv"))


def test_invoices_become_order_lines_in_pounds_and_utc(tmp_path):
    imported = _read(tmp_path, _line())
    line = imported.rows("order_lines").row(0, named=True)
    assert (line["platform"], line["shop"], line["order_id"], line["line_no"]) == ("uci", "main", "536365", 1)
    assert (line["sku"], line["market"], line["units"], line["unit_price"]) == ("85123A", "IE", 6, 2.55)
    assert (line["currency"], line["status"]) == ("GBP", "paid")
    assert line["ordered_at"] == datetime(2010, 7, 1, 7, 26, tzinfo=UTC)
    assert len(line["buyer_key"]) == 32


def test_headings_of_the_first_edition_are_known_too(tmp_path):
    text = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n" + _line()
    assert detect(written(tmp_path, text))[0].layout == "uci-online-retail"


def test_cancellations_and_negative_quantities_become_dated_returns(tmp_path):
    imported = _read(tmp_path, _line("C536379", units=-2), _line("536380", units=-1), _line())
    returns = imported.rows("returns")
    assert returns.select("return_id", "line_no", "sku", "kind", "units", "refund_amount", "currency").rows() == [
        ("536380", 1, "85123A", "cancellation", 1, 2.55, "GBP"),
        ("C536379", 1, "85123A", "cancellation", 2, 5.1, "GBP"),
    ]
    assert returns["opened_at"].to_list() == [datetime(2010, 7, 1, 7, 26, tzinfo=UTC)] * 2
    assert imported.rows("order_lines")["order_id"].to_list() == ["536365"]


def test_what_is_no_goods_is_left_out_and_counted_not_sent_to_be_corrected(tmp_path):
    codes = ["POST", "DOT", "C2", "M", "m", "D", "S", "ADJUST2", "PADS", "BANK CHARGES", "AMAZONFEE", "CRUK"]
    codes += ["TEST001", "gift_0001_30"]
    imported = _read(tmp_path, _line(), *[_line(code=c) for c in codes], _line("A506401", "B", price="-53594.36"))
    assert imported.rows("order_lines")["sku"].to_list() == ["85123A"]
    assert imported.corrections.height == 0
    assert imported.notes == {
        "postage_line": 3, "manual_line": 6, "fee_line": 3, "test_line": 1, "gift_voucher": 1, "bad_debt": 1,
    }  # fmt: skip


def test_goods_whose_codes_look_odd_are_kept(tmp_path):
    imported = _read(tmp_path, _line(code="DCGS0058"), _line(code="SP1002"), _line(code="85123a"))
    assert imported.rows("order_lines")["sku"].to_list() == ["85123a", "DCGS0058", "SP1002"]


def test_price_zero_without_a_customer_is_a_stock_correction_and_with_one_a_gift(tmp_path):
    imported = _read(
        tmp_path, _line(price="0", customer=""), _line("2", units=-9, price="0", customer=""), _line("3", price="0")
    )
    assert imported.rows("order_lines").select("order_id", "unit_price").rows() == [("3", 0.0)]
    assert imported.notes == {"stock_adjustment": 2}


def test_the_second_copy_of_an_invoice_with_other_spaces_collapses(tmp_path):
    imported = _read(tmp_path, _line(), _line(title="HEART  HOLDER "), _line(code="71053"))
    assert imported.rows("order_lines").select("line_no", "sku").rows() == [(1, "71053"), (2, "85123A")]
    assert imported.notes == {"duplicate_collapsed": 1}


def test_areas_without_an_iso_code(tmp_path):
    areas = ["Channel Islands", "West Indies", "European Community", "Unspecified", "RSA", "USA"]
    imported = _read(tmp_path, *[_line(str(i), country=c) for i, c in enumerate(areas)])
    assert imported.rows("order_lines")["market"].to_list() == ["JE", "ZZ", "ZZ", "ZZ", "ZA", "US"]


def test_products_take_their_most_frequent_description(tmp_path):
    lines = [_line("1"), _line("2"), _line("3", title="damaged"), _line("4", code="71053", title="")]
    products = _read(tmp_path, *lines).rows("products")
    assert products.select("sku", "title").rows() == [("71053", None), ("85123A", "HEART HOLDER")]


def test_a_negative_price_is_to_correct(tmp_path):
    imported = _read(tmp_path, _line(price="-1.00"))
    assert imported.problems == [(2, "Price", "-1.0", "below_least")]


def test_the_public_copies_in_latin_letters_are_read(tmp_path):
    path = tmp_path / "data.csv"
    path.write_bytes((HEAD + _line(title="CAF\u00e9 SET \u00a35 a")).encode("cp1252"))
    assert read(path).rows("products")["title"].to_list() == ["CAFé SET £5 a"]
