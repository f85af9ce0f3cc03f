"""What a SKU did at this time last year, against its whole last year."""

from __future__ import annotations

import numpy as np
import pytest

from tradewind.engine.demand.last_year import running_totals

WEEKS = 104


def features(
    sale: np.ndarray, *, origin: int, target: int, skus: list[int] | None = None, size: float = 2.0
) -> np.ndarray:
    """Features of each series, all weeks due, each sale of the log size `size`; now half of the weeks sell at 1."""
    rows = len(sale)
    totals = running_totals(sale, np.ones_like(sale), sale * size, np.array(skus or range(rows)))
    return totals.last_year(origin, target, np.full(rows, 0.5), np.full(rows, 1.0))


def year(*weeks: int) -> np.ndarray:
    sale = np.zeros((1, WEEKS))
    sale[0, list(weeks)] = 1.0
    return sale


def test_all_that_sold_lay_around_the_target_last_year():
    """Three sales within three weeks of week 60; in the year up to week 104 three of 52 weeks sold."""
    found = features(year(57, 60, 63), origin=104, target=112)[0]
    expected = 7 * (3 + 0.1) / (52 + 0.2)
    assert found[0] == pytest.approx(np.log((3 + 1) / (expected + 1)))
    assert found[2] == pytest.approx((3 * 2.0 - 3 * 2.0) / (3 + 1))
    assert found[3] == pytest.approx(np.log((3 + 1) / (7 * 0.5 + 1)))
    assert found[4] == pytest.approx((3 * 2.0 - 3 * 1.0) / (3 + 2))


def test_a_sale_four_weeks_off_is_not_around_the_target():
    near, far = (features(year(w), origin=104, target=112)[0, 3] for w in (63, 64))
    assert near > far
    assert far == features(year(56), origin=104, target=112)[0, 3] == features(year(), origin=104, target=112)[0, 3]


def test_the_weeks_before_the_origin_last_year_are_the_eight_before_it():
    """Week 104 less 52 is week 52: weeks 44 to 51."""
    expected = 8 * (0 + 0.1) / (52 + 0.2)
    assert features(year(44, 51), origin=104, target=112)[0, 1] == pytest.approx(np.log((2 + 1) / (expected + 1)))
    assert features(year(43), origin=104, target=112)[0, 1] == pytest.approx(np.log(1 / (expected + 1)))


def test_a_sku_is_seen_in_all_its_markets_together_a_series_by_itself():
    sale = np.concatenate([year(60), year(), year(60)])
    found = features(sale, origin=104, target=112, skus=[0, 0, 1])
    assert found[0, 0] == found[1, 0] != found[2, 0]
    assert found[1, 3] < found[0, 3] == found[2, 3]


def test_a_larger_sale_around_the_target_than_over_the_year_is_seen():
    sale = year(60, 90)
    totals = running_totals(sale, np.ones_like(sale), np.where(np.arange(WEEKS) == 60, 5.0, 2.0) * sale, np.array([0]))
    found = totals.last_year(104, 112, np.array([0.5]), np.array([1.0]))[0]
    assert found[2] == pytest.approx((5.0 - 1 * (5.0 + 2.0) / 2) / (1 + 1))


@pytest.mark.parametrize(("origin", "target"), [(40, 44), (10, 30)])
def test_without_a_last_year_nothing_is_said(origin, target):
    assert features(year(1, 5, 30), origin=origin, target=target).tolist() == [[0.0] * 5]


def test_nothing_from_the_origin_on_is_used():
    before, after = year(60), year(60, 80, 81)
    assert features(before, origin=80, target=112).tolist() == features(after, origin=80, target=112).tolist()


def test_what_a_sku_sold_in_one_market_counts_in_all_of_them():
    """Only the second series of SKU 0 sold, once in 2 x 52 weeks of last year, in the 2 x 7 around the target."""
    found = features(np.concatenate([year(), year(60), year()]), origin=104, target=112, skus=[0, 0, 1])
    expected = 14 * (1 + 0.1) / (104 + 0.2)
    assert found[:2, 0] == pytest.approx(np.log((1 + 1) / (expected + 1)))
    assert found[2, 0] == pytest.approx(np.log(1 / (7 * 0.1 / 52.2 + 1)))


def test_a_sale_before_the_whole_last_year_has_no_size_to_be_set_against():
    """Week 51 lies around week 104 - 52, and not in the weeks 52 to 103."""
    assert features(year(51), origin=104, target=104)[0, 2] == 0.0


def test_around_the_target_nothing_before_the_first_week_counts():
    """Three weeks before week 54 - 52 would be week -1: six weeks are left, in the first of which it sold."""
    found = features(year(0), origin=54, target=54)[0]
    assert found[0] == pytest.approx(np.log((1 + 1) / (6 * 0.1 / 52.2 + 1)))
    assert found[3] == pytest.approx(np.log((1 + 1) / (6 * 0.5 + 1)))
