"""Which costs are asked for: those missing on the same lines are asked for once."""

from __future__ import annotations

import json

import polars as pl

from tradewind.engine.margin.proposals import complete_costs


def test_components_missing_on_the_same_lines_are_one_proposal():
    unknown = pl.DataFrame(
        {
            "component": ["freight", "cost_of_goods", "packaging", "duty"],
            "lines": [12, 12, 12, 3],
            "revenue": [900.0, 900.0, 80.0, 0.0],
        }
    )
    found = complete_costs({"unknown_costs": unknown}, "CNY")
    told = {json.loads(row["args"])["component"]: row["reason"] for row in found.to_dicts()}
    assert told == {
        "cost_of_goods, freight": "action.complete_costs.reason",
        "packaging": "action.complete_costs.reason",
        "duty": "action.complete_costs.unpriced",
    }
    assert found["expected_money"].to_list() == [None] * 3
    assert {row["evidence"] for row in found.to_dicts()} == {'{"lines":12}', '{"lines":3}'}
