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


PRODUCTS = TABLES["products"]


def goods(**said) -> pl.DataFrame:
    """One product as the lake stores it; `cleared` beside it where it is said."""
    cleared = said.pop("cleared", None)
    frame = rows("products", [{"sku": "cup", **said}]).with_columns(import_seq=pl.lit(1), revision=pl.lit(0))
    frame = frame.select(pl.col(c).cast(dtype) for c, dtype in stored_schema("products").items())
    return frame if cleared is None else frame.with_columns(cleared=pl.lit(cleared))


def after(held: pl.DataFrame, existing: pl.DataFrame) -> dict:
    made = next_versions(PRODUCTS, held, existing, unreadable=pl.DataFrame(), moment=day(9), merge=False)
    return made.row(0, named=True)


KNOWN = {"title": "Cup", "unit_cost": 20.0, "currency": "CNY", "weight_g": 250.0, "moq_units": 50}


def test_what_a_file_does_not_say_of_a_product_stays_known():
    row = after(goods(title="Mug"), goods(**KNOWN))
    assert {name: row[name] for name in KNOWN} == {**KNOWN, "title": "Mug"}
    assert (row["outcome"], row["changed"]) == ("replaced", True)


def test_a_file_that_says_less_of_the_same_is_no_new_version():
    row = after(goods(title="Cup"), goods(**KNOWN))
    assert (row["outcome"], row["changed"]) == ("same", False)


def test_what_a_file_says_is_to_be_cleared_is_known_no_more():
    row = after(goods(title="Cup", cleared="weight_g,moq_units"), goods(**KNOWN))
    assert (row["weight_g"], row["moq_units"], row["unit_cost"]) == (None, None, 20.0)


def test_a_currency_without_an_amount_leaves_the_amount_known_in_its_own():
    row = after(goods(currency="USD"), goods(**KNOWN))
    assert (row["unit_cost"], row["currency"], row["weight_g"]) == (20.0, "CNY", 250.0)


def test_a_line_of_another_sku_takes_nothing_of_the_line_that_had_its_number():
    found = became([line("o1", 1, sku="cup", discount=None)], [line("o1", 1, sku="mug", discount=5.0)])
    assert found["discount"].to_list() == [None]
    kept = became([line("o1", 1, sku="mug", discount=None)], [line("o1", 1, sku="mug", discount=5.0)])
    assert kept.select("discount", "outcome").rows() == [(5.0, "same")]


def test_an_order_that_is_cancelled_no_more_has_no_day_of_its_cancellation():
    before = line("o1", status="cancelled", cancelled_at=day(3))
    assert became([line("o1", status="paid")], [before])["cancelled_at"].to_list() == [None]


def test_a_line_keeps_what_is_known_of_it_when_one_before_it_is_dropped():
    found = became([line("o1", 1, sku="mug")], [line("o1", 1, sku="bowl"), line("o1", 2, sku="mug", discount=5.0)])
    assert found.select("sku", "discount", "outcome", "changed").rows() == [("mug", 5.0, "same", True)]
