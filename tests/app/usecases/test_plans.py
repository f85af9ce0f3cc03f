"""Plans are made from what was known, come out the same again, and are listed newest first."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tradewind.app.planning import cycle
from tradewind.app.usecases import Context
from tradewind.app.usecases.plans import backtest_plan, list_plans, make_plan, remake_plan
from tradewind.app.usecases.requests import BacktestRequest, RerunRequest, RunRequest, RunsRequest
from tradewind.core.errors import NotEnoughDataError, ParameterError, UnknownRunError


@pytest.fixture
def own(planned: Path, tmp_path: Path) -> Context:
    """Who asks of a copy of the tiny seller's workspace, to write to."""
    return Context(Path(shutil.copytree(planned, tmp_path / "shop")))


def test_a_plan_of_an_earlier_day_knows_that_day_and_is_kept(own):
    asked = RunRequest(as_of=datetime(2026, 9, 28, tzinfo=UTC), horizon_weeks=6, seed=3)
    result = make_plan(own, asked)
    kept = own.plan(result.provenance.run)
    assert (kept.as_of, kept.seed, kept.horizon_weeks) == (asked.as_of, 3, 6)
    weeks = kept["demand"]["week"]
    assert (str(weeks.min()), weeks.n_unique()) == ("2026-09-28", 6)
    assert result.tables["demand"] == kept["demand"].height
    assert result.summary.equals(kept["summary"])
    assert result.provenance.newer_data


def test_progress_is_told_while_a_plan_is_made(own, monkeypatch):
    told = []
    own = replace(own, progress=lambda step, done=0, total=None: told.append(step))
    monkeypatch.setattr(cycle, "plan", lambda facts, progress, **_: progress("demand", 1, 2) or own.plan().tables)
    make_plan(own, RunRequest())
    assert told == ["demand", "save"]


def test_a_plan_made_again_is_the_same_and_not_kept(seller):
    before = list_plans(seller, RunsRequest()).page.rows
    run = seller.plan()
    again = remake_plan(seller, RerunRequest(run_id=run.id))
    assert (again.same, again.changed_tables, again.provenance.run, again.seed) == (True, (), run.id, 1)
    assert list_plans(seller, RunsRequest()).page.rows == before


def test_a_plan_made_again_names_the_tables_that_came_out_different(seller, monkeypatch):
    other = dict(seller.plan().tables) | {"orders": seller.plan()["orders"].clear(), "demand": pl.DataFrame()}
    monkeypatch.setattr(cycle, "plan", lambda facts, **_: other)
    again = remake_plan(seller, RerunRequest(run_id=seller.plan().id))
    assert (again.same, again.changed_tables) == (False, ("demand", "orders"))
    with pytest.raises(UnknownRunError):
        remake_plan(seller, RerunRequest(run_id="nosuch"))


def test_plans_are_listed_newest_first_page_by_page(empty):
    for seed in (1, 2, 3):
        seen = empty.workspace.snapshot(datetime(2026, 11, 1, tzinfo=UTC))
        empty.workspace.save_run({}, snapshot=seen, seed=seed, horizon_weeks=13)
    first = list_plans(empty, RunsRequest(limit=2)).page
    last = list_plans(empty, RunsRequest(limit=2, after=first.next)).page
    assert (first.rows, first.frame["seed"].to_list(), last.frame["seed"].to_list()) == (3, [3, 2], [1])


def test_the_past_is_replayed_at_the_costs_stated(seller):
    asked = BacktestRequest(weeks=2, unit_margin=2.0, lost_sale_cost=0.5, holding_cost=0.1, lead_time_weeks=1)
    result = backtest_plan(seller, asked)
    stated = {"unit_margin": 2.0, "holding_cost_per_week": 0.1, "lost_sale_cost": 0.5, "lead_time_weeks": 1}
    assert result.stated == stated | {"review_weeks": 1}
    assert (result.weeks, "tradewind" in result.error["method"].to_list()) == (2, True)
    assert set(result.money["method"]) == set(result.error["method"])
    assert result.provenance.as_of == seller.workspace.snapshot().as_of


def test_a_history_that_is_too_short_or_costs_that_cannot_be_are_refused(small):
    with pytest.raises(NotEnoughDataError):
        backtest_plan(small, BacktestRequest(weeks=500))
    with pytest.raises(ParameterError, match="holding_cost"):
        backtest_plan(small, BacktestRequest(holding_cost=0.0))
