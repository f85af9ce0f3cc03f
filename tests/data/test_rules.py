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


AMBIGUOUS = """
- id: late.after
  readings: {after_t3: 3, after_t1: 1}
  default: after_t3
  cautious: after_t1
  generous: after_t3
  why: the fuller sentence says so
  unit: days
  valid_from: 2024-01-01
  source: a page
  confidence: C
- id: late.what
  readings: {paid: paid, booked: booked}
  default: paid
  cautious: paid
  generous: booked
  why: it is the earliest
  unit: choice
  valid_from: 2024-01-01
  source: a page
  confidence: C
"""
AT = date(2026, 3, 1)


def own_file(tmp_path: Path, text: str) -> Path:
    own = tmp_path / "own.yaml"
    own.write_text(text, encoding="utf-8")
    return own


def test_an_ambiguous_rule_has_the_value_of_its_default_reading(tmp_path):
    rules = load_rules(pack(tmp_path, AMBIGUOUS))
    row = rules.row("late.after", on=AT)
    assert (row.value, row.reading, row.why) == (3.0, "after_t3", "the fuller sentence says so")


def test_the_workspace_chooses_a_reading_and_all_others_stay(tmp_path):
    own = own_file(tmp_path, "- {id: late.after, reading: after_t1}\n")
    rules = load_rules(pack(tmp_path, AMBIGUOUS), overrides=own)
    assert (rules.value("late.after", on=AT), rules.choice("late.what", on=AT)) == (1.0, "paid")


def test_one_rules_reading_goes_before_the_reading_of_all_wherever_it_stands(tmp_path):
    packs = pack(tmp_path, AMBIGUOUS)
    for text in (
        "- {id: late.after, reading: after_t1}\n- {readings: generous}\n",
        "- {readings: generous}\n- {id: late.after, reading: after_t1}\n",
    ):
        rules = load_rules(packs, overrides=own_file(tmp_path, text))
        assert (rules.value("late.after", on=AT), rules.choice("late.what", on=AT)) == (1.0, "booked")


def test_an_own_value_ends_the_ambiguity(tmp_path):
    own = own_file(tmp_path, "- {id: late.after, value: 2, source: mail}\n")
    assert load_rules(pack(tmp_path, AMBIGUOUS), overrides=own).row("late.after", on=AT).readings == ()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("default: after_t3", "default: after_t4", "no reading after_t4"),
        ("  cautious: after_t1\n", "", "no cautious"),
        ("  why: the fuller sentence says so\n", "", "no why"),
        ("{after_t3: 3, after_t1: 1}", "{after_t3: 3}", "not at least two"),
        ("  unit: days", "  value: 3\n  unit: days", "a value stands beside them"),
        ("{after_t3: 3, after_t1: 1}", "{after_t3: 3, after_t1: soon}", "the value soon"),
    ],
)
def test_readings_that_cannot_be_trusted_are_refused(tmp_path, before, after, said):
    assert said in refusal(tmp_path, AMBIGUOUS.replace(before, after, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {id: late.after, reading: after_t9}", "no reading after_t9"),
        ("- {id: late.aftre, reading: after_t1}", "no rule late.aftre"),
        ("- {readings: brave}", "cannot be read as brave"),
        ("- {id: late.after, reading: after_t1, value: 2}", "no field value"),
        ("- {source: a page}", "no field source|has no id"),
    ],
)
def test_a_choice_that_cannot_be_made_is_refused(tmp_path, text, said):
    with pytest.raises(RuleError, match=said):
        load_rules(pack(tmp_path, AMBIGUOUS), overrides=own_file(tmp_path, text + "\n"))


def test_fields_can_be_shared_between_the_rows_of_a_file(tmp_path):
    text = (
        "- shared: &a {unit: share, valid_from: 2024-01-01, source: a table, confidence: B}\n"
        "- {<<: *a, id: vat.ES, value: 0.21}\n"
        "- {<<: *a, id: vat.FR, value: 0.20, confidence: A}\n"
    )
    rules = load_rules(pack(tmp_path, text))
    assert [(r.id, r.value, r.confidence, r.place) for f in rules.rows.values() for r in f] == [
        ("vat.ES", 0.21, "B", "fees.yaml:2"),
        ("vat.FR", 0.20, "A", "fees.yaml:3"),
    ]


def test_a_workspace_may_bring_its_own_freight_card(tmp_path):
    own = own_file(
        tmp_path,
        "- {id: card.mine.ES.tier_300.per_kg, value: 58, unit: CNY/kg, valid_from: 2026-01-01, source: quote}\n",
    )
    assert load_rules(pack(tmp_path, GOOD), overrides=own).value("card.mine.ES.tier_300.per_kg", on=AT) == 58


