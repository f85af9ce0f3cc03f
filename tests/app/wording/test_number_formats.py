"""A spreadsheet shows a column of a plan by what it holds, in the workbook and in an export alike."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import polars as pl

from tests.app.report.made_up import made_up_run
from tradewind.app.report import write_table
from tradewind.app.report.workbook import write_workbook
from tradewind.app.wording.number_formats import number_formats
from tradewind.app.wording.plan.plan import Plan

BUILT_IN = {"0": "General", "3": "#,##0", "4": "#,##0.00"}


def formats_of(book: Path, sheet: int) -> list[str]:
    """The number format of each column of a sheet, as Excel reads it from the file."""
    with zipfile.ZipFile(book) as parts:
        styles, page = (parts.read(f"xl/{name}.xml").decode() for name in ("styles", f"worksheets/sheet{sheet}"))
    own = dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]+)"', styles)) | BUILT_IN
    shown = re.findall(r'<xf numFmtId="(\d+)"', styles.split("<cellXfs")[1])
    columns = re.findall(r'<col min="(\d+)" max="(\d+)"[^>]*?(?: style="(\d+)")?(?: customWidth="1")?/>', page)
    return [own[shown[int(s or 0)]] for first, last, s in columns for _ in range(int(first), int(last) + 1)]


def sheet_number(book: Path, name: str) -> int:
    with zipfile.ZipFile(book) as parts:
        return re.findall(r'<sheet name="([^"]+)"', parts.read("xl/workbook.xml").decode()).index(name) + 1


def test_money_shares_counts_and_days_have_their_formats_and_codes_none():
    assert number_formats("deliveries") == {"parcels": "#,##0", "on_time": "0.0%", "days": "#,##0.00"}
    assert number_formats("payout_lags")["payouts"] == "#,##0"
    late = number_formats("late_parcels")
    assert (late["promised_at"], late["paid_amount"]) == ("yyyy-mm-dd hh:mm", "#,##0.00")
    assert "parcel_id" not in late


def test_a_table_no_plan_has_is_left_to_the_types_of_its_columns():
    assert number_formats("order_lines") == {}


def test_the_workbook_shows_odds_as_per_cent_money_to_the_cent_and_units_whole(tmp_path):
    book = tmp_path / "plan.xlsx"
    write_workbook(Plan(made_up_run(), "en"), book)
    orders = made_up_run().tables["orders"].columns
    shown = dict(zip(orders, formats_of(book, sheet_number(book, "Orders")), strict=False))
    assert shown["stockout_odds_before"] == "0.0%"
    assert shown["expected_gain"] == "#,##0.00"
    assert shown["order_units"] == "#,##0"


def test_an_exported_table_is_shown_as_in_the_workbook(tmp_path):
    frame = pl.DataFrame({"service": ["express"], "on_time": [0.875], "parcels": [40]})
    path = write_table(frame, tmp_path / "deliveries.xlsx", formats=number_formats("deliveries"))
    assert formats_of(path, 1) == ["General", "0.0%", "#,##0"]
