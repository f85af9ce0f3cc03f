"""What only the seller can state: read strictly, nothing left out silently."""

from __future__ import annotations

import polars as pl
import pytest

from tradewind.app.forms.shop_profile import read_profile
from tradewind.core.errors import UnreadableFileError
from tradewind.core.tables import MODES

WHOLE = """
cash_on_hand: -1200.5
monthly_costs: {rent: 8000, wages: 36000}
ratings:
  - {shop: yw, date: 2026-10-01, positive_rate: 0.962, dsr_service: 4.8}
  - {platform: ae, shop: yw, date: 2026-10-08, positive_rate: 0.96}
"""


def test_everything_it_may_say():
    profile = read_profile(WHOLE)
    assert profile.cash_on_hand == -1200.5
    assert profile.monthly_costs == {"rent": 8000.0, "wages": 36000.0}
    shops = pl.DataFrame({"platform": ["ae", "sf"], "shop": ["yw", "yw"]})
    rows = profile.rating_rows(shops).sort("platform", "on", "figure").select("platform", "figure", "value").rows()
    assert rows == [
        ("ae", "dsr_service", 4.8), ("ae", "positive_rate", 0.962), ("ae", "positive_rate", 0.96),
        ("sf", "dsr_service", 4.8), ("sf", "positive_rate", 0.962),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "modes"),
    [
        ("", [None, "semi_jit", None]),
        ("mode: pop", ["pop", "semi_jit", "pop"]),
        ("mode: {yw: own}", ["own", "semi_jit", None]),
        ("mode: {yw: own, hz: pop}", ["own", "semi_jit", "pop"]),
    ],
)
def test_orders_that_do_not_say_their_mode_have_that_of_their_shop(text, modes):
    schema = {"shop": pl.String, "mode": pl.Enum(MODES)}
    lines = pl.DataFrame({"shop": ["yw", "yw", "hz"], "mode": [None, "semi_jit", None]}, schema=schema)
    found = read_profile(text).with_modes(lines)
    assert found["mode"].to_list() == modes
    assert found.schema == lines.schema


def test_nothing_is_nothing_and_not_zero():
    profile = read_profile("")
    assert profile.cash_on_hand is None
    assert profile.rating_rows(pl.DataFrame({"platform": ["ae"], "shop": ["yw"]})).height == 0


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("cash: 5", "'cash'"),
        ("cash_on_hand: much", "'much'"),
        ("cash_on_hand: .nan", "nan"),
        ("monthly_costs: {rent: -1}", "-1"),
        ("ratings: [{shop: yw, positive_rate: 0.9}]", "date"),
        ("ratings: [{shop: yw, date: 2026-10-01, positive_rate: 96}]", "0 to 1"),
        ("ratings: [{shop: yw, date: 2026-10-01, stars: 5}]", "'stars'"),
        ("ratings: [{shop: yw, on: 2026-10-01}]", "True"),
        ("mode: shop", "'shop'"),
        ("mode: {yw: pop, hz: 3}", "3"),
        ("mode: [pop]", "pop"),
        ("- cash", "not a list"),
        ("a: [", "a"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(text, problem):
    with pytest.raises(UnreadableFileError) as refused:
        read_profile(text, "/shops/yw/shop.yaml")
    assert problem in refused.value.what("en")
    assert "/shops/yw/shop.yaml" in refused.value.what("zh")
