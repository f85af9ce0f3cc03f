"""The money between the readings of an ambiguous rule, with amounts made up to show it."""

from __future__ import annotations

from datetime import date

from tradewind.data.rules import load_rules
from tradewind.engine.margin.readings import between_readings, readings_of, spans
from tradewind.engine.margin.value import COMPONENTS

RULES = load_rules().with_reading("eu.flat_duty_paid_by", "seller")
ON = date(2026, 11, 1)
RULE = "eu.flat_duty_paid_by"
"""Read as paid by the seller or by the platform."""


def amounts(duty: float | None, freight: float) -> dict[str, float | None]:
    margin = None if duty is None else 100.0 - duty - freight
    return dict.fromkeys(COMPONENTS, 0.0) | {"revenue": 100.0, "duty": duty, "freight": freight, "margin": margin}


SELLER, PLATFORM = amounts(6.0, 18.0), amounts(0.0, 20.0)
READINGS = readings_of(RULES, ON, [RULE])


def told(platform: dict[str, float | None]) -> dict[str, tuple]:
    under = {"seller": SELLER, "platform": platform}
    table = between_readings(READINGS, [under[reading.name] for reading in READINGS], SELLER)
    return {row[0]: row[1:] for row in table.select("reading", "taken", "component", "margin", "difference").rows()}


def test_each_reading_comes_with_the_rules_read_so_and_the_one_taken_with_none():
    found = {reading.name: (reading.taken, reading.rules) for reading in READINGS}
    assert found.keys() == {"seller", "platform"}
    assert found["seller"] == (True, None)
    taken, rules = found["platform"]
    assert not taken
    assert rules is not None
    assert rules.choice(RULE, on=ON) == "platform"


def test_rules_in_plain_words_and_rules_of_another_day_have_no_readings():
    assert readings_of(RULES, ON, ["pop.commission"]) == []
    assert readings_of(RULES, date(2000, 1, 1), [RULE]) == []


def test_a_reading_is_told_with_the_component_it_moves_most_and_its_money():
    assert told(PLATFORM) == {"seller": (True, None, 76.0, 0.0), "platform": (False, "duty", 80.0, 4.0)}
    assert told(amounts(5.0, 30.0))["platform"] == (False, "freight", 65.0, -11.0)


def test_a_component_that_is_unknown_under_a_reading_is_the_one_it_moves_and_leaves_the_margin_unknown():
    assert told(amounts(None, 18.0))["platform"] == (False, "duty", None, None)


def test_the_least_and_the_most_of_each_component_leave_out_what_is_unknown():
    found = {name: (low, high) for name, low, high in spans([SELLER, PLATFORM, amounts(None, 19.0)]).rows()}
    assert (found["duty"], found["freight"], found["revenue"]) == ((0.0, 6.0), (18.0, 20.0), (100.0, 100.0))
    assert {name: low for name, low, _ in spans([amounts(None, 1.0)]).rows()}["duty"] is None
