"""Rules in words, and for programs with their words beside the ids."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tradewind.app.usecases.result import paged
from tradewind.app.usecases.rules import (
    FreightCardResult,
    RuleChangesResult,
    RuleResult,
    RulesCheckResult,
    RulesResult,
)
from tradewind.app.wording import as_data, view_of
from tradewind.app.wording.view import Table
from tradewind.core.errors import RuleError
from tradewind.core.rules import Reading, RuleRow
from tradewind.data.rules_check import RuleFinding

DAY = date(2026, 11, 22)
ROW = RuleRow(
    "semi.late_inbound_after", 3.0, "days", date(2023, 10, 1), None, "a guide", "C", "A note.", "semi_managed.yaml:67",
    readings=(Reading("after_t3", 3.0), Reading("after_t1", 1.0)), reading="after_t3", why="pack's why",
)  # fmt: skip
LONG = RuleRow("eu.countries", "ES, " * 30, "list", DAY, DAY, "a law", "A")


def test_rules_in_force_are_a_table_that_may_be_cut_with_how_many_there_are():
    count, table, more = view_of(RulesResult(DAY, 9, 2, (ROW, LONG)), "en")
    assert (count, more) == ("9 rules in force on 2026-11-22.", "2 of 9 shown; --limit shows more.")
    assert (table.cut, table.rows[0][0], table.rows[0][1]) == (True, ROW.id, "Inbound is late after T plus")
    assert (table.rows[0][2], len(table.rows[1][2]), table.rows[1][2][-1]) == ("3", 60, "…")
    assert view_of(RulesResult(DAY, 0, None, ()), "zh") == ["2026-11-22 没有符合条件的规则。"]


def test_a_rule_is_shown_with_its_rows_its_note_and_how_it_is_read():
    rows, note, readings, read_as = view_of(RuleResult((ROW.id,), (ROW,)), "en")
    assert rows.title == "semi.late_inbound_after  Inbound is late after T plus"
    assert rows.rows[0][:5] == ["2023-10-01", "-", "3", "days", "one weak source"]
    assert note == "A note."
    assert readings.rows == [
        ["after_t3", "3", "free up to T+3, late from T+4", "yes"],
        ["after_t1", "1", "free up to T+1, late from T+2", ""],
    ]
    assert read_as.startswith("Read as: free up to T+3, late from T+4. ")


def test_rules_shown_together_stand_one_after_the_other():
    view = view_of(RuleResult((ROW.id, LONG.id), (ROW, LONG)), "en")
    assert [part.title.split()[0] for part in view if isinstance(part, Table)] == [ROW.id, "Readings", LONG.id]


def test_programs_get_a_rule_with_its_title_and_what_its_readings_mean():
    said = as_data(RulesResult(DAY, 1, None, (ROW,)), "en")
    assert (said["on"], said["rows"], said["next"]) == ("2026-11-22", 1, None)
    rule = said["data"][0]
    assert (rule["title"], rule["value"], rule["pack"]) == ("Inbound is late after T plus", 3.0, "semi_managed")
    assert rule["readings"][1] == {"name": "after_t1", "value": 1.0, "means": "free up to T+1, late from T+2"}
    assert (rule["valid_to"], rule["why"] is not None) == (None, True)
    plain = as_data(RuleResult((LONG.id,), (LONG,)), "en")["data"][0]
    assert (plain["reading"], plain["why"], plain["readings"]) == (None, None, [])


CHANGES = pl.DataFrame(
    {
        "on": [DAY, DAY], "rule": ["eu.duty_relief", "eu.flat_duty"], "before": ["150", None], "value": ["0", "3"],
        "unit": ["EUR", "EUR"], "source": ["a law", "a law"], "confidence": ["A", "A"],
    }
)  # fmt: skip


def test_changes_are_told_with_before_and_after_and_nothing_is_said_to_be_so():
    count, table = view_of(RuleChangesResult(date(2026, 11, 1), DAY, paged(CHANGES, 9)), "en")
    assert count == "What changes after 2026-11-01 and up to 2026-11-22: 2."
    assert [(row[1], row[3], row[4]) for row in table.rows] == [
        ("eu.duty_relief", "150", "0"),
        ("eu.flat_duty", "-", "3"),
    ]
    nothing = RuleChangesResult(date(2026, 11, 1), DAY, paged(CHANGES.clear(), 9))
    assert view_of(nothing, "en") == ["Nothing changes after 2026-11-01 and up to 2026-11-22."]
    said = as_data(RuleChangesResult(date(2026, 11, 1), DAY, paged(CHANGES, 9)), "zh")
    assert (said["after"], said["until"], said["rows"]) == ("2026-11-01", "2026-11-22", 2)
    assert said["data"][0]["title"] not in {"", "eu.duty_relief"}


def test_findings_are_said_with_what_to_do_about_a_mistake():
    wrong = RuleFinding("own_wrong", "semi.x", "rules.yaml:1", error=RuleError("rule_unknown", rule="semi.x"))
    ended = RuleFinding("ended", "us.section_122", "us.yaml:139", {"day": date(2026, 7, 24)})
    result = RulesCheckResult(DAY, 30, 559, 16, 1, (wrong, ended), (wrong.error,))
    read, table = view_of(result, "en")
    assert read == "559 rules in 16 packs read without fault; 1 own rows."
    assert [(row[0], row[2]) for row in table.rows] == [("mistake", "rules.yaml:1"), ("ended", "us.yaml:139")]
    assert "semi.x" in table.rows[0][1]
    said = as_data(result, "en")
    assert said["findings"][1]["sentence"].startswith("us.section_122 ended on 2026-07-24")
    assert (said["findings"][0]["fix"], said["findings"][1]["fix"]) == (wrong.error.fix("en"), None)
    assert [error["code"] for error in said["errors"]] == ["rule_unknown"]


@pytest.mark.parametrize(("lang", "said"), [("en", "Nothing to look at."), ("zh", "没有需要留意的。")])
def test_nothing_to_look_at_is_said_so(lang, said):
    assert view_of(RulesCheckResult(DAY, 30, 559, 16, 0, (), ()), lang)[1] == said


def test_a_freight_card_that_was_added_is_named():
    added = FreightCardResult(Path("shop/rules.yaml"), 2, ("a", "b"), ("card.a.ES.kg", "card.b.ES.kg"))
    assert view_of(added, "en") == ["2 rows added to shop/rules.yaml: a, b."]
