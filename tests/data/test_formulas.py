"""Text that a spreadsheet would run is put behind an apostrophe, everything else stays as it is."""

from __future__ import annotations

import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.app.forms.workbook import write_sheet
from tradewind.data.formulas import harmless
from tradewind.data.table_files import write_table

SIGNS = "=+-@＝＋－＠"
BLANKS = " \t\r\n\u00a0\u3000\u200b\ufeff\x00"


def made(cell: str | None) -> str | None:
    return harmless(pl.DataFrame({"cell": [cell]}, schema={"cell": pl.String}))["cell"].item()


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "@x",
        "+cmd",
        "-x",
        " =1+1",
        "\n=1+1",
        "\r\n =1+1",
        "\u3000＝1+1",
        "\ufeff=1",
        "\tcmd",
        "-1+1",
        "+1;x",
        "-",
    ],
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(cell):
    assert made(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell",
    [
        "-12.5",
        "-1,5",
        "-5.00",
        "+44",
        " -3",
        "-1,234.50",
        "-2e-3",
        "-68%",
        "-.5",
        "mug",
        " mug",
        "a=b",
        "'=1",
        "",
        None,
    ],
)
def test_numbers_and_plain_text_stay(cell):
    assert made(cell) == cell


def test_columns_of_other_kinds_stay():
    frame = pl.DataFrame({"units": [-1, 2], "share": [-0.5, None]})
    assert harmless(frame).equals(frame)


@given(st.text(BLANKS), st.sampled_from(SIGNS), st.text())
def test_whatever_stands_behind_a_sign_runs_unless_all_of_it_is_a_number(blanks, sign, rest):
    cell = blanks + sign + rest
    out = made(cell)
    digits = rest.strip().rstrip("%").replace(",", "").replace(".", "")
    is_number = sign in "+-" and digits != "" and all(c in "0123456789eE+-" for c in digits)
    assert out == f"'{cell}" or (is_number and out == cell)


@given(st.text())
def test_a_cell_is_changed_by_nothing_but_an_apostrophe_in_front(cell):
    shown = next((c for c in cell if not (c.isspace() or unicodedata.category(c).startswith("C"))), "")
    out = made(cell)
    assert out in (cell, f"'{cell}")
    if shown not in SIGNS and not cell.startswith(("\t", "\r", "\n")):
        assert out == cell


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3), st.sampled_from(["", "%"]))
def test_every_number_stays(number, unit):
    assert made(f"{number}{unit}") == f"{number}{unit}"


def test_tables_and_sheets_written_as_csv_are_both_harmless(tmp_path):
    cells = ["\n=1+1", "-12.5", "mug"]
    write_table(pl.DataFrame({"cell": cells}), tmp_path / "table.csv")
    write_sheet(tmp_path / "sheet.csv", ["cell"], [[cell] for cell in cells])
    for name in ("table.csv", "sheet.csv"):
        assert pl.read_csv(tmp_path / name)["cell"].to_list() == ["'\n=1+1", "-12.5", "mug"], name
