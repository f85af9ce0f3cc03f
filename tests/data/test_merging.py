"""What a row leaves unsaid: kept, cleared, or gone with the money it belonged to."""

from __future__ import annotations

import polars as pl

from tests.data.lines import line, rows
from tradewind.core.tables import TABLES
from tradewind.data.lake import stored_schema
from tradewind.data.merging import filled_from_known


def stored(table: str, *said: dict) -> pl.DataFrame:
    frame = rows(table, list(said)).with_columns(import_seq=pl.lit(1), revision=pl.lit(0))
    return frame.select(pl.col(c).cast(dtype) for c, dtype in stored_schema(table).items())


def filled(table: str, said: dict, known: dict, *, cleared: str | None = None) -> dict:
    """The row `said` after what was `known`: its columns that hold something."""
    held = stored(table, said).with_columns(pl.lit(cleared, pl.String).alias("cleared"))
    row = filled_from_known(TABLES[table], held, stored(table, known)).row(0, named=True)
    return {name: value for name, value in row.items() if value is not None and name in TABLES[table].columns}


CUP = {"sku": "CUP", "title": "Cup", "unit_cost": 20.0, "currency": "CNY", "weight_g": 250.0}


def test_columns_that_a_file_does_not_have_stay_as_they_were_known():
    assert filled("products", {"sku": "CUP", "title": "Mug"}, CUP) == {**CUP, "title": "Mug"}


def test_another_sku_is_another_row():
    assert filled("products", {"sku": "MUG"}, CUP) == {"sku": "MUG"}


def test_what_is_asked_to_be_cleared_is_cleared():
    assert filled("products", {"sku": "CUP"}, CUP, cleared="weight_g,title") == {
        "sku": "CUP",
        "unit_cost": 20.0,
        "currency": "CNY",
    }


def test_a_currency_without_an_amount_does_not_change_that_of_the_amount_known():
    assert filled("products", {"sku": "CUP", "currency": "USD"}, CUP) == CUP


def test_an_amount_in_another_currency_takes_no_amount_along():
    card = {"service": "post", "node": "yiwu", "market": "ES"}
    known = {**card, "freight_per_kg": 48.0, "freight_per_parcel": 12.0, "currency": "CNY"}
    stated = {**card, "freight_per_kg": 7.0, "currency": "USD"}
    assert filled("services", stated, known) == stated
    again = {**card, "freight_per_kg": 50.0, "currency": "CNY"}
    assert filled("services", again, known) == {**again, "freight_per_parcel": 12.0}


def test_amounts_go_with_a_currency_that_is_cleared():
    assert filled("products", {"sku": "CUP"}, CUP, cleared="currency") == {
        "sku": "CUP",
        "title": "Cup",
        "weight_g": 250.0,
    }


def test_a_line_keeps_what_was_known_only_of_the_same_sku():
    known = line("o1", mode="semi_jit", buyer_key="b", paid_amount=8.0)
    assert filled("order_lines", line("o1"), known)["mode"] == "semi_jit"
    assert filled("order_lines", line("o1"), known)["paid_amount"] == 8.0
    assert "mode" not in filled("order_lines", line("o1", sku="cup"), known)


def test_what_was_paid_for_two_pieces_is_not_what_three_cost():
    known = line("o1", units=2, paid_amount=19.8, mode="own")
    found = filled("order_lines", line("o1", units=3), known)
    assert "paid_amount" not in found
    assert found["mode"] == "own"


def test_when_an_order_was_cancelled_is_not_kept_here():
    known = line("o1", status="cancelled", cancelled_at=line("o1")["ordered_at"])
    assert "cancelled_at" not in filled("order_lines", line("o1"), known)
