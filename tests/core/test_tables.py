"""Each table says what identifies a row, what an export replaces, and when a row was known."""

import polars as pl
import pytest

from tradewind.core.tables import TABLES


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_every_table_names_its_key_its_group_and_its_known_at(table):
    assert "known_at" in table.columns
    assert table.key[: len(table.group)] == table.group
    assert table.fact_time is None or table.fact_time in table.columns
    assert table.empty().schema["known_at"] == pl.Datetime("us", "UTC")


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_money_columns_have_a_currency_beside_them(table):
    money = {
        "unit_cost",
        "list_price",
        "unit_price",
        "paid_amount",
        "freight_amount",
        "refund_amount",
        "freight_per_kg",
    }
    if money & set(table.columns):
        assert "currency" in table.columns
