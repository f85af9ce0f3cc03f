import io
import zipfile

import pytest
import xlsxwriter
import xlwt

from tests.data.intake.reading import NOW, SALT, Imported, read
from tradewind.data.intake import ParseContext, detect, parse
from tradewind.data.intake.mapping import read_mapping

HEADINGS = (
    "platform", "shop", "order_id", "sku", "market", "ordered_at", "units", "unit_price", "paid_amount", "currency",
    "status",
)  # fmt: skip
LINES = [
    ["temu", "yiwu", "A1", "LAMP", "ES", "2026-03-04 10:00", 3, 10, 38, "EUR", "paid"],
    ["temu", "yiwu", "A1", "MUG", "ES", "2026-03-04 10:00", 1, 10, 38, "EUR", "paid"],
    ["temu", "yiwu", "A2", "MUG", "FR", "2026-03-05 10:00", 1, 10, 10, "EUR", "paid"],
]


def workbook(path, *, merged=("A", "B", "C", "E", "F", "J", "K"), at=(0, 0), lines=LINES):
    """The lines as a sheet, the columns named by letters merged over the first two of them."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("订单 & more")
    top, left = at
    sheet.write_row(top, left, HEADINGS)
    for nth, line in enumerate(lines):
        for column, cell in enumerate(line):
            if nth == 0 and chr(65 + column) in merged:
                sheet.merge_range(top + 1, left + column, top + 2, left + column, cell)
            elif nth != 1 or chr(65 + column) not in merged:
                sheet.write(top + 1 + nth, left + column, cell)
    book.close()
    return path


def orders(path):
    got = read(path)
    rows = got.rows("order_lines")
    return rows.select("order_id", "sku", "market", "units", "unit_price", "paid_amount").rows(), got


@pytest.mark.parametrize("at", [(0, 0), (3, 2)])
def test_cells_merged_over_the_lines_of_an_order_are_said_of_each(tmp_path, at):
    rows, got = orders(workbook(tmp_path / "orders.xlsx", merged="ABCEFJK", at=at))
    assert [row[:5] for row in rows] == [
        ("A1", "LAMP", "ES", 3, 10),
        ("A1", "MUG", "ES", 1, 10),
        ("A2", "MUG", "FR", 1, 10),
    ]
    assert got.notes == {"merged_filled": 1}
    assert got.corrections.is_empty()


def test_an_amount_merged_over_lines_is_shared_by_what_each_comes_to_and_counts_once(tmp_path):
    rows, got = orders(workbook(tmp_path / "orders.xlsx", merged="ABCEFIJK"))
    assert [row[5] for row in rows] == [28.5, 9.5, 10.0]
    assert got.notes == {"merged_filled": 1, "merged_shared": 2}


def test_an_amount_that_names_its_currency_is_shared_too(tmp_path):
    lines = [[*LINES[0][:8], "US $38.00", "USD", "paid"], *LINES[1:]]
    rows, got = orders(workbook(tmp_path / "orders.xlsx", merged="ABCEFIJK", lines=lines))
    assert [row[5] for row in rows] == [28.5, 9.5, 10.0]
    assert got.corrections.is_empty()


def test_a_price_merged_over_lines_is_the_price_of_each(tmp_path):
    rows, _ = orders(workbook(tmp_path / "orders.xlsx", merged="ABCEFHJK"))
    assert [row[4] for row in rows] == [10, 10, 10]


def test_pieces_merged_over_lines_wait_for_correction(tmp_path):
    rows, got = orders(workbook(tmp_path / "orders.xlsx", merged="ABCEFGJK"))
    assert [row[0] for row in rows] == ["A2"]
    assert got.problems == [(2, "units", "3 ⇕", "number_merged"), (3, "units", "3 ⇕", "number_merged")]


def test_an_empty_cell_that_is_not_merged_is_not_filled(tmp_path):
    lines = [LINES[0], LINES[1], [*LINES[2][:4], None, *LINES[2][5:]]]
    rows, got = orders(workbook(tmp_path / "orders.xlsx", lines=lines))
    assert [row[0] for row in rows] == ["A1", "A1"]
    assert got.problems == [(4, "market", None, "cell_missing")]


def test_headings_in_two_rows_some_merged_over_both_are_one_row_of_headings(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "orders.xlsx")
    sheet = book.add_worksheet()
    for column, heading in enumerate(HEADINGS):
        if heading in ("sku", "units", "unit_price"):
            sheet.write(0, column, "goods")
            sheet.write(1, column, heading)
        else:
            sheet.merge_range(0, column, 1, column, heading)
    sheet.write_row(2, 0, LINES[2])
    book.close()
    rows, _ = orders(tmp_path / "orders.xlsx")
    assert rows == [("A2", "MUG", "FR", 1, 10, 10)]


def test_merged_cells_of_excel_97_are_said_of_each_row(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("s")
    for column, heading in enumerate(HEADINGS):
        sheet.write(0, 1 + column, heading)
        if heading in ("sku", "units", "unit_price", "paid_amount"):
            for row in (0, 1):
                sheet.write(1 + row, 1 + column, LINES[row][column] if heading != "paid_amount" else None)
        else:
            sheet.write_merge(1, 2, 1 + column, 1 + column, LINES[0][column])
    book.save(str(tmp_path / "orders.xls"))
    rows, _ = orders(tmp_path / "orders.xls")
    assert [row[:5] for row in rows] == [("A1", "LAMP", "ES", 3, 10), ("A1", "MUG", "ES", 1, 10)]


@pytest.mark.parametrize(
    ("form", "sku"),
    [
        ("00000", "00123"),
        ('"SKU-"0000', "SKU-0123"),
        ("0\\-00", "1-23"),
        ("0", "123"),
        ("0.00", "123"),
        ("General", "123"),
    ],
)
def test_a_code_in_a_number_cell_is_what_its_format_shows(tmp_path, form, sku):
    book = xlsxwriter.Workbook(tmp_path / "orders.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADINGS)
    sheet.write_row(1, 0, LINES[0])
    sheet.write_number(1, 3, 123, book.add_format({"num_format": form}))
    sheet.write_number(1, 6, 3, book.add_format({"num_format": form}))
    book.close()
    rows, _ = orders(tmp_path / "orders.xlsx")
    assert [row[1:4] for row in rows] == [(sku, "ES", 3)]


@pytest.mark.parametrize(
    ("number", "form", "order_id"),
    [
        (3012345678901234, "0", "3012345678901234"),
        (3012345678901234, "General", None),
        (3012345678901230, "0", None),
        (90071992547409931, "0", None),
    ],
)
def test_an_order_number_of_16_digits_in_a_number_cell_is_trusted_only_where_every_digit_was_kept(
    tmp_path, number, form, order_id
):
    book = xlsxwriter.Workbook(tmp_path / "orders.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADINGS)
    sheet.write_row(1, 0, LINES[2])
    sheet.write_row(2, 0, LINES[2])
    sheet.write_number(2, 2, 7777, book.add_format({"num_format": form}))
    book.close()
    _replace(tmp_path / "orders.xlsx", b"<v>7777</v>", f"<v>{number}</v>".encode())
    rows, got = orders(tmp_path / "orders.xlsx")
    assert sorted(row[0] for row in rows) == sorted(filter(None, ["A2", order_id]))
    assert [p[3] for p in got.problems] == ([] if order_id else ["number_damaged_by_excel"])


def _replace(path, old, new):
    """The workbook with some bytes of its XML replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(old, new))
    path.write_bytes(out.getvalue())


def test_what_a_mapping_gathers_from_merged_cells_is_whole(tmp_path):
    mapping = tmp_path / "goods.yaml"
    columns = "".join(f"      {h}: {h}\n" for h in HEADINGS if h not in ("status", "paid_amount"))
    mapping.write_text(
        f"tables:\n  order_lines:\n    columns:\n{columns}    fixed: {{status: paid}}\n"
        "  parcels:\n    columns: {order_id: order_id, parcel_id: order_id, freight_amount: paid_amount,\n"
        "      currency: currency, market: market, created_at: ordered_at}\n"
        "    fixed: {platform: temu, shop: yiwu, service: SF, node: seller}\n"
    )
    own = read_mapping(mapping)
    source = detect(workbook(tmp_path / "goods.xlsx", merged="ABCEFIJK", lines=LINES[:2]), own=[own])[0]
    batches = list(parse(source, ParseContext(SALT, NOW, own=[own]), staging=tmp_path))
    assert Imported(batches).rows("parcels")["freight_amount"].to_list() == [38.0]
