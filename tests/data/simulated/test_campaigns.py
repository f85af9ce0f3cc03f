"""Campaigns: the lift a market shows is its buyers' segments', and part of it is taken from look-alikes."""

from __future__ import annotations

import numpy as np
import pytest

from tradewind.data.simulated.campaigns import CANNIBALISED, KINDS, Campaigns, campaigns, market_lift
from tradewind.data.simulated.scales import scale_named

SMALL = scale_named("small")
SPAIN, BRAZIL = SMALL.markets.index("ES"), SMALL.markets.index("BR")


def one_campaign(kind: str) -> np.ndarray:
    """SKU 0 has a campaign in week 1; SKU 1 is its only look-alike, SKU 2 is none."""
    off = np.zeros((3, 3), bool)
    on = off.copy()
    on[0, 1] = True
    running = {k: on if k == kind else off for k in KINDS}
    return Campaigns(running).effect(SMALL, np.array([0, 0, 1]))


def test_a_coupon_lifts_a_market_by_its_mix_of_bargain_hunters_regulars_and_loyal_buyers() -> None:
    effect = one_campaign("coupon")
    assert effect[0, SPAIN, 1] == pytest.approx(1 + 0.40 * 0.90 + 0.45 * 0.25 + 0.15 * 0.02)
    assert effect[0, BRAZIL, 1] > effect[0, SPAIN, 1]
    assert effect[0, SPAIN, 0] == effect[0, SPAIN, 2] == 1.0


def test_look_alikes_lose_a_third_of_what_the_campaign_wins_and_others_nothing() -> None:
    effect = one_campaign("coupon")
    assert effect[1, SPAIN, 1] == pytest.approx(1 - CANNIBALISED * market_lift(SMALL, "coupon")[SPAIN])
    assert effect[2, SPAIN, 1] == 1.0


def test_advertising_moves_other_buyers_than_coupons() -> None:
    assert one_campaign("ads")[0, BRAZIL, 1] < one_campaign("coupon")[0, BRAZIL, 1]


def test_no_campaign_runs_in_the_weeks_to_be_foreseen() -> None:
    for on in campaigns(SMALL, 7).running.values():
        assert on.any()
        assert not on[:, SMALL.weeks :].any()
