"""Which rules hold, from where, what changes when; a workspace's own rows are looked over and added to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.app.conftest import NOW
from tradewind.app.usecases import Context
from tradewind.app.usecases.requests import (
    RulesCardRequest,
    RulesCheckRequest,
    RulesDiffRequest,
    RulesListRequest,
    RulesShowRequest,
)
from tradewind.app.usecases.result import FormResult
from tradewind.app.usecases.rules import (
    FreightCardResult,
    add_freight_card,
    check_own_rules,
    list_rules,
    rule_changes,
    show_rule,
)
from tradewind.core.errors import InputError, NotAWorkspaceError, RequestError, UnknownNameError

NOV_22 = datetime(2026, 11, 22, tzinfo=UTC)
AFTER_T1 = "- {id: semi.late_inbound_after, reading: after_t1}\n"


@pytest.fixture
def nowhere(tmp_path: Path) -> Context:
    """Who asks without a workspace, and named none."""
    return Context(tmp_path / "nowhere", named=False, now=lambda: NOW)


def write_own(context: Context, text: str) -> None:
    (context.folder / "rules.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("text", ["flat duty", "FLAT DUTY", "定额关税"])
def test_rules_are_found_by_a_text_in_either_language_within_a_pack(nowhere, text):
    found = list_rules(nowhere, RulesListRequest(on=NOV_22, pack="eu", find=text))
    assert {row.pack for row in found.data} == {"eu"}
    assert "eu.flat_duty" in {row.id for row in found.data}
    assert found.rows == len(found.data) < list_rules(nowhere, RulesListRequest(on=NOV_22, pack="eu")).rows


def test_pages_of_rules_follow_each_other(nowhere):
    whole = list_rules(nowhere, RulesListRequest(on=NOV_22, pack="eu")).data
    first = list_rules(nowhere, RulesListRequest(on=NOV_22, pack="eu", limit=3))
    rest = list_rules(nowhere, RulesListRequest(on=NOV_22, pack="eu", after=first.next))
    assert (first.rows, first.data + rest.data, rest.next) == (len(whole), whole, None)


def test_without_a_day_the_rules_of_today_are_listed(nowhere):
    assert list_rules(nowhere, RulesListRequest(limit=1)).on == date(2026, 11, 30)


def test_a_rule_is_shown_by_its_id_or_the_beginning_of_it(nowhere):
    one = show_rule(nowhere, RulesShowRequest(rule="semi.late_inbound_after"))
    many = show_rule(nowhere, RulesShowRequest(rule="semi"))
    assert (one.rules, one.data[0].value) == (("semi.late_inbound_after",), 3.0)
    dated = show_rule(nowhere, RulesShowRequest(rule="eu.duty_relief")).data
    assert [row.value for row in dated][-2:] == [150.0, 0.0]
    assert {id_.split(".")[0] for id_ in many.rules} == {"semi"}
    assert len(many.data) >= len(many.rules) > 5


def test_own_rules_hold_where_the_workspace_is_meant(nowhere, empty):
    write_own(empty, AFTER_T1)
    shown = [show_rule(c, RulesShowRequest(rule="semi.late_inbound_after")).data[0] for c in (nowhere, empty)]
    assert [(row.value, row.reading) for row in shown] == [(3.0, "after_t3"), (1.0, "after_t1")]


def test_what_changes_between_two_days_is_told_with_before_and_after(nowhere):
    asked = RulesDiffRequest(first=datetime(2026, 6, 30, tzinfo=UTC), second=datetime(2026, 7, 1, tzinfo=UTC))
    found = rule_changes(nowhere, asked)
    relief = found.page.frame.filter(pl.col("rule") == "eu.duty_relief").row(0, named=True)
    assert (found.after, found.until) == (date(2026, 6, 30), date(2026, 7, 1))
    assert (relief["before"], relief["value"]) == ("150", "0")


@pytest.mark.parametrize("days", [(NOV_22, NOV_22), (NOV_22, datetime(2026, 1, 1, tzinfo=UTC))])
def test_the_first_day_must_come_before_the_second(nowhere, days):
    with pytest.raises(RequestError, match="The first day must come before the second") as error:
        rule_changes(nowhere, RulesDiffRequest(first=days[0], second=days[1]))
    assert (error.value.code, error.value.values["field"]) == ("invalid_period", "second")


def test_the_packs_are_sound_and_what_changes_soon_is_named(nowhere):
    found = check_own_rules(nowhere, RulesCheckRequest(on=datetime(2026, 6, 15, tzinfo=UTC), within=30))
    assert (found.own, found.failures, found.packs > 10, found.rules > 500) == (0, (), True, True)
    assert ("changes", "eu.duty_relief") in {(f.problem, f.rule) for f in found.findings}
    quiet = check_own_rules(nowhere, RulesCheckRequest(on=datetime(2026, 6, 15, tzinfo=UTC), within=5))
    assert "eu.duty_relief" not in {f.rule for f in quiet.findings}


def test_a_mistake_in_an_own_row_is_an_error_beside_the_findings(empty):
    write_own(empty, "- {id: semi.x, value: 1, source: a}\n")
    found = check_own_rules(empty, RulesCheckRequest())
    assert (found.own, found.findings[0].problem, found.findings[0].place) == (1, "own_wrong", "rules.yaml:1")
    assert found.failures == (found.findings[0].error,)
    assert "semi.x" in str(found.failures[0])


def test_what_is_not_there_is_said_with_what_is(nowhere):
    with pytest.raises(UnknownNameError, match="eu") as pack:
        list_rules(nowhere, RulesListRequest(pack="moon"))
    with pytest.raises(UnknownNameError, match=r"semi\.late_inbound_after") as rule:
        show_rule(nowhere, RulesShowRequest(rule="semi.late_inbound_aftr"))
    assert [e.value.values["field"] for e in (pack, rule)] == ["pack", "rule"]
    assert [e.value.code for e in (pack, rule)] == ["unknown_rule_pack", "unknown_rule"]


def test_a_workspace_that_was_named_must_be_there(tmp_path):
    with pytest.raises(NotAWorkspaceError):
        list_rules(Context(tmp_path / "nowhere"), RulesListRequest())


def test_a_freight_card_is_written_as_a_sheet_and_comes_back_as_rules(empty, tmp_path):
    form = add_freight_card(empty, RulesCardRequest(sheet=tmp_path / "card.csv", template=True))
    assert form == FormResult(tmp_path / "card.csv", "freight_card")
    added = add_freight_card(empty, RulesCardRequest(sheet=form.file))
    assert isinstance(added, FreightCardResult)
    assert (added.cards, added.rows) == (("my_line",), len(added.rules))
    assert added.file == empty.folder / "rules.yaml"
    shown = show_rule(empty, RulesShowRequest(rule="card.my_line.ES"))
    assert {row.id for row in shown.data} <= set(added.rules)


def test_a_sheet_that_is_there_is_not_written_over(empty, tmp_path):
    (tmp_path / "card.csv").write_text("card\n", encoding="utf-8")
    with pytest.raises(InputError, match="there already"):
        add_freight_card(empty, RulesCardRequest(sheet=tmp_path / "card.csv", template=True))
