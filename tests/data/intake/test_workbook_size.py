"""Workbooks that would fill the memory are refused by what their XML says; large honest ones are not."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

from tests.data.intake.reading import read
from tradewind.core.errors import UnreadableFileError
from tradewind.data.intake import detect, workbook_size

BOOK = {"sheet": "xl/worksheets/sheet1.xml", "texts": "xl/sharedStrings.xml"}


def book(folder, cells: dict[str, str], *, texts: str = "", blank: str = ""):
    """A workbook of products whose sheet holds `cells` beside its table, and the XML `blank` at its end."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet("products")
        for at, row in enumerate((["sku", "title"], ["a", "b"])):
            sheet.write_row(at, 0, row)
        for place, text in cells.items():
            sheet.write_string(place, text)
    path = folder / "products.xlsx"
    with zipfile.ZipFile(out) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            content = content.replace(b"</sheetData>", blank.encode() + b"</sheetData>")
            if texts and name == BOOK["texts"]:
                content = content.replace(b"<t>b</t>", f"<t>{texts}</t>".encode())
            target.writestr(name, content)
    return path


def refused(path) -> str:
    with pytest.raises(UnreadableFileError) as error:
        detect(path)
    return error.value.code


@pytest.mark.parametrize("cells", [{"XFD1048576": "x"}, {"ALK1048576": "x"}, {"XFD1": "x", "A1048576": "x"}])
def test_a_cell_far_from_the_table_is_refused(tmp_path, cells):
    assert refused(book(tmp_path, cells)) == "sheet_far_cell"


def test_a_far_cell_in_a_sheet_that_names_rows_alone_or_uses_other_quotes_is_refused(tmp_path):
    far = "<row r='1048576'><c><v>1</v></c></row><row r=\"1048575\"><c s='1' r='XFD1048575'><v>1</v></c></row>"
    assert refused(book(tmp_path, {}, blank=far)) == "sheet_far_cell"


def test_far_cells_that_are_only_formatted_and_many_rows_of_a_narrow_table_are_read(tmp_path):
    formatted = '<row r="1048576"><c r="A1048576" s="1"/><c r="XFD1048576" s="1"></c></row>'
    assert read(book(tmp_path, {}, blank=formatted)).rows("products").height == 1
    assert read(book(tmp_path, {"B70000": "x"})).rows("products").height == 1


def test_a_long_text_in_many_cells_is_refused_and_in_one_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_size, "MAX_TEXT_BYTES", 10_000_000)
    one = book(tmp_path, {}, texts="x" * 20_000)
    assert read(one).rows("products").height == 1
    again = "".join(f'<row r="{n}"><c r="B{n}" t="s"><v>3</v></c></row>' for n in range(3, 1003))
    assert refused(book(tmp_path, {}, texts="x" * 20_000, blank=again)) == "sheet_long_texts"


def test_many_cells_of_short_texts_beside_one_long_text_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_size, "MAX_TEXT_BYTES", 1_000_000)
    many = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>2</v></c></row>' for n in range(3, 1003))
    assert len(detect(book(tmp_path, {}, texts="x" * 20_000, blank=many))) == 1


def test_what_is_found_does_not_depend_on_where_the_xml_is_cut(tmp_path, monkeypatch):
    path = book(tmp_path, {"C3": "far"}, texts="x" * 9000)
    with zipfile.ZipFile(path) as archive:
        sheet, texts = (archive.getinfo(BOOK[name]) for name in ("sheet", "texts"))
        whole = workbook_size._last_cell(archive, sheet), workbook_size._lengths(archive, texts).tolist()
        monkeypatch.setattr(workbook_size, "_CHUNK", 997)
        assert (workbook_size._last_cell(archive, sheet), workbook_size._lengths(archive, texts).tolist()) == whole
    assert whole[0] == (3, 3)
