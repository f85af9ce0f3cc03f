"""Demand's mechanism: what is foreseen is the mean of what can happen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from tradewind.data.simulated.events import events_between
from tradewind.data.simulated.goods import Goods, goods
from tradewind.data.simulated.scales import FUTURE_WEEKS, scale_named
from tradewind.data.simulated.visits import (
    CATEGORY_WEEK,
    MARKET_WEEK,
    SERIES,
    Shock,
    Visits,
    draw_units,
    foreseen_rates,
    purchase_rates,
    realised_rates,
    structural_rates,
    units_per_purchase,
    visits,
)

TINY = scale_named("tiny")
LAST = TINY.weeks - 1


@pytest.fixture(scope="module")
def world() -> tuple[Goods, Visits]:
    events = events_between(TINY.first_week, TINY.last_day + timedelta(weeks=FUTURE_WEEKS), TINY.markets)
    assortment = goods(TINY, 7)
    return assortment, visits(TINY, assortment, events, 7)


def continued(value: np.ndarray, shock: Shock, weeks: int, rng: np.random.Generator) -> np.ndarray:
    log = np.log(value) + shock.sd**2 / 2
    for _ in range(weeks):
        log = shock.kept * log + shock.sd * np.sqrt(1 - shock.kept**2) * rng.normal(size=log.shape)
    return np.exp(log - shock.sd**2 / 2)


def test_the_foreseen_rate_is_the_mean_over_all_continuations(world: tuple[Goods, Visits]) -> None:
    assortment, drawn = world
    drawn = replace(drawn, pulse=np.zeros_like(drawn.pulse))
    rng, ahead, draws = np.random.default_rng(1), 4, 4000
    total = np.zeros((4, 2))
    for _ in range(draws):
        market = continued(drawn.market[:, LAST], MARKET_WEEK, ahead, rng)
        category = continued(drawn.category[:, LAST], CATEGORY_WEEK, ahead, rng)
        series = continued(drawn.series[:, LAST], SERIES, ahead, rng)
        pulse = np.zeros(4)
        for _ in range(ahead):
            pulse = 0.6 * pulse + np.where(rng.random(4) < 0.0025, 2.0, 0.0)
        total += purchase_rates(assortment, drawn, LAST + ahead, market, category, series * (1 + pulse))
    foreseen = foreseen_rates(assortment, drawn, LAST + ahead, LAST)
    assert foreseen == pytest.approx(total / draws, rel=0.02)


def test_far_ahead_the_foreseen_rate_of_a_market_forgets_its_shock(world: tuple[Goods, Visits]) -> None:
    assortment, drawn = world
    shocked = replace(drawn, market=drawn.market * 1.3)
    soon = foreseen_rates(assortment, shocked, LAST + 1, LAST) / foreseen_rates(assortment, drawn, LAST + 1, LAST)
    late = foreseen_rates(assortment, shocked, LAST + 20, LAST) / foreseen_rates(assortment, drawn, LAST + 20, LAST)
    assert soon == pytest.approx(np.full((4, 2), 1.3**0.7))
    assert late == pytest.approx(np.ones((4, 2)), abs=0.001)


def test_what_is_foreseen_does_not_change_with_the_future(world: tuple[Goods, Visits]) -> None:
    assortment, drawn = world
    other = replace(drawn, series=np.where(np.arange(drawn.series.shape[1]) > LAST, 9.0, drawn.series))
    before = foreseen_rates(assortment, drawn, LAST + 5, LAST)
    assert np.array_equal(foreseen_rates(assortment, other, LAST + 5, LAST), before)
    assert not np.allclose(realised_rates(assortment, other, LAST + 5), realised_rates(assortment, drawn, LAST + 5))


def test_the_history_averages_to_the_lines_a_week_asked_for(world: tuple[Goods, Visits]) -> None:
    weekly = [structural_rates(*world, week).sum() for week in range(TINY.weeks)]
    assert np.mean(weekly) == pytest.approx(TINY.lines_per_week)


def test_a_sku_not_yet_launched_is_bought_by_nobody(world: tuple[Goods, Visits]) -> None:
    assortment, _ = world
    launch = int(assortment.launch_week[3])
    assert launch == TINY.weeks - 3
    assert (realised_rates(*world, launch - 1)[3] == 0).all()
    assert (realised_rates(*world, launch)[3] > 0).all()


def test_units_of_a_purchase_average_to_the_stated_mean() -> None:
    odds = np.full(200_000, 0.1)
    units = draw_units(odds, np.random.default_rng(2))
    assert units.min() == 1
    assert units.mean() == pytest.approx(units_per_purchase(odds)[0], rel=0.01)
