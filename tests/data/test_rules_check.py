"""A look over the rules finds every mistake in the own rows, what ended and what changes soon."""

from __future__ import annotations

from datetime import date

from tradewind.data.rules_check import check_rules

DAY = date(2026, 6, 15)


def found(own: str, within_days: int = 0, on: date = DAY) -> list[tuple[str, str, str]]:
    return [
        (f.problem, f.rule, f.place if "rules.yaml" in f.place else f.place.partition(":")[0])
        for f in check_rules(own, on=on, within_days=within_days)
        if f.problem != "ended"
    ]


def test_the_packs_alone_have_no_mistake():
    assert found("") == []


def test_each_mistake_is_found_with_its_line():
    own = (
        "- {id: semi.operation_fee, value: -1, source: contract}\n"
        "- {id: semi.oversize_fee, value: 3, source: contract}\n"
        "- {id: semi.operatoin_fee, value: 5, source: contract}\n"
        "- {id: semi.late_inbound_after, reading: after_t9}\n"
    )
    assert found(own) == [
        ("own_wrong", "semi.operation_fee", "rules.yaml:1"),
        ("own_wrong", "semi.operatoin_fee", "rules.yaml:3"),
        ("own_wrong", "semi.late_inbound_after", "rules.yaml:4"),
    ]


def test_own_rows_that_are_each_right_but_overlap_are_a_mistake():
    own = "- {id: semi.oversize_fee, value: 3, source: a}\n- {id: semi.oversize_fee, value: 4, source: b}\n"
    assert found(own) == [("own_wrong", "semi.oversize_fee", "rules.yaml")]


def test_an_own_row_that_ended_ends_soon_begins_later_or_is_not_needed_is_named():
    own = (
        "- {id: semi.oversize_fee, value: 3, source: a, valid_to: 2026-06-01}\n"
        "- {id: semi.nonstandard_box_fee, value: 3, source: a, valid_to: 2026-06-20}\n"
        "- {id: pop.commission, value: 0.05, source: a, valid_from: 2026-08-01}\n"
        "- {id: semi.late_inbound_fee, value: 3, source: a}\n"
    )
    assert found(own, within_days=7) == [
        ("own_later", "pop.commission", "rules.yaml:3"),
        ("own_same", "semi.late_inbound_fee", "rules.yaml:4"),
        ("changes", "semi.nonstandard_box_fee", "semi_managed.yaml"),
        ("own_expires", "semi.nonstandard_box_fee", "rules.yaml:2"),
        ("own_expired", "semi.oversize_fee", "rules.yaml:1"),
    ]


def test_rules_about_to_change_begin_or_end_are_named_within_the_days_asked():
    ids = {rule: problem for problem, rule, _ in found("", within_days=20)}
    assert ids["eu.duty_relief"] == "changes"
    assert ids["eu.flat_duty"] == "begins"
    assert "us.section_122" not in ids
    assert {r: p for p, r, _ in found("", within_days=45)}["us.section_122"] == "ends"


def test_a_rule_that_ended_with_nothing_after_it_is_named():
    ended = [f.rule for f in check_rules("", on=date(2026, 8, 1), within_days=0) if f.problem == "ended"]
    assert "us.section_122" in ended
    assert "eu.duty_relief" not in ended


def test_an_own_freight_card_that_no_pack_has_is_nothing_to_look_at():
    card = "- {id: card.mine.ES.tier_300.per_kg, value: 58, unit: CNY/kg, valid_from: 2026-01-01, source: quote}\n"
    assert found(card) == []


ONE_DAY = """
- id: semi.operation_fee
  value: 5.20
  unit: CNY/order
  valid_from: 2026-06-15
  valid_to: 2026-06-16
  source: a page
  confidence: C
"""


def test_a_rule_of_a_single_day_ends_with_the_value_it_had(tmp_path):
    (tmp_path / "fees.yaml").write_text(ONE_DAY, encoding="utf-8")
    [begins] = check_rules("", on=date(2026, 6, 14), within_days=1, packs=tmp_path)
    assert (begins.problem, begins.values) == ("begins", {"day": DAY, "before": None, "value": "5.2"})
    [ends] = check_rules("", on=DAY, within_days=1, packs=tmp_path)
    assert (ends.problem, ends.rule, ends.place) == ("ends", "semi.operation_fee", "fees.yaml:2")
    assert ends.values == {"day": date(2026, 6, 16), "before": "5.2", "value": "5.2"}
    [ended] = check_rules("", on=date(2026, 6, 16), within_days=0, packs=tmp_path)
    assert (ended.problem, ended.values) == ("ended", {"day": date(2026, 6, 16)})


def test_an_own_row_expires_soon_up_to_the_last_day_asked_and_has_expired_on_the_day_it_ends():
    def problems(valid_to: str, within_days: int) -> list[str]:
        own = f"- {{id: semi.oversize_fee, value: 3, source: a, valid_to: {valid_to}}}\n"
        return [problem for problem, _, place in found(own, within_days) if place == "rules.yaml:1"]

    assert problems("2026-06-15", 7) == ["own_expired"]
    assert problems("2026-06-16", 7) == ["own_expires"]
    assert problems("2026-06-22", 7) == ["own_expires"]
    assert problems("2026-06-23", 7) == []


def test_an_own_row_that_begins_today_is_in_force():
    own = "- {{id: pop.commission, value: 0.0512, source: a, valid_from: {}}}\n"
    assert found(own.format("2026-06-15")) == []
    assert found(own.format("2026-06-16")) == [("own_later", "pop.commission", "rules.yaml:1")]
