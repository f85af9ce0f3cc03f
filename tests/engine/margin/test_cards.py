"""Tiers of a seller's own card on the lanes that go by its name."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tradewind.data.rules import load_rules
from tradewind.engine.margin.cards import BRACKETS, lane_brackets, rescaled, rule_cards, with_bracket

ON = date(2026, 11, 1)
ROW = "unit: {unit}, valid_from: 2026-01-01, confidence: A, source: a quote"
CARD = "\n".join(
    f"- {{id: card.my_line.ES.tier_{to}.{name}, value: {value}, {ROW.format(unit=unit)}}}"
    for to, per_kg, per_parcel in ((300, 58, 18.5), (2000, 52, 21))
    for name, value, unit in (("per_kg", per_kg, "CNY/kg"), ("per_parcel", per_parcel, "CNY/parcel"))
)


def lanes(currency: str = "CNY", per_kg: float = 60.0, service: str = "my_line") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "service": [service], "node": ["YW"], "market": ["ES"], "currency": [currency],
            "freight_per_kg": [per_kg], "freight_per_parcel": [19.0],
        }
    )  # fmt: skip


def test_a_card_belongs_to_the_lanes_of_its_name_market_and_currency(tmp_path):
    (tmp_path / "rules.yaml").write_text(CARD, encoding="utf-8")
    rules = load_rules(overrides=tmp_path / "rules.yaml")
    tiers = lane_brackets(rules, ON, lanes())
    assert tiers.select("node", "up_to_g", "tier_per_kg").rows() == [("YW", 300.0, 58.0), ("YW", 2000.0, 52.0)]
    assert lane_brackets(rules, ON, lanes("USD")).is_empty()
    assert lane_brackets(rules, ON, lanes(service="other")).is_empty()
    assert lane_brackets(rules, ON, lanes().clear()).is_empty()


def test_a_dearer_lane_is_dearer_in_every_tier(tmp_path):
    (tmp_path / "rules.yaml").write_text(CARD, encoding="utf-8")
    tiers = lane_brackets(load_rules(overrides=tmp_path / "rules.yaml"), ON, lanes())
    dearer = rescaled(tiers, lanes(), lanes(per_kg=72.0))
    assert dearer["tier_per_kg"].to_list() == pytest.approx([69.6, 62.4])
    assert dearer["tier_per_parcel"].to_list() == pytest.approx([22.2, 25.2])


LANE = {"service": "my_line", "node": "YW", "market": "ES"}
TIERS = pl.DataFrame(
    [{**LANE, "up_to_g": 300.0, "tier_per_kg": 58.0, "tier_per_parcel": 18.5},
     {**LANE, "up_to_g": 2000.0, "tier_per_kg": 52.0, "tier_per_parcel": 21.0}],
    schema=BRACKETS,
)  # fmt: skip


@pytest.mark.parametrize(
    ("grams", "per_kg"), [(0.0, 58.0), (300.0, 58.0), (300.1, 52.0), (2000.0, 52.0), (2000.1, None), (None, None)]
)
def test_a_parcel_falls_into_the_first_tier_it_does_not_exceed(grams, per_kg):
    line = pl.DataFrame([{**LANE, "parcel_g": grams}], schema_overrides={"parcel_g": pl.Float64})
    assert with_bracket(line, TIERS)["tier_per_kg"].to_list() == [per_kg]


def test_lines_of_other_lanes_and_without_tiers_at_all_have_none_and_keep_their_order():
    lines = pl.DataFrame(
        [{**LANE, "parcel_g": 900.0}, {**LANE, "market": "FR", "parcel_g": 9.0}, {**LANE, "parcel_g": 10.0}]
    )
    assert with_bracket(lines, TIERS)["up_to_g"].to_list() == [2000.0, None, 300.0]
    assert with_bracket(lines, None)["up_to_g"].to_list() == [None] * 3
    assert with_bracket(lines, TIERS.clear())["up_to_g"].to_list() == [None] * 3


def test_a_card_with_a_first_weight_charges_it_instead_of_the_parcel(tmp_path):
    first = [("ES.first_weight", 500, "g"), ("ES.first_price", 24, "CNY/parcel"), ("divisor", 6000, "cm3/kg"),
             ("max_weight", 2000, "g"), ("round_up", 100, "g")]  # fmt: skip
    more = "\n".join(f"- {{id: card.my_line.{name}, value: {v}, {ROW.format(unit=unit)}}}" for name, v, unit in first)
    (tmp_path / "rules.yaml").write_text(f"{CARD}\n{more}", encoding="utf-8")
    services, tiers = rule_cards(load_rules(overrides=tmp_path / "rules.yaml"), ON, node="YW", names=("my_line",))
    assert tiers.select("up_to_g", "tier_per_parcel", "first_g", "round_up_g").rows() == [
        (300.0, 24.0, 500.0, 100.0), (2000.0, 24.0, 500.0, 100.0),
    ]  # fmt: skip
    assert services.select("service", "freight_per_parcel", "volumetric_divisor_cm3_per_kg", "max_weight_g").rows() == [
        ("my_line", 24.0, 6000.0, 2000.0)
    ]


def test_a_lane_whose_freight_is_not_said_before_or_after_keeps_its_tiers():
    other = lanes(service="other")
    assert rescaled(TIERS, other, lanes(per_kg=72.0)).equals(TIERS)
    free = lanes(per_kg=0.0)
    assert rescaled(TIERS, free, free.with_columns(freight_per_parcel=pl.lit(38.0)))["tier_per_kg"].to_list() == [
        116.0,
        104.0,
    ]
