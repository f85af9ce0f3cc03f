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


LN2 = np.log(2.0)
"""A week back weighs exp(-LN2 / half-life)."""


def test_one_series_that_sold_a_week_ago_is_described_by_its_own_rate_at_every_speed():
    """A sale of 4, then a week without. Smoothed over h weeks r = 0.5 ** (1 / h) of 1 + r weeks had a sale, log odds
    log r = -LN2 / h, and nothing of it changes by shrinking to a market that is the series itself.
    """
    found = features(panel([4, 0]), 2)
    month, year = 0.5 ** (1 / 8), 0.5 ** (1 / 26)
    own = [-LN2 / 3, -LN2 / 8, -LN2 / 26, 0.0, -LN2 / 26, np.log(2), np.log(3 / 53)]
    market = 3.0 - LN2 / 26
    bends = [(LN2 / 26) ** 2 / 4, 0.0, 0.0]  # rate, size, size by rate
    missed = 1 * 0.5
    trend = [
        np.log((4 * month + 3) / ((1 + month) * 4 * year / (2 + year) + 3)),
        np.log((4 * year + 3) / ((1 + year) * 4 / 3 + 3)),
    ]
    assert found.occurrence[0] == pytest.approx(
        [1.0, *own, market, *(x * market for x in own), *bends, missed, *trend, 0.0, 0.0], abs=5e-6
    )
    arithmetic = np.log((4 + 4.5) / 2 + 0.5) - np.log(4.5)
    assert found.sale_size[0] == pytest.approx([1.0, 0.0, 0.0, 0.0, 0.0, arithmetic, *trend, 0.0, 0.0], abs=5e-6)
    assert (found.usual[0], found.mean_log_size[0]) == (pytest.approx(np.log(4.5)), pytest.approx(np.log(4.5)))
    assert found.rate[0] == pytest.approx(year / (1 + year))


def test_what_a_series_lacks_it_borrows_from_its_sku_its_category_and_its_market():
    """One week, in which X sold 4 in A, Y sold 1 in B, and X in B, Y and Z in A nothing.

    Sales a week: A 1 / 3, B 1 / 2; own rate (sold + market) / (1 + 1). Category c (X alone) sold (1 + 5) of
    (1/3 + 1/2 + 5) expected, d (Y and Z) (1 + 5) of (1/3 + 1/2 + 1/3 + 5); SKU X then (1 + 36/35) of (5/6 + 1).
    """
    keys = pl.DataFrame({"sku": list("XXYYZ"), "market": list("ABABA"), "category": list("ccddd")})
    week = Panel(keys, [MONDAY], np.array([[4.0], [0.0], [0.0], [1.0], [0.0]]), np.ones((5, 1)))
    found = features(week, 1)
    own = np.array([4 / 6, 1 / 4, 1 / 6, 3 / 4, 1 / 6])
    x, y, z = (1 + 36 / 35) / (11 / 6), (1 + 36 / 37) / (11 / 6), (36 / 37) / (4 / 3)
    pooled = np.array([x / 3, x / 2, y / 3, y / 2, z / 3])
    assert found.rate == pytest.approx(own)
    for speed in range(1, 5):
        assert found.occurrence[:, speed] == pytest.approx(np.log(own / (1 - own)))
    assert found.occurrence[:, 5] == pytest.approx(np.log(pooled / (1 - pooled)))
    assert found.occurrence[:, 6] == pytest.approx([0.0, LN2, LN2, 0.0, LN2])
    assert found.occurrence[:, 8] == pytest.approx(np.full(5, np.log(0.97 / 0.03) + 3))  # who sells, sold every week
    assert found.occurrence[:, 19] == pytest.approx([0.0, 1 / 4, 1 / 6, 0.0, 1 / 6])  # missed since the last sale

    everywhere = (np.log(4.5) + np.log(1.5)) / 2
    a, b = (np.log(4.5) + 5 * everywhere) / 6, (np.log(1.5) + 5 * everywhere) / 6
    assert found.usual == pytest.approx([a, b, a, b, a])
    off_x, off_y = np.log(4.5) - a, np.log(1.5) - b
    sku = np.array([*[(off_x + 2 * off_x / 11) / 3] * 2, *[(off_y + 2 * off_y / 11) / 3] * 2, 2 * off_y / 11 / 2])
    size = [(off_x + sku[0]) / 2, sku[1], sku[2], (off_y + sku[3]) / 2, sku[4]]
    assert found.sale_size[:, 1] == pytest.approx(sku)
    for speed in (2, 3, 4):
        assert found.sale_size[:, speed] == pytest.approx(size)
    assert found.mean_log_size == pytest.approx(np.array([a, b, a, b, a]) + size)
    assert found.occurrence[:, 17] == pytest.approx(size)
    assert found.occurrence[:, 18] == pytest.approx(size * np.log(own / (1 - own)) / 2)
    arithmetic = np.log((np.array([4, 0, 0, 1, 0]) + np.exp(found.usual + sku)) / [2, 1, 1, 2, 1] + 0.5)
    assert found.sale_size[:, 5] == pytest.approx(arithmetic - found.usual)
    trend = np.log([7 / 5, 7 / 5, 4 / 3.5, 4 / 3.5, 1])  # X sold 4 where half of it was usual, Y 1
    assert found.sale_size[:, 6] == pytest.approx(trend)


