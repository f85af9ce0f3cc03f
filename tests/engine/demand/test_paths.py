"""Sample paths: the odds of each row kept, rows tied together, the same dice everywhere."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from tradewind.core.counts import negative_binomial
from tradewind.engine.demand import sample_paths

MONDAY = date(2026, 6, 1)
SHARES = {"market_week": 0.3, "category_week": 0.2, "series": 0.3}


def frame(pairs, mean=6.0, weeks=4):
    keys = [(s, m, MONDAY + timedelta(days=7 * w)) for s, m in pairs for w in range(weeks)]
    distribution = negative_binomial(np.full(len(keys), mean), 3.0)
    return pl.DataFrame(keys, schema=["sku", "market", "week"], orient="row").with_columns(*distribution.columns())


PAIRS = [("A", "DE"), ("B", "DE"), ("C", "DE"), ("A", "FR")]
PRODUCTS = pl.DataFrame({"sku": ["A", "B", "C"], "category": ["x", "x", "y"]})


def test_the_sampled_mean_is_the_stated_mean():
    paths = sample_paths(frame(PAIRS), PRODUCTS, scenarios=4000, seed=1, shares=SHARES)
    assert paths.draws.shape == (4, 4, 4000)
    assert paths.draws.mean(axis=2) == pytest.approx(6.0, rel=0.06)


def test_rows_that_share_more_move_together_more():
    draws = sample_paths(frame(PAIRS), PRODUCTS, scenarios=4000, seed=1, shares=SHARES).draws
    a_de, a_fr, b_de, c_de = draws[:, 0]

    def tied(x, y):
        return np.corrcoef(x, y)[0, 1]

    assert tied(a_de, b_de) > tied(a_de, c_de) + 0.1 > tied(a_de, a_fr) + 0.3
    assert abs(tied(a_de, a_fr)) < 0.06
    assert tied(draws[0, 0], draws[0, 3]) == pytest.approx(0.3, abs=0.08)


def test_without_shares_rows_are_independent():
    draws = sample_paths(frame(PAIRS), PRODUCTS, scenarios=4000, seed=1, shares={}).draws
    assert abs(np.corrcoef(draws[0, 0], draws[2, 0])[0, 1]) < 0.06


def test_a_pair_keeps_its_draws_when_others_join_and_when_rows_are_shuffled():
    alone = sample_paths(frame(PAIRS[:1]), PRODUCTS, seed=1, shares=SHARES).draws[0]
    shuffled = frame(PAIRS).sample(fraction=1.0, shuffle=True, seed=2)
    assert np.array_equal(sample_paths(shuffled, PRODUCTS, seed=1, shares=SHARES).draws[0], alone)
    assert not np.array_equal(sample_paths(frame(PAIRS), PRODUCTS, seed=2, shares=SHARES).draws[0], alone)


def test_keys_and_weeks_name_the_draws():
    paths = sample_paths(frame(PAIRS, weeks=2), PRODUCTS, scenarios=5, seed=1, shares=SHARES)
    assert paths.keys.rows() == [("A", "DE"), ("A", "FR"), ("B", "DE"), ("C", "DE")]
    assert paths.weeks == [MONDAY, MONDAY + timedelta(days=7)]


def test_an_empty_forecast_gives_no_paths():
    paths = sample_paths(frame(PAIRS).clear(), PRODUCTS, scenarios=5, seed=1, shares=SHARES)
    assert paths.draws.shape[0] == 0
