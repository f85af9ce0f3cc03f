"""Draws depend on the seed, the row's identity, the week and the scenario, and on nothing else."""

import numpy as np
import polars as pl
import pytest

from tradewind.core.counts import negative_binomial
from tradewind.core.distribution import Distribution
from tradewind.core.errors import ParameterError
from tradewind.core.scenarios import Factor, row_keys, sample, uniforms

ROWS = pl.DataFrame({"sku": [f"sku-{i}" for i in range(300)], "market": ["ES", "FR", "PL"] * 100})
WEEKS = list(range(740_000, 740_000 + 7 * 6, 7))


def test_a_row_draws_the_same_whatever_stands_beside_it():
    keys = row_keys(ROWS, ["sku", "market"])
    everything = uniforms(keys, WEEKS, 50, seed=1)
    alone = uniforms(keys[[17]], WEEKS, 50, seed=1)
    backwards = uniforms(keys[::-1].copy(), WEEKS, 50, seed=1)
    assert np.array_equal(everything[17], alone[0])
    assert np.array_equal(everything, backwards[::-1])


def test_a_shifted_horizon_keeps_the_draws_of_the_weeks_it_shares():
    keys = row_keys(ROWS, ["sku", "market"])
    assert np.array_equal(uniforms(keys, WEEKS, 20, 1)[:, 2:], uniforms(keys, WEEKS[2:], 20, 1))


def test_another_seed_draws_anew():
    keys = row_keys(ROWS, ["sku"])
    assert not np.array_equal(uniforms(keys, WEEKS, 20, 1), uniforms(keys, WEEKS, 20, 2))


def test_row_keys_differ_where_the_joined_text_would_not():
    clash = pl.DataFrame({"a": ["x", "xy", None], "b": ["yz", "z", "x"]})
    assert len(set(row_keys(clash, ["a", "b"]).tolist())) == 3
    unknown = pl.DataFrame({"a": [None, None, ""], "b": ["x", "y", "x"]})
    assert len(set(row_keys(unknown, ["a", "b"]).tolist())) == 3


def test_no_rows_have_no_keys_and_no_draws():
    keys = row_keys(ROWS.head(0), ["sku"])
    assert (keys.shape, keys.dtype) == ((0,), np.uint64)
    assert uniforms(keys, WEEKS, 3, 1).shape == (0, 6, 3)


def test_row_keys_are_the_published_fnv_1a():
    assert row_keys(pl.DataFrame({"a": [""]}), ["a"])[0] == 0xCBF29CE484222325


def test_draws_are_uniform_whatever_the_factors():
    keys = row_keys(ROWS, ["sku", "market"])
    market = row_keys(ROWS, ["market"])
    u = uniforms(keys, WEEKS, 200, 5, [Factor("market", market, 0.3), Factor("series", keys, 0.2, weekly=False)])
    assert u.min() > 0
    assert u.max() < 1
    assert np.histogram(u, bins=10, range=(0, 1))[0] / u.size == pytest.approx([0.1] * 10, abs=0.02)


def test_shared_factors_tie_rows_and_weeks_together_as_stated():
    keys, market = row_keys(ROWS, ["sku", "market"]), row_keys(ROWS, ["market"])
    u = uniforms(keys, WEEKS, 2000, 5, [Factor("market", market, 0.4), Factor("series", keys, 0.3, weekly=False)])

    def correlation(a, b):
        return np.corrcoef(a, b)[0, 1]

    same_market = correlation(u[0, 0], u[3, 0])
    other_market = correlation(u[0, 0], u[1, 0])
    next_week = correlation(u[0, 0], u[0, 1])
    spearman = 6 / np.pi * np.arcsin(np.array([0.4, 0.3]) / 2)
    assert same_market == pytest.approx(spearman[0], abs=0.06)
    assert other_market == pytest.approx(0.0, abs=0.06)
    assert next_week == pytest.approx(spearman[1], abs=0.06)


