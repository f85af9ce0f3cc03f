"""Rows to correct: what resolves them, what does not, and what an import adds to the log."""

from __future__ import annotations

import polars as pl
import pytest

from tests.data.lines import line, order_lines, to_correct
from tradewind.core.tables import TABLES
from tradewind.data.corrections import CORRECTION_COLUMNS
from tradewind.data.corrections_log import CorrectionChanges

ORDERS = TABLES["order_lines"]
NOTHING = pl.DataFrame(schema=CORRECTION_COLUMNS)


def changes(tmp_path, *before: pl.DataFrame, merge: bool = False) -> CorrectionChanges:
    return CorrectionChanges(pl.concat(before) if before else NOTHING, tmp_path, 7, merge=merge)


def written(log: CorrectionChanges) -> list[tuple]:
    """(order's file, row, open) of what the import writes, by file and row."""
    frame = pl.read_parquet(log.write_changes(), glob=False)
    assert frame["import_seq"].to_list() == [7] * frame.height
    return sorted(frame.select("file", "row", "open").rows())


@pytest.mark.parametrize(
    ("clean", "resolved"),
    [
        (line("o1", 2, file="b.csv", row=40), True),
        (line("o1", 1, file="b.csv", row=40), True),  # an export brings whole orders: line 2 is good or gone
        (line("o2", 2, file="b.csv", row=40), False),
        (line("o2", 2, file="a.csv", row=3), False),  # the same row of another export of the same name
    ],
)
def test_an_export_resolves_the_rows_of_every_order_it_brings(tmp_path, clean, resolved):
    log = changes(tmp_path, to_correct("o1", 2, row=3))
    log.resolve(ORDERS, order_lines(clean))
    assert written(log) == ([("a.csv", 3, False)] if resolved else [])


@pytest.mark.parametrize(
    ("clean", "resolved"),
    [
        (line("o1", 2, file="fixes.xlsx", row=9), True),
        (line("o1", 1, file="fixes.xlsx", row=9), False),  # another line of the order was corrected
        (line("o1", 1, file="a.csv", row=3), True),  # the very row, whose number was what was wrong
    ],
)
def test_corrected_rows_resolve_their_own_line_alone(tmp_path, clean, resolved):
    log = changes(tmp_path, to_correct("o1", 2, row=3), merge=True)
    log.resolve(ORDERS, order_lines(clean))
    assert written(log) == ([("a.csv", 3, False)] if resolved else [])


def test_a_row_that_does_not_name_its_order_is_resolved_by_its_place_in_the_file(tmp_path):
    log = changes(tmp_path, to_correct(None, None, row=5), to_correct(None, None, row=6))
    log.resolve(ORDERS, order_lines(line("o3", row=5), line("o4", file="b.csv", row=6)))
    assert written(log) == [("a.csv", 5, False)]


def test_rows_of_another_table_resolve_nothing(tmp_path):
    log = changes(tmp_path, to_correct("o1", 1, row=3).with_columns(table=pl.lit("returns")))
    log.resolve(ORDERS, order_lines(line("o1", 1, row=3)))
    assert written(log) == []


def test_what_could_not_be_read_is_open_and_what_waited_before_is_not_said_twice(tmp_path):
    log = changes(tmp_path, to_correct("o1", 2, row=3))
    log.report(to_correct("o1", 2, file="b.csv", row=8), "two")
    log.report(to_correct("o9", 1, file="b.csv", row=9), "two")
    assert written(log) == [("b.csv", 9, True)]


def test_a_line_that_is_bad_again_in_another_way_replaces_what_was_said(tmp_path):
    log = changes(tmp_path, to_correct("o1", 2, row=3))
    log.report(to_correct("o1", 2, file="b.csv", row=8).with_columns(value=pl.lit("some")), "two")
    log.resolve(ORDERS, order_lines(line("o1", 1, file="b.csv", row=7)))
    assert written(log) == [("b.csv", 8, True)]


def test_the_lines_an_import_could_not_read_are_told_for_the_orders_asked_about(tmp_path):
    log = changes(tmp_path)
    assert log.unreadable_lines(ORDERS, order_lines(line("o1"))).is_empty()
    log.report(pl.concat([to_correct("o1", 2), to_correct("o1", None, row=3), to_correct("o2", 1, row=4)]), "one")
    log.report(to_correct("o1", 2, row=9), "one")
    found = log.unreadable_lines(ORDERS, order_lines(line("o1"), line("o3")))
    assert found.sort("line_no").rows() == [("aliexpress", "main", "o1", None), ("aliexpress", "main", "o1", 2)]
    assert log.unreadable_lines(TABLES["returns"], pl.DataFrame(schema=TABLES["returns"].empty().schema)).is_empty()


def test_what_the_import_reports_of_another_line_does_not_keep_a_resolved_one_open(tmp_path):
    log = changes(tmp_path, to_correct("o1", 2, row=3))
    log.report(to_correct("o9", 1, file="b.csv", row=9), "two")
    log.resolve(ORDERS, order_lines(line("o1", 2, file="b.csv", row=8)))
    assert written(log) == [("a.csv", 3, False), ("b.csv", 9, True)]


def test_a_row_without_a_value_that_waited_before_is_not_said_twice(tmp_path):
    nameless = to_correct("o1", 2, row=3).with_columns(column=pl.lit(None, pl.String), value=pl.lit(None, pl.String))
    log = changes(tmp_path, nameless)
    log.report(nameless.with_columns(file=pl.lit("b.csv")), "two")
    assert written(log) == []


def test_a_row_of_a_table_without_lines_is_known_by_its_group_alone(tmp_path):
    """The parcel in row 3 of one file and in row 8 of the next is one parcel."""
    raw = '{"platform": "aliexpress", "shop": "main", "parcel_id": "P1"}'
    parcel = to_correct(None, None, row=3).with_columns(table=pl.lit("parcels"), raw=pl.lit(raw))
    log = changes(tmp_path, parcel)
    log.report(parcel.with_columns(file=pl.lit("b.csv"), row=pl.lit(8, pl.Int64)), "two")
    assert written(log) == []


def test_a_row_of_a_table_that_names_its_groups_by_days_is_resolved_by_its_place(tmp_path):
    raw = '{"node": "own", "sku": "mug", "taken_at": "2026-03-01 00:00:00Z"}'
    counted = to_correct(None, None, row=5).with_columns(table=pl.lit("stock"), raw=pl.lit(raw))
    log = changes(tmp_path, counted)
    log.resolve(TABLES["stock"], pl.DataFrame({"source_file": ["a.csv"], "source_row": [5]}))
    assert written(log) == [("a.csv", 5, False)]


def test_a_row_that_names_neither_order_nor_row_is_known_by_its_file(tmp_path):
    log = changes(tmp_path)
    log.report(to_correct(None, None, row=5).with_columns(row=pl.lit(None, pl.Int64)), "one")
    assert pl.read_parquet(log.write_changes())["row_key"].to_list() == ["order_lines\x1fa.csv"]


def test_a_folder_named_like_a_pattern_is_a_folder(tmp_path):
    folder = tmp_path / "店[1]*"
    folder.mkdir()
    log = changes(folder)
    log.report(to_correct("o1", 2, row=3), "one")
    assert log.unreadable_lines(ORDERS, order_lines(line("o1"))).height == 1
    assert written(log) == [("a.csv", 3, True)]
