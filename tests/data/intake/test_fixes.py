import json
import zipfile
from xml.etree import ElementTree

import fastexcel
import polars as pl
import pytest
import xlsxwriter

from tests.data.intake.reading import ORDERS, order, read, written
from tradewind.core.errors import ParameterError, StorageError
from tradewind.data.intake import detect, write_fixes


def _sheet(path, name):
    return fastexcel.read_excel(path).load_sheet(name, dtypes="string").to_polars()


def _marked(path, sheet):
    """Headings of the yellow cells of the first row."""
    number = fastexcel.read_excel(path).sheet_names.index(sheet) + 1
    with zipfile.ZipFile(path) as book:
        styles = ElementTree.fromstring(book.read("xl/styles.xml"))
        page = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
    fills = [b"FFF2A8" in ElementTree.tostring(fill) for fill in styles.iterfind(".//{*}fill")]
    yellow = [fills[int(xf.get("fillId"))] for xf in styles.iterfind("{*}cellXfs/{*}xf")]
    first = page.findall(".//{*}row")[1]
    cells = [cell.get("r").rstrip("0123456789") for cell in first if yellow[int(cell.get("s", 0))]]
    letters = [c.get("r").rstrip("0123456789") for c in page.find(".//{*}row")]
    headings = dict(zip(letters, _sheet(path, sheet).columns, strict=True))
    return [headings[cell] for cell in cells]


def _rewritten(path, sheet, **corrected):
    """The same workbook with cells of its first row changed by a person."""
    frame = _sheet(path, sheet).with_columns(pl.lit(v).alias(c) for c, v in corrected.items())
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet(sheet)
    for c, name in enumerate(frame.columns):
        page.write_string(0, c, name)
        for r, cell in enumerate(frame[name], start=1):
            if cell is not None:
                page.write_string(r, c, cell)
    book.close()


def test_a_corrected_workbook_brings_the_row_in_under_its_own_line_and_place(tmp_path):
    imported = read(written(tmp_path, ORDERS + order(sku="BOWL") + order(units="two")))
    path = write_fixes(imported.corrections, tmp_path / "fixes.xlsx")
    _rewritten(path, "order_lines", units="2")
    source = detect(path)[0]
    assert (source.layout, source.merge) == ("fixes", True)
    fixed = read(path).rows("order_lines")
    assert fixed.select("order_id", "line_no", "sku", "units", "source_file", "source_row").rows() == [
        ("A1", 2, "LAMP", 2, "orders.csv", 3)
    ]
    whole = read(written(tmp_path, ORDERS + order(sku="BOWL") + order())).rows("order_lines")
    assert fixed.equals(whole.filter(line_no=2))


def test_what_is_left_uncorrected_keeps_waiting_at_its_old_place(tmp_path):
    imported = read(written(tmp_path, ORDERS + order(units="two")))
    again = read(write_fixes(imported.corrections, tmp_path / "fixes.xlsx"))
    assert again.corrections.select("file", "row", "line_no", "value", "problem").rows() == [
        ("orders.csv", 2, 1, "two", "number_unreadable")
    ]


def test_a_buyer_is_the_same_after_the_round_trip(tmp_path):
    text = ORDERS.strip() + ",email\n" + order(units="two").strip() + ",ana@example.com\n"
    imported = read(written(tmp_path, text))
    good = read(written(tmp_path, text.replace("two", "2"))).rows("order_lines")
    path = write_fixes(imported.corrections, tmp_path / "fixes.xlsx")
    _rewritten(path, "order_lines", units="2")
    assert read(path).rows("order_lines")["buyer_key"].to_list() == good["buyer_key"].to_list()


def test_the_workbook_says_what_is_wrong_in_both_languages_and_what_may_be_meant(tmp_path):
    imported = read(written(tmp_path, ORDERS + order(market="Germny")))
    row = _sheet(write_fixes(imported.corrections, tmp_path / "fixes.xlsx"), "order_lines").row(0, named=True)
    assert row["what is wrong"] == "What should be a country is none."
    assert row["哪里不对"] == "应该是国家的地方不是国家。"
    assert (row["in column 所在列"], row["value there 原值"], row["perhaps meant 可能是"]) == ("market", "Germny", "DE")


