"""When the calendar proposes to find cash: only where running short is likely enough, and worth what would lack."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import polars as pl
import pytest

from tradewind.engine.cash.proposals import cash_short


def proposed(**said: Any) -> pl.DataFrame:
    low = {
        "opening_known": True, "low_p10": -900.0, "low_week": date(2026, 11, 16), "odds_short": 0.25,
        "short_money": 300.0,
    }  # fmt: skip
    return cash_short({"cash_low": pl.DataFrame([low | said])}, "CNY")


def test_cash_to_find_is_worth_what_is_expected_to_lack():
    row = proposed().row(0, named=True)
    assert (row["action"], row["expected_money"], row["reason"]) == ("cash_short", 300.0, "action.cash_short.reason")
    assert (row["evidence_table"], json.loads(row["evidence"])) == ("cash_low", {"low_week": "2026-11-16"})
    args = json.loads(row["args"])
    assert (args["lacks"], args["odds"], args["currency"]) == (900.0, 25.0, "CNY")


def test_without_cash_on_hand_stated_the_sentence_speaks_of_what_is_needed():
    assert proposed(opening_known=False)["reason"].item() == "action.cash_short.needed"


@pytest.mark.parametrize(
    ("odds", "money", "counts"),
    [(0.1, 0.5, 1), (0.099, 300.0, 0), (1.0, 300.0, 1), (0.5, 0.0, 0)],
)
def test_one_chance_in_ten_is_enough_and_a_lack_of_nothing_never_is(odds, money, counts):
    assert proposed(odds_short=odds, short_money=money).height == counts
