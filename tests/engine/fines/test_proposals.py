"""Which fines are proposed for an appeal: contradicted by the record, still open, and worth something."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from tradewind.engine.fines.proposals import appeal_fine


def proposed(**said: Any) -> pl.DataFrame:
    fine = {"platform": "ae", "shop": "yw", "fine_id": "F1", "verdict": "against", "open": True, "money": 20.0}
    fine |= {"appeal_by": datetime(2026, 11, 5, 8, 30, tzinfo=UTC)} | said
    schema = {"money": pl.Float64, "appeal_by": pl.Datetime("us", "UTC"), "open": pl.Boolean}
    return appeal_fine({"fines": pl.DataFrame([fine], schema_overrides=schema)}, "CNY")


def test_an_appeal_is_worth_the_fine_and_names_its_deadline():
    row = proposed().row(0, named=True)
    assert (row["action"], row["expected_money"], row["reason"]) == ("appeal_fine", 20.0, "action.appeal_fine.reason")
    assert json.loads(row["args"])["deadline"] == "2026-11-05 08:30"
    assert json.loads(row["evidence"]) == {"platform": "ae", "shop": "yw", "fine_id": "F1"}


def test_without_a_deadline_the_sentence_says_none():
    assert proposed(appeal_by=None)["reason"].item() == "action.appeal_fine.undated"


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ({"verdict": "for"}, 0),
        ({"verdict": "silent"}, 0),
        ({"open": False}, 0),
        ({"money": 0.0}, 0),
        ({"money": None}, 0),
        ({"money": 0.5}, 1),
    ],
)
def test_what_cannot_be_won_back_is_not_proposed(said, counts):
    assert proposed(**said).height == counts