def test_a_row_with_several_bad_cells_is_corrected_in_one_go(tmp_path):
    text = (ORDERS + order(units="two", unit_price="cheap", market="Germny")).replace("unit_price", "单价")
    imported = read(written(tmp_path, text))
    assert imported.problems == [(2, "market", "Germny", "country_unknown")]
    path = write_fixes(imported.corrections, tmp_path / "fixes.xlsx")
    row = _sheet(path, "order_lines").row(0, named=True)
    assert row["in column 所在列"] == "market, units, 单价"
    assert row["what is wrong"] == "What should be a country is none. What should be a number is none."
    assert row["哪里不对"] == "应该是国家的地方不是国家。应该是数字的地方不是数字。"
    assert _marked(path, "order_lines") == ["market", "units", "unit_price"]
    _rewritten(path, "order_lines", units="2", unit_price="12.50", market="DE")
    assert read(path).rows("order_lines").select("units", "unit_price", "market").rows() == [(2, 12.5, "DE")]


def test_a_cell_is_wrong_for_one_reason_and_shifted_cells_for_none_of_their_own(tmp_path):
    empty = read(written(tmp_path, ORDERS + order(units="two", currency="QQQ")))
    assert json.loads(empty.corrections["raw"][0])["_also"] == [{"column": "currency", "problem": "currency_unknown"}]
    shifted = read(written(tmp_path, ORDERS + order(units="two").strip() + ",more\n"))
    assert json.loads(shifted.corrections["raw"][0]) == {}


def test_a_damaged_order_number_is_left_empty_to_be_filled_in(tmp_path):
    imported = read(written(tmp_path, ORDERS + order(order_id="8.18E+15")))
    path = write_fixes(imported.corrections, tmp_path / "fixes.xlsx")
    assert _sheet(path, "order_lines")["order_id"].to_list() == [None]
    _rewritten(path, "order_lines", order_id="8180000000000017")
    assert read(path).rows("order_lines")["order_id"].to_list() == ["8180000000000017"]


def test_cells_that_look_like_formulas_are_written_as_text(tmp_path):
    imported = read(written(tmp_path, ORDERS + order(sku="=1+1", units="=2*3")))
    path = write_fixes(imported.corrections, tmp_path / "fixes.xlsx")
    with zipfile.ZipFile(path) as book:
        sheets = [book.read(n).decode() for n in book.namelist() if n.startswith("xl/worksheets/")]
    assert not any("<f>" in sheet for sheet in sheets)
    assert _sheet(path, "order_lines")["sku"].to_list() == ["=1+1"]


def test_nothing_to_correct_gives_a_workbook_that_says_so(tmp_path):
    imported = read(written(tmp_path, ORDERS + order()))
    path = write_fixes(imported.corrections, tmp_path / "fixes.xlsx")
    assert fastexcel.read_excel(path).sheet_names == ["notes 说明"]


def test_a_workbook_replaces_only_what_this_program_wrote_and_nobody_has_changed(tmp_path):
    corrections = read(written(tmp_path, ORDERS + order(units="x"))).corrections
    path = tmp_path / "fixes.xlsx"
    write_fixes(corrections.head(0), path)
    write_fixes(corrections, path)
    assert _sheet(path, "order_lines")["units"].to_list() == ["x"]
    with zipfile.ZipFile(path) as book:
        members = {name: book.read(name) for name in book.namelist()}
    members["docProps/core.xml"] = members["docProps/core.xml"].replace(b"Tradewind</cp:last", b"Ana</cp:last")
    with zipfile.ZipFile(path, "w") as book:
        for name, content in members.items():
            book.writestr(name, content)
    for mine in (path, written(tmp_path, "my own notes", "notes.xlsx")):
        before = mine.read_bytes()
        with pytest.raises(ParameterError) as error:
            write_fixes(corrections, mine)
        assert (error.value.code, mine.read_bytes()) == ("not_replaced", before)


def test_rows_to_correct_are_written_to_no_file_of_another_kind(tmp_path):
    mine = written(tmp_path, ORDERS + order(units="x"))
    with pytest.raises(ParameterError) as error:
        write_fixes(read(mine).corrections, mine)
    assert (error.value.code, mine.read_text()) == ("export_ending", ORDERS + order(units="x"))


def test_a_workbook_that_could_not_be_written_leaves_nothing(tmp_path, monkeypatch):
    corrections = read(written(tmp_path, ORDERS + order(units="x"))).corrections

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(StorageError) as error:
        write_fixes(corrections, tmp_path / "out" / "fixes.xlsx")
    assert (error.value.code, list((tmp_path / "out").iterdir())) == ("disk_full", [])


def test_the_words_in_a_workbook_of_fixes_are_no_headings_left_unread(tmp_path):
    imported = read(written(tmp_path, ORDERS + order(units="many")))
    write_fixes(imported.corrections, tmp_path / "fixes.xlsx")
    assert detect(tmp_path / "fixes.xlsx")[0].unread == ()
