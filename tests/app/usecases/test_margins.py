"""What sales left, expected and earned, and what would make it more: from the plan as from the facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tradewind.app.python import Workspace as Python
from tradewind.app.usecases.context import Context
from tradewind.app.usecases.margins import ActualMarginResult, ExpectedMarginResult, _placed, find_savings, margin
from tradewind.app.usecases.requests import MarginRequest, SavingsRequest
from tradewind.app.workspace import Workspace
from tradewind.core.errors import UnknownRunError
from tradewind.engine.actuals import CAUSES

AUGUST, SEPTEMBER = datetime(2026, 8, 17, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)


def expected(context, **asked) -> ExpectedMarginResult:
    found = margin(context, MarginRequest(**asked))
    assert isinstance(found, ExpectedMarginResult)
    return found


def actual(context, **asked) -> ActualMarginResult:
    found = margin(context, MarginRequest(actual=True, **asked))
    assert isinstance(found, ActualMarginResult)
    return found


@pytest.mark.parametrize("period", [{}, {"since": AUGUST}, {"until": SEPTEMBER}, {"since": AUGUST, "until": SEPTEMBER}])
def test_expected_margins_of_the_plan_are_those_the_facts_give(seller, unplanned, period):
    kept, computed = (expected(context, **period) for context in (seller, unplanned))
    assert kept.provenance.run
    assert computed.provenance.run is None
    assert kept.rows == kept.data.height > 0
    assert_frame_equal(kept.data, computed.data, check_exact=True)


def test_only_orders_of_the_days_asked_for_are_counted(seller):
    lines = seller.facts()["order_lines"].filter(
        pl.col("ordered_at").is_between(AUGUST, SEPTEMBER, closed="left"), pl.col("cancelled_at").is_null()
    )
    assert expected(seller, since=AUGUST, until=SEPTEMBER).data["units"].sum() == lines["units"].sum()
    whole = actual(seller, since=AUGUST, until=SEPTEMBER).whole
    assert whole["orders"] + whole["open_orders"] + whole["unknown_orders"] == lines["order_id"].n_unique()


def test_the_first_day_counts_and_the_day_after_the_last_does_not():
    moments = [AUGUST - timedelta(seconds=1), AUGUST, SEPTEMBER - timedelta(seconds=1), SEPTEMBER]
    lines = pl.DataFrame({"ordered_at": moments})
    assert _placed(lines, MarginRequest(since=AUGUST, until=SEPTEMBER))["ordered_at"].to_list() == moments[1:3]
    assert _placed(lines, MarginRequest()).height == 4


@pytest.mark.parametrize("by", ["all", "mode", "market", "sku", "order"])
def test_actual_margins_of_the_plan_are_those_the_facts_give(seller, unplanned, by):
    kept, computed = (actual(context, by=by, since=AUGUST, limit=1000) for context in (seller, unplanned))
    assert kept.provenance.run
    assert computed.provenance.run is None
    assert_frame_equal(kept.page.frame, computed.page.frame, check_exact=True)
    assert_frame_equal(kept.waterfall, computed.waterfall, check_exact=True)
    assert_frame_equal(kept.unmatched, computed.unmatched, check_exact=True)
    assert (kept.whole, kept.causes) == (computed.whole, computed.causes)


def test_the_causes_add_up_and_the_groups_to_the_whole(seller):
    by_sku = actual(seller, by="sku", limit=1000)
    assert sum(by_sku.whole[c] for c in CAUSES) == pytest.approx(by_sku.whole["difference"])
    assert by_sku.page.frame["difference"].sum() == pytest.approx(by_sku.whole["difference"])
    assert by_sku.whole["open_orders"] > 0
    moved = {c for c in CAUSES if by_sku.page.frame[c].abs().max() >= 0.005}
    assert set(by_sku.causes) == moved


def test_groups_come_page_by_page_and_the_whole_with_each(seller):
    first = actual(seller, by="sku", limit=1)
    second = actual(seller, by="sku", limit=1, after=first.page.next)
    both = actual(seller, by="sku", limit=2).page.frame
    assert pl.concat([first.page.frame, second.page.frame]).equals(both)
    assert first.page.rows == second.page.rows > 2
    assert first.whole == second.whole


def test_what_the_plan_did_not_keep_is_computed(seller):
    """The plan keeps half a year; orders of before that are asked for with an earlier day."""
    long_ago = datetime(2026, 4, 1, tzinfo=UTC)
    found = actual(seller, since=long_ago)
    assert found.provenance.run is None
    assert found.whole["orders"] == actual(seller).whole["orders"]  # the tiny seller has but twelve weeks


def test_without_an_order_in_the_period_there_is_no_whole(seller):
    found = actual(seller, since=datetime(2026, 10, 30, tzinfo=UTC))
    assert (found.whole, found.page.rows) == (None, 0)


def test_savings_are_ranked_and_none_is_the_platforms_to_decide(seller):
    found = find_savings(seller, SavingsRequest(limit=1000))
    rows, paid = (
        found.page.frame,
        ("freight", "surcharges", "inbound_cost", "late_cost", "operation_fee", "oversize_fee"),
    )
    assert rows["money"].is_sorted(descending=True)
    assert found.money == pytest.approx(rows["money"].sum())
    spent = seller.plan()["margin_by"].select(pl.sum_horizontal(pl.col(paid).sum())).item()
    assert found.fulfilment_cost == pytest.approx(spent / (13 * 7 / (365 / 12)))
    assert rows.filter(pl.col("kind") == "cheaper_service", pl.col("mode").str.starts_with("semi")).is_empty()


def test_the_sum_of_savings_is_of_all_pages(seller):
    whole = find_savings(seller, SavingsRequest(limit=1000))
    assert find_savings(seller, SavingsRequest(limit=1)).money == whole.money
    with pytest.raises(UnknownRunError):
        find_savings(seller, SavingsRequest(run="no such"))


def test_goods_just_above_a_step_of_the_sellers_own_card_can_be_packed_below_it(tiny, tmp_path):
    """The store's card has a step a little below what the lightest SKU weighs packed."""
    shop = Workspace.create(tmp_path / "stepped")
    shop.import_file(tiny)
    lightest = float(shop.table("products")["weight_g"].min())
    card, step = "card.standard-line", int(lightest * 0.95)
    row = 'unit: {unit}, valid_from: 2024-01-01, confidence: A, source: "the forwarder", value: {value}'
    tiers = {f"{card}.{m}.tier_{to}": rate for m in ("ES", "SA") for to, rate in ((step, 10), (20000, 60))}
    lines = [f"- {{id: {t}.per_kg, {row.format(unit='CNY/kg', value=rate)}}}" for t, rate in tiers.items()]
    lines += [f"- {{id: {t}.per_parcel, {row.format(unit='CNY/parcel', value=8)}}}" for t in tiers]
    (shop.path / "rules.yaml").write_text("\n".join(lines), encoding="utf-8")
    Python(shop.path).run(seed=1)
    found = find_savings(Context(shop.path), SavingsRequest(limit=1000)).page.frame.filter(kind="below_tier")
    assert found.height
    assert found["step_g"].unique().to_list() == [step]
    assert (found["money"] > 0).all()
