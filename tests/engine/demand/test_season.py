"""The shape of the year and the lift of events, from sales made up so that the answer is known."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from tradewind.engine.demand.panel import Panel
from tradewind.engine.demand.season import event_shares, fit_season

START = date(2024, 6, 3)


def weeks(count: int) -> list[date]:
    return [START + timedelta(weeks=i) for i in range(count)]


def panel(units: np.ndarray, markets: list[str] | None = None, categories: list[str] | None = None) -> Panel:
    rows = len(units)
    keys = pl.DataFrame(
        {
            "sku": [f"S{i}" for i in range(rows)],
            "market": markets or ["DE"] * rows,
            "category": categories or ["c"] * rows,
        }
    )
    return Panel(keys, weeks(units.shape[1]), units, np.ones_like(units))


def calendar(*events: tuple[str, str, date, date]) -> pl.DataFrame:
    return pl.DataFrame(list(events), schema=["event", "market", "starts_on", "ends_on"], orient="row")


def test_an_event_counts_in_each_week_by_its_days_the_fullest_week_as_one():
    """Thursday to Tuesday, the end not counted: four days of the first week, one of the next."""
    events = calendar(("11.11", "DE", START + timedelta(days=3), START + timedelta(days=8)))
    assert event_shares(events, ["11.11"], "DE", weeks(3)).tolist() == [[1.0, 0.25, 0.0]]


def test_an_event_of_another_market_does_not_count_one_of_all_markets_does():
    day, later = START + timedelta(days=1), START + timedelta(days=8)
    events = calendar(("a", "ES", day, day + timedelta(days=1)), ("b", "ZZ", later, later + timedelta(days=1)))
    assert event_shares(events, ["a", "b"], "DE", weeks(2)).tolist() == [[0.0, 0.0], [0.0, 1.0]]
    assert event_shares(events, ["a", "b"], "ES", weeks(2)).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert event_shares(None, ["a"], "DE", weeks(2)).tolist() == [[0.0, 0.0]]


def test_an_event_before_or_after_the_weeks_asked_about_is_nowhere():
    days = [START - timedelta(days=1), START + timedelta(days=14)]
    events = calendar(*(("a", "DE", day, day + timedelta(days=1)) for day in days))
    assert event_shares(events, ["a"], "DE", weeks(2)).tolist() == [[0.0, 0.0]]


def test_less_than_a_year_of_sales_knows_no_season():
    flat = fit_season(panel(np.tile(np.linspace(5, 60, 51), (6, 1))), 4)
    assert not flat.known
    assert flat.factors == pytest.approx(np.ones_like(flat.factors))
    assert fit_season(panel(np.full((6, 52), 9.0)), 4).known


def test_two_years_with_twice_as_much_in_winter_give_that_season_again():
    year = 40 + 20 * np.cos((np.arange(104) - 30) / 52.18 * 2 * np.pi)  # most at week 30 after June
    found = fit_season(panel(np.round(np.tile(year, (12, 1)))), 52)
    ahead = found.of(104, 52)[0]
    assert ahead.argmax() == pytest.approx(30, abs=2)
    assert ahead.max() / ahead.min() == pytest.approx(3.0, rel=0.15)
    assert np.exp(np.log(found.of(52, 52)).mean()) == pytest.approx(1.0)
    assert found.of(52, 52).shape == (12, 52)


def test_an_event_lifts_its_week_next_time_too():
    """Every 13 weeks a sale that triples the week; less than a year, so that only events are learnt."""
    sold = np.where(np.arange(40) % 13 == 6, 60.0, 20.0)
    days = [START + timedelta(weeks=w) for w in (6, 19, 32, 45)]
    events = calendar(*(("sale", "DE", day, day + timedelta(days=7)) for day in days))
    found = fit_season(panel(np.tile(sold, (8, 1))), 8, events).of(40, 8)[0]
    assert found.argmax() == 5
    assert found[5] / np.delete(found, 5).mean() == pytest.approx(3.0, rel=0.15)
    elsewhere = fit_season(panel(np.tile(sold, (8, 1))), 8, events.with_columns(market=pl.lit("FR"))).of(40, 8)[0]
    assert elsewhere == pytest.approx(np.full(8, elsewhere[0]))


def test_a_category_of_its_own_season_is_kept_separate_from_the_rest():
    """Summer goods and winter goods, in the same market."""
    wave = 0.8 * np.cos((np.arange(104) - 4) / 52.18 * 2 * np.pi)
    units = np.round(np.concatenate([np.tile(40 * (1 + wave), (8, 1)), np.tile(40 * (1 - wave), (8, 1))]))
    found = fit_season(panel(units, categories=["summer"] * 8 + ["winter"] * 8), 52).of(104, 52)
    assert found[0, 4] / found[0, 30] > 1.8
    assert found[8, 30] / found[8, 4] > 1.8
    assert found[0, 4] == pytest.approx(found[7, 4])


def test_one_huge_order_is_not_everybodys_season():
    units = np.full((6, 104), 10.0)
    units[0, 60] = 5000.0
    assert fit_season(panel(units), 8).factors.max() < 1.6


def test_each_event_is_whole_in_its_own_fullest_week_however_short_it_is():
    day = START + timedelta(days=1)
    events = calendar(("long", "DE", day, day + timedelta(days=4)), ("short", "DE", day, day + timedelta(days=1)))
    assert event_shares(events, ["long", "short"], "DE", weeks(2)).tolist() == [[1.0, 0.0], [1.0, 0.0]]
