from datetime import UTC, datetime

import polars as pl
import pytest

from tests.data.intake.reading import NOW, ORDERS, order, read, written
from tradewind.core.tables import TABLES
from tradewind.core.text import text
from tradewind.data.intake import staging
from tradewind.data.intake.checking import MOST_UNITS_LYING, MOST_UNITS_OF_AN_ORDER
from tradewind.data.intake.detect import detect


def test_an_orders_file_becomes_order_lines(tmp_path):
    path = written(tmp_path, ORDERS + order() + order(order_id="A2", market="美国", ordered_at="2026-03-05"))
    lines = read(path).rows("order_lines")
    assert lines.columns == [*TABLES["order_lines"].columns, "source_row", "source_file"]
    assert lines.select("order_id", "line_no", "market", "units", "unit_price", "source_row", "source_file").rows() == [
        ("A1", 1, "ES", 2, 12.5, 2, "orders.csv"),
        ("A2", 1, "US", 2, 12.5, 3, "orders.csv"),
    ]
    assert lines["known_at"].to_list() == lines["ordered_at"].to_list()


def test_headings_are_matched_in_chinese_and_with_any_brackets_case_and_spaces(tmp_path):
    headings = "平台,店铺,订单号,ＳＫＵ编码,收货国家,下单 时间,（数量）,Unit_Price,币种,订单状态\n"
    lines = read(written(tmp_path, headings + order(status="已付款", market="西班牙"))).rows("order_lines")
    assert lines.select("sku", "market", "status").rows() == [("LAMP", "ES", "paid")]


def test_a_bad_row_is_kept_with_row_column_value_and_cause_and_the_good_ones_load(tmp_path):
    path = written(tmp_path, ORDERS + order() + order(order_id="A2", units="x") + order(order_id="A3", market="Spian"))
    imported = read(path)
    assert imported.rows("order_lines")["order_id"].to_list() == ["A1"]
    assert imported.problems == [(3, "units", "x", "number_unreadable"), (4, "market", "Spian", "country_unknown")]
    assert imported.corrections["suggestion"].to_list() == [None, "ES"]
    assert imported.corrections["file"].unique().to_list() == ["orders.csv"]


def test_only_the_first_cause_of_a_row_is_named(tmp_path):
    path = written(tmp_path, ORDERS + order(market="Nowhere", ordered_at="soon", units="0"))
    assert read(path).problems == [(2, "market", "•••", "country_unknown")]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"units": "0"}, "units_not_positive"),
        ({"units": "-2"}, "units_not_positive"),
        ({"unit_price": "-1.00"}, "below_least"),
        ({"currency": ""}, "currency_missing"),
        ({"currency": "EUR", "unit_price": "US $3"}, "currency_conflict"),
        ({"order_id": "8.18E+15"}, "number_damaged_by_excel"),
        ({"ordered_at": "2031-01-01"}, "date_in_future"),
        ({"ordered_at": "1999-12-31"}, "date_before_2000"),
        ({"ordered_at": "03/04/2026"}, "date_ambiguous"),
        ({"sku": ""}, "cell_missing"),
        ({"status": "frozen"}, "word_unknown"),
    ],
)
def test_what_cannot_be_loaded_says_why(tmp_path, changes, problem):
    imported = read(written(tmp_path, ORDERS + order() + order(**({"order_id": "A2"} | changes))))
    assert [p for _, _, _, p in imported.problems] == [problem]
    assert imported.rows("order_lines").height == 1


def test_an_amount_may_name_the_currency_in_its_cell(tmp_path):
    lines = read(written(tmp_path, ORDERS + order(currency="", unit_price="US $1,234.50"))).rows("order_lines")
    assert lines.select("unit_price", "currency").rows() == [(1234.5, "USD")]


