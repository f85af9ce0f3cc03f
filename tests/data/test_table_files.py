"""Files out: nothing in them runs, and they appear whole or not at all."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from tradewind.core.errors import ParameterError, StorageError
from tradewind.data import table_files
from tradewind.data.table_files import fill_sheet, flat, workbook, write_table

FRAME = pl.DataFrame(
    {
        "title": ["=1+1", "+44", "-x", "@SUM(A1)", "\tcmd", "mug", None],
        "units": [-5, 1, 2, 3, 4, 5, None],
        "price": [1.5, float("nan"), float("inf"), 2.0, 3.0, 4.0, None],
        "week": [date(2026, 11, 16)] * 7,
        "at": [datetime(2026, 11, 16, 8, 30, tzinfo=UTC)] * 7,
        "marks": [["a", "b"], [], None, ["c"], [], [], []],
        "on": [True, False, None, True, True, True, True],
    }
)


def test_csv_puts_an_apostrophe_before_what_excel_would_run_and_leaves_numbers(tmp_path):
    path = write_table(FRAME, tmp_path / "x.csv")
    back = pl.read_csv(path)
    assert back["title"].to_list() == ["'=1+1", "+44", "'-x", "'@SUM(A1)", "'\tcmd", "mug", None]
    assert back["units"].to_list() == FRAME["units"].to_list()
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_xlsx_holds_no_formula_and_reads_back(tmp_path):
    path = write_table(FRAME, tmp_path / "x.xlsx")
    with zipfile.ZipFile(path) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    back = pl.read_excel(path)
    assert back["title"].to_list() == FRAME["title"].to_list()
    assert back["price"].to_list() == [1.5, None, None, 2.0, 3.0, 4.0, None]
    assert back["week"].to_list() == FRAME["week"].to_list()
    assert back["marks"].to_list()[0] == "a, b"


def test_parquet_is_exact(tmp_path):
    assert pl.read_parquet(write_table(FRAME, tmp_path / "x.parquet")).equals(FRAME)


def test_another_ending_and_too_many_rows_are_refused(tmp_path, monkeypatch):
    with pytest.raises(ParameterError, match=r"\.xlsx, \.csv, \.parquet"):
        write_table(FRAME, tmp_path / "x.pdf")
    monkeypatch.setattr(table_files, "EXCEL_ROWS", 7)
    write_table(FRAME, tmp_path / "x.xlsx")
    monkeypatch.setattr(table_files, "EXCEL_ROWS", 6)
    with pytest.raises(ParameterError, match="7 rows"):
        write_table(FRAME, tmp_path / "x.xlsx")


def test_a_full_disk_is_known_whichever_library_finds_out(tmp_path, monkeypatch):
    def full(frame: pl.DataFrame, unfinished: Path, *_: object) -> None:
        raise pl.exceptions.ComputeError("parquet: underlying IO error: No space left on device (os error 28)")

    monkeypatch.setitem(table_files._WRITERS, ".parquet", full)
    with pytest.raises(StorageError) as refused:
        write_table(FRAME, tmp_path / "x.parquet")
    assert (refused.value.code, refused.value.values["path"]) == ("disk_full", str(tmp_path / "x.parquet"))


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".parquet"])
def test_a_write_that_fails_leaves_the_earlier_file_and_nothing_else(tmp_path, monkeypatch, ending):
    path = tmp_path / f"x{ending}"
    path.write_text("earlier")

    def full(frame: pl.DataFrame, unfinished: Path, *_: object) -> None:
        unfinished.write_text("half")
        raise OSError(28, "No space left on device", str(unfinished))

    monkeypatch.setitem(table_files._WRITERS, ending, full)
    with pytest.raises(StorageError) as refused:
        write_table(FRAME, path)
    assert (refused.value.code, refused.value.values["path"]) == ("disk_full", str(path))
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]


def sheet_of(tmp_path, frame: pl.DataFrame, headings: list[str] | None = None, **more) -> tuple[str, str]:
    """The XML of a sheet and of the workbook's styles."""
    path = tmp_path / "x.xlsx"
    with workbook(path) as book:
        fill_sheet(book, "data", frame, headings or list(frame.columns), **more)
    with zipfile.ZipFile(path) as packed:
        return packed.read("xl/worksheets/sheet1.xml").decode(), packed.read("xl/styles.xml").decode()


