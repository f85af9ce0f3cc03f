import pytest
import xlwt

from tests.data.intake.reading import ORDERS, order, read, written
from tradewind.core.errors import StorageError, UnreadableFileError
from tradewind.data.intake import detect, files, web_tables

LINE = ORDERS + order()
CELLS = [line.split(",") for line in LINE.strip().split("\n")]


def page(rows, *, start="<html><head><meta charset=utf-8></head><body>", tags=("tr", "td")):
    row, cell = tags
    body = "".join(f"<{row}>" + "".join(f"<{cell}>{c}</{cell}>" for c in cells) + f"</{row}>" for cells in rows)
    return f"{start}<table>{body}</table></body></html>"


def refused(path):
    with pytest.raises(UnreadableFileError) as error:
        detect(path)
    return error.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_web_page_called_xls_is_read_as_the_table_it_holds(tmp_path, encoding):
    cells = [CELLS[0], [c.replace("yiwu", "义乌 &amp; Co") for c in CELLS[1]]]
    lines = read(written(tmp_path, page(cells), "orders.xls", encoding)).rows("order_lines")
    assert lines.select("shop", "source_row", "source_file").rows() == [("义乌 & Co", 2, "orders.xls")]


def over_two_rows(*single: str) -> str:
    """The line with all cells but those of `single` over two rows, the second of another SKU."""
    head, line = [*CELLS[0], "paid_amount"], [*CELLS[1], "30.00"]
    first = "".join(
        f"<td{' rowspan=2' if h not in single else ''}>{c}<script>x</script></td>"
        for h, c in zip(head, line, strict=True)
    )
    second = "".join(f"<td>{'MUG' if h == 'sku' else 1}</td>" for h in head if h in single)
    return page([head]).replace("</table>", f"<tr>{first}</tr><tr>{second}</tr></table>")


def test_cells_over_several_rows_are_said_in_each_and_scripts_in_none(tmp_path):
    got = read(written(tmp_path, over_two_rows("sku", "units"), "orders.xls"))
    assert got.rows("order_lines").select("order_id", "sku").rows() == [("A1", "LAMP"), ("A1", "MUG")]
    assert got.notes["merged_filled"] == 1


def test_an_amount_over_several_rows_of_a_page_counts_once(tmp_path):
    got = read(written(tmp_path, over_two_rows("sku", "units"), "orders.xls"))
    assert got.rows("order_lines")["paid_amount"].sum() == 30.0
    assert got.notes["merged_shared"] == 2


def test_pieces_over_several_rows_of_a_page_wait_for_correction(tmp_path):
    got = read(written(tmp_path, over_two_rows("sku"), "orders.xls"))
    assert [problem[3] for problem in got.problems] == ["number_merged", "number_merged"]


def test_a_table_laid_out_in_another_and_excels_own_xml_are_read(tmp_path):
    nested = page([[page(CELLS, start="")]])
    assert read(written(tmp_path, nested, "nested.xls")).rows("order_lines").height == 1
    start = '<?xml version="1.0"?><Workbook><Worksheet ss:Name="订单">'
    xml = page([[f"<Data>{c}</Data>" for c in row] for row in CELLS], start=start, tags=("Row", "Cell"))
    assert read(written(tmp_path, xml, "xml.xls")).rows("order_lines")["source_file"].to_list() == ["xml.xls / 订单"]


def test_a_page_too_large_or_too_wide_is_refused(tmp_path, monkeypatch):
    wide = page([["<td colspan=999999>"]])
    assert refused(written(tmp_path, wide, "wide.xls")) == "file_too_wide"
    monkeypatch.setattr(web_tables, "MAX_BYTES", 100)
    assert refused(written(tmp_path, page(CELLS), "large.xls")) == "web_page_too_large"


def test_tables_within_tables_without_end_are_refused(tmp_path):
    assert refused(written(tmp_path, "<table><tr><td>" * 10_000, "deep.xls")) == "file_is_web_page"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_text_with_tabs_called_xls_is_read(tmp_path, encoding):
    path = written(tmp_path, LINE.replace(",", "\t").replace("yiwu", "义乌"), "orders.xls", encoding)
    assert read(path).rows("order_lines")["shop"].to_list() == ["义乌"]


def test_a_workbook_of_excel_97_is_read(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("orders")
    for r, row in enumerate(CELLS):
        for c, cell in enumerate(row):
            sheet.write(r, c, cell)
    book.save(str(tmp_path / "orders.xls"))
    assert read(tmp_path / "orders.xls").rows("order_lines")["order_id"].to_list() == ["A1"]


@pytest.mark.parametrize("note", ["~$orders.csv", ".~lock.orders.csv#"])
def test_a_file_that_is_open_elsewhere_says_so_and_in_a_folder_the_others_load(tmp_path, note):
    path = written(tmp_path, LINE)
    written(tmp_path, LINE, "more.csv")
    (tmp_path / note).write_bytes(b"li")
    assert refused(path) == "file_open_elsewhere"
    found = detect(tmp_path)
    assert [source.name for source in found] == ["more.csv"]
    assert [(name, error.code) for name, error in found.unknown] == [("orders.csv", "file_open_elsewhere")]


@pytest.mark.parametrize(("winerror", "code"), [(32, "file_open_elsewhere"), (None, "not_permitted")])
def test_a_file_another_program_locks_is_told_from_one_that_may_not_be_read(winerror, code):
    error = PermissionError(13, "denied")
    error.winerror = winerror
    told = files.not_readable("orders.xlsx", error)
    assert told.code == code
    assert isinstance(told, UnreadableFileError if winerror else StorageError)


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path = written(tmp_path, LINE)
    plain = files._examined

    def growing(*args):
        done = plain(*args)
        path.write_text(LINE + order(order_id="A2"))
        return done

    monkeypatch.setattr(files, "_examined", growing)
    assert refused(path) == "file_still_written"


def test_a_file_that_changed_after_it_was_looked_at_is_refused(tmp_path):
    path = written(tmp_path, LINE)
    source = detect(path)[0]
    path.write_text(LINE + order(order_id="A2"))
    with pytest.raises(UnreadableFileError, match=r"orders\.csv"):
        files.check_unchanged(source.parts[0].place.file, source.parts[0].place.examined)