@pytest.mark.parametrize(
    ("before", "after", "value"),
    [
        ("value: 5.20\n  unit: CNY/order", "value: 1\n  unit: share", 1.0),
        ("value: 5.20\n  unit: CNY/order", "value: 1.5\n  unit: ratio", 1.5),
        ("value: 5.20", "value: 0", 0.0),
        ("value: 5.20\n  unit: CNY/order", "value: [a, b]\n  unit: list", "a, b"),
        ("value: 5.20\n  unit: CNY/order", "value: 7\n  unit: choice", "7"),
    ],
)
def test_values_at_the_ends_of_what_a_unit_allows_are_taken(tmp_path, before, after, value):
    first = GOOD[: GOOD.rindex("- id:")].replace(before, after)
    row = load_rules(pack(tmp_path, first)).row("semi.operation_fee", on=date(2024, 1, 1))
    assert (row.value, row.note, row.valid_to) == (value, "", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("value: 5.20\n  unit: CNY/order", "value: 1.0001\n  unit: share", "the value 1.0001"),
        ("value: 5.20", "value: .inf", "the value inf"),
        ("value: 5.20", "value: .nan", "the value nan"),
        ("value: 5.20", "value: -0.01", "the value -0.01"),
        ("value: 5.20", "value: ''", "no value"),
        ("valid_to: 2026-01-01", "valid_to: 2024-01-01", "valid_to 2024-01-01"),
        ("valid_from: 2024-01-01", "valid_from: 2024-01-01 10:00:00", "valid_from 2024-01-01"),
        ("unit: CNY/order", "unit: CNY/order/day", "unknown unit CNY/order/day"),
    ],
)
def test_values_and_days_just_outside_are_refused(tmp_path, before, after, said):
    assert said in refusal(tmp_path, GOOD.replace(before, after, 1))


def spans(tmp_path: Path, *own: str) -> list[tuple[str, str | None, float]]:
    """The rows of the fee (5.20, from 2026 on 5.50) under own rows, as their days and values."""
    text = "".join(f"- {{id: semi.operation_fee, source: mail, {one}}}\n" for one in own)
    found = load_rules(pack(tmp_path, GOOD), overrides=text).rows["semi.operation_fee"]
    return [(str(row.valid_from), row.valid_to and str(row.valid_to), row.value) for row in found]


def test_own_rows_leave_the_packs_rows_before_between_and_after_them(tmp_path):
    assert spans(
        tmp_path,
        "value: 1, valid_from: 2024-06-01, valid_to: 2024-09-01",
        "value: 2, valid_from: 2025-01-01, valid_to: 2026-01-01",
    ) == [
        ("2024-01-01", "2024-06-01", 5.2), ("2024-06-01", "2024-09-01", 1.0), ("2024-09-01", "2025-01-01", 5.2),
        ("2025-01-01", "2026-01-01", 2.0), ("2026-01-01", None, 5.5),
    ]  # fmt: skip


def test_an_own_row_from_a_day_on_ends_the_packs_there_and_one_before_them_only_adds(tmp_path):
    assert spans(tmp_path, "value: 1, valid_from: 2026-02-01") == [
        ("2024-01-01", "2026-01-01", 5.2), ("2026-01-01", "2026-02-01", 5.5), ("2026-02-01", None, 1.0),
    ]  # fmt: skip
    assert spans(tmp_path, "value: 1, valid_from: 2026-01-01") == [
        ("2024-01-01", "2026-01-01", 5.2),
        ("2026-01-01", None, 1.0),
    ]
    assert spans(tmp_path, "value: 1, valid_from: 2023-01-01, valid_to: 2024-01-01") == [
        ("2023-01-01", "2024-01-01", 1.0), ("2024-01-01", "2026-01-01", 5.2), ("2026-01-01", None, 5.5),
    ]  # fmt: skip
    assert spans(tmp_path, "value: 1, valid_from: 2023-01-01, valid_to: 2027-01-01") == [
        ("2023-01-01", "2027-01-01", 1.0), ("2027-01-01", None, 5.5),
    ]  # fmt: skip


def test_an_own_row_stands_under_the_name_of_the_workspaces_file_when_it_is_given_as_text(tmp_path):
    rules = load_rules(pack(tmp_path, GOOD), overrides="\n- {id: semi.operation_fee, value: 1, source: mail}\n")
    row = rules.row("semi.operation_fee", on=date(2025, 1, 1))
    assert (row.place, row.pack, row.unit) == ("rules.yaml:2", "rules", "CNY/order")


def test_only_yaml_files_are_packs_and_one_that_is_no_text_is_named(tmp_path):
    folder = pack(tmp_path, GOOD)
    (folder / "notes.txt").write_text("- id: [", encoding="utf-8")
    assert list(load_rules(folder).rows) == ["semi.operation_fee"]
    (folder / "more.yaml").write_bytes(b"- id: \xff")
    with pytest.raises(RuleError, match=r"more\.yaml cannot be read"):
        load_rules(folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {readings: generous, source: mail, note: tried}", None),
        ("- {id: late.after, reading: after_t1, source: mail, note: tried}", None),
        ("- {readings: generous, colour: red}", "no field colour"),
        ("- {id: late.after, value: 2, source: mail, colour: red}", "no field colour"),
        ("- {reading: after_t1}", r"no rule \?"),
    ],
)
def test_a_choice_may_say_why_and_nothing_else(tmp_path, text, said):
    packs = pack(tmp_path, AMBIGUOUS)
    if said is None:
        assert load_rules(packs, overrides=text).rows
    else:
        with pytest.raises(RuleError, match=said):
            load_rules(packs, overrides=text)


def test_each_reading_of_a_choice_has_its_value_and_names_who_it_is_best_for(tmp_path):
    row = load_rules(pack(tmp_path, AMBIGUOUS)).row("late.what", on=AT)
    assert [(reading.name, reading.value) for reading in row.readings] == [("paid", "paid"), ("booked", "booked")]
    assert (row.default, row.cautious, row.generous, row.why) == ("paid", "paid", "booked", "it is the earliest")
    plain = load_rules(pack(tmp_path, GOOD)).row("semi.operation_fee", on=AT)
    assert (plain.readings, plain.reading, plain.default, plain.why) == ((), "", "", "")