def test_lines_of_an_order_are_numbered_whatever_the_order_of_rows(tmp_path):
    lines = [order(), order(sku="BOWL"), order(units="7"), order(order_id="A0")]
    one = read(written(tmp_path, ORDERS + "".join(lines))).rows("order_lines")
    other = read(written(tmp_path, ORDERS + "".join(reversed(lines)))).rows("order_lines")
    assert one.drop("source_row").equals(other.drop("source_row"))
    assert one.select("order_id", "line_no", "sku", "units").rows() == [
        ("A0", 1, "LAMP", 2),
        ("A1", 1, "BOWL", 2),
        ("A1", 2, "LAMP", 2),
        ("A1", 3, "LAMP", 7),
    ]


def test_a_bad_line_keeps_its_number_among_the_lines_of_its_order(tmp_path):
    imported = read(written(tmp_path, ORDERS + order(sku="BOWL", units="x") + order(sku="LAMP")))
    assert imported.rows("order_lines")["line_no"].to_list() == [2]
    assert imported.corrections["line_no"].to_list() == [1]


def test_rows_of_an_order_that_say_the_same_are_pieces_and_are_counted(tmp_path):
    imported = read(written(tmp_path, ORDERS + order() + order(sku="LAMP  ") + order(sku="\u00a0LAMP")))
    lines = imported.rows("order_lines")
    assert (lines["line_no"].to_list(), lines["units"].sum()) == ([1, 2, 3], 6)
    assert imported.notes == {"alike_counted": 2}


def test_a_line_whose_number_is_stated_twice_is_one_line(tmp_path):
    numbered = ORDERS.strip() + ",line_no\n" + order().strip() + ",1\n" + order().strip() + ",1\n"
    imported = read(written(tmp_path, numbered + order().strip() + ",2\n"))
    assert imported.rows("order_lines")["line_no"].to_list() == [1, 2]
    assert imported.notes == {"duplicate_collapsed": 1}


def test_a_product_stated_twice_with_the_same_words_is_one_product(tmp_path):
    imported = read(written(tmp_path, "sku,weight_g\nLAMP,420\nLAMP ,420\n", "products.csv"))
    assert imported.rows("products").height == 1
    assert imported.notes == {"duplicate_collapsed": 1}


def test_two_rows_of_one_key_that_differ_are_both_to_correct(tmp_path):
    text = "sku,title\nLAMP,Lamp\nLAMP,Another lamp\nBOWL,Bowl\n"
    imported = read(written(tmp_path, text, "products.csv"))
    assert imported.rows("products")["sku"].to_list() == ["BOWL"]
    assert [(row, problem) for row, _, _, problem in imported.problems] == [(2, "key_twice"), (3, "key_twice")]


def test_a_row_with_more_cells_than_headings_is_to_correct_and_nothing_of_it_is_repeated(tmp_path):
    imported = read(written(tmp_path, ORDERS + order() + order(order_id="A2").strip() + ",Ana Garcia\n"))
    assert imported.problems == [(3, None, "11", "too_many_cells")]
    assert "A2" not in imported.corrections["raw"][0]


def test_no_name_address_telephone_or_mail_comes_out(tmp_path):
    headings = ORDERS.strip() + ",buyer name,e-mail,phone,地址,邮编,unknown column\n"
    personal = ",Ana Garcia,ana@example.com,+34600112233,Calle Mayor 5,28013,Secret\n"
    text = headings + order().strip() + personal + order(order_id="A2", units="x").strip() + personal
    imported = read(written(tmp_path, text))
    seen = imported.rows("order_lines").write_csv() + imported.corrections.write_csv()
    for word in ("Ana", "ana@", "600112233", "Calle", "28013", "Secret"):
        assert word not in seen
    line = imported.rows("order_lines").row(0, named=True)
    assert line["postcode_prefix"] == "280"
    assert len(line["buyer_key"]) == 32
    assert line["buyer_key"] in imported.corrections["raw"][0]


