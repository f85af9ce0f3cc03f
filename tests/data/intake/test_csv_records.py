"""Lines of a CSV file that are counted before they are read, and what becomes of damaged ones."""

from __future__ import annotations

import pytest

from tests.data.intake.reading import ORDERS, order, read, written
from tradewind.data.intake.csv_records import damaged_records, survey


def surveyed(folder, text: str, width: int = 2, separator: str = ","):
    path = folder / "a.csv"
    path.write_bytes(text.encode())
    return survey(path, separator, skip_lines=1, width=width)


def records(folder, text: str, width: int = 2):
    path = folder / "a.csv"
    path.write_bytes(text.encode())
    return list(damaged_records(path, ",", skip_lines=1, width=width))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a,b\n", 0),
        ("a,b\n1,2", 1),
        ("a,b\n1,2\n\n3,4\n", 3),
        ('a,b\r\n1,"x\r\ny"\r\n"""q""",2\r\n', 2),
        ('a,b\n"","x,y"\n', 1),
    ],
)
def test_records_are_counted_also_where_a_cell_goes_over_several_lines(tmp_path, text, count):
    seen = surveyed(tmp_path, text)
    assert (seen.records, seen.clean, seen.long) == (count, True, {})


@pytest.mark.parametrize("text", ['a,b\n1,5" x\n', 'a,b\n1,"5" x"\n2,"6" y"\n', 'a,b\n1,"x\n2,y\n', "a,b\n1,2\r3,4\n"])
def test_a_mark_where_none_may_stand_makes_a_file_unclean(tmp_path, text):
    assert not surveyed(tmp_path, text).clean


def test_cells_beyond_the_heading_are_counted_by_record(tmp_path):
    assert surveyed(tmp_path, 'a,b\n1,2,,\n1,2\n1,"x,y"\n1,2,3\n').long == {0: 4, 3: 3}


@pytest.mark.parametrize(("cells", "clean"), [(4096, True), (4097, False)])
def test_a_record_of_thousands_of_cells_is_left_to_the_patient_reader(tmp_path, cells, clean):
    seen = surveyed(tmp_path, "a,b\n" + "," * (cells - 1) + "\n1,2\n")
    assert (seen.records, seen.clean, seen.long) == (2, clean, {0: cells})


def test_separators_that_end_most_lines_are_the_files_way_of_ending_them(tmp_path):
    assert surveyed(tmp_path, "a,b\n1,2,\n3,4,\n5,6,\n7,8\n").usual == 3
    assert surveyed(tmp_path, "a,b\n1,2,\n3,4,\n").usual == 2


def test_a_count_does_not_depend_on_where_the_file_is_cut_into_pieces(tmp_path, monkeypatch):
    text = "a,b\n" + '1,"x\ny"\n"q""r",2,3\n,\n' * 3
    whole = surveyed(tmp_path, text)
    for size in range(1, 9):
        monkeypatch.setattr("tradewind.data.intake.csv_records._CHUNK", size)
        assert surveyed(tmp_path, text) == whole


def test_inch_marks_in_quoted_cells_do_not_swallow_the_lines_that_follow(tmp_path):
    assert records(tmp_path, 'a,b\n1,"5" x"\n2,"6" y"\n3,z\n') == [["1", '5 x"'], ["2", '6 y"'], ["3", "z"]]
    assert records(tmp_path, 'a,b\n1,"x\n2,y\n3,"z ""w"""\n') == [["1", '"x'], ["2", "y"], ["3", 'z "w"']]


def test_a_cell_that_goes_over_lines_is_kept_whole_beside_a_damaged_one(tmp_path):
    assert records(tmp_path, 'a,b\n1,"x\ny"\n2,5" z\n') == [["1", "x\ny"], ["2", '5" z']]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_row_that_is_too_long_waits_in_every_dialect_and_the_rest_loads(tmp_path, separator, encoding, end):
    long = order(order_id="A0").strip() + ",1,2" + "\n"
    text = ORDERS + long + order(sku="灯") + '"A2"' + long[2:]
    text = text.replace(",", separator).replace("\n", end)
    imported = read(written(tmp_path, text, encoding=encoding))
    assert imported.rows("order_lines")["sku"].to_list() == ["灯"]
    assert [(row, value, problem) for row, _, value, problem in imported.problems] == [
        (2, "12", "too_many_cells"),
        (4, "12", "too_many_cells"),
    ]


def test_a_long_row_after_many_good_ones_and_beside_a_stray_mark_is_found_too(tmp_path):
    good = "".join(order(order_id=f"A{n}") for n in range(100))
    for sku in ("LAMP", '5" LAMP'):
        imported = read(written(tmp_path, ORDERS + good + order(order_id="B", sku=sku) + order().strip() + ",,\n"))
        assert imported.rows("order_lines").height == 101
        assert imported.problems == [(103, None, "12", "too_many_cells")]


def test_rows_merged_by_damaged_marks_load_as_the_rows_they_were(tmp_path):
    text = ORDERS + order(sku='"5" LAMP"') + order(order_id="A2", sku='"6" LAMP"') + order(order_id="A3")
    assert read(written(tmp_path, text)).rows("order_lines")["order_id"].to_list() == ["A1", "A2", "A3"]
