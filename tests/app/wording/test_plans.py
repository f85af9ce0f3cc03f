"""Plans in words."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from tradewind.app.usecases.plans import BacktestResult, PlanResult, PlansResult, RerunResult
from tradewind.app.usecases.result import Provenance, paged
from tradewind.app.wording import as_data, view_of
from tradewind.app.wording.view import Table

SEEN = Provenance(datetime(2026, 11, 2, tzinfo=UTC), "20261102-abc")
SUMMARY = pl.DataFrame(
    {
        "metric": ["revenue", "nobody_knows", "on_time_share"],
        "value": [1234.5, None, 0.873],
        "unit": ["CNY", "units", "share"],
        "window": ["last_13_weeks", None, "today"],
    }
)
PLAN = {
    "provenance": SEEN,
    "seed": 7,
    "horizon_weeks": 13,
    "currency": "CNY",
    "summary": SUMMARY,
    "tables": {"orders": 3},
}


def test_a_plan_says_which_it_is_its_figures_and_what_is_next():
    line, table, further = view_of(PlanResult(**PLAN), "en")
    assert line == "Plan 20261102-abc as of 2026-11-02, 13 weeks ahead"
    assert [row[1] for row in table.rows] == ["1,235 CNY", "unknown", "87 %"]
    assert (table.rows[0][0], table.rows[1][0], table.rows[1][2]) == ("Revenue", "nobody knows", "")
    assert "tradewind actions" in further


@pytest.mark.parametrize(
    ("same", "changed", "said"),
    [
        (True, (), "The plan came out the same, to the last digit."),
        (False, ("demand", "orders"), "The plan came out different in: demand, orders."),
    ],
)
def test_a_plan_made_again_says_whether_it_came_out_the_same(same, changed, said):
    result = RerunResult(**PLAN, same=same, changed_tables=changed)
    assert view_of(result, "en")[1] == said
    assert as_data(result, "en")["changed_tables"] == list(changed)


def test_plans_kept_are_a_table_with_how_many_there_are():
    kept = pl.DataFrame({"id": ["b", "a"], "seed": [2, 1]})
    table, more = view_of(PlansResult(paged(kept, 1)), "en")
    assert ([row[0] for row in table.rows], more) == (["b"], "1 of 2 shown; --limit shows more.")
    assert view_of(PlansResult(paged(kept.clear(), 20)), "zh") == ["还没有做过计划：用 tradewind run 做一份。"]


def test_a_back_test_names_methods_and_says_how_to_read_each_table():
    error = pl.DataFrame({"method": ["tradewind", "zeros"], "loss": [1.0, 2.0], "bias": [0.02, None]})
    money = pl.DataFrame({"method": ["tradewind"], "cost": [10.0]})
    stated = {"unit_margin": 1.0, "lost_sale_cost": 0.0, "holding_cost_per_week": 0.2, "lead_time_weeks": 2}
    known, errors, how, costs, stated_line = view_of(BacktestResult(SEEN, 13, stated, error, money), "en")
    assert known == "Each week was planned with only what was known then."
    assert isinstance(errors, Table)
    assert errors.rows == [("Tradewind", "1", "2.0 %"), ("always nothing", "2", "unknown")]
    assert errors.numbers == {1, 2}
    assert (how.startswith("Loss:"), costs.title != errors.title) == (True, True)
    assert "an order takes 2 weeks" in stated_line


def test_programs_get_a_plan_with_its_figures_and_the_rows_of_its_tables():
    said = as_data(PlanResult(**PLAN), "en")
    assert (said["run"], said["as_of"], said["tables"]) == ("20261102-abc", "2026-11-02T00:00:00+00:00", {"orders": 3})
    assert said["summary"][0] == {"metric": "revenue", "value": 1234.5, "unit": "CNY", "window": "last_13_weeks"}