def test_nothing_personal_is_written_to_disk_on_the_way(tmp_path, monkeypatch):
    monkeypatch.setattr(staging, "BUCKET_BYTES", 200)
    headings = ORDERS.strip() + ",e-mail\n"
    rows = "".join(order(order_id=f"A{i}").strip() + f",ana{i}@example.com\n" for i in range(20))
    source = detect(written(tmp_path, headings + rows))[0]
    folder = tmp_path / "staging"
    folder.mkdir()
    from tests.data.intake.reading import SALT
    from tradewind.data.intake import ParseContext, parse

    first = next(parse(source, ParseContext(SALT), staging=folder))
    assert first.rows.height
    on_disk = b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())
    assert on_disk
    assert b"example.com" not in on_disk


def test_a_large_file_gives_the_same_rows_in_several_batches_with_whole_orders(tmp_path, monkeypatch):
    rows = "".join(order(order_id=f"A{i % 40}", sku=f"S{i}") for i in range(200))
    path = written(tmp_path, ORDERS + rows)
    whole = read(path).rows("order_lines")
    monkeypatch.setattr(staging, "BUCKET_BYTES", 2000)
    imported = read(path)
    assert len(imported.batches) > 3
    assert imported.rows("order_lines").sort("order_id", "line_no").equals(whole)
    orders = [set(b.rows["order_id"]) for b in imported.batches]
    assert sum(map(len, orders)) == len(set.union(*orders)) == 40


def test_the_date_style_of_a_large_file_is_settled_over_all_its_parts(tmp_path, monkeypatch):
    rows = "".join(order(order_id=f"A{i}", ordered_at="03/04/2026") for i in range(50))
    path = written(tmp_path, ORDERS + rows + order(order_id="Z", ordered_at="25/04/2026"))
    monkeypatch.setattr(staging, "BUCKET_BYTES", 2000)
    dates = read(path).rows("order_lines").filter(order_id="A7")["ordered_at"].to_list()
    assert dates == [datetime(2026, 4, 3, tzinfo=UTC)]


def test_a_sku_that_lost_its_zeros_is_to_correct_and_an_unknown_one_is_kept_and_counted(tmp_path):
    path = written(tmp_path, ORDERS + order(sku="123") + order(sku="NEW") + order(sku="00777"))
    imported = read(path, known_skus=pl.Series(["00123", "00777"]))
    assert imported.rows("order_lines")["sku"].to_list() == ["00777", "NEW"]
    assert imported.corrections.select("column", "value", "problem", "suggestion").rows() == [
        ("sku", "123", "sku_lost_zeros", "00123")
    ]
    assert imported.notes == {"sku_unknown": 1}


def test_products_of_the_same_workbook_are_known(tmp_path):
    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "all.xlsx")
    sheets = {"order_lines": ORDERS + order() + order(sku="NEW"), "products": "sku,title\nLAMP,Lamp\n"}
    for name, content in sheets.items():
        page = book.add_worksheet(name)
        for r, row in enumerate(content.strip().split("\n")):
            page.write_row(r, 0, row.split(","))
    book.close()
    assert read(tmp_path / "all.xlsx", known_skus=pl.Series(["OLD"])).notes == {"sku_unknown": 1}


def test_without_a_moment_of_import_no_date_is_in_the_future(tmp_path):
    path = written(tmp_path, ORDERS + order(ordered_at="2031-01-01"))
    assert read(path, imported_at=None).rows("order_lines").height == 1
    assert read(path, imported_at=NOW).rows("order_lines").height == 0


def test_formulas_in_cells_are_text(tmp_path):
    lines = read(written(tmp_path, ORDERS + order(sku='=HYPERLINK("http://x")'.replace('"', "'")))).rows("order_lines")
    assert lines["sku"].to_list() == ["=HYPERLINK('http://x')"]


