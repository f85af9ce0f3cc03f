"""What is asked for where margins are not known: the one thing most money waits for."""

from __future__ import annotations

import json

import polars as pl

from tradewind.engine.margin.proposals import complete_costs

BLOCKED = pl.DataFrame(
    {
        "cause": ["weight", "mode", "price"], "lines": [40, 12, 3], "money": [80.0, 900.0, None],
        "currency": ["EUR", "USD", None], "example": ["cup", "A7", "A9"],
    }
)  # fmt: skip


def test_one_cause_is_named_with_its_rows_as_evidence_and_nothing_is_made_up_of_its_worth():
    (row,) = complete_costs({"blocked": BLOCKED}, "CNY").to_dicts()
    assert (row["reason"], row["expected_money"]) == ("action.complete_costs.mode", None)
    assert (row["evidence_table"], json.loads(row["evidence"])) == ("blocked", {"cause": "mode"})
    args = json.loads(row["args"])
    assert (args["lines"], args["money"], args["paid_in"], args["example"]) == (12, 900.0, "USD", "A7")


def test_nothing_missing_is_nothing_to_do():
    assert complete_costs({"blocked": BLOCKED.clear()}, "CNY").is_empty()
