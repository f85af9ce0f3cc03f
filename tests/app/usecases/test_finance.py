"""Fines, cash and the shop's figures: answered from the plan as they would be from the facts."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tradewind.app.usecases.finance import FineResult, FinesResult, _listed, cash_calendar, list_fines, shop_health
from tradewind.app.usecases.requests import CashRequest, FinesRequest, ShopHealthRequest
from tradewind.app.usecases.result import Provenance
from tradewind.core.errors import UnknownNameError, UnknownRunError
from tradewind.core.weeks import WEEKS_A_MONTH

EARLIER = datetime(2026, 9, 28, tzinfo=UTC)


def fines(context, **asked) -> FinesResult:
    found = list_fines(context, FinesRequest(**asked))
    assert isinstance(found, FinesResult)
    return found


def one_fine(context, fine: str) -> FineResult:
    found = list_fines(context, FinesRequest(fine=fine))
    assert isinstance(found, FineResult)
    return found


def test_fines_of_the_plan_are_those_the_facts_give(seller, unplanned):
    kept, computed = (fines(context, all=True, limit=1000) for context in (seller, unplanned))
    assert kept.provenance.run
    assert computed.provenance.run is None
    assert (kept.loaded, kept.against, kept.fees_claimed) == (computed.loaded, computed.against, computed.fees_claimed)
    assert kept.loaded > 0
    assert_frame_equal(kept.fines.frame, computed.fines.frame, check_exact=True)
    assert_frame_equal(kept.fees_back, computed.fees_back, check_exact=True)


def test_a_fine_has_its_evidence_from_the_plan_as_from_the_facts(seller, unplanned):
    late = fines(seller, all=True).fines.frame.filter(kind="late_inbound")["fine_id"][0]
    kept, computed = one_fine(seller, late), one_fine(unplanned, late)
    assert {"inbound.due", "inbound.received"} <= set(kept.evidence["what"])
    assert_frame_equal(kept.fine, computed.fine, check_exact=True)
    assert_frame_equal(kept.evidence, computed.evidence, check_exact=True)


def test_a_fine_nobody_has_is_refused_by_its_field(seller):
    with pytest.raises(UnknownNameError) as refused:
        list_fines(seller, FinesRequest(fine="no such"))
    assert refused.value.values == {"field": "fine", "fine": "no such"}


def test_open_fines_come_page_by_page_and_all_only_when_asked(seller):
    every, still_open = fines(seller, all=True, limit=1000), fines(seller, limit=1000)
    assert still_open.fines.frame["open"].all()
    assert still_open.fines.rows == every.fines.frame["open"].sum() < every.fines.rows == every.loaded
    first = fines(seller, all=True, limit=2)
    second = fines(seller, all=True, limit=2, after=first.fines.next)
    ids = [*first.fines.frame["fine_id"], *second.fines.frame["fine_id"]]
    assert ids == every.fines.frame["fine_id"][:4].to_list()
    assert first.fees_back.height <= 2


def test_what_is_worth_an_appeal_or_a_claim_is_counted_over_all_pages():
    """Of five fines three are open, two of these contradicted; of three fees two are claims."""
    known = pl.DataFrame(
        {
            "fine_id": list("abcde"),
            "open": [True, True, True, False, False],
            "verdict": ["against", "for", "against", "against", "silent"],
            "money": [5.0, 7.0, 11.0, 13.0, 17.0],
        }
    )
    fees = pl.DataFrame({"reason": [f"fee_back.{r}" for r in ("claim", "claim", "done")], "rest": [4.0, 2.0, 1.0]})
    found = _listed(known, fees, FinesRequest(limit=1, after=1), "CNY", Provenance())
    assert found.fines.frame["fine_id"].to_list() == ["b"]
    assert (found.fines.rows, found.fines.next, found.loaded) == (3, 2, 5)
    assert (found.against, found.against_money) == (2, 16.0)
    assert (found.fees_claimed, found.fees_rest, found.fees_rows) == (2, 6.0, 3)
    assert found.fees_back["rest"].to_list() == [2.0]


def test_what_was_known_earlier_is_computed_for_that_moment(seller):
    found = fines(seller, all=True, limit=1000, as_of=EARLIER)
    assert found.provenance.run is None
    assert found.provenance.as_of == EARLIER
    assert found.fines.frame["fined_at"].max() <= EARLIER


def test_a_plan_that_did_not_see_todays_rules_does_not_answer_for_today(own_shop):
    assert shop_health(own_shop, ShopHealthRequest()).provenance.run
    own = '- {id: shop_health.dispute_rate, value: 0.9, source: "the platform, 2026-10"}'
    (own_shop.folder / "rules.yaml").write_text(own, encoding="utf-8")
    found = shop_health(own_shop, ShopHealthRequest())
    assert found.provenance.run is None
    assert found.data.filter(figure="dispute_rate")["threshold"].unique().to_list() == [0.9]


def test_the_shops_figures_of_the_plan_are_those_the_facts_give(seller, unplanned):
    kept, computed = (shop_health(context, ShopHealthRequest()) for context in (seller, unplanned))
    assert kept.rows == kept.data.height > 0
    assert_frame_equal(kept.data, computed.data, check_exact=True)


def test_the_cash_calendar_is_the_plans_own(seller):
    found, plan = cash_calendar(seller, CashRequest()), seller.plan()
    assert_frame_equal(found.weeks, plan["cash_weeks"], check_exact=True)
    assert_frame_equal(found.low, plan["cash_low"], check_exact=True)
    assert found.provenance.run == plan.id
    assert not found.provenance.newer_data


def test_fewer_weeks_are_the_first_of_the_plan_and_lowest_among_themselves(seller):
    whole, part = cash_calendar(seller, CashRequest()), cash_calendar(seller, CashRequest(weeks=3))
    assert_frame_equal(part.weeks, whole.weeks.head(3), check_exact=True)
    assert part.low["low_week"][0] in part.weeks["week"].to_list()


def test_another_spread_costs_its_share_of_what_is_converted_and_nothing_else(seller):
    usual, dear = cash_calendar(seller, CashRequest()), cash_calendar(seller, CashRequest(fx_spread=0.02))
    assert (usual.fx_spread, dear.fx_spread) == (0.005, 0.02)
    assert dear.weeks["fx_spread"].to_list() == pytest.approx((usual.weeks["fx_spread"] * 4).to_list())
    assert dear.weeks["fx_spread"].sum() < 0
    assert_frame_equal(dear.weeks.select("payouts_open", "selling"), usual.weeks.select("payouts_open", "selling"))


def test_cash_on_hand_and_rent_stated_today_count_without_a_new_plan(own_shop):
    before = cash_calendar(own_shop, CashRequest())
    said = "cash_on_hand: 500\nmonthly_costs: {rent: 900}"
    (own_shop.folder / "shop.yaml").write_text(said, encoding="utf-8")
    after = cash_calendar(own_shop, CashRequest())
    rent = 900 / WEEKS_A_MONTH
    assert after.low["opening"][0] == 500
    assert (before.weeks["running"] - after.weeks["running"]).to_list() == pytest.approx([rent] * before.weeks.height)
    assert after.weeks["balance_p50"][0] == pytest.approx(before.weeks["balance_p50"][0] + 500 - rent)
    assert after.provenance.newer_data


def test_without_a_plan_there_is_no_calendar(unplanned):
    with pytest.raises(UnknownRunError):
        cash_calendar(unplanned, CashRequest())