def test_title_and_total_rows_around_the_table_are_passed_over(tmp_path):
    text = "Orders of March,,,,\n\n" + ORDERS + order() + "\n" + "合计,,,,,,2,25.00,,\n"
    imported = read(written(tmp_path, text))
    assert imported.rows("order_lines")["source_row"].to_list() == [4]
    assert imported.corrections.height == 0
    assert imported.notes == {"total_row": 1}


def test_headings_alone_give_no_rows_and_no_error(tmp_path):
    imported = read(written(tmp_path, ORDERS))
    assert imported.corrections.height == 0 if imported.batches else True


def test_what_a_lone_point_means_a_later_row_of_the_file_may_prove(tmp_path):
    lines = ORDERS + order(unit_price="1.234") + order(order_id="A2", unit_price="12,5")
    prices = read(written(tmp_path, lines)).rows("order_lines")["unit_price"]
    assert prices.to_list() == [1234.0, 12.5]


def test_a_barcode_among_the_pieces_is_to_correct_and_a_large_order_is_not(tmp_path):
    lines = [order(units=units, order_id=units) for units in ("6901234567892", "100001", "100000", "80995")]
    imported = read(written(tmp_path, ORDERS + "".join(lines)))
    assert imported.problems == [
        (2, "units", "•••", "units_too_many"),
        (3, "units", "100001", "units_too_many"),
    ]
    assert sorted(imported.rows("order_lines")["units"]) == [80995, 100000]
    assert f"{MOST_UNITS_OF_AN_ORDER:,}" in text("rows.units_too_many.reason")


def test_a_warehouse_may_hold_more_than_an_order_but_no_barcode(tmp_path):
    counts = "node,sku,taken_at,available_units\nHZ,LAMP,2026-03-04,2000000\nHZ,BOWL,2026-03-04,6901234567892\n"
    imported = read(written(tmp_path, counts, "stock.csv"))
    assert imported.problems == [(3, "available_units", "6901234567892", "stock_too_many")]
    assert imported.rows("stock")["available_units"].to_list() == [2000000]
    assert f"{MOST_UNITS_LYING:,}" in text("rows.stock_too_many.reason")


@pytest.mark.parametrize("nothing", ["-", "--", "—", "N/A", "#N/A", "null", "NULL", "None", "\\N", "0000-00-00"])
def test_what_programs_write_for_nothing_is_an_empty_cell_in_every_kind_of_column(tmp_path, nothing):
    headings = ORDERS.strip() + ",cancelled_at,postcode_prefix,discount,mode\n"
    filled = order().strip() + f",{nothing},{nothing},{nothing},{nothing}\n"
    imported = read(written(tmp_path, headings + filled + order(order_id=nothing).strip() + ",,,,\n"))
    row = imported.rows("order_lines").row(0, named=True)
    assert {name: row[name] for name in ("cancelled_at", "postcode_prefix", "discount", "mode")} == dict.fromkeys(
        ("cancelled_at", "postcode_prefix", "discount", "mode")
    )
    assert imported.problems == [(3, "order_id", None, "cell_missing")]


def test_days_that_dates_are_counted_from_are_no_days(tmp_path):
    path = written(
        tmp_path,
        ORDERS.strip() + ",cancelled_at\n"
        + order().strip() + ",1970-01-01 08:00:00\n"
        + order(order_id="A2").strip() + ",0000-00-00 00:00:00\n",
    )  # fmt: skip
    imported = read(path)
    assert imported.problems == []
    assert imported.rows("order_lines")["cancelled_at"].to_list() == [None, None]


def test_namibia_is_a_country(tmp_path):
    assert read(written(tmp_path, ORDERS + order(market="NA"))).rows("order_lines")["market"].to_list() == ["NA"]


def test_an_order_whose_price_cell_is_empty_is_to_correct_though_some_exports_have_no_price(tmp_path):
    made = read(written(tmp_path, ORDERS + order(unit_price="")))
    assert made.problems == [(2, "unit_price", None, "cell_missing")]
