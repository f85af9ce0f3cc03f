"""Arriving orders, sorted out by whether the lake knows them: dropped, staged, or held for a closer look."""

from __future__ import annotations

import polars as pl
import pytest

from tests.data.lines import day, line
from tests.data.test_versioning import stored
from tradewind.core.tables import TABLES
from tradewind.data import change_detection
from tradewind.data.change_detection import IncomingRows, content_hash

ORDERS = TABLES["order_lines"]


def incoming(folder, *existing: dict) -> IncomingRows:
    return IncomingRows(ORDERS, folder, stored(*existing).lazy())


def staged(found: IncomingRows) -> list[tuple[str, int]]:
    return [row for path in found.to_write for row in pl.read_parquet(path).select("order_id", "line_no").rows()]


def held(found: IncomingRows) -> list[tuple[list[tuple[str, int]], list[tuple[str, int]]]]:
    pick = ["order_id", "line_no"]
    return [(mine.select(pick).rows(), theirs.select(pick).rows()) for mine, theirs in found.to_compare()]


def test_what_a_row_says_counts_and_not_when_it_was_known_or_where_it_came_from():
    rows = stored(
        line("o1"), line("o1", on=1, file="b.csv", row=9), line("o1", known_at=day(9)), line("o1", units=2)
    ).select(content_hash(ORDERS).alias("hash"))["hash"]
    assert rows[0] == rows[1] == rows[2] != rows[3]


def test_into_an_empty_table_all_orders_are_staged_as_first_versions(tmp_path):
    found = incoming(tmp_path)
    assert found.classify(stored(line("o1", 1), line("o1", 2), line("o2")), merge=False) == 0
    assert (staged(found), found.first_version_rows, held(found)) == ([("o1", 1), ("o1", 2), ("o2", 1)], 3, [])


def test_the_same_orders_are_dropped_new_ones_staged_and_changed_ones_held_beside_what_was(tmp_path):
    found = incoming(tmp_path, line("same"), line("more"), line("fewer", 1), line("fewer", 2), line("other", units=3))
    came = stored(
        line("same", file="b.csv"),
        line("more", 1),
        line("more", 2),
        line("fewer", 1),
        line("other", units=4),
        line("new"),
    )
    assert found.classify(came, merge=False) == 1
    assert (staged(found), found.first_version_rows) == ([("new", 1)], 1)
    [(mine, theirs)] = held(found)
    assert sorted(mine) == [("fewer", 1), ("more", 1), ("more", 2), ("other", 1)]
    assert sorted(theirs) == [("fewer", 1), ("fewer", 2), ("more", 1), ("other", 1)]


@pytest.mark.parametrize("changed", range(1, 7))
def test_an_order_differs_whichever_of_its_lines_does(tmp_path, changed):
    found = incoming(tmp_path, *(line("o1", n) for n in range(1, 7)))
    came = [line("o1", n, units=2 if n == changed else 1) for n in range(1, 7)]
    assert (found.classify(stored(*came), merge=False), len(held(found))) == (0, 1)


def test_what_is_held_has_the_columns_it_came_with_and_a_folder_may_be_named_like_a_pattern(tmp_path):
    folder = tmp_path / "店[1]*"
    folder.mkdir()
    found = incoming(folder, line("o1"))
    found.classify(stored(line("o1", units=2)), merge=False)
    [(mine, theirs)] = found.to_compare()
    assert mine.columns == theirs.columns == stored().columns


def test_corrected_rows_of_a_known_order_are_always_looked_at(tmp_path):
    found = incoming(tmp_path, line("o1", 1))
    assert found.classify(stored(line("o1", 1), line("o2")), merge=True) == 0
    assert (staged(found), held(found)) == ([("o2", 1)], [([("o1", 1)], [("o1", 1)])])


def test_an_order_cancelled_without_a_date_waits_with_all_its_lines_for_the_imports_moment(tmp_path):
    found = incoming(tmp_path)
    cancelled = line("o1", 1, status="cancelled")
    dated = line("o3", status="cancelled", cancelled_at=day(2))
    found.classify(stored(cancelled, line("o1", 2), line("o2"), dated), merge=False)
    assert (staged(found), found.first_version_rows) == ([("o2", 1), ("o3", 1)], 2)
    assert held(found) == [([("o1", 1), ("o1", 2)], [])]


def test_an_order_in_two_batches_is_refused(tmp_path):
    for existing in ([], [line("o9")]):
        found = incoming(tmp_path, *existing)
        found.classify(stored(line("o1", 1)), merge=False)
        found.classify(stored(line("o1", 2)), merge=False)
        with pytest.raises(ValueError, match="order_lines came in two batches"):
            list(found.to_compare())


def test_many_held_orders_come_a_share_at_a_time_each_once(tmp_path, monkeypatch):
    monkeypatch.setattr(change_detection, "_ROWS_AT_ONCE", 3)
    names = [f"o{n}" for n in range(7)]
    found = incoming(tmp_path, *(line(name) for name in names))
    for part in (names[:4], names[4:]):
        found.classify(stored(*(line(name, units=2) for name in part)), merge=False)
    shares = held(found)
    assert len(shares) == 3
    assert sorted(row for mine, _ in shares for row in mine) == [(name, 1) for name in names]
    assert all(sorted(mine) == sorted(theirs) for mine, theirs in shares)


def test_nothing_is_staged_for_no_rows(tmp_path):
    found = incoming(tmp_path)
    found.stage(stored().clear())
    assert found.to_write == []
