"""A seller's own freight card goes into the workspace's rules tier by tier, or not at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tradewind.app.forms.freight_card import bring_in_card, write_card_sheet
from tradewind.core.errors import InputError, RuleError
from tradewind.core.text import LANGUAGES
from tradewind.data.rules import OWN_RULES, load_rules

SHEET = (
    "运价卡,国家,重量上限(g),每公斤,每票,币种,首重(g),首重价,体积重除数,生效日期,来源\n"
    "my_line,西班牙,300,58,,CNY,89,22.6,8000,2026-11-01,quote\n"
    "my_line,ES,2000,52,,CNY,89,22.6,8000,2026-11-01,quote\n"
)
DAY = date(2026, 11, 22)


def sheet(folder: Path, text: str = SHEET) -> Path:
    path = folder / "card.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_card_becomes_own_rules_with_what_is_of_the_whole_card_once(tmp_path):
    assert bring_in_card(sheet(tmp_path), tmp_path) == [
        "card.my_line.ES.tier_300.per_kg",
        "card.my_line.ES.first_weight",
        "card.my_line.ES.first_price",
        "card.my_line.divisor",
        "card.my_line.ES.tier_2000.per_kg",
    ]
    rules = load_rules(overrides=tmp_path / OWN_RULES)
    row = rules.row("card.my_line.ES.first_price", on=DAY)
    assert (row.value, row.unit, row.confidence, row.source) == (22.6, "CNY/parcel", "own", "quote")
    assert rules.find("card.my_line.ES.first_price", date(2026, 10, 31)) is None


def test_what_the_rule_file_says_stays(tmp_path):
    own = tmp_path / OWN_RULES
    own.write_text("# ours\n- {id: semi.oversize_fee, value: 2.5, source: contract}\n", encoding="utf-8")
    bring_in_card(sheet(tmp_path), tmp_path)
    assert own.read_text(encoding="utf-8").startswith("# ours\n- {id: semi.oversize_fee")
    assert load_rules(overrides=own).value("semi.oversize_fee", on=DAY) == 2.5


def test_the_same_card_twice_is_refused_and_nothing_is_written(tmp_path):
    bring_in_card(sheet(tmp_path), tmp_path)
    before = (tmp_path / OWN_RULES).read_bytes()
    with pytest.raises(RuleError, match="same day"):
        bring_in_card(sheet(tmp_path), tmp_path)
    assert (tmp_path / OWN_RULES).read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2000,52", "2000,about 50", "per_kg is about 50"),
        ("西班牙", "Atlantis", "market is Atlantis"),
        ("2026-11-01,quote\nmy", "soon,quote\nmy", "valid_from is soon"),
        ("300,58", "300,", "per_kg is -"),
        ("来源", "出处", 'no column "source"'),
    ],
)
def test_a_sheet_that_lacks_or_misstates_a_figure_is_refused(tmp_path, old, new, said):
    with pytest.raises(InputError, match=said) as caught:
        bring_in_card(sheet(tmp_path, SHEET.replace(old, new, 1)), tmp_path)
    assert not (tmp_path / OWN_RULES).exists()
    for lang in LANGUAGES:
        assert caught.value.what(lang)
        assert caught.value.fix(lang)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_empty_sheet_is_itself_a_card(tmp_path, ending):
    added = bring_in_card(write_card_sheet(tmp_path / f"card.{ending}"), tmp_path)
    assert "card.my_line.ES.tier_2000.per_parcel" in added
