"""Sheets of one workbook that speak of the same parcel, each in its own words."""

from __future__ import annotations

import zipfile

import pytest
import xlsxwriter

from tests.data.intake.reading import ORDERS, order, read
from tradewind.app.workspace import Workspace


@pytest.fixture
def book(tmp_path):
    def write(*sheets: list[list[str]]):
        with xlsxwriter.Workbook(tmp_path / "scans.xlsx") as made:
            for rows in sheets:
                sheet = made.add_worksheet()
                for at, cells in enumerate(rows):
                    sheet.write_row(at, 0, cells)
        return tmp_path / "scans.xlsx"

    return write


WORDS = [["运单号", "时间", "状态"], ["LP1", "2026-03-01 18:00:00", "已揽收"]]
CODES = [["运单号", "时间", "状态码"], ["LP1", "2026-03-01 18:00:00", "PU_PICKUP_SUCCESS"]]


def test_one_scan_by_words_and_by_code_is_one_scan_in_either_order(book, tmp_path):
    for number, sheets in enumerate(((WORDS, CODES), (CODES, WORDS))):
        imported = read(book(*sheets))
        assert imported.rows("events").select("parcel_id", "milestone").rows() == [("LP1", "collected")]
        assert imported.notes["scan_same_moment"] == 1
        (report,) = Workspace.create(tmp_path / f"shop{number}").import_file(book(*sheets))
        assert (report.rows_new, report.rows_to_correct) == (1, 0)


def test_other_scans_of_the_same_parcel_on_the_other_sheet_stay(book):
    later = [*CODES, ["LP1", "2026-03-02 09:00:00", "LH_DEPART"], ["LP2", "2026-03-02 09:00:00", "LH_DEPART"]]
    rows = read(book(WORDS, later)).rows("events").select("parcel_id", "milestone").rows()
    assert rows == [("LP1", "collected"), ("LP1", "departed"), ("LP2", "departed")]


def test_a_workbook_with_sheets_beside_another_file_of_the_same_export_is_told_apart_from_it(book, tmp_path):
    orders = [row.split(",") for row in (ORDERS + order()).strip().split("\n")]
    other = [orders[0], [cell.replace("A1", "A2") for cell in orders[1]]]
    with zipfile.ZipFile(tmp_path / "orders.zip", "w") as zipped:
        zipped.write(book(orders, orders), "sheets.xlsx")
        zipped.writestr("more.csv", "\n".join(",".join(row) for row in other))
    imported = read(tmp_path / "orders.zip")
    assert sorted(imported.rows("order_lines")["order_id"].to_list()) == ["A1", "A2"]
    assert imported.notes["duplicate_collapsed"] == 1
