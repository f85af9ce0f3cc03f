"""Modes as they read: all SKUs in short, one SKU with every way side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from tradewind.app.usecases.modes import ModesResult
from tradewind.app.usecases.result import Page, Provenance
from tradewind.app.wording import as_data, view_of

CHOICE = {
    "sku": "SKU-1", "mode": "pop", "previous_mode": "semi_jit", "monthly_margin": 48.39, "present_margin": 23.0,
    "sales_to_keep": 0.49, "runner_up": "semi_jit", "runner_up_margin": 23.0, "gain": 25.0, "currency": "CNY",
    "reason": "mode_reason.keep_pop",
}  # fmt: skip
OPTION = {
    "sku": "SKU-1", "mode": "pop", "unit_margin": 1234.5, "monthly_margin": 48.39, "monthly_margin_p10": 5.69,
    "monthly_margin_p90": 114.2, "late_fines": 0.0, "capital_tied": 48.19, "switching_cost": 60.0, "wrong_costs": 0.0,
    "best_odds": 0.94, "break_even_multiplier": None, "reason": "mode_option.open",
}  # fmt: skip
TIERS = pl.DataFrame({"sku": ["SKU-1"], "tier": ["long_tail"]})
POLICIES = pl.DataFrame({"tier": ["long_tail"], "policy": ["jit"], "cover_days": [0.0], "review_days": [28.0]})
CLASH = {
    "sku": "SKU-1", "market": "ES", "mode": "pop", "price": 12.0, "units": 3, "reference": 10.0, "gap_share": 0.2,
    "currency": "CNY", "reason": "parity.apart",
}  # fmt: skip
NONE = pl.DataFrame({"reason": []}, schema={"reason": pl.String})
ALL = ModesResult(
    Provenance(), "CNY", date(2026, 10, 19), None, Page(pl.DataFrame([CHOICE]), 300, 1),
    options=pl.DataFrame([OPTION], schema_overrides={"break_even_multiplier": pl.Float64}),
    full_managed=NONE, parity=NONE, tiers=TIERS, clashes=NONE, policies=POLICIES, control=pl.DataFrame(),
)  # fmt: skip
ONE = replace(ALL, sku="SKU-1")


def test_all_skus_read_in_a_line_each_and_it_says_how_many_there_are():
    table, rest = view_of(ALL, "en")
    assert table.rows[0][:4] == ["SKU-1", "semi-managed, just in time", "POP", "48.39 CNY"]
    assert rest.startswith("1 of 300 SKUs")


def test_one_sku_reads_with_its_options_to_the_cent_and_those_it_has_not():
    _, options, policy = view_of(ONE, "en")
    assert options.rows[0][:4] == ["POP", "1,234.50 CNY", "48.39 CNY", "5.69  … 114 "]
    assert options.rows[0][8:] == ["94 %", "unknown", "Possible"]
    assert [row[0] for row in options.rows[1:]] == ["full-managed", "overseas stock"]
    assert "28 days" in policy


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_prices_that_clash_are_said_last(lang):
    found = replace(ALL, clashes=pl.DataFrame([CLASH]))
    assert "SKU-1" in view_of(found, lang)[-1]


def test_a_sku_without_a_tier_says_so():
    assert view_of(replace(ONE, tiers=TIERS.clear()), "en")[-1] != view_of(ONE, "en")[-1]


def test_a_program_gets_a_sentence_with_each_reason():
    data = as_data(ONE, "en")
    assert (data["rows"], data["next"], data["on"]) == (300, 1, "2026-10-19")
    assert data["options"][0]["sentence"] == "Possible"
    assert data["modes"][0]["sentence"]
