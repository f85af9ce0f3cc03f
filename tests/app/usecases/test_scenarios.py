"""What a change of rules does to the margin table: before is the plan's, after the same sales under the change."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tradewind.app.usecases.requests import ScenarioRequest
from tradewind.app.usecases.scenarios import ScenarioResult, ScenariosResult, compare_scenario, ready_scenarios
from tradewind.core.errors import ParameterError, UnknownNameError
from tradewind.core.text import LANGUAGES, catalogue
from tradewind.engine.margin.what_if import read_change


def scenario(context, name: str | None = None, *changes: str, **page) -> ScenarioResult:
    found = compare_scenario(context, ScenarioRequest(name=name, set=changes, **page))
    assert isinstance(found, ScenarioResult)
    return found


def test_dearer_freight_lowers_every_margin_and_changes_nothing_that_is_kept(seller):
    before = seller.plan()["economics"]
    found = scenario(seller, "freight_up_20", limit=1000)
    assert found.table.rows > 0
    assert (found.table.frame["change"].drop_nulls() <= 0).all()
    freight = found.components.filter(component="freight").row(0, named=True)
    assert freight["after"] == pytest.approx(1.2 * freight["before"])
    assert seller.plan()["economics"].equals(before)
    assert_frame_equal(scenario(seller, "freight_up_20", limit=1000).table.frame, found.table.frame, check_exact=True)


def test_a_change_of_nothing_leaves_every_margin_to_the_last_bit(seller):
    """After is computed anew from the kept estimates; a rule set to what it says gives the plan's own economics."""
    found = scenario(seller, None, "semi.base_service_fee=*1", limit=1000).table.frame
    assert found["margin_after"].equals(found["margin"].rename("margin_after"))
    assert found["change"].drop_nulls().to_list() == [0.0] * found["change"].drop_nulls().len()


def test_the_sums_are_over_all_rows_whose_margin_is_known_whatever_the_page(seller):
    whole, page = scenario(seller, "freight_up_20", limit=1000), scenario(seller, "freight_up_20", limit=1)
    known = whole.table.frame.filter(pl.col("change").is_not_null())
    assert whole.change == pytest.approx(known["change"].sum())
    assert (page.contribution, page.contribution_after, page.change) == (
        whole.contribution, whole.contribution_after, whole.change
    )  # fmt: skip
    assert page.table.frame.height == 1
    assert whole.turned == known.filter(pl.col("margin") >= 0, pl.col("margin_after") < 0).height


def test_the_month_before_is_the_contribution_the_tiers_rank_by(seller):
    before = scenario(seller, "freight_up_20", limit=1000).table.frame
    by_sku = before.group_by("sku").agg(pl.col("contribution").sum(), known=pl.col("contribution").is_not_null().all())
    both = (
        by_sku.filter("known")
        .join(seller.plan()["tiers"], on="sku", suffix="_of_tier")
        .drop_nulls("contribution_of_tier")
    )
    assert both.height > 0
    assert both["contribution"].to_list() == pytest.approx(both["contribution_of_tier"].to_list())


def test_changes_of_ones_own_come_after_those_of_the_scenario(seller):
    own = scenario(seller, "mine", "semi.base_service_fee=0.05", "fx.*=*0.9")
    assert own.changes == ["semi.base_service_fee=0.05", "fx.*=*0.9"]
    both = scenario(seller, "freight_up_20", "fx.*=*0.9")
    assert both.changes == [*ready_scenarios()["freight_up_20"], "fx.*=*0.9"]


def test_the_most_used_service_can_be_lost(seller):
    parcels = seller.facts()["parcels"]
    most = parcels["service"].value_counts().sort("count", descending=True)["service"][0]
    assert_frame_equal(
        scenario(seller, None, "service.most=lost").table.frame,
        scenario(seller, None, f"service.{most}=lost").table.frame,
    )


def test_what_is_no_scenario_and_no_change_is_refused(seller):
    with pytest.raises(UnknownNameError) as refused:
        compare_scenario(seller, ScenarioRequest(name="mine"))
    assert (refused.value.code, refused.value.values["field"]) == ("scenario_unknown", "name")
    with pytest.raises(ParameterError) as refused:
        compare_scenario(seller, ScenarioRequest(name="mine", set=("nonsense",)))
    assert refused.value.code == "scenario_change_wrong"


def test_without_a_name_the_scenarios_that_come_along_are_listed(unplanned):
    assert compare_scenario(unplanned, ScenarioRequest()) == ScenariosResult(ready_scenarios())


@pytest.mark.parametrize("name", ready_scenarios())
def test_every_ready_scenario_can_be_read_and_has_a_title(name):
    assert [read_change(change) for change in ready_scenarios()[name]]
    for lang in LANGUAGES:
        assert catalogue(lang)[f"scenario_title.{name}"]
