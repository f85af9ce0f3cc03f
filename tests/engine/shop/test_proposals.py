"""Which of the shop's figures call for action: those that have broken their threshold, or are about to."""

from __future__ import annotations

import json
from datetime import date

import polars as pl

from tradewind.engine.shop.proposals import shop_threshold


def test_a_figure_calls_for_action_once_its_threshold_is_broken_or_near():
    health = pl.DataFrame(
        {
            "platform": ["ae"] * 4,
            "shop": ["yw"] * 4,
            "figure": ["late", "rating", "cancelled", "disputes"],
            "state": ["broken", "soon", "kept", "unknown"],
            "bound": ["most", "least", "most", "most"],
            "break_on": [None, date(2026, 11, 20), None, None],
        },
        schema_overrides={"break_on": pl.Date},
    )
    found = shop_threshold({"shop_health": health}, "CNY")
    assert [json.loads(row)["figure"] for row in found["evidence"]] == ["late", "rating"]
    assert [json.loads(row)["day"] for row in found["args"]] == [None, "2026-11-20"]
    assert found["reason"].to_list() == ["action.shop_threshold.broken_most", "action.shop_threshold.soon_least"]
    assert found["expected_money"].to_list() == [None, None]
