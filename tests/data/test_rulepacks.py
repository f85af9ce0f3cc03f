"""The packs that come with Tradewind: dated cases, and every row sound, sourced and said in both languages."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from tradewind.core.rule_words import reading_cause, reading_meaning, rule_title
from tradewind.core.rules import RuleRow, members
from tradewind.core.tables import MODES
from tradewind.core.text import LANGUAGES, catalogue
from tradewind.data.rules import load_rules
from tradewind.engine.compliance.goods import ATTRIBUTES

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "rules.yaml").read_text(encoding="utf-8"))
RULES = load_rules()
ROWS = [row for found in RULES.rows.values() for row in found]
DAY = date(2026, 11, 22)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case):
    rules = RULES.with_reading(case["rule"], case["reading"]) if "reading" in case else RULES
    row = rules.find(case["rule"], case["day"])
    assert (row and row.value) == case["value"]
    if "unit" in case:
        assert row is not None
        assert row.unit == case["unit"]


def of(prefix: str) -> list[RuleRow]:
    return [row for row in ROWS if row.id.startswith(prefix)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_rule_has_a_title_and_every_reading_is_said(lang):
    """A new rule needs words in the messages of rules (rule_title, rule_reading, rule_why), or those of its family."""
    assert [row.id for row in ROWS if rule_title(row.id, lang) == row.id] == []
    unsaid = [(row.id, r.name) for row in ROWS for r in row.readings if reading_meaning(row.id, r.name, lang) == r.name]
    assert unsaid == []


def test_a_title_in_chinese_is_chinese_but_for_codes():
    """Parts of an id need words too (rule_word); codes of platforms, services and markets stay as they are."""
    spoken = [row for row in ROWS if not row.id.startswith(("failure.", "service_goods."))]
    assert [row.id for row in spoken if re.search("[a-z]{2,}", rule_title(row.id, "zh"))] == []


def test_the_words_of_why_are_those_of_the_packs_and_translated():
    for row in ROWS:
        if row.readings:
            assert reading_cause(row.id, row.why, "en") == row.why, row.id
            assert reading_cause(row.id, row.why, "zh") != row.why, row.id


def test_every_row_names_a_public_source_and_its_own_place():
    assert [row.id for row in ROWS if len(row.source) < 8 or "/work" in row.source + row.note] == []
    assert all(":" in row.place for row in ROWS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_pack_is_in_the_guide(lang):
    guide = (Path(__file__).parents[2] / "docs" / "guide" / f"{lang}.md").read_text(encoding="utf-8")
    assert {row.pack for row in ROWS if f"`{row.pack}`" not in guide} == set()


def test_what_one_weak_guide_says_is_marked_so():
    guide = "public guide to semi-managed onboarding"
    assert {row.confidence for row in ROWS if row.source.startswith(guide)} <= {"C"}


def test_freight_cards_are_marked_as_illustrative():
    cards = of("card.")
    assert cards
    published = {"card.illustrative.ES.first_weight", "card.illustrative.ES.first_price"}
    assert {row.confidence for row in cards if row.id not in published} == {"assumed"}
    assert all("illustrative" in row.id for row in cards)


def test_an_ambiguous_row_has_its_readings_in_one_unit_and_says_why():
    ambiguous = [row for row in ROWS if row.readings]
    assert len(ambiguous) > 20
    for row in ambiguous:
        assert len({type(r.value) for r in row.readings}) == 1, row.id
        assert len(row.why) > 20, row.id


def test_what_is_known_to_be_unclear_has_readings():
    unclear = {
        "semi.late_inbound_after", "semi.late_inbound_t", "semi.late_inbound_days", "semi.clawbacks_stack",
        "semi.return_rate_line", "semi.base_service_fee_base", "semi.nonstandard_box_per", "us.section_122",
        "eu.flat_duty_sellers", "eu.handling_fee", "inbound.attributes", "category.banned.battery_built_in",
    }  # fmt: skip
    assert {
        id for id in unclear if not RULES.row(id, date(2026, 11, 1) if "122" not in id else date(2026, 3, 1)).readings
    } == set()


def test_the_control_matrix_says_for_every_decision_and_mode_who_decides():
    decisions = {row.id.split(".")[1] for row in of("control.")}
    assert {row.id for row in of("control.")} == {f"control.{d}.{m}" for d in decisions for m in MODES}
    assert {row.value for row in of("control.")} <= {"seller", "platform", "both", "none"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_mark_paper_hazard_attribute_and_cause_has_words(lang):
    known = catalogue(lang)
    needed = {f"requirement.{code}" for row in of("compliance.") for code in members(row)}
    needed |= {f"product_kind.{row.id.split('.')[1]}" for row in of("kind_words.")}
    needed |= {
        f"product_kind.{row.id.split('.')[2]}"
        for row in of("compliance.")
        if row.id.count(".") == 2 and not row.id.endswith(".every")
    }
    needed |= {f"hazard.{code}" for row in of("goods_class.") for code in members(row) if code != "none"}
    needed |= {f"goods_column.{name}" for name in members(RULES.row("inbound.attributes", DAY))}
    needed |= {f"{group}.{row.value}" for row in of("failure.") for group in ("failure_cause", "failure_fix")}
    needed |= {f"eligible_fact.{name}" for row in of("documents.") if row.unit == "list" for name in members(row)}
    assert needed - known.keys() == set()


def test_what_is_on_the_goods_is_among_what_markets_want():
    wanted = {code for row in of("compliance.") if row.id != "compliance.marks" for code in members(row)}
    assert set(RULES.items("compliance.marks", DAY)) <= wanted
    assert set(RULES.items("inbound.label_items", DAY)) <= set(RULES.items("compliance.marks", DAY))


def test_the_suggested_attributes_are_as_many_as_the_text_says_and_have_columns():
    attributes = RULES.items("inbound.attributes", DAY)
    assert len(attributes) == RULES.value("inbound.attributes_number", DAY)
    assert set(attributes) == set(ATTRIBUTES)


def test_every_member_of_the_union_has_its_vat():
    members_ = RULES.items("eu.members", DAY)
    assert len(members_) == 27
    assert {row.id.removeprefix("eu.vat.") for row in of("eu.vat.")} == set(members_)


def test_every_service_is_of_a_class_that_is_described():
    classes = {row.id.removeprefix("goods_class.") for row in of("goods_class.")}
    assert {str(r.value) for row in of("service_goods.") for r in row.readings} <= classes
    assert {str(row.value) for row in of("service_goods.")} <= classes
