"""The money between the readings of an ambiguous rule, with a waterfall made up to show it."""

from __future__ import annotations

from datetime import date

import polars as pl

from tradewind.core.rules import Rules
from tradewind.data.rules import load_rules
from tradewind.engine.margin.readings import at_the_ends, between_readings
from tradewind.engine.margin.value import COMPONENTS

RULES = load_rules()
ON = date(2026, 11, 1)
RULE = "eu.flat_duty_paid_by"
"""Read as paid by the seller or by the platform."""


def valued(rules: Rules) -> pl.DataFrame:
    """Two lines of 50: a duty of 3 on each where the seller pays it, and 1 of freight less."""
    seller = rules.choice(RULE, on=ON) == "seller"
    row = dict.fromkeys(COMPONENTS, 0.0) | {
        "revenue": 50.0,
        "duty": 3.0 if seller else 0.0,
        "freight": 9.0 if seller else 10.0,
    }
    margin = row["revenue"] - row["duty"] - row["freight"]
    return pl.DataFrame([row | {"margin": margin}] * 2)


def test_each_reading_is_told_with_the_component_it_moves_most_and_its_money():
    found = between_readings(valued, RULES.with_reading(RULE, "seller"), ON, [RULE])
    told = {
        r["reading"]: (r["taken"], r["component"], r["margin"], r["difference"]) for r in found.table.rows(named=True)
    }
    assert told["seller"] == (True, None, 76.0, 0.0)
    assert told["platform"] == (False, "duty", 80.0, 4.0)
    assert set(found.table["rule"]) == {RULE}


def test_the_least_and_the_most_of_each_component():
    spans = between_readings(valued, RULES.with_reading(RULE, "seller"), ON, [RULE]).spans
    found = {name: (low, high) for name, low, high in spans.rows()}
    assert (found["duty"], found["freight"], found["revenue"]) == ((0.0, 6.0), (18.0, 20.0), (100.0, 100.0))


def test_a_component_that_is_unknown_under_a_reading_leaves_its_margin_unknown():
    def unknown(rules: Rules) -> pl.DataFrame:
        frame = valued(rules)
        if rules.choice(RULE, on=ON) == "seller":
            return frame
        nothing = pl.lit(None, pl.Float64)
        return frame.with_columns(duty=nothing, margin=nothing)

    found = between_readings(unknown, RULES.with_reading(RULE, "seller"), ON, [RULE])
    told = {r["reading"]: (r["component"], r["margin"], r["difference"]) for r in found.table.rows(named=True)}
    assert told["platform"] == ("duty", None, None)
    assert dict(found.spans.select("component", "low").rows())["duty"] == 6.0


def test_rules_in_plain_words_and_rules_of_another_day_have_no_readings():
    assert between_readings(valued, RULES, ON, ["pop.commission"]).table.height == 0
    assert between_readings(valued, RULES, date(2000, 1, 1), [RULE]).table.height == 0


def test_the_ends_are_all_rules_read_worst_and_best_for_the_seller():
    assert at_the_ends(valued, RULES) == {"cautious": 76.0, "generous": 80.0}
