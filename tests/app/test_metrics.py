"""Whatever shows a figure shows one that is registered, and all that show it say the same."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tradewind.app.python import Workspace
from tradewind.app.wording.plan.plan import Plan
from tradewind.app.wording.plan.summary import summary as summary_section
from tradewind.core.text import catalogue
from tradewind.engine.metrics import GRAINS, METRICS, Metric, Source, values

SHOWN_TWICE = [(m, source) for m in METRICS.values() for source in m.also]


@pytest.fixture(scope="module")
def tables(planned: Path) -> dict[str, pl.DataFrame]:
    return Workspace(planned).load_run(None).tables


@pytest.mark.parametrize(("metric", "source"), SHOWN_TWICE, ids=[f"{m.name}-{s.table}" for m, s in SHOWN_TWICE])
def test_two_tables_that_show_the_same_metric_say_the_same(tables, metric: Metric, source: Source):
    defined, shown = (values(one, metric.grain, tables) for one in (metric.source, source))
    by = list(GRAINS[metric.grain])
    expected = shown.select(by).join(defined, on=by, how="left", maintain_order="left") if by else defined
    assert shown.height > 0
    assert_frame_equal(shown, expected, rel_tol=1e-9)


def test_every_figure_of_the_summary_and_of_the_shop_is_registered(tables):
    assert set(tables["summary"]["metric"]) <= METRICS.keys()
    assert set(tables["shop_health"]["figure"]) <= METRICS.keys()
    for name, unit, window in tables["summary"].select("metric", "unit", "window").iter_rows():
        assert (unit, window) == ("CNY" if METRICS[name].unit == "money" else METRICS[name].unit, METRICS[name].window)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_shows_the_figures_of_the_registry_under_their_labels(planned, lang):
    words = catalogue(lang)
    shown = [card.label for card in summary_section(Plan(Workspace(planned).load_run(None), lang)).cards]
    assert shown
    assert set(shown) <= {words[f"metric.{name}"] for name in METRICS}


def test_the_units_of_the_markets_add_up_to_those_expected_in_all(tables):
    by_market = values(METRICS["market_units"].source, "market", tables)["value"].sum()
    in_all = tables["summary"].filter(metric="expected_units")["value"].item()
    by_category = tables["demand_totals"].filter(group="category")["mean"].sum()
    assert by_market == pytest.approx(in_all)
    assert by_category == pytest.approx(in_all)


def test_the_lowest_point_of_cash_is_never_above_the_middle_of_a_week(tables):
    lowest = values(METRICS["cash_lowest"].source, "plan", tables)["value"].item()
    weeks = values(METRICS["cash_balance"].source, "week", tables)["value"]
    assert lowest <= weeks.min()
