"""Tiers of a seller's own card on the lanes that go by its name."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tradewind.data.rules import load_rules
from tradewind.engine.margin.cards import lane_brackets, rescaled

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
