"""Sheets a person fills in are read as an import reads its files: the same cells, the same refusals."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

import tradewind
from tradewind.app.forms import workbook
from tradewind.app.forms.workbook import read_sheet, read_text
from tradewind.core.errors import UnreadableFileError
from tradewind.data.intake import detect

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def book(path: Path, *rows: list[object]) -> Path:
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("sheet")
        for y, row in enumerate(rows):
            sheet.write_row(y, 0, row)
    return path


def bomb(path: Path) -> Path:
    """A few hundred kilobytes that become 200 MB."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/sharedStrings.xml", "w") as out:
        for _ in range(200):
            out.write(bytes(1_000_000))
    return path


def locked(path: Path) -> Path:
    path.write_bytes(OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600))
    return path


def cut_short(path: Path) -> Path:
    whole = book(path, ["sku", "value"], ["mug", 1]).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def damaged_inside(path: Path) -> Path:
    whole = book(path.with_name("whole.xlsx"), ["sku", "value"], ["mug", 1])
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as out:
        for name in source.namelist():
            out.writestr(name, source.read(name)[: 100 if name.endswith("sheet1.xml") else None])
    return path


def open_in_excel(path: Path) -> Path:
    path.with_name(f"~${path.name}").write_bytes(b"li")
    return book(path, ["sku"], ["mug"])


def empty(path: Path) -> Path:
    path.touch()
    return path


def page(path: Path) -> Path:
    path.write_text("<html><body>Please sign in</body></html>", encoding="utf-8")
    return path


def too_wide(path: Path) -> Path:
    return book(path, [f"day {n}" for n in range(1001)], ["x"])


@pytest.mark.parametrize(
    ("hostile", "code"),
    [
        (bomb, "archive_too_large"),
        (locked, "workbook_locked"),
        (cut_short, "workbook_broken"),
        (damaged_inside, "workbook_broken"),
        (open_in_excel, "file_open_elsewhere"),
        (empty, "file_empty"),
        (page, "file_is_web_page"),
        (too_wide, "file_too_wide"),
    ],
)
def test_a_file_that_an_import_refuses_is_refused_here_with_the_same_words(tmp_path, hostile, code):
    path = hostile(tmp_path / "sheet.xlsx")
    with pytest.raises(UnreadableFileError) as imported:
        detect(path)
    with pytest.raises(UnreadableFileError) as read:
        read_sheet(path)
    assert read.value.code == code
    assert str(read.value) == str(imported.value)


def test_nothing_but_the_guarded_reader_opens_workbooks():
    openers = re.compile(r"\bread_excel\(|\bload_workbook\(|import (fastexcel|openpyxl|xlrd)")
    folder = Path(tradewind.__file__).parent
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*.py") if openers.search(p.read_text("utf-8"))}
    assert found == {"data/intake/workbooks.py"}


def test_a_workbook_and_a_csv_of_the_same_cells_read_the_same(tmp_path):
    rows = [["sku", "", "sku", "n"], [" mug ", "x", "cup", 12.5], ["", "", "", ""], ["码头", "", "", "-3"]]
    text = tmp_path / "sheet.csv"
    text.write_text("\n".join(",".join(str(cell) for cell in row) for row in rows), encoding="gb18030")
    from_csv, from_book = read_sheet(text), read_sheet(book(tmp_path / "sheet.xlsx", *rows))
    assert from_book.equals(from_csv)
    assert from_book.to_dict(as_series=False) == {
        "sku": ["mug", "码头"],
        "column 2": ["x", None],
        "sku (3)": ["cup", None],
        "n": ["12.5", "-3"],
    }


def test_headings_stand_in_the_first_row_that_is_not_blank(tmp_path):
    assert read_sheet(book(tmp_path / "sheet.xlsx", [""], ["", ""], ["sku"], ["mug"])).rows() == [("mug",)]


def test_a_row_longer_than_the_headings_keeps_its_cells(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text("sku\nmug,7\n", encoding="utf-8")
    assert read_sheet(path).to_dict(as_series=False) == {"sku": ["mug"], "column 2": ["7"]}


def test_a_workbook_without_a_cell_has_no_columns(tmp_path):
    assert read_sheet(book(tmp_path / "sheet.xlsx")).shape == (0, 0)


@pytest.mark.parametrize("name", ["goods.zip", "goods.parquet"])
def test_a_file_that_is_no_sheet_is_refused(tmp_path, name):
    path = tmp_path / name
    if name.endswith(".zip"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("goods.csv", "sku\nmug\n")
    else:
        path.write_bytes(b"PAR1....PAR1")
    with pytest.raises(UnreadableFileError, match=name) as error:
        read_sheet(path)
    assert error.value.code == "file_kind_unknown"


def test_a_text_that_nobody_filled_in_by_hand_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "_MOST_MB", 1)
    path = tmp_path / "sheet.csv"
    path.write_bytes(b"sku\n" + b"mug\n" * 300_000)
    with pytest.raises(UnreadableFileError, match=r"sheet\.csv has 1 MB"):
        read_sheet(path)


def test_text_in_no_known_encoding_is_refused(tmp_path):
    path = tmp_path / "sheet.yaml"
    path.write_bytes(b"value: \xff\xfe\xfd\x81\x00\x90")
    with pytest.raises(UnreadableFileError) as error:
        read_text(path)
    assert error.value.code == "file_encoding"
