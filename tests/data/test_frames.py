"""Tables read when they are first asked for, once each, and counted without being read where that can be done."""

from __future__ import annotations

import polars as pl
import pytest

from tradewind.data.frames import Frames, row_counts


def frames(count=None) -> tuple[Frames, list[str]]:
    """Tables named by their number of rows, and which were read."""
    asked: list[str] = []

    def read(name: str) -> pl.DataFrame:
        asked.append(name)
        return pl.DataFrame({"row": range(int(name))})

    return Frames(["3", "1"], read, count), asked


def test_a_table_is_read_when_it_is_first_asked_for_and_once():
    tables, asked = frames()
    assert (list(tables), len(tables), asked) == (["3", "1"], 2, [])
    assert tables["3"] is tables["3"]
    assert (tables["3"].height, asked) == (3, ["3"])


def test_a_table_there_is_not_is_neither_read_nor_counted():
    tables, asked = frames(count=int)
    with pytest.raises(KeyError, match="2"):
        tables["2"]
    with pytest.raises(KeyError, match="2"):
        tables.rows("2")
    assert asked == []


def test_rows_are_counted_by_reading_only_where_there_is_no_other_way_or_it_is_done():
    counted, asked = frames(count=lambda name: int(name) + 100)
    assert (row_counts(counted), asked) == ({"3": 103, "1": 101}, [])
    assert counted["1"].height == 1
    assert (row_counts(counted), asked) == ({"3": 103, "1": 1}, ["1"])
    uncounted, asked = frames()
    assert (row_counts(uncounted), asked) == ({"3": 3, "1": 1}, ["3", "1"])


def test_plain_tables_are_counted_as_they_stand():
    assert row_counts({"a": pl.DataFrame({"n": [1, 2]}), "b": pl.DataFrame()}) == {"a": 2, "b": 0}
