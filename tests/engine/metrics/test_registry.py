"""One name, one definition, one wording: what must hold for every figure of the registry."""

import polars as pl
import pytest

from tradewind.core.plan_tables import PLAN_TABLES
from tradewind.core.text import catalogue
from tradewind.engine.metrics import GRAINS, METRICS, SHOP_METRICS, Metric, Source, values
from tradewind.engine.shop import FIGURES

BESIDE_THE_PLAN = {"loaded"}
"""Frames of data health: they are made when asked for, not kept with a plan."""


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("metric", METRICS.values(), ids=list(METRICS))
def test_every_metric_has_label_meaning_unit_window_and_grain(metric, lang):
    needed = {
        f"metric.{metric.name}", f"metric_meaning.{metric.name}", f"metric_unit.{metric.unit}",
        f"window.{metric.window}", f"grain.{metric.grain}",
    }  # fmt: skip
    assert needed <= catalogue(lang).keys()


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("group", ["metric", "metric_meaning"])
def test_no_two_metrics_read_the_same(group, lang):
    words = catalogue(lang)
    said = [words[f"{group}.{name}"] for name in METRICS]
    assert sorted(set(said)) == sorted(said)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("metric", "column"), [("month_margin", "monthly_margin"), ("month_contribution", "contribution")]
)
def test_a_column_is_headed_like_the_metric_it_holds(metric, column, lang):
    words = catalogue(lang)
    assert words[f"column.{column}"] == words[f"metric.{metric}"]


@pytest.mark.parametrize("metric", METRICS.values(), ids=list(METRICS))
def test_a_metric_is_read_from_columns_the_tables_of_a_plan_have(metric):
    for source in (metric.source, *metric.also):
        if source.table in BESIDE_THE_PLAN:
            continue
        named = source.by or GRAINS[metric.grain]
        where = [] if source.where is None else source.where.meta.root_names()
        read = {*named, *source.formula.meta.root_names(), *where}
        assert read <= PLAN_TABLES[source.table].columns.keys()


def test_what_is_watched_of_a_shop_are_the_metrics_of_a_shop():
    assert [f.metric for f in FIGURES] == list(SHOP_METRICS)


COUNTED = pl.DataFrame(
    {
        "platform": ["ae"] * 3, "shop": ["b", "a", "a"], "figure": ["x", "x", "y"], "cases": [3, 0, 9], "of": [4, 0, 9],
    }
)  # fmt: skip


def test_values_are_one_for_each_of_the_grain_in_order_and_null_where_not_known():
    share = pl.when(pl.col("of").first() > 0).then(pl.col("cases").first() / pl.col("of").first())
    found = values(Source("t", share, pl.col("figure") == "x"), "shop", {"t": COUNTED})
    assert found.rows() == [("ae", "a", None), ("ae", "b", 0.75)]


def test_a_table_may_call_the_grain_otherwise_and_rows_without_it_are_left_out():
    frame = pl.DataFrame({"sku": ["a", "b"], "mode": ["pop", "pop"], "runner_up": ["full", None], "margin": [5.0, 6.0]})
    source = Source("t", pl.col("margin").first(), by=("sku", "runner_up"))
    assert values(source, "sku_mode", {"t": frame}).rows() == [("a", "full", 5.0)]


def test_a_metric_is_its_name_grain_unit_window_and_source():
    metric = Metric("rows", "plan", "rows", "now", Source("t", pl.len()))
    assert values(metric.source, metric.grain, {"t": COUNTED})["value"].to_list() == [3.0]