def test_headings_stay_in_view_and_can_be_filtered(tmp_path):
    sheet, _ = sheet_of(tmp_path, pl.DataFrame({"a": [1, 2, 3], "b": [4, 5, 6]}))
    assert 'topLeftCell="B2"' in sheet
    assert '<autoFilter ref="A1:B4"/>' in sheet
    noted, _ = sheet_of(tmp_path, pl.DataFrame({"a": [1], "b": [2]}), note="made by hand")
    assert 'topLeftCell="B3"' in noted
    assert '<autoFilter ref="A2:B3"/>' in noted
    empty, _ = sheet_of(tmp_path, pl.DataFrame({"a": []}, schema={"a": pl.Int64}))
    assert "autoFilter" not in empty


def test_a_sheet_takes_as_many_rows_and_a_cell_as_much_text_as_excel_does():
    assert table_files.EXCEL_ROWS + 1 == 2**20  # with the headings
    assert table_files.EXCEL_TEXT == 2**15 - 1


def test_a_note_stands_in_a_line_of_its_own_above_the_headings(tmp_path):
    sheet_of(tmp_path, pl.DataFrame({"a": [1], "b": [2]}), note="made by hand")
    noted = pl.read_excel(tmp_path / "x.xlsx", has_header=False)
    assert noted.rows() == [("made by hand", None), ("a", "b"), ("1", "2")]
    sheet_of(tmp_path, pl.DataFrame({"a": [1], "b": [2]}))
    assert pl.read_excel(tmp_path / "x.xlsx", has_header=False).rows() == [("a", "b"), ("1", "2")]


@pytest.mark.parametrize(("value", "formats"), [(1, ["#,##0"]), (1.5, ["#,##0.00"]), ("a", []), (True, [])])
def test_whole_numbers_have_no_decimals_and_what_is_no_number_no_format(tmp_path, value, formats):
    styles = sheet_of(tmp_path, pl.DataFrame({"cell": [value]}))[1]
    assert re.findall(r'formatCode="([^"]+)"', styles) == formats


def widths(sheet: str) -> list[float]:
    return [round(float(width) - 0.7109375, 2) for width in re.findall(r'<col [^>]*width="([\d.]+)"', sheet)]


def test_columns_are_as_wide_as_their_text_or_heading_needs(tmp_path):
    frame = pl.DataFrame({"a": ["x" * 20], "b": ["x"], "c": ["x" * 99], "d": [1.0], "e": ["x"]})
    headings = ["a", "b", "c", "a long heading of 25 cells", "中文标题六个字"]
    assert widths(sheet_of(tmp_path, frame, headings)[0]) == [22.0, 12.0, 70.0, 28.0, 16.0]


def test_numbers_dates_and_moments_have_their_formats_and_own_ones_go_first(tmp_path):
    frame = pl.DataFrame({"n": [1000], "x": [1.5], "d": [date(2026, 1, 2)], "t": [datetime(2026, 1, 2, 3)], "s": ["a"]})
    styles = sheet_of(tmp_path, frame, formats={"x": "0.0%"})[1]
    assert set(re.findall(r'formatCode="([^"]+)"', styles)) == {"0.0%", "#,##0", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"}


def test_lists_and_structures_are_written_as_text_and_times_without_their_zone():
    frame = pl.DataFrame({
        "list": [["a", None, "b"]], "array": pl.Series([[1, 2]], dtype=pl.Array(pl.Int64, 2)), "struct": [{"x": 1}],
        "enum": pl.Series(["a"], dtype=pl.Enum(["a"])), "at": [datetime(2026, 1, 2, 3, tzinfo=UTC)], "n": [1],
    })  # fmt: skip
    assert flat(frame).rows() == [("a, b", "1, 2", '{"x":1}', "a", datetime(2026, 1, 2, 3), 1)]
    assert flat(frame).schema["enum"] == pl.String


def test_text_longer_than_a_cell_takes_is_cut_and_nothing_is_written_for_nothing(tmp_path):
    path = write_table(pl.DataFrame({"a": ["x" * 40_000, None], "b": [None, True]}), tmp_path / "x.xlsx")
    back = pl.read_excel(path)
    assert back["a"].str.len_chars().to_list() == [32_767, None]
    assert back["b"].to_list() == [None, True]


def test_a_sheets_name_is_cut_to_what_excel_takes_and_files_may_be_read_by_others(tmp_path):
    path = write_table(pl.DataFrame({"a": [1]}), tmp_path / "new" / "x.xlsx", sheet="s" * 40)
    with zipfile.ZipFile(path) as packed:
        assert f'name="{"s" * 31}"' in packed.read("xl/workbook.xml").decode()
    assert path.stat().st_mode & 0o777 == 0o644
