"""The tables of a page and of Excel's XML, cell by cell."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from tests.data.intake.reading import written
from tradewind.core.errors import UnreadableFileError
from tradewind.data.intake import web_tables as module
from tradewind.data.intake.files import Examined, File, examine
from tradewind.data.intake.paths import single
from tradewind.data.intake.web_tables import web_tables
from tradewind.data.intake.workbook_xml import filled_down


def tables(tmp_path, text: str) -> dict[str | None, list[list[str]]]:
    file = single(written(tmp_path, text, "page.xls"))
    return filled(file, examine(file))


def filled(file: File, examined: Examined) -> dict[str | None, list[list[str]]]:
    return {name: filled_down(table.rows, table.merged) for name, table in web_tables(file, examined).items()}


def rows(tmp_path, text: str) -> list[list[str]]:
    [(_, found)] = tables(tmp_path, f"<html><table>{text}</table></html>").items()
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<tr><td>a<td>b<tr><td>c", [["a", "b"], ["c"]]),  # ends that nobody wrote
        ("<tr><th> a </th><td>b &amp; c<br>d</td></tr>", [["a", "b & c\nd"]]),
        ("<tr><td colspan=2>a</td><td>b</td></tr>", [["a", "a", "b"]]),
        ("<tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr>", [["a", "b"], ["a", "c"]]),
        ("<tr><td>b</td><td rowspan=3>a</td></tr><tr><td>c</td></tr><tr><td>d</td></tr><tr><td>e</td></tr>",
         [["b", "a"], ["c", "a"], ["d", "a"], ["e"]]),
        ("<tr><td rowspan=2 colspan=2>a</td></tr><tr><td>b</td></tr>", [["a", "a"], ["a", "a", "b"]]),
        ("<tr><td>a<script>x</script><style>y</style></td></tr>", [["a"]]),
        ("<tr><td colspan=x>a</td></tr>", [["a"]]),
        ("<td>a</td>", [["a"]]),
        ("<tr><td>a<script>x</script>b</td></tr>", [["ab"]]),
        ("<tr><td>a</td> between <td>b</td></tr> after <td>c</td>", [["a", "b"], ["c"]]),
        ("<tr><td></td></tr><tr><td>a</td><td></td></tr>", [[""], ["a", ""]]),  # rows stand where they stood
        ("<tr><td>a</td><td rowspan=2>b</td><td>c</td></tr><tr><td>d</td><td>e</td></tr><tr><td>f</td></tr>",
         [["a", "b", "c"], ["d", "b", "e"], ["f"]]),
        ("<tr><td colspan=1000000 rowspan=0>a</td><td>b</td></tr><tr><td>c</td></tr>", [["a", "b"], ["c"]]),
        ("<tr><td/><td>b</td></tr>", [["", "b"]]),
    ],
)  # fmt: skip
def test_a_table_is_read_row_by_row_with_cells_repeated_where_they_reach(tmp_path, text, found):
    assert rows(tmp_path, text) == found


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ("<Cell><Data>a</Data></Cell><Cell ss:Index='4'><Data>d</Data></Cell>", ["a", "", "", "d"]),
        ("<Cell><Data>a</Data></Cell><Cell ss:Index='3'><Data>c</Data></Cell>", ["a", "", "c"]),
        ("<Cell ss:Index='1'><Data>a</Data></Cell><Cell ss:Index='2'><Data>b</Data></Cell>", ["a", "b"]),
        ("<Cell ss:MergeAcross='1'><Data>a</Data></Cell><Cell><Data>b</Data></Cell>", ["a", "a", "b"]),
    ],
)
def test_excels_own_xml_leaves_out_empty_cells_and_says_where_the_next_one_stands(tmp_path, cells, found):
    sheet = f"<Worksheet ss:Name='S'><Table><Row>{cells}</Row></Table></Worksheet>"
    text = f"<?xml version='1.0'?><Workbook>{sheet}</Workbook>"
    assert tables(tmp_path, text) == {"S": [found]}


def test_tables_without_anything_in_them_are_left_out_and_several_are_numbered(tmp_path):
    one, empty = "<table><tr><td>a</td></tr></table>", "<table><tr><td> </td></tr></table>"
    assert tables(tmp_path, f"<html>{one}{empty}</html>") == {None: [["a"]]}
    assert tables(tmp_path, f"<html>{one}{one}</html>") == {"1": [["a"]], "2": [["a"]]}
    with pytest.raises(UnreadableFileError) as error:
        tables(tmp_path, f"<html>{empty}</html>")
    assert error.value.code == "file_is_web_page"


def test_a_table_inside_a_cell_is_a_table_of_its_own(tmp_path):
    text = "<html><table><tr><td>x<table><tr><td>a</td></tr></table></td><td>y</td></tr></table></html>"
    assert sorted(tables(tmp_path, text).values()) == [[["a"]], [["x", "y"]]]


@pytest.mark.parametrize(("columns", "fits"), [(3, True), (4, False)])
def test_a_row_wider_than_the_limit_is_refused(tmp_path, monkeypatch, columns, fits):
    monkeypatch.setattr(module, "_MAX_COLUMNS", 3)
    for cells in (f"<td colspan={columns}>a</td>", "<td>a</td>" * columns):
        if fits:
            assert rows(tmp_path, f"<tr>{cells}</tr>") == [["a"] * columns]
        else:
            with pytest.raises(UnreadableFileError, match=str(columns)):
                rows(tmp_path, f"<tr>{cells}</tr>")


def test_excels_own_xml_says_which_cells_reach_down_and_what_its_sheets_are_called(tmp_path):
    tall = "<Row><Cell ss:MergeDown='1'><Data>a</Data></Cell><Cell><Data>b</Data></Cell></Row><Row><Cell>c</Cell></Row>"
    one, two = (f"<Worksheet ss:Name='{name}'><Table>{tall}</Table></Worksheet>" for name in ("One", "Two"))
    found = [["a", "b"], ["a", "c"]]
    assert tables(tmp_path, f"<?xml version='1.0'?><Workbook>{one}{two}</Workbook>") == {"One": found, "Two": found}


def test_a_page_that_breaks_off_keeps_what_it_had_begun(tmp_path):
    assert tables(tmp_path, "<html><table><tr><td>x<table><tr><td>a<td>b &am") == {"1": [["a", "b &am"]], "2": [["x"]]}


def test_a_table_that_ends_where_it_begins_holds_nothing_of_what_follows(tmp_path):
    assert tables(tmp_path, "<html><table/><td>x</td><table><tr><td>a</td></tr></table></html>") == {None: [["a"]]}


@pytest.mark.parametrize(("depth", "fits"), [(30, True), (31, False)])
def test_tables_within_tables_are_read_to_thirty_deep(tmp_path, depth, fits):
    text = "<html>" + "<table><tr><td>" * depth + "a"
    if fits:
        assert tables(tmp_path, text) == {None: [["a"]]}
    else:
        with pytest.raises(UnreadableFileError) as error:
            tables(tmp_path, text)
        assert error.value.code == "file_is_web_page"


@pytest.mark.parametrize(("columns", "fits"), [(1000, True), (1001, False)])
def test_a_row_has_a_thousand_columns_at_most(tmp_path, columns, fits):
    text = f"<tr><td colspan={columns}>a</td></tr>"
    if fits:
        assert rows(tmp_path, text) == [["a"] * columns]
    else:
        with pytest.raises(UnreadableFileError) as error:
            rows(tmp_path, text)
        assert error.value.values["limit"] == 1000


@pytest.mark.parametrize(("over", "fits"), [(0, True), (1, False)])
def test_a_page_of_more_than_256_mib_is_not_read(tmp_path, over, fits):
    file = single(written(tmp_path, "<html><table><tr><td>a</td></tr></table></html>", "page.xls"))
    examined = replace(examine(file), size=256 * 1024**2 + over)
    if fits:
        assert filled(file, examined) == {None: [["a"]]}
    else:
        with pytest.raises(UnreadableFileError) as error:
            web_tables(file, examined)
        assert (error.value.code, error.value.values["limit_mib"]) == ("web_page_too_large", 256)


@pytest.mark.parametrize(
    "odd", ["<" * 1_000_000, "<!-- " + "-" * 1_000_000, "<b>" * 100_000, "<td " + "a=1 " * 100_000]
)
def test_a_page_takes_time_by_its_length_whatever_stands_in_it(tmp_path, odd):
    begun = time.process_time()
    assert next(iter(tables(tmp_path, f"<html><table><tr><td>a</td></tr></table>{odd}").values()))[0] == ["a"]
    assert time.process_time() - begun < 2.0


def told(tmp_path, content: bytes) -> dict[str | None, list[list[str]]]:
    """The tables of a page whose encoding only the page itself tells."""
    path = tmp_path / "page.xls"
    path.write_bytes(content)
    file = single(path)
    return filled(file, replace(examine(file), encoding=None))


def test_a_page_says_how_it_is_encoded_or_else_is_utf_8(tmp_path):
    table = "<table><tr><td>öl</td></tr></table>"
    assert told(tmp_path, f"<html><meta charset=latin-1>{table}".encode("latin-1")) == {None: [["öl"]]}
    assert told(tmp_path, f"<html>{table}".encode()) == {None: [["öl"]]}
    unknown = f"<html><meta charset='no-such'>{table}".encode()
    for bad in (f"<html>{table}".encode("latin-1"), unknown, f"<html>{table}ö".encode()[:-1]):
        with pytest.raises(UnreadableFileError) as error:
            told(tmp_path, bad)
        assert error.value.code == "file_encoding"
