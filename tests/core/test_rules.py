from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from tradewind.core.errors import RuleError
from tradewind.core.rules import Reading, RuleRow, Rules, members, value_text


def row(value: float | str, start: str, end: str | None = None, unit: str = "CNY/order", id: str = "fee") -> RuleRow:
    last = date.fromisoformat(end) if end else None
    return RuleRow(id, value, unit, date.fromisoformat(start), last, "a contract", "own", place=f"pack.yaml:{start}")


RULES = Rules.of(
    [
        row(6.0, "2026-06-01"),
        row(5.2, "2026-01-01", "2026-06-01"),
        row("buyer", "2026-01-01", id="payer", unit="choice"),
    ]
)


def test_a_rule_says_what_holds_on_the_day():
    assert RULES.value("fee", on=date(2026, 5, 31)) == 5.2
    assert RULES.value("fee", on=date(2026, 6, 1)) == 6.0
    assert RULES.choice("payer", on=date(2026, 6, 1)) == "buyer"


def test_a_day_before_the_first_row_is_refused_not_guessed():
    with pytest.raises(RuleError, match="0 values on 2025-12-31"):
        RULES.value("fee", on=date(2025, 12, 31))


def test_an_unknown_rule_is_refused():
    with pytest.raises(RuleError, match="no rule fees"):
        RULES.value("fees", on=date(2026, 6, 1))


def test_a_text_is_no_number():
    with pytest.raises(RuleError, match="not a number"):
        RULES.value("payer", on=date(2026, 6, 1))


def test_rows_that_hold_on_the_same_day_are_refused_with_both_places():
    with pytest.raises(RuleError, match=r"pack\.yaml:2026-01-01 and pack\.yaml:2026-05-01"):
        Rules.of([row(5.2, "2026-01-01", "2026-06-01"), row(6.0, "2026-05-01")])


def test_many_days_at_once_say_the_same_and_leave_null_where_nothing_holds():
    days = pl.DataFrame({"day": [date(2025, 12, 31), date(2026, 5, 31), date(2026, 6, 1), None]})
    assert days.select(RULES.on_days("fee", pl.col("day")))["literal"].to_list() == [None, 5.2, 6.0, None]


def test_on_many_days_an_ended_rule_says_nothing_and_a_text_is_a_text():
    days = pl.DataFrame({"day": [date(2026, 5, 31), date(2026, 6, 1)]})
    ended = Rules.of([row(5.2, "2026-01-01", "2026-06-01"), row("buyer", "2026-06-01", id="payer", unit="choice")])
    found = days.select(fee=ended.on_days("fee", pl.col("day")), payer=ended.on_days("payer", pl.col("day")))
    assert found.rows() == [(5.2, None), (None, "buyer")]
    assert found.schema == {"fee": pl.Float64, "payer": pl.String}


@pytest.mark.parametrize(
    ("unit", "currency"), [("EUR/kg", "EUR"), ("EUR", None), ("eur/kg", None), ("EURO/kg", None), ("EU/kg", None)]
)
def test_a_currency_is_three_capitals_before_a_stroke(unit, currency):
    assert row(1.0, "2026-01-01", unit=unit).currency == currency


def test_a_rule_is_of_the_pack_its_file_is_called_after():
    assert (row(1.0, "2026-01-01").pack, RuleRow("a", 1.0, "days", DAY, None, "s", "A").pack) == ("pack", "")


def test_a_money_rule_knows_its_currency():
    assert RULES.currency("fee") == "CNY"
    assert RULES.currency("payer") is None


def test_a_what_if_changes_one_rule_on_all_days():
    changed = RULES.with_value("fee", 7.0)
    assert [changed.value("fee", on=date(2026, m, 1)) for m in (1, 6)] == [7.0, 7.0]
    assert RULES.value("fee", on=date(2026, 1, 1)) == 5.2


def test_all_rows_can_be_shown_as_a_table():
    table = RULES.frame()
    assert table["id"].to_list() == ["fee", "fee", "payer"]
    assert table["value"].to_list() == ["5.2", "6", "buyer"]
    assert table["valid_to"].to_list() == [date(2026, 6, 1), None, None]
    assert table["reading"].to_list() == [None, None, None]
    ambiguous = Rules.of([GRACE]).frame()
    assert ambiguous.select("reading", "readings").rows() == [("after_t3", ["after_t3", "after_t1"])]


GRACE = RuleRow(
    "late.after", 3.0, "days", date(2026, 1, 1), None, "a page", "C",
    readings=(Reading("after_t3", 3.0), Reading("after_t1", 1.0)),
    reading="after_t3", default="after_t3", cautious="after_t1", generous="after_t3", why="the fuller sentence",
)  # fmt: skip
DAY = date(2026, 3, 1)


def test_another_reading_can_be_evaluated_without_touching_the_first():
    rules = Rules.of([GRACE])
    assert rules.with_reading("late.after", "after_t1").value("late.after", on=DAY) == 1.0
    assert rules.value("late.after", on=DAY) == 3.0


def test_all_ambiguous_rules_can_be_read_the_way_worst_or_best_for_the_seller():
    rules = Rules.of([GRACE, row(5.2, "2026-01-01")])
    said = [rules.with_stance(s).value("late.after", on=DAY) for s in ("cautious", "generous", "default")]
    assert said == [1.0, 3.0, 3.0]
    assert rules.with_stance("cautious").value("fee", on=DAY) == 5.2


