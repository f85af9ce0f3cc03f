"""What the data itself proposes: rows to correct, one proposal a problem, and exports that have grown old."""

from __future__ import annotations

import json

import polars as pl
import pytest

from tradewind.engine.data_health.proposals import correct_rows, import_orders


def test_rows_with_the_same_problem_are_one_proposal():
    corrections = pl.DataFrame(
        {
            "table": ["orders", "orders", "orders", "returns"],
            "problem": ["no_date", "no_date", "no_sku", "no_date"],
            "file": ["b.csv", "a.csv", "c.csv", "d.csv"],
        }
    )
    found = correct_rows({"corrections": corrections}, "CNY")
    told = {tuple(json.loads(row["evidence"]).values()): json.loads(row["args"]) for row in found.to_dicts()}
    assert {key: (args["rows"], args["file"]) for key, args in told.items()} == {
        ("orders", "no_date"): (2, "a.csv"),
        ("orders", "no_sku"): (1, "c.csv"),
        ("returns", "no_date"): (1, "d.csv"),
    }
    assert set(found["reason"]) == {"action.correct_rows.reason"}
    assert found["expected_money"].to_list() == [None] * 3


@pytest.mark.parametrize(("days", "asked"), [(7.0, False), (7.5, True), (8.0, True), (None, False)])
def test_orders_are_asked_for_once_a_whole_week_is_missing(days, asked):
    freshness = pl.DataFrame(
        {"platform": ["ae"], "shop": ["yw"], "days_old": [days]}, schema_overrides={"days_old": pl.Float64}
    )
    found = import_orders({"freshness": freshness}, "CNY")
    assert found["action"].to_list() == ["import_orders"] * asked
    assert [json.loads(row) for row in found["evidence"]] == [{"platform": "ae", "shop": "yw"}] * asked
    assert found["expected_money"].to_list() == [None] * asked
