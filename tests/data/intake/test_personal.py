"""A buyer's data that slipped into another column is not kept with the row to correct; a wrong value is."""

import polars as pl
import pytest

from tradewind.core.tables import TABLES
from tradewind.data.intake.personal import HIDDEN, hidden

ORDERS = TABLES["order_lines"]


def kept(cell: str, column: str, suggestion: str | None = None) -> str:
    frame = pl.DataFrame({"cell": [cell], "near": [suggestion]}, schema={"cell": pl.String, "near": pl.String})
    return frame.select(hidden(pl.col("cell"), column, ORDERS, pl.col("near"))).item()


@pytest.mark.parametrize(
    ("cell", "column"),
    [
        ("li.na@mail.example", "units"),
        ("li.na@mail.example", "sku"),
        ("+86 138 0013 8000", "unit_price"),
        ("(555) 010-9999", "order_id"),
        ("Shiftsecret", "units"),
        ("Li Na", "currency"),
        ("李娜小姐", "status"),
        ("C/ Mayor 12, 3B", "ordered_at"),
        ("C/ Mayor 12, 3B", "market"),
        ("Li Na", "market"),
        ("Nowhere", "market"),
        ("Ana", "units"),
        ("13912345678", "units"),
        ("699123457", "unit_price"),
        ("123.456.789-09", "sku"),
        ("Li Na Lopez", "sku"),
        ("C/ Mayor 12, 3B", "sku"),
        ("Plantedson", "sku"),
        ("6901234567892", "sku"),
    ],
)
def test_what_may_be_personal_is_hidden(cell, column):
    assert kept(cell, column) == HIDDEN


@pytest.mark.parametrize(
    ("cell", "column"),
    [
        ("two", "units"),
        ("-3", "units"),
        ("2.5", "units"),
        ("8.18E+15", "order_id"),
        ("8180000000000017", "order_id"),
        ("US $1,234.50", "unit_price"),
        ("12,50 €", "unit_price"),
        ("03/04/2026", "ordered_at"),
        ("2026-11-31 10:00", "ordered_at"),
        ("two", "status"),
        ("=1+1", "units"),
        ("15.0.0", "unit_price"),
        ("MUG-12", "sku"),
        ("USD", "currency"),
    ],
)
def test_what_is_a_wrong_value_is_kept_to_be_corrected(cell, column):
    assert kept(cell, column) == cell


def test_a_misspelt_country_is_kept_with_its_suggestion():
    assert kept("Untied Kingdom", "market", "GB") == "Untied Kingdom"
