import zipfile

import polars as pl
import pytest
import xlsxwriter

from tests.data.intake.reading import ORDERS, order, read, written
from tradewind.core.errors import UnknownLayoutError, UnreadableFileError
from tradewind.data.intake import detect, files, paths
from tradewind.data.intake.sheets import NOTES_SHEET

LINE = ORDERS + order()


def _workbook(path, rows, sheet="Sheet1", more=()):
    book = xlsxwriter.Workbook(path)
    for name, cells in ((sheet, rows), *more):
        page = book.add_worksheet(name)
        for r, row in enumerate(cells):
            for c, cell in enumerate(row):
                page.write(r, c, cell)
    book.close()
    return path


def _cells(text):
    return [line.split(",") for line in text.strip().split("\n")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_every_usual_encoding(tmp_path, encoding):
    text = ORDERS.replace("shop", "店铺") + order(shop="义乌家居")
    assert read(written(tmp_path, text, encoding=encoding)).rows("order_lines")["shop"].to_list() == ["义乌家居"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_csv_is_read_with_every_usual_separator(tmp_path, separator):
    path = written(tmp_path, LINE.replace(",", separator))
    assert read(path).rows("order_lines").height == 1


def test_a_workbook_is_read_around_titles_totals_and_blank_rows(tmp_path):
    rows = [["March"], [], *_cells(LINE), [], ["Total", "", "", "", "", "", 2]]
    imported = read(_workbook(tmp_path / "三月 订单.xlsx", rows))
    assert imported.rows("order_lines").select("source_row", "source_file").rows() == [(4, "三月 订单.xlsx / Sheet1")]
    assert imported.notes == {"total_row": 1}


def test_a_workbook_with_several_sheets_is_one_source_and_names_the_sheets_it_skipped(tmp_path):
    products = [["sku", "title"], ["LAMP", "Lamp"]]
    path = _workbook(tmp_path / "all.xlsx", _cells(LINE), "orders", [("goods", products), ("memo", [["call Li"]])])
    found = detect(path)
    assert [p.feed for p in found[0].parts] == ["order_lines", "products"]
    assert found[0].skipped == ("memo",)
    imported = read(path)
    assert (imported.rows("order_lines").height, imported.rows("products").height) == (1, 1)


def test_numbers_and_dates_in_workbook_cells_are_read_as_what_they_are(tmp_path):
    import datetime as dt

    path = tmp_path / "typed.xlsx"
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"})
    page = book.add_worksheet()
    for c, heading in enumerate(ORDERS.strip().split(",")):
        page.write(0, c, heading)
    when = dt.datetime(2026, 3, 4, 10, 30)
    for c, cell in enumerate(["aliexpress", "yiwu", 4711, 123, "ES", when, 2, 12.5, "USD", "paid"]):
        page.write(1, c, cell)
    book.close()
    line = read(path).rows("order_lines").row(0, named=True)
    assert (line["order_id"], line["sku"], line["units"], line["unit_price"]) == ("4711", "123", 2, 12.5)
    assert line["ordered_at"] == dt.datetime(2026, 3, 4, 10, 30, tzinfo=dt.UTC)


def test_a_number_cell_of_16_digits_has_lost_digits_and_a_text_cell_has_not(tmp_path):
    rows = _cells(LINE + order() + order())
    for row, cell in zip(rows[1:], [8180000000000123.0, "8180000000000123", "A3"], strict=True):
        row[2] = cell
    imported = read(_workbook(tmp_path / "long.xlsx", rows))
    assert imported.rows("order_lines")["order_id"].to_list() == ["8180000000000123", "A3"]
    assert imported.problems == [(2, "order_id", "8.18E+15", "number_damaged_by_excel")]


def test_parquet_is_read_with_its_types(tmp_path):
    frame = pl.read_csv(written(tmp_path, LINE), try_parse_dates=True).with_columns(pl.lit(17.0).alias("order_id"))
    frame.write_parquet(tmp_path / "orders.parquet")
    lines = read(tmp_path / "orders.parquet").rows("order_lines")
    assert lines.select("order_id", "units", "unit_price").rows() == [("17", 2, 12.5)]


def test_a_parquet_column_of_floats_that_are_long_order_numbers_is_refused(tmp_path):
    frame = pl.read_csv(written(tmp_path, LINE)).with_columns(pl.lit(8180000000000000.0).alias("order_id"))
    frame.write_parquet(tmp_path / "orders.parquet")
    assert read(tmp_path / "orders.parquet").problems[0][3] == "number_damaged_by_excel"


def test_a_zip_with_folders_and_chinese_names_is_read(tmp_path):
    path = tmp_path / "导出.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("三月/订单.csv", LINE)
        archive.writestr("__MACOSX/订单.csv", "rubbish")
        archive.writestr("readme.docx", "rubbish")
    assert [s.name for s in detect(path)] == ["导出.zip/三月/订单.csv"]
    assert read(path).rows("order_lines").height == 1


def test_in_a_folder_files_nobody_knows_are_listed_and_the_others_read(tmp_path):
    written(tmp_path, LINE)
    written(tmp_path, "a,b\n1,2\n", "other.csv")
    written(tmp_path, "", "empty.csv")
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    found = detect(tmp_path)
    assert [s.name for s in found] == ["orders.csv"]
    assert {name: error.code for name, error in found.unknown} == {
        "empty.csv": "file_empty",
        "other.csv": "layout_unknown",
        "photo.png": "file_kind_unknown",
    }


def test_an_unknown_layout_names_the_nearest_and_what_they_miss(tmp_path):
    path = written(tmp_path, "platform,shop,order_id,sku,country\nx,y,1,L,ES\n")
    with pytest.raises(UnknownLayoutError) as error:
        detect(path)
    assert "tradewind (order_lines): ordered_at, units, unit_price, status" in str(error.value)


def test_a_layout_that_is_named_is_the_only_one_tried(tmp_path):
    with pytest.raises(UnknownLayoutError, match="uci-online-retail"):
        detect(written(tmp_path, LINE), "uci-online-retail")
    with pytest.raises(UnknownLayoutError, match="no layout called shopify"):
        detect(written(tmp_path, LINE), "shopify")


def test_the_same_content_has_the_same_hash_under_another_name(tmp_path):
    assert (
        detect(written(tmp_path, LINE, "a.csv"))[0].content_hash
        == detect(written(tmp_path, LINE, "b.csv"))[0].content_hash
    )


def _refused(path):
    with pytest.raises(UnreadableFileError) as error:
        detect(path)
    assert str(path.name) in str(error.value)
    return error.value.code


def test_empty_files_are_refused(tmp_path):
    assert _refused(written(tmp_path, "")) == "file_empty"
    assert _refused(written(tmp_path, " \r\n\n")) == "file_empty"


def test_ten_thousand_columns_are_refused(tmp_path):
    assert _refused(written(tmp_path, ",".join(f"day {i}" for i in range(10_000)) + "\n1\n")) == "file_too_wide"


def test_bytes_in_no_known_encoding_are_refused(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_bytes(LINE.encode().replace(b"yiwu", bytes(range(128, 160))))
    assert _refused(path) == "file_encoding"


def test_a_workbook_cut_short_is_refused(tmp_path):
    path = _workbook(tmp_path / "cut.xlsx", _cells(LINE))
    path.write_bytes(path.read_bytes()[:2000])
    assert _refused(path) == "workbook_broken"


def test_a_workbook_with_a_password_is_refused(tmp_path):
    path = tmp_path / "locked.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    )
    assert _refused(path) == "workbook_locked"


def test_a_web_page_without_a_table_is_refused_whatever_its_name(tmp_path):
    assert _refused(written(tmp_path, "<html><body>Please log in", "orders.xls")) == "file_is_web_page"


def test_a_zip_bomb_is_refused_by_its_size_before_it_is_unpacked(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("orders.csv", b"0" * (60 * 1024**2))
    assert _refused(path) == "archive_too_large"


def test_a_workbook_that_is_a_bomb_is_refused(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (60 * 1024**2))
    assert _refused(path) == "archive_too_large"


def test_a_zip_whose_directory_lies_about_sizes_is_stopped_while_unpacking(tmp_path, monkeypatch):
    path = tmp_path / "orders.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("orders.csv", LINE * 50)
    file = paths.expand(path)[0][0]
    monkeypatch.setattr(files, "MAX_UNPACKED_BYTES", 100)
    with pytest.raises(UnreadableFileError) as error:
        file.on_disk(tmp_path)
    assert error.value.code == "archive_too_large"


def test_a_broken_zip_and_a_missing_path_are_refused(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04rubbish")
    assert _refused(path) == "archive_broken"
    assert _refused(tmp_path / "nothing.csv") == "file_not_found"


def test_stray_and_open_quotation_marks(tmp_path):
    path = written(
        tmp_path, ORDERS + order(sku='RECORD 7" FRAME') + order(order_id="A2") + order(order_id="A3", sku='"A\nB"')
    )
    lines = read(path).rows("order_lines")
    assert lines.select("order_id", "sku").rows() == [("A1", 'RECORD 7" FRAME'), ("A2", "LAMP"), ("A3", "A B")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_of_the_three_ways(tmp_path, end):
    path = tmp_path / "orders.csv"
    path.write_bytes((LINE + order(order_id="A2")).replace("\n", end).encode())
    assert read(path).rows("order_lines")["source_row"].to_list() == [2, 3]


def test_a_heading_over_two_lines_does_not_shift_the_row_numbers(tmp_path):
    text = '"platform\n(web)",' + LINE.removeprefix("platform,").replace("platform", "") + order(order_id="A2")
    text = text.replace('"platform\n(web)"', '"plat\nform"')
    assert read(written(tmp_path, text)).rows("order_lines")["source_row"].to_list() == [2, 3]


def test_a_workbook_of_two_sheets_with_the_same_invoices_holds_them_once(tmp_path):
    head = ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"]
    one = ["536365", "85123A", "HEART HOLDER", 6, "2010-12-01 08:26:00", 2.55, 17850, "United Kingdom"]
    copy = [*one[:2], "HEART  HOLDER ", *one[3:]]
    path = _workbook(tmp_path / "retail.xlsx", [head, one], "Year 2009-2010", [("Year 2010-2011", [head, copy])])
    imported = read(path)
    assert imported.rows("order_lines").height == 1
    assert imported.notes == {"duplicate_collapsed": 1}


def test_a_list_that_may_be_something_else_is_refused_and_taken_where_it_is_named(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("sku,成本,数量\nLAMP,3,5\n")
    with pytest.raises(UnknownLayoutError) as refused:
        detect(path)
    assert refused.value.code == "layout_foreign"
    assert ("数量" in refused.value.what("en"), "--map" in refused.value.fix("en")) == (True, True)
    assert detect(path, "tradewind")[0].parts[0].feed == "products"
    path.write_text("sku,title,remark\nLAMP,Lamp,x\n")
    with pytest.raises(UnknownLayoutError) as refused:
        detect(path)
    assert refused.value.code == "layout_unsure"


def _two_sheets(path, first, second, *, hide=None):
    with xlsxwriter.Workbook(path) as book:
        for name, lines in (("now", first), ("old", second)):
            sheet = book.add_worksheet(name)
            for row, cells in enumerate([ORDERS.strip().split(","), *lines]):
                sheet.write_row(row, 0, cells)
            if hide == name:
                sheet.hide()
    return path


def test_a_hidden_sheet_is_named_and_not_read_unless_it_is_asked_for(tmp_path):
    lines = [order().strip().split(",")]
    path = _two_sheets(tmp_path / "o.xlsx", lines, [order(order_id="A9").strip().split(",")], hide="old")
    (source,) = detect(path)
    assert ([part.place.sheet for part in source.parts], source.hidden) == (["now"], ("old",))
    (source,) = detect(path, hidden=True)
    assert ([part.place.sheet for part in source.parts], source.hidden) == (["now", "old"], ())
    (source,) = detect(path, sheet="old")
    assert [part.place.sheet for part in source.parts] == ["old"]


def test_a_workbook_of_nothing_but_hidden_sheets_and_a_sheet_that_is_not_there_are_refused(tmp_path):
    path = _two_sheets(tmp_path / "o.xlsx", [], [order().strip().split(",")], hide="old")
    with pytest.raises(UnreadableFileError) as refused:
        detect(path, sheet="older")
    assert refused.value.code == "sheet_not_found"


def test_two_sheets_that_state_an_order_differently_are_asked_about(tmp_path):
    now, old = ([order(units=units).strip().split(",")] for units in ("2", "200"))
    path = _two_sheets(tmp_path / "o.xlsx", now, old)
    with pytest.raises(UnreadableFileError) as refused:
        read(path)
    assert refused.value.code == "sheets_repeat"
    assert ("now, old" in refused.value.what("en"), "A1" in refused.value.what("en")) == (True, True)
    same = _two_sheets(tmp_path / "same.xlsx", [*now, *now], [*now, *now])
    assert read(same).rows("order_lines")["units"].to_list() == [2, 2]
    assert read(same).notes == {"duplicate_collapsed": 2, "alike_counted": 1}


def test_a_folder_of_which_nothing_can_be_read_says_why_of_each_file(tmp_path):
    written(tmp_path, "a,b\n1,2\n", "one.csv")
    written(tmp_path, "", "two.csv")
    with pytest.raises(UnreadableFileError) as refused:
        detect(tmp_path)
    assert refused.value.code == "nothing_read"
    said = refused.value.what("zh")
    assert ("one.csv" in said, "文件 two.csv 是空的" in said) == (True, True)


@pytest.mark.parametrize(
    ("headings", "foreign"),
    [
        ("仓库,类型,国家,SKU,库位", "SKU"),
        ("bundle,sku,quantity,order number", "order number"),
        ("Date,Status,Tracking number,Buyer,Item,Total,Discount", "Item, Total, Discount"),
    ],
)
def test_a_list_of_what_happened_is_no_list_of_places_sets_suppliers_or_scans(tmp_path, headings, foreign):
    path = written(tmp_path, f"{headings}\n{'x,' * headings.count(',')}x\n", "export.csv")
    with pytest.raises(UnknownLayoutError) as refused:
        detect(path)
    assert f"headings {foreign} say" in refused.value.what("en")


@pytest.mark.parametrize(
    ("headings", "feed"),
    [
        ("sku,unit_cost", "products"),
        ("SKU,成本价,币种,备注,产地", "products"),
        ("仓库,类型,国家,库容立方米,负责人,地址", "nodes"),
        ("供应商,交期(天),联系人", "suppliers"),
        ("仓库,SKU,盘点时间,可用库存,品名,库位", "stock"),
        ("Tracking number,Time,Status,Order number,Pieces", "tracking"),
    ],
)
def test_columns_a_seller_added_leave_a_list_what_it_is(tmp_path, headings, feed):
    path = written(tmp_path, f"{headings}\n{'x,' * headings.count(',')}x\n", "list.csv")
    assert [part.feed for part in detect(path)[0].parts] == [feed]


def test_a_doubtful_file_is_told_what_else_it_comes_near(tmp_path):
    path = written(tmp_path, "Order ID,Seller SKU,Product Name,Country,Platform,Shop\n1,A,B,ES,x,y\n", "export.csv")
    with pytest.raises(UnknownLayoutError) as refused:
        detect(path)
    assert "tradewind (order_lines): ordered_at, units, unit_price, status" in refused.value.what("en")
    assert "fixes" not in refused.value.what("en")


def test_the_sheet_of_notes_is_passed_over_wherever_it_stands(tmp_path):
    path = _workbook(tmp_path / "o.xlsx", [["read me"]], NOTES_SHEET, [("orders", _cells(LINE))])
    (source,) = detect(path)
    assert ([part.place.sheet for part in source.parts], source.skipped) == (["orders"], ())


def test_sheets_that_were_not_asked_for_are_no_hidden_ones_and_empty_ones_are_not_skipped(tmp_path):
    memo = ("memo", [["call Li"], [""], ["soon"]])
    path = _workbook(tmp_path / "o.xlsx", _cells(LINE), "orders", [memo, ("empty", [[""]])])
    (source,) = detect(path)
    assert (source.skipped, source.hidden) == (("memo",), ())
    (source,) = detect(path, sheet="orders")
    assert (source.skipped, source.hidden) == ((), ())


def test_a_workbook_of_which_everything_is_hidden_says_which_sheets(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "o.xlsx")
    for name, cells in (("blank", []), ("old", _cells(LINE)), ("older", _cells(LINE))):
        page = book.add_worksheet(name)
        for r, row in enumerate(cells):
            page.write_row(r, 0, row)
        if cells:
            page.hide()
    book.close()
    with pytest.raises(UnreadableFileError) as refused:
        detect(tmp_path / "o.xlsx")
    assert (refused.value.code, refused.value.values["sheets"]) == ("sheets_hidden", "old, older")


def test_an_export_in_parts_is_as_large_as_all_its_files_and_each_file_counts_once(tmp_path):
    path = tmp_path / "export.zip"
    parts = [LINE, LINE.replace("A1", "A22"), LINE.replace("A1", "A333")]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, text in enumerate(parts):
            archive.writestr(f"orders-{number}.csv", text)
    (source,) = detect(path)
    assert (source.in_parts, len(source.parts), source.size) == (True, 3, sum(len(text.encode()) for text in parts))
    assert source.files == (path,)
    two = _workbook(tmp_path / "all.xlsx", _cells(LINE), "orders", [("goods", [["sku", "title"], ["LAMP", "Lamp"]])])
    (source,) = detect(two)
    assert (source.in_parts, source.size) == (False, two.stat().st_size)


def test_of_many_files_that_cannot_be_read_the_first_three_say_why(tmp_path):
    for name in "edcba":
        written(tmp_path, "", f"{name}.csv")
    with pytest.raises(UnreadableFileError) as refused:
        detect(tmp_path)
    assert refused.value.values["files"] == 5
    assert [error.values["path"] for error in refused.value.values["reasons"]] == ["a.csv", "b.csv", "c.csv"]
