"""Rows of a table in a file as text, each with the number a spreadsheet shows, whatever the kind of file."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import polars as pl
import pytest

from tests.data.intake.reading import written
from tradewind.core.errors import UnreadableFileError
from tradewind.data.intake import json_tables
from tradewind.data.intake.files import examine
from tradewind.data.intake.paths import single
from tradewind.data.intake.sheets import EXTRA, FIRST, ROW, Place, heads, scan, text_bytes


def place(
    path: Path, columns: dict[str, int], *, header_row: int = 1, sheet: str | None = None, width: int = 0
) -> Place:
    file = single(path)
    examined = examine(file)
    separator = "," if examined.kind == "text" else None
    at = tuple(columns.items())
    return Place(file, examined, examined.encoding or "utf-8", sheet, separator, header_row, header_row,
                 width or len(columns), at)  # fmt: skip


def rows(found: Place, staging: Path) -> list[tuple]:
    """(row number, cells, first cell of the row, how many cells too long a row has)."""
    staging.mkdir(exist_ok=True)
    names = [name for name, _ in found.columns]
    pieces = [piece.select(ROW, *names, FIRST, EXTRA) for piece in scan(found, staging)]
    assert all(piece.schema[ROW] == pl.Int64 for piece in pieces)
    return pl.concat(pieces).rows()


def test_rows_of_a_csv_are_numbered_below_its_headings_and_long_ones_marked(tmp_path):
    path = written(tmp_path, "March,\nsku,units\nLAMP,2\nBOWL,3,x\nCUP\n")
    assert rows(place(path, {"units": 1, "sku": 0}, header_row=2), tmp_path / "s") == [
        (3, "2", "LAMP", "LAMP", None), (4, "3", "BOWL", "BOWL", "3"), (5, None, "CUP", "CUP", None),
    ]  # fmt: skip


def test_empty_cells_that_most_lines_end_with_are_no_cells_too_many(tmp_path):
    path = written(tmp_path, "sku,units\nLAMP,2,\nBOWL,3,\nMUG,4,\nCUP,1,x\nJUG,1,,\n")
    assert [(row, extra) for row, *_, extra in rows(place(path, {"sku": 0, "units": 1}), tmp_path / "s")] == [
        (2, None), (3, None), (4, None), (5, "3"), (6, "4"),
    ]  # fmt: skip


def test_rows_of_a_web_page_are_numbered_below_their_headings_and_long_ones_marked(tmp_path):
    cells = [["March"], ["sku", "units"], ["LAMP", "2"], ["BOWL", "3", "x"], ["CUP"], ["MUG", "4", ""]]
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)
    path = written(tmp_path, f"<html><table>{table}</table></html>", "page.xls")
    assert rows(place(path, {"units": 1, "sku": 0}, header_row=2), tmp_path / "s") == [
        (3, "2", "LAMP", "LAMP", None), (4, "3", "BOWL", "BOWL", "3"), (5, None, "CUP", "CUP", None),
        (6, "4", "MUG", "MUG", None),
    ]  # fmt: skip


def test_objects_of_a_json_file_are_numbered_from_one_over_all_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(json_tables, "_CHUNK_ROWS", 2)
    objects = ",".join(f'{{"sku": "S{n}", "units": {n}}}' for n in range(1, 6))
    path = written(tmp_path, f'{{"goods": [{objects}], "other": [{{"a": 1}}]}}', "a.json")
    found = place(path, {"units": 1, "sku": 0}, sheet="goods")
    assert rows(found, tmp_path / "s") == [(n, str(n), f"S{n}", None, None) for n in range(1, 6)]


def parquet(folder: Path, **columns: pl.Series) -> Place:
    path = folder / "a.parquet"
    pl.DataFrame(columns).write_parquet(path)
    return place(path, {name: at for at, name in enumerate(columns)})


def texts(folder: Path, values: list, dtype: pl.DataType) -> list[str | None]:
    return [row[1] for row in rows(parquet(folder, cell=pl.Series(values, dtype=dtype)), folder / "s")]


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_moments_of_a_parquet_file_are_text_and_those_of_no_calendar_the_numbers_they_are(tmp_path, unit):
    dtype = pl.Datetime(unit)
    assert texts(tmp_path, [datetime(2026, 3, 1, 8, 30, 5, 250_000), None], dtype) == [
        "2026-03-01 08:30:05.250000",
        None,
    ]
    if unit != "ns":  # nanoseconds end in 2262
        per_day = {"ms": 86_400_000, "us": 86_400_000_000}[unit]
        first, after = -719_162 * per_day, 2_932_897 * per_day  # 0001-01-01 and 10000-01-01
        physical = pl.Series([first - 1, first, after - 1, after]).cast(dtype)
        found = [row[1] for row in rows(parquet(tmp_path, cell=physical), tmp_path / "s")]
        assert (found[0], found[3]) == (f"{first - 1} ?", f"{after} ?")
        assert (found[1][:19], found[2][:19]) == ("0001-01-01 00:00:00", "9999-12-31 23:59:59")


def test_days_times_and_zones_of_a_parquet_file_are_text(tmp_path):
    assert texts(tmp_path, [date(1, 1, 1), date(9999, 12, 31)], pl.Date()) == ["0001-01-01", "9999-12-31"]
    outside = pl.Series([-719_163, 2_932_897], dtype=pl.Int32).cast(pl.Date)
    assert [row[1] for row in rows(parquet(tmp_path, cell=outside), tmp_path / "s")] == ["-719163 ?", "2932897 ?"]
    assert texts(tmp_path, [time(0, 0), time(23, 59, 59)], pl.Time())[1].startswith("23:59:59")
    shanghai = pl.Series([datetime(2026, 3, 1, 8)]).dt.replace_time_zone("Asia/Shanghai")
    [(_, cell, *_)] = rows(parquet(tmp_path, cell=shanghai), tmp_path / "s")
    assert cell == "2026-03-01 00:00:00.000000Z"


def test_whole_numbers_in_a_column_of_floats_are_written_as_such_as_far_as_they_are_exact(tmp_path):
    values = [3.0, 2.5, -4.0, 999_999_999_999_999.0, 1e15, None]
    assert texts(tmp_path, values, pl.Float64()) == ["3", "2.5", "-4", "999999999999999", "1000000000000000.0", None]
    assert texts(tmp_path, [True, None], pl.Boolean()) == ["true", None]
    beside = parquet(
        tmp_path, sku=pl.Series(["LAMP", "BOWL"]), tags=pl.Series([["a"], None]), raw=pl.Series([b"a", None])
    )
    assert rows(beside, tmp_path / "s") == [(2, "LAMP", None, None, None, None), (3, "BOWL", None, None, None, None)]


def test_a_table_is_as_large_as_its_cells_or_its_bytes_which_a_parquet_file_packs_by_six(tmp_path):
    many = parquet(tmp_path, a=pl.Series(["x"]).new_from_index(0, 100_000), b=pl.Series([1]).new_from_index(0, 100_000))
    assert text_bytes(many) == 100_000 * 2 * 8 > 6 * many.examined.size
    few = parquet(tmp_path, a=pl.Series(["x"]))
    assert text_bytes(few) == 6 * few.examined.size
    assert text_bytes(place(written(tmp_path, "sku\nLAMP\n"), {"sku": 0})) == 2 * 8  # two lines of a cell, 9 bytes
    wide = "sku\n" + "x" * 100 + "\n"
    assert text_bytes(place(written(tmp_path, wide), {"sku": 0})) == len(wide)


def test_the_first_forty_rows_are_looked_at_for_headings_by_each_separator(tmp_path):
    file = single(written(tmp_path, "".join(f"a{n},b;c\n" for n in range(41))))
    found = {head.separator: head for head in heads(file, examine(file))}
    assert list(found) == [",", ";", "\t", "|"]
    assert (len(found[","].rows), found[","].lines) == (40, list(range(1, 41)))
    assert (found[","].rows[0], found[";"].rows[0], found["|"].rows[0]) == (["a0", "b;c"], ["a0,b", "c"], ["a0,b;c"])


def test_a_heading_over_two_lines_counts_both(tmp_path):
    file = single(written(tmp_path, 'sku,"units\nsold"\nLAMP,2\n'))
    comma = next(head for head in heads(file, examine(file)) if head.separator == ",")
    assert (comma.rows, comma.lines) == ([["sku", "units\nsold"], ["LAMP", "2"]], [2, 3])


def test_a_damaged_parquet_file_is_refused_by_name(tmp_path):
    found = parquet(tmp_path, a=pl.Series(["x"]))
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[:4] + bytes(len(whole) - 12) + whole[-8:])
    with pytest.raises(UnreadableFileError) as refused:
        list(heads(found.file, found.examined))
    assert refused.value.code == "parquet_broken"
