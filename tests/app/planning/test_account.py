"""The books of the tiny seller: what was earned, fines, cash and the shop's figures, from the facts."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tradewind.app.planning import account
from tradewind.app.planning.cash import PlannedMoney, _sales_ahead, open_orders, plan_cash
from tradewind.app.planning.cycle import gather
from tradewind.app.planning.facts import Facts
from tradewind.app.planning.observe import with_histories
from tradewind.app.python import Workspace
from tradewind.core.tables.words import MODES
from tradewind.engine.actuals import CAUSES, margin_difference
from tradewind.engine.cash import CashParams
from tradewind.engine.demand import DemandPaths, sample_paths

EARLIER = datetime(2026, 9, 28, tzinfo=UTC)
TOLD = """
cash_on_hand: 500
monthly_costs: {rent: 900}
ratings:
  - {shop: yiwu-1, date: 2026-10-01, positive_rate: 0.95, dsr_service: 4.8}
"""


@pytest.fixture(scope="module")
def home(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("books") / "shop"
    shop = Workspace.create(folder)
    shop.import_file(tiny)
    (folder / "shop.yaml").write_text(TOLD, encoding="utf-8")
    shop.run(horizon_weeks=8)
    return folder


def facts_of(home: Path, as_of: datetime | None = None) -> Facts:
    shop = Workspace(home)
    return with_histories(gather(shop.snapshot(as_of)))


def test_what_was_earned_adds_up_and_what_is_not_settled_is_counted_apart(home):
    whole = margin_difference(account.actuals(facts_of(home)).lines).row(0, named=True)
    assert sum(whole[c] for c in CAUSES) == pytest.approx(whole["difference"])
    lines = facts_of(home)["order_lines"].filter(pl.col("cancelled_at").is_null())
    counted = whole["orders"] + whole["open_orders"] + whole["unknown_orders"]
    assert counted == lines.select("order_id").n_unique()
    assert whole["open_orders"] > 0


def test_the_groups_of_one_comparison_add_up_to_the_same_difference(home):
    lines = account.actuals(facts_of(home)).lines
    whole = margin_difference(lines)["difference"].item()
    for by in ("mode", "market", "sku", "order"):
        assert margin_difference(lines, by)["difference"].sum() == pytest.approx(whole)


def test_the_cash_calendar_starts_with_what_the_seller_has_and_pays_his_rent(home):
    plan, rent = Workspace(home).load_run(), -900 * 12 * 7 / 365
    assert plan["cash_low"]["opening"].to_list() == [500]
    assert (plan["cash_weeks"]["running"] <= rent + 1e-6).all()


def test_the_shop_is_held_against_its_thresholds_and_asks_for_what_no_table_holds(home):
    found = {r["figure"]: r for r in account.shop_health(facts_of(home)).iter_rows(named=True)}
    assert (found["positive_rate"]["value"], found["positive_rate"]["state"]) == (0.95, "broken")
    assert (found["dsr_delivery"]["value"], found["dsr_delivery"]["asked"]) == (None, True)


def test_a_plan_is_made_again_with_what_the_seller_told_then(home):
    shop = Workspace(home)
    (home / "shop.yaml").write_text("cash_on_hand: 9", encoding="utf-8")
    try:
        assert shop.rerun(shop.load_run().id).changed == ()
    finally:
        (home / "shop.yaml").write_text(TOLD, encoding="utf-8")


def test_hiding_the_future_changes_nothing(home):
    """The facts of an earlier moment, and all facts with later rows taken out by hand, give the same books."""
    then, now = facts_of(home, EARLIER), facts_of(home)
    tables = {name: frame.filter((pl.col("known_at") <= EARLIER).fill_null(True)) for name, frame in now.tables.items()}
    late = {name: tables[name] for name in ("settlements", "fines", "returns")}
    by_hand = dataclasses.replace(now, as_of=EARLIER, tables={**then.tables, **late})
    assert account.actuals(by_hand).lines.equals(account.actuals(then).lines)
    assert account.fines(by_hand).equals(account.fines(then))
    assert account.shop_health(by_hand).equals(account.shop_health(then))


def test_sales_to_come_are_paid_as_the_mode_of_each_market_is(home):
    """Five pieces to each market: sent oneself at 10 with 4 paid outside, sent by the platform at 8 less 1."""
    facts = dataclasses.replace(facts_of(home), as_of=datetime(2026, 10, 5, tzinfo=UTC))
    known = Workspace(home).load_run()["economics"].filter(pl.col("mode").is_in(["pop", "semi_jit"]))
    sku = known["sku"][0]
    cost = [c for c, dtype in known.schema.items() if dtype == pl.Float64]
    itself = pl.col("mode") == "pop"
    economics = known.filter(pl.col("sku") == sku, pl.col("market").is_in(["ES", "SA"])).with_columns(
        pl.lit(0.0).alias(c) for c in cost
    )
    economics = economics.with_columns(
        revenue=pl.when(itself).then(10.0).otherwise(8.0), freight=pl.when(itself).then(4.0).otherwise(1.0)
    )
    assert economics.height == 4
    pairs = pl.DataFrame({"sku": [sku] * 2, "market": ["ES", "SA"]})
    paths = DemandPaths(pairs, [date(2026, 10, 5)], np.full((2, 1, 3), 5.0, np.float32))
    sold_in = pairs.with_columns(mode=pl.Series(["pop", "semi_jit"]))
    planned = PlannedMoney(pl.DataFrame(), economics, sold_in, pl.DataFrame(), paths)
    markets, income, outside, unpriced = _sales_ahead(facts, planned)
    assert (markets, unpriced) == (("ES", "SA"), 0)
    assert income[:, 0, 0].tolist() == [50.0, 35.0]
    assert outside.tolist() == [[20.0] * 3]


@pytest.mark.parametrize(("mode", "payout"), [("pop", 1000 - 511), ("semi_jit", 1000 - 511 - 1024 - 2048)])
def test_an_open_order_will_pay_its_revenue_less_all_that_the_platform_keeps(home, mode, payout):
    """Each cost is another power of two, so that none can be missing; who sends the parcel himself pays its freight."""
    facts = facts_of(home)
    actual = account.actuals(facts)
    costs = ("base_service_fee", "operation_fee", "oversize_fee", "commission", "affiliate_cost", "late_cost",
             "returns_cost", "duty", "tax", "product_cost", "freight", "surcharges")  # fmt: skip
    amounts = {"revenue": 1000} | {name: 2**n for n, name in enumerate(costs) if name != "product_cost"}
    line = actual.lines.filter(pl.col("state") != "settled").head(1).with_columns(mode=pl.lit(mode, pl.Enum(MODES)))
    line = line.with_columns(pl.lit(float(n)).alias(f"expected_{name}") for name, n in amounts.items())
    one = dataclasses.replace(actual, lines=line)
    _, waits = open_orders(facts, one, CashParams(weeks=8))
    assert waits["money"].to_list() == [payout]


def test_without_a_payout_there_is_no_calendar_and_it_says_why(home):
    facts = facts_of(home)
    bare = dataclasses.replace(facts, tables={**facts.tables, "settlements": facts["settlements"].clear()})
    run = Workspace(home).load_run()
    paths = sample_paths(run["demand"], facts["products"], scenarios=20, seed=0, shares={})
    planned = PlannedMoney(run["demand"], run["economics"], run["sold_in"], run["orders"], paths)
    plan = plan_cash(bare, planned, account.actuals(bare), CashParams(weeks=8))
    assert plan.cash_weeks.height == plan.cash_low.height == plan.cash_paths.height == 0
    assert plan.cash_notes["note"].to_list() == ["cash_note.no_payouts"]