def test_a_shared_market_shock_widens_the_total():
    keys, market = row_keys(ROWS, ["sku", "market"]), row_keys(ROWS, ["market"])
    odds = negative_binomial(np.full(len(ROWS) * len(WEEKS), 4.0), 2.0)
    apart = sample(odds, keys, WEEKS, 300, 5).sum(axis=(0, 1))
    together = sample(odds, keys, WEEKS, 300, 5, [Factor("market", market, 0.3)]).sum(axis=(0, 1))
    assert together.std() > 3 * apart.std()
    assert together.mean() == pytest.approx(apart.mean(), rel=0.05)


def test_shares_beyond_one_are_refused():
    keys = row_keys(ROWS, ["sku"])
    with pytest.raises(ParameterError, match="factor shares") as refused:
        uniforms(keys, WEEKS, 2, 1, [Factor("a", keys, 0.75), Factor("b", keys, 0.5)])
    assert refused.value.values["value"] == 1.25
    with pytest.raises(ParameterError, match="factor shares"):
        uniforms(keys, WEEKS, 2, 1, [Factor("a", keys, 0.5), Factor("b", keys, -0.1)])
    whole = uniforms(keys, WEEKS, 2, 1, [Factor("a", keys, 0.5), Factor("b", keys, 0.5)])
    assert np.ptp(whole, axis=(0, 1)).min() > 0.5


@pytest.mark.parametrize("kind", ["count", "amount", "time"])
def test_draws_are_the_distribution_at_the_uniforms(kind):
    keys = row_keys(ROWS, ["sku", "market"])
    mean = np.geomspace(0.01, 900.0, len(ROWS) * len(WEEKS))
    counts = negative_binomial(mean, 0.7)
    odds = Distribution.from_quantiles(mean, counts.p_zero, counts.quantiles, kind)
    u = uniforms(keys, WEEKS, 40, seed=3)
    expected = odds.quantile(u.reshape(len(odds), 40)).reshape(u.shape)
    drawn = sample(odds, keys, WEEKS, 40, seed=3)
    assert drawn == pytest.approx(expected, rel=1e-6) if kind != "count" else np.array_equal(drawn, expected)


def test_a_lost_parcel_is_drawn_as_never():
    days = Distribution.from_samples(np.array([[3.0, 4.0, 5.0, 6.0, np.inf]]), "time")
    drawn = sample(days, row_keys(ROWS.head(1), ["sku"]), [0], 4000, seed=3)
    assert np.isinf(drawn).mean() == pytest.approx(0.2, abs=0.02)
    assert drawn[np.isfinite(drawn)].mean() == pytest.approx(4.5, abs=0.1)


def test_the_draws_are_the_same_on_every_machine_and_in_every_version():
    """A plan is made again from its seed years later: these figures do not change."""
    pairs = pl.DataFrame({"sku": ["cup", "hat"], "market": ["ES", "ES"]})
    keys, market = row_keys(pairs, ["sku", "market"]), row_keys(pairs, ["market"])
    assert keys.tolist() == [17516921265386836141, 10315643827750624865]
    plain = uniforms(keys, [740_000, 740_007], 3, 7)
    assert plain.ravel().tolist() == pytest.approx(
        [0.10831545, 0.68995291, 0.15158738, 0.9644627, 0.02952218, 0.54534233,
         0.46729887, 0.67641711, 0.7004469, 0.20626487, 0.11217828, 0.56063902], abs=1e-7,
    )  # fmt: skip
    tied = uniforms(
        keys, [740_000, 740_007], 3, 7, [Factor("market", market, 0.3), Factor("series", keys, 0.2, weekly=False)]
    )
    assert tied.ravel().tolist() == pytest.approx(
        [0.53513694, 0.69355464, 0.12410989, 0.99834698, 0.29555631, 0.43733448,
         0.75896847, 0.60598338, 0.67405826, 0.8108837, 0.39294088, 0.64641833], abs=1e-7,
    )  # fmt: skip
    units = sample(negative_binomial([3.0, 0.5], 1.5), keys, [740_000], 6, 11)
    assert units.tolist() == [[[10, 9, 4, 5, 4, 5]], [[0, 0, 1, 1, 0, 0]]]
