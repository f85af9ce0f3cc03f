"""Margins and savings as they read."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from tradewind.app.usecases.margins import ActualMarginResult, ExpectedMarginResult, SavingsResult
from tradewind.app.usecases.result import Page, Provenance
from tradewind.app.wording import as_data, view_of

BY_MODE = pl.DataFrame(
    {
        "mode": ["pop", None], "orders": [3180, 0], "expected_margin": [103964.2, 0.0], "margin": [104524.4, -12.345],
        "freight": [-560.0, 0.0], "fines": [0.0, -12.345], "difference": [560.2, -12.345],
        "open_orders": [642, 0], "unknown_orders": [53, 0],
    }
)  # fmt: skip
WHOLE = {
    "open_orders": 642,
    "open_revenue": 9000.0,
    "unknown_orders": 53,
    "unknown_revenue": 70.0,
    "unknown": ["freight"],
}
UNMATCHED = pl.DataFrame({"kind": ["fine"], "rows": [1200], "amount": [-30.0]})
ACTUAL = ActualMarginResult(
    Provenance(), "CNY", WHOLE, Page(BY_MODE, 7, 2), ("freight", "fines"), pl.DataFrame(), UNMATCHED
)


def test_expected_margins_read_by_mode_and_market_with_what_is_known_of_them():
    frame = pl.DataFrame(
        {"mode": ["pop"], "market": ["ES"], "orders": [12670], "units": [19980], "revenue": [2175254.3],
         "margin": [None], "known_share": [0.987]},
        schema_overrides={"margin": pl.Float64},
    )  # fmt: skip
    table, _ = view_of(ExpectedMarginResult(Provenance(), "CNY", 1, frame), "en")
    assert table.rows == [("POP", "ES", "12,670", "19,980", "2,175,254", "unknown", "99 %")]
    assert table.title == "CNY"


def test_earned_stands_beside_expected_with_the_causes_that_moved_something():
    table, more, waiting, unknown, unmatched = view_of(ACTUAL, "en")
    assert [h for h in table.headings if h in ("Freight", "Fines", "Returns")] == ["Freight", "Fines"]
    assert table.rows[0] == ("POP", "3,180", "103,964", "104,524", "560", "-560", "0.00", "642", "53")
    assert table.rows[1][0] == "-"
    assert ("2" in more, "7" in more) == (True, True)
    assert "642 orders, 9,000 CNY" in waiting
    assert "53 orders, 70.00 CNY" in unknown
    assert "Freight" in unknown
    assert "1,200 rows, -30.00 CNY" in unmatched


def test_what_could_all_be_compared_leaves_nothing_to_say():
    done = {**WHOLE, "open_orders": 0, "unknown_orders": 0}
    found = replace(ACTUAL, whole=done, page=Page(BY_MODE, 2, None), unmatched=UNMATCHED.clear())
    assert len(view_of(found, "en")) == 1


def test_without_an_order_it_says_so():
    found = replace(ACTUAL, whole=None, page=Page(BY_MODE.clear(), 0, None), unmatched=UNMATCHED.clear())
    assert view_of(found, "en")[1] == "No order of that time is loaded."


def test_a_program_gets_the_whole_and_a_page():
    data = as_data(ACTUAL, "en")
    assert (data["rows"], data["next"], data["whole"]["open_orders"]) == (7, 2, 642)
    assert data["data"][0]["margin"] == 104524.4


def test_money_is_rounded_to_the_cent_in_a_table_and_alone():
    data = as_data(replace(ACTUAL, whole={**WHOLE, "margin": 0.304, "difference": -8.705001}), "en")
    assert (data["whole"]["margin"], data["whole"]["difference"]) == (0.3, -8.71)
    assert as_data(replace(savings(pl.DataFrame()), money=3.456), "en")["money"] == 3.46


def savings(rows: pl.DataFrame, cost: float = 1000.0) -> SavingsResult:
    return SavingsResult(Provenance(), "CNY", cost, 250.0, Page(rows, rows.height, None))


def test_savings_read_with_their_sum_against_what_fulfilment_costs():
    row = {"money": 200.0, "kind": "on_time", "market": "ES", "mode": "semi_jit", "reason": "saving.on_time"}
    table, whole = view_of(savings(pl.DataFrame([row])), "en")
    assert table.rows[0][0] == "200 CNY"
    assert ("250 CNY" in whole, "1,000 CNY" in whole, "25 %" in whole) == (True, True, True)
    assert "unknown" in view_of(savings(pl.DataFrame([row]), cost=0.0), "en")[1]


def test_without_a_saving_it_says_so():
    assert len(view_of(savings(pl.DataFrame()), "zh")) == 1
