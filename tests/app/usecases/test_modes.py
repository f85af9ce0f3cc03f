"""All modes of a SKU side by side, as the plan has them; full-managed at a quoted price beside them."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tradewind.app.usecases.modes import compare_modes
from tradewind.app.usecases.requests import ModesRequest
from tradewind.core.errors import RequestError, UnknownNameError
from tradewind.engine.modes import MonthDemand


def test_modes_stand_side_by_side(seller):
    found = compare_modes(seller, ModesRequest(sku="SKU-001"))
    options = dict(found.options.select("mode", "wrong_costs").iter_rows())
    assert set(options) >= {"semi_stocked", "semi_jit", "pop"}
    assert options[found.modes.frame["mode"][0]] == pytest.approx(0.0)
    offer = found.full_managed.row(0, named=True)
    assert offer["walk_away_price"] >= offer["floor_price"] > 0


def test_what_is_shown_are_the_plans_own_rows(seller):
    found, plan = compare_modes(seller, ModesRequest(limit=1000)), seller.plan()
    assert found.provenance.run == plan.id
    assert found.modes.rows == plan["modes"].height
    assert_frame_equal(found.modes.frame.sort("sku"), plan["modes"].sort("sku"))
    for shown, kept in ((found.options, "mode_options"), (found.full_managed, "mode_offers"), (found.tiers, "tiers")):
        assert shown.equals(plan[kept])


def test_the_largest_month_comes_first_page_by_page_with_the_options_of_its_skus(seller):
    whole = compare_modes(seller, ModesRequest(limit=1000)).modes.frame
    assert whole["monthly_margin"].abs().is_sorted(descending=True)
    second = compare_modes(seller, ModesRequest(limit=1, after=1))
    assert second.modes.frame["sku"].to_list() == [whole["sku"][1]]
    assert second.modes.next == 2
    for frame in (second.options, second.full_managed, second.tiers):
        assert frame["sku"].unique().to_list() == [whole["sku"][1]]


def test_full_managed_at_the_walk_away_price_brings_what_the_best_other_mode_does(seller):
    usual = compare_modes(seller, ModesRequest(sku="SKU-001"))
    walk_away = usual.full_managed["walk_away_price"][0]
    at = compare_modes(seller, ModesRequest(sku="SKU-001", supply_price=walk_away))
    options = dict(at.options.select("mode", "monthly_margin").iter_rows())
    assert options["full"] == pytest.approx(max(v for mode, v in options.items() if mode != "full"), rel=2e-3)
    others = pl.col("mode") != "full"
    columns = ("mode", "monthly_margin", "monthly_margin_p10", "unit_margin", "capital_tied")
    assert_frame_equal(at.options.filter(others).select(columns), usual.options.filter(others).select(columns))


def test_a_quoted_price_does_not_pass_for_the_retail_price(seller):
    usual, at = (compare_modes(seller, ModesRequest(sku="SKU-001", supply_price=price)) for price in (None, 3.0))
    assert_frame_equal(usual.full_managed, at.full_managed)


def test_a_quoted_price_is_valued_on_the_scenarios_the_plan_drew(seller):
    """The mean of the month that is drawn again is the plan's own, to the last bit."""
    from tradewind.app.planning.predict import paths_of

    plan, its = seller.plan(), pl.col("sku") == "SKU-001"
    paths = paths_of(seller.facts_of(plan), plan["demand"].filter(its), plan["shared_shocks"], seed=plan.seed)
    month = MonthDemand.from_weeks(paths.keys, paths.draws).draws.mean(axis=1).astype(float)
    assert month.tolist() == plan["month_units"].filter(its)["monthly_units"].to_list()


def test_a_supply_price_is_of_one_sku(seller):
    with pytest.raises(RequestError) as refused:
        compare_modes(seller, ModesRequest(supply_price=9.0))
    assert refused.value.code == "modes_supply_price_whose"


def test_a_sku_the_plan_does_not_have_is_refused(seller):
    with pytest.raises(UnknownNameError) as refused:
        compare_modes(seller, ModesRequest(sku="NONE"))
    assert refused.value.values["field"] == "sku"