def test_a_what_if_ends_the_ambiguity():
    changed = Rules.of([GRACE]).with_value("late.after", 2.0).row("late.after", on=DAY)
    assert (changed.value, changed.confidence, changed.readings, changed.reading) == (2.0, "own", (), "")
    assert (changed.default, changed.cautious, changed.generous) == ("", "", "")


def test_the_rows_in_force_are_those_of_the_day_whose_ids_begin_as_asked():
    assert [(r.id, r.value) for r in RULES.in_force(date(2026, 6, 1))] == [("fee", 6.0), ("payer", "buyer")]
    assert [r.id for r in RULES.in_force(date(2026, 6, 1), "pay")] == ["payer"]
    assert RULES.in_force(date(2025, 12, 31)) == []
    assert RULES.find("fees", date(2026, 6, 1)) is None


def test_rows_of_a_rule_may_follow_each_other_on_the_same_day_but_nothing_follows_one_without_end():
    assert len(Rules.of([row(6.0, "2026-06-01"), row(5.2, "2026-01-01", "2026-06-01")]).rows["fee"]) == 2
    with pytest.raises(RuleError, match="same day"):
        Rules.of([row(5.2, "2026-01-01"), row(6.0, "2026-06-01")])


def test_a_reading_only_some_rows_know_leaves_the_others_as_they_are():
    later = RuleRow("late.after", 2.0, "days", date(2027, 1, 1), None, "a page", "C")
    first = replace(GRACE, valid_to=date(2027, 1, 1))
    read = Rules.of([first, later]).with_reading("late.after", "after_t1")
    assert [(r.value, r.reading) for r in read.rows["late.after"]] == [(1.0, "after_t1"), (2.0, "")]


def test_an_unknown_reading_or_stance_is_refused():
    with pytest.raises(RuleError, match="no reading after_t2") as refused:
        Rules.of([GRACE]).with_reading("late.after", "after_t2")
    assert refused.value.values["known"] == "after_t1, after_t3"
    with pytest.raises(RuleError) as refused:
        RULES.with_reading("fee", "after_t2")
    assert refused.value.values["known"] == "-"
    with pytest.raises(RuleError, match="cannot be read as brave"):
        Rules.of([GRACE]).with_stance("brave")


def test_the_readings_taken_are_listed_with_what_the_others_would_say():
    rules = Rules.of([GRACE, row(5.2, "2026-01-01")]).with_reading("late.after", "after_t1")
    assert rules.readings(DAY).to_dicts() == [
        {
            "rule": "late.after", "reading": "after_t1", "value": "1", "default": False,
            "others": "after_t3 = 3", "why": "the fuller sentence",
        }
    ]  # fmt: skip
    assert rules.readings(DAY, ids=["fee"]).is_empty()
    default = Rules.of([GRACE]).readings(DAY, ids=["late.after"])
    assert default.select("value", "default", "others").rows() == [("3", True, "after_t1 = 1")]


def test_changes_between_two_days_say_what_was_before():
    changes = RULES.changes(date(2025, 12, 31), date(2026, 6, 1))
    assert changes.select("on", "rule", "before", "value").rows() == [
        (date(2026, 1, 1), "fee", None, "5.2"),
        (date(2026, 1, 1), "payer", None, "buyer"),
        (date(2026, 6, 1), "fee", "5.2", "6"),
    ]
    assert RULES.changes(date(2026, 6, 1), date(2027, 1, 1)).is_empty()


def test_a_rule_that_ends_has_no_value_afterwards():
    ending = Rules.of([row(0.1, "2026-02-24", "2026-07-24", unit="share")])
    assert ending.changes(date(2026, 7, 1), date(2026, 8, 1))["value"].to_list() == [None]
    assert ending.find("fee", date(2026, 7, 24)) is None
    assert ending.changes(date(2026, 7, 23), date(2026, 7, 24))["before"].to_list() == ["0.1"]
    assert ending.changes(date(2026, 7, 24), date(2026, 8, 1)).is_empty()


def test_a_row_that_only_changes_its_source_is_no_change():
    same = Rules.of([row(5.2, "2026-01-01", "2026-06-01"), row(5.2, "2026-06-01")])
    assert same.changes(date(2026, 1, 1), date(2027, 1, 1)).is_empty()


def test_changes_are_listed_by_day_and_then_by_rule_with_the_row_that_begins():
    rules = Rules.of([row(2.0, "2026-03-01", id="b"), row(1.0, "2026-04-01", id="a"), row(3.0, "2026-04-01", id="A")])
    changes = rules.changes(date(2026, 1, 1), date(2026, 4, 1))
    assert changes.select("on", "rule", "unit", "source", "confidence").rows() == [
        (date(2026, 3, 1), "b", "CNY/order", "a contract", "own"),
        (date(2026, 4, 1), "A", "CNY/order", "a contract", "own"),
        (date(2026, 4, 1), "a", "CNY/order", "a contract", "own"),
    ]


@pytest.mark.parametrize(("value", "shown"), [(5.50, "5.5"), (1 / 3, "0.3333333333"), (3.0, "3"), ("seller", "seller")])
def test_a_value_is_shown_to_ten_digits_without_trailing_noughts(value, shown):
    assert value_text(value) == shown


def test_a_list_rule_has_members():
    rules = Rules.of([row("a, b ,c", "2026-01-01", unit="list")])
    assert rules.items("fee", on=DAY) == ("a", "b", "c")
    assert members(row(" a,, b ,", "2026-01-01", unit="list")) == ("a", "b")
