"""What a series had shown by an origin: rates and sizes at several speeds, freed from season, pooled where thin."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from tradewind.engine.demand.features import (
    CLUSTERING,
    LAST_SALES,
    features_at,
    log_size,
    odds_shift,
    size_shift,
    usual_buyers,
)
from tradewind.engine.demand.panel import Panel

MONDAY = date(2026, 6, 1)


def panel(*units: list[float], exposure: list[list[float]] | None = None, markets: str = "AAAA") -> Panel:
    """One series a row, of SKUs S0, S1, …, all of one category."""
    weeks = len(units[0])
    keys = pl.DataFrame(
        {"sku": [f"S{i}" for i in range(len(units))], "market": list(markets[: len(units)]), "category": "c"}
    )
    seen = np.ones((len(units), weeks)) if exposure is None else np.array(exposure, float)
    return Panel(keys, [MONDAY + timedelta(weeks=i) for i in range(weeks)], np.array(units, float), seen)


def features(given: Panel, moment: int, factor: float = 1.0):
    flat = np.full(given.units.shape, factor)
    return features_at(given, flat, np.zeros(given.units.shape), [moment])[0]


def test_size_is_on_a_scale_that_spreads_counts_evenly():
    assert log_size(np.array([3.0, 3.0, 0.0]), np.array([0.0, 1.0, 0.5])) == pytest.approx(np.log([3.5, 2.5, 0.5]))


def test_more_buyers_raise_the_odds_of_a_rare_seller_and_the_size_of_a_daily_one():
    rare, daily = np.array([0.01]), np.array([20.0])
    assert odds_shift(rare, np.array([2.0])) == pytest.approx([CLUSTERING * np.log(2)], rel=0.02)
    assert size_shift(daily, np.array([2.0])) == pytest.approx([np.log(2)], rel=1e-3)
    assert odds_shift(rare, np.array([1.0])).tolist() == size_shift(rare, np.array([1.0])).tolist() == [0.0]


@pytest.mark.parametrize("buyers", [0.05, 1.0, 8.0])
def test_odds_times_size_grow_by_the_factor(buyers):
    b, factor = np.array([buyers]), np.array([3.0])
    usual = np.log(np.expm1(b))
    chance = 1 / (1 + np.exp(-usual)), 1 / (1 + np.exp(-(usual + odds_shift(b, factor))))
    assert chance[1] / chance[0] * np.exp(size_shift(b, factor)) == pytest.approx(factor)


def test_usual_buyers_give_the_share_of_weeks_with_a_sale():
    """One of four observed weeks; none of four counts as a fifth of a sale, all of four as a little short of all."""
    given = panel([2, 0, 0, 0, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 0], exposure=[[1, 1, 1, 1, 0]] * 3)
    assert np.exp(-usual_buyers(given)) == pytest.approx([0.75, 0.95, 0.005])


def test_the_last_sales_are_kept_newest_first_and_weigh_less_the_older_they_are():
    found = features(panel([4, 0, 9, 0]), 4)
    assert found.recent[0, :2] == pytest.approx(np.log([9.5, 4.5]))
    assert found.recency[0, :2] == pytest.approx([0.5 ** (1 / 30), 0.5 ** (3 / 30)])
    assert found.recency[0, 2:].tolist() == [0.0] * (LAST_SALES - 2)
    assert features(panel([4, 0, 9, 0]), 1).recent[0, :2] == pytest.approx([np.log(4.5), 0.0])


def test_only_the_sixteen_last_sales_are_kept():
    found = features(panel([float(n) for n in range(1, 21)]), 20)
    assert found.recent[0] == pytest.approx(np.log([n + 0.5 for n in range(20, 4, -1)]))


def test_what_lies_after_the_origin_is_not_seen():
    early, late = panel([4, 0, 9, 0, 3, 3]), panel([4, 0, 9, 0, 70, 0])
    for name in ("occurrence", "sale_size", "rate", "scatter", "recent", "active", "hits"):
        assert np.array_equal(getattr(features(early, 4), name), getattr(features(late, 4), name)), name


def test_sales_with_hits_counted_at_26_weeks_and_for_ever():
    found = features(panel([1, 0, 1, 1]), 4)
    keep = 0.5 ** (1 / 26)
    assert found.active == pytest.approx([keep**3 + keep + 1])
    assert found.hits == pytest.approx([3.0], abs=1e-4)


def test_a_season_of_twice_as_many_is_taken_out_of_sizes():
    """Twice the units in weeks that sell twice as much leave the size of a daily seller as it is."""
    often, plain = [[40.0] * 12] * 2, [[20.0] * 12] * 2
    double = features(panel(*often), 12, factor=2.0)
    single = features(panel(*plain), 12)
    assert double.usual == pytest.approx(single.usual, abs=0.03)


def test_a_thin_series_is_shrunk_to_what_its_market_does():
    """Four sell every week, one has been there for two weeks without a sale: it is expected to sell often as well."""
    busy, new = [5.0] * 20, [0.0] * 20
    seen = [[1.0] * 20] * 3 + [[0.0] * 18 + [1.0] * 2]
    thin = features(panel(busy, busy, busy, new, exposure=seen), 20)
    assert thin.rate[:3].min() > 0.9
    assert 0.2 < thin.rate[3] < 0.6
    idle = features(panel(busy, busy, busy, new), 20)
    assert idle.rate[3] < thin.rate[3] / 3


def test_sizes_that_vary_more_have_more_scatter():
    found = features(panel([4.0] * 20, [1.0, 16.0] * 10), 20)
    assert found.scatter[0] < 0.5 < found.scatter[1]


def test_of_some_series_all_their_features_are_taken():
    whole = features(panel([4, 0, 9, 0], [1, 1, 0, 0], [2, 2, 2, 2]), 4)
    part = whole.take(np.array([2, 0]))
    assert part.rate.tolist() == whole.rate[[2, 0]].tolist()
    assert part.occurrence_at(5).tolist() == whole.occurrence_at(5)[[2, 0]].tolist()
    assert part.sale_size_at(5).tolist() == whole.sale_size_at(5)[[2, 0]].tolist()
