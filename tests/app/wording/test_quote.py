"""A quote as it reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tradewind.app.usecases.context import Context
from tradewind.app.usecases.quote import QuoteResult, quote_sale
from tradewind.app.usecases.requests import QuoteRequest
from tradewind.app.wording import as_data, view_of
from tradewind.app.wording.view import Table
from tradewind.core.text import LANGUAGES, catalogue

CUP = QuoteRequest(
    market="ES", price=12.90, currency="EUR", fx=("EUR=7.80",), cost=20.0, weight_g=89.0, size_cm="12x8x5",
    on=datetime(2026, 11, 20, tzinfo=UTC),
)  # fmt: skip


@pytest.fixture(scope="module")
def cup() -> QuoteResult:
    """A quote made from the request alone."""
    return quote_sale(Context(Path("nowhere"), named=False), CUP)


def sentences(found: QuoteResult, lang: str = "en") -> str:
    return "\n".join(part for part in view_of(found, lang) if isinstance(part, str))


def tables(found: QuoteResult, lang: str = "en") -> list[Table]:
    return [part for part in view_of(found, lang) if isinstance(part, Table)]


def test_the_waterfall_ends_with_what_is_left_to_the_cent(cup):
    rows = tables(cup)[0].rows
    assert rows[0][:2] == ["Paid amount", "100.62 CNY"]
    assert rows[-1][:2] == ["What is left", f"{cup.margin:,.2f} CNY"]
    freight = next(row for row in rows if row[0] == "Freight")
    assert freight[1] == "-22.60 CNY"
    assert freight[3].endswith(")") or "+" in freight[3]


def test_a_line_that_rests_on_a_reading_shows_what_it_may_be_otherwise(cup):
    duty = next(row for row in tables(cup)[0].rows if row[0] == catalogue("en")["margin_lines.duty"])
    assert "…" in duty[2]
    revenue = tables(cup)[0].rows[0]
    assert revenue[2] == ""


def test_the_billable_weight_and_whose_card_it_is_are_explained(cup):
    said = sentences(cup)
    assert "89 g" in said
    assert catalogue("en")["quote_text.illustrative"] in said
    assert catalogue("en")["quote_text.illustrative"] not in sentences(replace(cup, card=None))


def test_what_is_unknown_is_named_instead_of_the_ends(cup):
    dark = replace(cup, unknown=["freight"], margin=None, margin_known_part=12.0)
    assert "Freight" in sentences(dark)
    assert "12.00 CNY" in sentences(dark)
    assert "12.00 CNY" not in sentences(cup)


def test_a_click_or_an_order_may_cost_so_much(cup):
    assert "1.23 CNY" in sentences(replace(cup, break_even_cpc=1.234, conversion=0.02))
    assert "2.0 %" in sentences(replace(cup, break_even_cpc=1.234, conversion=0.02))
    assert f"{cup.margin:,.2f} CNY" in sentences(cup)


def test_what_the_settlements_showed_is_said_where_it_matters(cup):
    said = catalogue("en")["quote_text.settled"]
    assert said in sentences(replace(cup, settled=True))
    assert said not in sentences(cup)
    assert said not in sentences(replace(cup, settled=True, rules=cup.rules.filter(component="freight")))


def test_a_slip_in_a_sku_is_told_with_what_is_near(cup):
    assert "SKU-001" in sentences(replace(cup, sku="SKU-01", near=["SKU-001"]))
    assert "SKU-01" in sentences(replace(cup, sku="SKU-01", near=[]))


def test_before_any_rule_nothing_is_explained(cup):
    assert "No rule is in force on 2026-11-20" in sentences(replace(cup, rules=cup.rules.clear()))


def test_ways_read_with_their_mean(cup):
    ways = pl.DataFrame({"service": ["a", "b"], "share": [0.75, 0.25], "freight": [10.0, 20.0], "margin": [4.0, None]})
    table = tables(replace(cup, ways=ways))[1]
    assert [row[1:] for row in table.rows] == [
        ["75 %", "10.00 CNY", "4.00 CNY"],
        ["25 %", "20.00 CNY", "unknown"],
        ["", "12.50 CNY", "4.00 CNY"],
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_readings_and_rules_stand_at_the_end_in_both_languages(cup, lang):
    readings, rules = tables(cup, lang)[-2:]
    assert readings.title == catalogue(lang)["quote_text.readings"]
    assert "eu.flat_duty_paid_by" in {row[0] for row in readings.rows}
    assert len(rules.rows) == cup.rules.height
    assert catalogue(lang)["margin_lines.duty"] in {row[0] for row in rules.rows}


def test_a_program_gets_the_lines_and_what_they_rest_on(cup):
    data = as_data(cup, "en")
    assert (data["price"], data["price_currency"], data["currency"], data["on"]) == (12.9, "EUR", "CNY", "2026-11-20")
    assert data["run"] is None
    assert {line["component"] for line in data["lines"]} >= {"revenue", "freight", "duty"}
    assert set(data["between_readings"]) == {"cautious", "generous"}
