"""What an export changes of the orders the lake holds: new, replaced, the same, kept, gone."""

from __future__ import annotations

import polars as pl
import pytest

from tests.data.lines import day, line, rows
from tradewind.core.tables import TABLES
from tradewind.data.lake import stored_schema
from tradewind.data.versioning import next_versions

ORDERS = TABLES["order_lines"]


def stored(*said: dict, seq: int = 1, revision: int = 0) -> pl.DataFrame:
    """Order lines as the lake stores them."""
    frame = rows("order_lines", list(said)).with_columns(import_seq=pl.lit(seq), revision=pl.lit(revision))
    return frame.select(pl.col(c).cast(dtype) for c, dtype in stored_schema("order_lines").items())


def unreadable(*said: tuple[str, int | None]) -> pl.DataFrame:
    """Lines that an import could not read: (order, line number or None where the row did not tell it)."""
    schema = {"platform": pl.String, "shop": pl.String, "order_id": pl.String, "line_no": pl.Int64}
    return pl.DataFrame([("aliexpress", "main", *one) for one in said], schema=schema, orient="row")


def became(
    held: list[dict], existing: list[dict], *unread: tuple[str, int | None], merge: bool = False
) -> pl.DataFrame:
    before = stored(*existing, revision=3)
    made = next_versions(
        ORDERS, stored(*held, seq=2), before, unreadable=unreadable(*unread), moment=day(9), merge=merge
    )
    return made.sort("order_id", "line_no")


def outcomes(frame: pl.DataFrame) -> list[tuple]:
    return frame.select("order_id", "line_no", "outcome", "changed").rows()


def test_an_order_exported_again_with_fewer_lines_loses_the_line_that_is_gone():
    """Nothing else differs, so the missing line alone makes it the order's next version."""
    found = became([line("o1", 1)], [line("o1", 1), line("o1", 2, sku="cup")])
    assert outcomes(found) == [("o1", 1, "same", True)]
    assert found.select("revision", "known_at", "import_seq").rows() == [(4, day(9), 2)]


def test_an_order_that_is_the_same_is_no_new_version():
    same = [line("o1", 1), line("o1", 2, sku="cup")]
    assert outcomes(became(same, same)) == [("o1", 1, "same", False), ("o1", 2, "same", False)]


def test_one_line_that_differs_makes_a_new_version_of_its_whole_order_and_of_no_other():
    before = [line("o1", 1), line("o1", 2), line("o2", 1)]
    found = became([line("o1", 1), line("o1", 2, units=5), line("o2", 1)], before)
    assert outcomes(found) == [("o1", 1, "same", True), ("o1", 2, "replaced", True), ("o2", 1, "same", False)]


def test_a_new_line_makes_a_new_version_known_from_the_imports_moment():
    found = became([line("o1", 1), line("o1", 2)], [line("o1", 1)])
    assert outcomes(found) == [("o1", 1, "same", True), ("o1", 2, "new", True)]
    assert found["known_at"].to_list() == [day(9), day(9)]


def test_an_order_seen_first_is_known_since_it_was_placed():
    found = became([line("o1", 1, on=4)], [])
    assert outcomes(found) == [("o1", 1, "new", True)]
    assert found.select("revision", "known_at").rows() == [(0, day(4))]


def test_a_change_is_never_known_before_the_newer_line_itself():
    assert became([line("o1", on=20, units=2)], [line("o1", on=1)])["known_at"].to_list() == [day(20)]


@pytest.mark.parametrize("line_no", [2, None])
def test_a_line_that_could_not_be_read_keeps_its_good_version(line_no):
    found = became([line("o1", 1)], [line("o1", 1), line("o1", 2)], ("o1", line_no))
    assert outcomes(found) == [("o1", 1, "same", False), ("o1", 2, "kept", False)]


def test_an_unread_line_of_another_number_or_order_keeps_nothing():
    before = [line("o1", 1), line("o1", 2)]
    assert [row[:2] for row in outcomes(became([line("o1", 1)], before, ("o1", 3)))] == [("o1", 1)]
    assert [row[:2] for row in outcomes(became([line("o1", 1)], before, ("o2", 2)))] == [("o1", 1)]


def test_corrected_rows_join_their_order_as_if_they_had_been_there_all_along():
    found = became([line("o1", 2)], [line("o1", 1)], merge=True)
    assert outcomes(found) == [("o1", 1, "kept", True), ("o1", 2, "new", True)]
    assert found["known_at"].to_list() == [day(1), day(1)]
    changed = became([line("o1", 1, units=7)], [line("o1", 1)], merge=True)
    assert changed.select("outcome", "known_at").rows() == [("replaced", day(9))]


def test_a_cancellation_keeps_the_day_it_was_first_seen():
    earlier = line("o1", status="cancelled", cancelled_at=day(3))
    undated = line("o1", status="cancelled")
    assert became([undated], [earlier])["cancelled_at"].to_list() == [day(3)]
    assert became([undated], [line("o1")])["cancelled_at"].to_list() == [day(9)]
    assert became([line("o1", status="cancelled", cancelled_at=day(5))], [earlier])["cancelled_at"].to_list() == [
        day(5)
    ]
    assert became([line("o1")], [earlier])["cancelled_at"].to_list() == [None]
