from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tradewind.core.errors import RuleError
from tradewind.core.text import LANGUAGES
from tradewind.data.rules import load_rules

GOOD = """
- id: semi.operation_fee
  value: 5.20
  unit: CNY/order
  valid_from: 2024-01-01
  valid_to: 2026-01-01
  source: a page
  confidence: C
- id: semi.operation_fee
  value: 5.50
  unit: CNY/order
  valid_from: 2026-01-01
  source: a page
  confidence: C
"""


def pack(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "packs"
    folder.mkdir(exist_ok=True)
    (folder / "fees.yaml").write_text(text, encoding="utf-8")
    return folder


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(RuleError) as caught:
        load_rules(pack(tmp_path, text))
    for lang in LANGUAGES:
        assert caught.value.what(lang)
        assert caught.value.fix(lang)
    return str(caught.value)


def test_the_packs_that_come_with_tradewind_load_and_say_the_published_fees():
    rules = load_rules()
    day = date(2026, 3, 1)
    published = {
        "semi.base_service_fee": 0.035,
        "semi.operation_fee": 5.20,
        "semi.oversize_fee": 2.80,
        "semi.late_inbound_fee": 3.00,
        "semi.late_inbound_after": 3,
        "semi.nonstandard_box_fee": 1.50,
        "semi.standard_box_length": 30,
        "semi.standard_box_width": 20,
        "semi.standard_box_height": 15,
    }
    assert {id: rules.value(id, on=day) for id in published} == published


def test_what_the_platform_does_not_publish_is_marked_as_assumed():
    rules = load_rules()
    for id in ("oversize.longest_side", "volumetric_divisor.standard", "pop.commission", "semi_jit.inbound_cost"):
        assert rules.row(id, on=date(2026, 3, 1)).confidence == "assumed"


def test_a_row_remembers_its_file_and_line(tmp_path):
    row = load_rules(pack(tmp_path, GOOD)).row("semi.operation_fee", on=date(2026, 2, 1))
    assert (row.value, row.place) == (5.50, "fees.yaml:9")


def test_a_gap_between_rows_is_refused_with_file_and_line(tmp_path):
    message = refusal(tmp_path, GOOD.replace("valid_to: 2026-01-01", "valid_to: 2025-12-01"))
    assert "from 2025-12-01 to 2026-01-01" in message
    assert "fees.yaml:2" in message
    assert "fees.yaml:9" in message


def test_overlapping_rows_are_refused_with_file_and_line(tmp_path):
    message = refusal(tmp_path, GOOD.replace("valid_to: 2026-01-01", "valid_to: 2026-02-01"))
    assert "fees.yaml:2 and fees.yaml:9" in message


def test_a_row_without_end_before_another_overlaps(tmp_path):
    assert "same day" in refusal(tmp_path, GOOD.replace("  valid_to: 2026-01-01\n", ""))


def test_an_unknown_unit_is_refused(tmp_path):
    assert "fees.yaml:2: rule semi.operation_fee has the unknown unit yuan" in refusal(
        tmp_path, GOOD.replace("CNY/order", "yuan", 1)
    )


def test_a_row_without_source_is_refused(tmp_path):
    assert "fees.yaml:9: rule semi.operation_fee has no source" in refusal(
        tmp_path,
        GOOD.replace("source: a page\n  confidence: C\n", "source: ''\n  confidence: C\n", 2).replace(
            "source: ''", "source: a page", 1
        ),
    )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("value: 5.20", "value: -1", "the value -1"),
        ("value: 5.20", "value: about five", "the value about five"),
        ("value: 5.20", "value: true", "the value True"),
        ("value: 5.20\n  unit: CNY/order", "value: 3.5\n  unit: share", "the value 3.5"),
        ("valid_from: 2024-01-01", "valid_from: last year", "valid_from last year"),
        ("valid_to: 2026-01-01", "valid_to: 2023-01-01", "valid_to 2023-01-01"),
        ("confidence: C", "confidence: sure", "confidence sure"),
        ("source: a page", "source: a page\n  sauce: soy", "no field sauce"),
        ("  unit: CNY/order\n  valid_from: 2026", "  unit: CNY/unit\n  valid_from: 2026", "from CNY/order to CNY/unit"),
    ],
)
def test_a_row_that_cannot_be_trusted_is_refused(tmp_path, before, after, said):
    assert said in refusal(tmp_path, GOOD.replace(before, after, 1))


def test_a_file_that_is_no_yaml_is_named(tmp_path):
    assert "fees.yaml cannot be read" in refusal(tmp_path, "- id: [")
    assert "fees.yaml cannot be read" in refusal(tmp_path, "id: x")


def test_the_workspaces_own_row_wins_on_its_days_and_the_packs_keep_the_rest(tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(
        "- {id: semi.operation_fee, value: 4.80, source: contract, valid_from: 2025-01-01, valid_to: 2026-07-01}\n",
        encoding="utf-8",
    )
    rules = load_rules(pack(tmp_path, GOOD), overrides=own)
    days = [date(2024, 12, 31), date(2025, 1, 1), date(2026, 6, 30), date(2026, 7, 1)]
    assert [rules.value("semi.operation_fee", on=day) for day in days] == [5.20, 4.80, 4.80, 5.50]
    assert rules.row("semi.operation_fee", on=date(2026, 1, 1)).confidence == "own"


def test_an_own_row_without_dates_holds_on_all_days(tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text("- {id: semi.operation_fee, value: 4.80, source: contract}\n", encoding="utf-8")
    rules = load_rules(pack(tmp_path, GOOD), overrides=own)
    assert len(rules.rows["semi.operation_fee"]) == 1
    assert rules.value("semi.operation_fee", on=date(2024, 1, 1)) == 4.80


def test_an_own_row_needs_a_source_too(tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text("- {id: semi.operation_fee, value: 4.80}\n", encoding="utf-8")
    with pytest.raises(RuleError, match=r"own\.yaml:1: rule semi\.operation_fee has no source"):
        load_rules(pack(tmp_path, GOOD), overrides=own)


def test_an_own_row_for_a_misspelt_rule_is_refused_with_the_nearest(tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text("- {id: semi.operatoin_fee, value: 4.80, source: contract}\n", encoding="utf-8")
    with pytest.raises(RuleError, match=r"nearest rules are: semi\.operation_fee"):
        load_rules(pack(tmp_path, GOOD), overrides=own)


def test_an_own_file_that_is_not_there_or_empty_changes_nothing(tmp_path):
    empty = tmp_path / "own.yaml"
    empty.write_text("# nothing yet\n", encoding="utf-8")
    packs = pack(tmp_path, GOOD)
    assert (
        load_rules(packs, overrides=empty) == load_rules(packs) == load_rules(packs, overrides=tmp_path / "none.yaml")
    )