def test_a_market_is_as_busy_as_those_of_its_series_that_still_sell():
    """At a weight of 0.3 and less in the last weeks with a sale a series is silent: 45 weeks after its only one it has
    0.5 ** (45 / 26) = 0.301, a week later 0.293.
    """
    busy, once = [1.0, 0.0] * 23 + [1.0], [1.0] + [0.0] * 46
    selling, silent = (features(panel(busy, once), origin).occurrence[0, 8] for origin in (46, 47))
    kept = 0.5 ** (np.arange(47) / 26)
    assert selling == pytest.approx(np.log((kept[1:46:2].sum() + kept[45]) / (kept[:46:2].sum() + kept[:45].sum())) + 3)
    assert silent == pytest.approx(np.log(kept[::2].sum() / kept[1::2].sum()) + 3)


def test_missed_sales_count_six_at_most():
    long_gone = features(panel([9.0] * 20 + [0.0] * 40), 60)
    share = 20 / 60  # at half-lives that never end
    assert 40 * share > 6
    assert long_gone.occurrence[0, 19] == 6.0
    assert features(panel([9.0] * 20 + [0.0] * 10), 30).occurrence[0, 19] == 6.0
    assert features(panel([9.0] * 20 + [0.0] * 8), 28).occurrence[0, 19] == pytest.approx(8 * 20 / 28, rel=1e-5)


@pytest.mark.parametrize(("factor", "strength"), [(1.0, 0.5), (0.01, 0.05), (0.1, 0.05), (40.0, 20.0), (100.0, 20.0)])
def test_the_size_of_a_sale_is_freed_from_the_share_of_the_week_seen_and_its_season(factor, strength):
    """Half a week in stock; its factor counts between a twentieth and twenty."""
    half = panel([4.0], exposure=[[0.5]])
    found = features(half, 1, factor=factor)
    usual = np.log(4.5) - size_shift(usual_buyers(half), np.array([strength]))
    assert found.recent[0, 0] == pytest.approx(usual[0])
    arithmetic = (4.0 * np.exp(-size_shift(usual_buyers(half), np.array([strength]))) + np.exp(usual)) / 2 + 0.5
    assert found.sale_size[0, 5] == pytest.approx(np.log(arithmetic) - usual, abs=1e-5)
    assert found.occurrence[0, 7] == pytest.approx(np.log1p(0.5 * factor) - np.log(53))


def test_a_week_half_seen_without_a_sale_is_half_a_week_of_waiting():
    found = features(panel([4.0, 0.0, 0.0], exposure=[[1.0, 0.5, 1.0]]), 3)
    assert found.occurrence[0, 6] == pytest.approx(np.log1p(1.5))


def test_buyers_beyond_thirty_are_as_good_as_thirty():
    """A sale is then certain: log odds of so many buyers are as many, but for one in 10 ** 8."""
    many = np.array([20.0, 40.0])
    assert odds_shift(many, np.array([3.0, 3.0])) == pytest.approx([CLUSTERING * (30 - 20), 0.0])
    assert size_shift(many, np.array([3.0, 3.0])) == pytest.approx(np.log([3.0, 3.0]))


def test_scatter_is_the_spread_around_the_own_mean_and_leans_on_everybodys():
    """Log sizes 2, 2, 2 and 1, 2, 3: squares around the mean 0 and 2, with 2 degrees of freedom each.

    All together (0 + 2 + 2) / (2 + 2 + 4) = 0.5; each with four sales' worth of that.
    """
    found = features(panel((np.exp([2.0, 2.0, 2.0]) - 0.5).tolist(), (np.exp([1.0, 2.0, 3.0]) - 0.5).tolist()), 3)
    assert found.scatter == pytest.approx(np.sqrt([(0 + 4 * 0.5) / (2 + 4), (2 + 4 * 0.5) / (2 + 4)]), abs=1e-4)


def test_before_the_first_week_nothing_is_known():
    found = features(panel([4.0, 2.0]), 0)
    assert found.recent.tolist() == found.recency.tolist() == [[0.0] * LAST_SALES]
    assert (found.hits.tolist(), found.active.tolist()) == ([0.0], [0.0])


def test_each_origin_is_seen_as_if_it_were_the_only_one():
    given = panel([4, 0, 9, 0, 2], [0, 1, 0, 0, 0])
    uniform = np.zeros(given.units.shape)
    late, early = features_at(given, np.ones(given.units.shape), uniform, [4, 2])
    assert (late.origin, early.origin) == (4, 2)
    assert late.occurrence.tolist() == features(given, 4).occurrence.tolist()
    assert early.occurrence.tolist() == features(given, 2).occurrence.tolist()
