"""Promise dates: the earliest day kept often enough, or none, with the reason."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.core.distribution import LEVELS, Distribution
from tradewind.core.errors import MissingColumnError, ParameterError
from tradewind.core.text import render_rows
from tradewind.engine.promise import PromiseParams, promise


def lanes(*rows: tuple[str, float, float, int], spread: float = 0.3) -> pl.DataFrame:
    """service, median days, odds of never, parcels; lognormal times."""
    rng = np.random.default_rng(5)
    times = np.array([median * np.exp(spread * rng.standard_normal(4000)) for _, median, _, _ in rows]).reshape(
        len(rows), 4000
    )
    quantiles = np.quantile(times, LEVELS, axis=1).T.reshape(len(rows), len(LEVELS))
    odds = Distribution.from_quantiles(times.mean(axis=1), [never for _, _, never, _ in rows], quantiles, "time")
    return pl.DataFrame(
        {
            "service": [service for service, *_ in rows],
            "node": "YW",
            "market": "DE",
            "region": pl.Series([None] * len(rows), dtype=pl.String),
            "parcels": pl.Series([parcels for *_, parcels in rows], dtype=pl.Int64),
        }
    ).with_columns(odds.columns())


def test_the_promise_is_the_earliest_whole_day_that_is_kept_often_enough():
    options = lanes(("post", 9.0, 0.0, 500))
    row = promise(options, PromiseParams(on_time_odds=0.9)).row(0, named=True)
    odds = Distribution.from_frame(options, "time")
    assert row["on_time_odds"] >= 0.9
    assert odds.cdf(float(row["promise_days"] - 1))[0] < 0.9
    assert row["promise_days"] == 14
    assert row["reason"] == "promise_given"


def test_parcels_that_never_arrive_lengthen_the_promise_until_there_is_none():
    out = promise(lanes(("a", 9.0, 0.0, 500), ("b", 9.0, 0.06, 500), ("c", 9.0, 0.12, 500)))
    days = out["promise_days"].to_list()
    assert days[0] < days[1]
    assert days[2] is None
    assert out["reason"][2] == "promise_too_uncertain"


def test_thin_evidence_gives_no_promise_and_no_tag_but_says_why():
    out = promise(lanes(("few", 2.0, 0.0, 29), ("none", 2.0, 0.0, 0), ("enough", 2.0, 0.0, 30)))
    assert out["service"].to_list() == ["enough", "few", "none"]
    assert out["promise_days"].to_list() == [3, None, None]
    assert out["reachable_5_days"].to_list() == [True, None, None]
    assert out["reason"].to_list() == ["promise_given", "promise_too_few_parcels", "promise_no_parcels"]


def test_a_lane_nothing_is_known_about_gets_no_promise():
    unknown = (
        lanes(("post", 9.0, 0.0, 0))
        .with_columns(pl.lit(None, pl.Float64).alias(c) for c in ("mean", "p_zero", "tail"))
        .with_columns(quantiles=pl.lit(None, pl.Array(pl.Float64, len(LEVELS))))
    )
    row = promise(unknown).row(0, named=True)
    assert row["promise_days"] is None
    assert row["odds_5_days"] is None
    assert row["reachable_5_days"] is None


def test_five_days_reachable_is_the_odds_of_five_days_and_nothing_else():
    out = promise(lanes(("fast", 3.0, 0.0, 100), ("slow", 9.0, 0.0, 100)))
    assert out["reachable_5_days"].to_list() == [True, False]
    assert out["odds_5_days"][0] > 0.9 > out["odds_5_days"][1]


def test_two_lines_are_never_averaged():
    alone = promise(lanes(("fast", 3.0, 0.0, 100)))
    both = promise(lanes(("fast", 3.0, 0.0, 100), ("slow", 30.0, 0.0, 100)))
    assert both.filter(pl.col("service") == "fast").equals(alone)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.5, 0.99), st.floats(0.5, 0.99), st.floats(1.0, 30.0), st.floats(0.0, 0.3))
def test_surer_promises_are_never_earlier(one, other, median, never):
    options = lanes(("post", median, never, 100))
    low, high = (promise(options, PromiseParams(on_time_odds=o))["promise_days"][0] for o in sorted((one, other)))
    assert high is None or (low is not None and low <= high)


def test_where_lateness_has_a_price_the_day_weighs_length_against_lateness():
    options = lanes(("steady", 9.0, 0.0, 100), spread=0.05)
    erratic = lanes(("erratic", 9.0, 0.0, 100), spread=0.6)
    params = PromiseParams(late_costs_days=30.0)
    out = promise(pl.concat([options, erratic]), params)
    by_day = Distribution.from_frame(erratic, "time").cdf(np.arange(1.0, 61.0)[None, :])[0]
    assert out["promise_days"][0] == int(np.argmin(np.arange(1, 61) + 30.0 * (1 - by_day))) + 1
    assert out["on_time_odds"][1] > out["on_time_odds"][0]


def test_the_days_of_the_tag_name_its_columns():
    out = promise(lanes(("fast", 3.0, 0.0, 100)), PromiseParams(reachable_days=7))
    assert "reachable_7_days" in out.columns


def test_every_reason_reads_as_a_sentence_in_both_languages():
    out = promise(lanes(("a", 9.0, 0.0, 500), ("b", 9.0, 0.0, 5), ("c", 9.0, 0.3, 500), ("d", 9.0, 0.0, 0)))
    for lang in ("en", "zh"):
        assert render_rows(out, "reason", lang).null_count() == 0
    assert "14" in render_rows(out, "reason", "en")[0]


def test_rows_in_any_order_and_none_at_all():
    options = lanes(("a", 9.0, 0.0, 500), ("b", 3.0, 0.0, 500))
    assert promise(options.reverse()).equals(promise(options))
    assert promise(options.clear()).height == 0
    assert promise(options.clear()).schema == promise(options).schema


def test_bad_input_is_named():
    with pytest.raises(MissingColumnError, match="tail"):
        promise(lanes(("a", 9.0, 0.0, 500)).drop("tail"))
    with pytest.raises(ParameterError, match="on_time_odds"):
        PromiseParams(on_time_odds=0.2)
