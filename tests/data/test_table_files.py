"""Files out: nothing in them runs, and they appear whole or not at all."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from tradewind.core.errors import ParameterError, StorageError
from tradewind.data import table_files
from tradewind.data.table_files import write_table

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
    monkeypatch.setattr(table_files, "EXCEL_ROWS", 3)
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
