"""The tables of a page and of Excel's XML, cell by cell."""

from __future__ import annotations

import pytest

from tests.data.intake.reading import written
from tradewind.core.errors import UnreadableFileError
from tradewind.data.intake import web_tables as module
from tradewind.data.intake.files import examine, single
from tradewind.data.intake.web_tables import web_tables


def tables(tmp_path, text: str) -> dict[str | None, list[list[str]]]:
    file = single(written(tmp_path, text, "page.xls"))
    return web_tables(file, examine(file))


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
        ("<tr><td/><td>b</td></tr>", [["", "b"]]),
    ],
)  # fmt: skip
def test_a_table_is_read_row_by_row_with_cells_repeated_where_they_reach(tmp_path, text, found):
    assert rows(tmp_path, text) == found


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ("<Cell><Data>a</Data></Cell><Cell ss:Index='4'><Data>d</Data></Cell>", ["a", "", "", "d"]),
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
