"""Modes side by side: who may decide, what a mode does to demand, supply prices, prices across modes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from tradewind.core.rules import Rules
from tradewind.core.tables import TABLES
from tradewind.data.rules import load_rules
from tradewind.engine.modes import (
    ModeFacts,
    MonthDemand,
    choose_mode,
    control_matrix,
    price_parity,
    supply_offers,
    tier_policies,
    within_control,
)
from tradewind.engine.modes.effect import demand_factors

RULES = load_rules()
DAY = date(2026, 11, 20)
AS_OF = datetime(2026, 11, 20, tzinfo=UTC)
MONTH = MonthDemand(pl.DataFrame({"sku": ["a"], "market": ["ES"]}), np.array([[80.0, 90.0, 100.0, 110.0, 120.0] * 40]))


def economics(**margins: float | None) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "sku": ["a"] * len(margins), "market": ["ES"] * len(margins), "mode": list(margins),
            "margin": list(margins.values()), "price": [50.0] * len(margins), "product_cost": [10.0] * len(margins),
            "inbound_cost": [0.3] * len(margins), "late_cost": [0.15] * len(margins),
            "storage_month": [0.01] * len(margins), "currency": ["CNY"] * len(margins),
        },
        schema_overrides={"margin": pl.Float64},
    )  # fmt: skip


PRESENT = pl.DataFrame({"sku": ["a"], "mode": ["pop"]})


def option(mode: str, rules: Rules = RULES, **margins: float | None) -> dict[str, Any]:
    chosen = choose_mode(ModeFacts(economics(**margins), MONTH, PRESENT), rules, on=DAY)
    return chosen.options.filter(mode=mode).row(0, named=True)


def test_the_seller_does_not_choose_the_last_mile_in_semi_managed():
    cells = {(r["decision"], r["mode"]): r["decided_by"] for r in control_matrix(RULES, DAY).iter_rows(named=True)}
    assert cells["last_mile_carrier", "semi_jit"] == "platform"
    assert cells["retail_price", "full"] == "platform"
    assert cells["retail_price", "pop"] == "seller"


def test_proposals_outside_the_sellers_decisions_are_left_out():
    proposals = pl.DataFrame(
        {
            "kind": ["cheaper_service", "cheaper_service", "price", "on_time"],
            "mode": ["semi_jit", "pop", "full", "semi_jit"],
        }
    )
    assert within_control(proposals, RULES, DAY).rows() == [("cheaper_service", "pop"), ("on_time", "semi_jit")]


def test_another_mode_has_the_stated_multiple_of_demand_and_the_present_one_its_own():
    rules = RULES.with_value("mode_demand.semi_jit", 1.2)
    assert option("semi_jit", rules, pop=5.0, semi_jit=5.0)["monthly_units"] == pytest.approx(120.0, rel=1e-3)
    assert option("pop", rules, pop=5.0, semi_jit=5.0)["monthly_units"] == pytest.approx(100.0)


def test_what_is_not_known_of_a_mode_widens_its_spread():
    now, other = (option(m, pop=5.0, semi_jit=5.0) for m in ("pop", "semi_jit"))
    assert other["monthly_margin"] == pytest.approx(now["monthly_margin"], rel=1e-3)
    assert (
        other["monthly_margin_p90"] - other["monthly_margin_p10"]
        > now["monthly_margin_p90"] - now["monthly_margin_p10"]
    )


def test_factors_have_the_stated_mean_and_the_same_seed_draws_the_same():
    drawn = demand_factors(RULES.with_value("mode_demand.pop", 0.9), DAY, 200, seed=3)
    assert drawn["pop"].mean() == pytest.approx(0.9)
    assert (drawn["pop"] == demand_factors(RULES.with_value("mode_demand.pop", 0.9), DAY, 200, seed=3)["pop"]).all()


def test_breaking_even_is_at_the_multiple_of_demand_that_brings_the_same():
    other = option("semi_jit", pop=10.0, semi_jit=8.0)
    assert other["break_even_multiplier"] == pytest.approx(1.25, rel=1e-3)
    assert other["wrong_costs"] == pytest.approx(200.0, rel=1e-3)
    assert other["switching_cost"] == 60.0
    assert option("pop", pop=10.0, semi_jit=8.0)["switching_cost"] == 0.0


def test_fines_and_capital_are_those_of_the_month():
    other = option("semi_jit", pop=10.0, semi_jit=8.0)
    assert other["late_fines"] == pytest.approx(15.0, rel=1e-3)
    assert other["capital_tied"] == pytest.approx(100 * 10.3 * 40 / (365 / 12), rel=1e-3)


def test_odds_of_being_best_add_up_and_knowing_is_never_worth_less_than_nothing():
    options = choose_mode(ModeFacts(economics(pop=10.0, semi_jit=9.9), MONTH, PRESENT), RULES, on=DAY).options
    assert options["best_odds"].sum() == pytest.approx(1.0)
    assert options["margin_if_known"][0] >= options["monthly_margin"].max()


def at_probes(slope=0.97, cost=11.0):
    one = {"sku": ["a"], "market": ["ES"], "mode": ["full"], "currency": ["CNY"], "product_cost": [10.0]}
    one |= {"inbound_cost": [0.3]}
    return [pl.DataFrame({**one, "price": [p], "margin": [slope * p - cost]}) for p in (50.0, 25.0)]


def offered(rules: Rules = RULES, pop: float = 6.0, month: MonthDemand = MONTH, **more: Any) -> dict[str, Any]:
    sold = economics(pop=pop)
    options = choose_mode(ModeFacts(sold, month, PRESENT), rules, on=DAY).options
    return supply_offers(ModeFacts(sold, month, PRESENT), at_probes(), options, rules, on=DAY, **more).row(
        0, named=True
    )


BOUGHT_OUTRIGHT = RULES.with_reading("full.stock_risk", "platform")


def test_a_supply_price_at_which_full_managed_equals_the_best_other_way():
    offer = offered(BOUGHT_OUTRIGHT)
    assert offer["floor_price"] == pytest.approx(11 / 0.97)
    assert offer["walk_away_price"] == pytest.approx((6.0 + 11) / 0.97, rel=1e-3)
    assert offer["platform_limit"] == pytest.approx(27.5)
    assert offer["counter_offer"] == pytest.approx((offer["walk_away_price"] + 27.5) / 2)
    assert offer["counter_margin"] == pytest.approx(100 * (0.97 * offer["counter_offer"] - 11), rel=1e-3)
    assert offer["reason"] == "supply_offer.room"
    assert offered(BOUGHT_OUTRIGHT, pop=30.0)["counter_offer"] is None


@pytest.mark.parametrize("loss", [0.05, 0.2, 0.9])
def test_with_unsold_goods_sent_back_the_walk_away_price_brings_just_what_the_best_other_way_does(loss):
    rules = RULES.with_value("full.leftover_loss", loss)
    offer = offered(rules)
    supplied = pl.concat([
        economics(pop=6.0),
        economics(full=0.97 * offer["walk_away_price"] - 11).with_columns(storage_month=pl.lit(0.0)),
    ])  # fmt: skip
    options = choose_mode(ModeFacts(supplied, MONTH, PRESENT), rules, on=DAY).options
    brought = dict(options.select("mode", "monthly_margin").iter_rows())
    assert brought["full"] == pytest.approx(brought["pop"], rel=0.003)  # there whole units are supplied
    assert offer["walk_away_price"] > offered(BOUGHT_OUTRIGHT)["walk_away_price"]


def test_the_less_sure_demand_is_the_dearer_are_goods_that_come_back():
    wild = MonthDemand(MONTH.keys, np.array([[0.0, 0.0, 100.0, 200.0, 200.0] * 40]))
    assert offered(month=wild)["walk_away_price"] > offered()["walk_away_price"]


def test_where_no_supply_price_makes_sense_none_is_named():
    """Nobody asks for the goods, or they are given away: a walk-away price would be infinite or no number."""
    sold = economics(pop=6.0)
    options = choose_mode(ModeFacts(sold, MONTH, PRESENT), RULES, on=DAY).options
    unwanted = MonthDemand(MONTH.keys, np.zeros((1, 200)))
    assert supply_offers(ModeFacts(sold, unwanted, PRESENT), at_probes(), options, RULES, on=DAY).is_empty()
    free = [frame.with_columns(price=0.0) for frame in at_probes(slope=0.0)]
    assert supply_offers(ModeFacts(sold, MONTH, PRESENT), free, options, RULES, on=DAY).is_empty()


def test_offers_are_the_same_however_many_skus_are_taken_at_once(monkeypatch):
    """The second SKU is sold in full-managed in one of its markets, where its demand is what it is."""
    pairs = pl.DataFrame({"sku": ["a", "b", "b"], "market": ["ES", "ES", "FR"]})
    present = pairs.with_columns(mode=pl.Series(["pop", "pop", "full"]))
    rules = RULES.with_value("mode_demand.full", 2.0)
    sold, *probes = (
        pairs.join(frame.drop("sku", "market"), how="cross") for frame in (economics(pop=6.0), *at_probes())
    )
    month = MonthDemand(pairs, np.array([[80.0, 120.0] * 50, [10.0, 30.0] * 50, [40.0, 60.0] * 50]))
    options = choose_mode(ModeFacts(sold, month, present), rules, on=DAY).options
    whole = supply_offers(ModeFacts(sold, month, present), probes, options, rules, on=DAY)
    monkeypatch.setattr("tradewind.engine.modes.offers._BLOCK", 1)
    assert supply_offers(ModeFacts(sold, month, present), probes, options, rules, on=DAY).equals(whole)
    assert whole["monthly_units"].to_list() == pytest.approx([200.0, 2 * 20.0 + 50.0], rel=0.02)


def test_goods_that_only_the_platform_sells_have_no_figure_for_what_it_could_pay():
    sold = economics(full=5.0)
    options = choose_mode(ModeFacts(sold, MONTH, pl.DataFrame({"sku": ["a"], "mode": ["full"]})), RULES, on=DAY).options
    offer = supply_offers(ModeFacts(sold, MONTH), at_probes(), options, RULES, on=DAY).row(0, named=True)
    assert (offer["platform_limit"], offer["counter_offer"], offer["reason"]) == (
        None, None, "supply_offer.retail_unknown",
    )  # fmt: skip
    assert offer["walk_away_price"] == pytest.approx(offer["floor_price"])


def line(no: int, mode: str, price: float, days: int = 5) -> dict[str, Any]:
    at = AS_OF - timedelta(days=days)
    return {
        "platform": "p", "shop": "s", "order_id": str(no), "line_no": 1, "sku": "a", "market": "ES", "mode": mode,
        "ordered_at": at, "units": 1, "unit_price": price, "paid_amount": price, "currency": "CNY", "status": "paid",
        "known_at": at,
    }  # fmt: skip


def parity(*lines: dict[str, Any]) -> dict[str, str]:
    schema = TABLES["order_lines"].empty().schema
    frame = pl.DataFrame([{c: row.get(c) for c in schema} for row in lines], schema=schema)
    table = price_parity(frame, RULES, as_of=AS_OF, base="CNY", fx=TABLES["fx"].empty())
    return dict(table.select("mode", "reason").iter_rows())


def test_prices_beyond_the_guard_rail_are_reported():
    found = parity(line(1, "pop", 100.0), line(2, "pop", 100.0), line(3, "semi_jit", 84.0))
    assert found == {"pop": "parity.reference", "semi_jit": "parity.apart"}
    assert (
        parity(line(1, "pop", 100.0), line(2, "pop", 100.0), line(3, "semi_jit", 86.0))["semi_jit"] == "parity.inside"
    )


def test_goods_supplied_and_sold_at_once_compete():
    assert parity(line(1, "full", 30.0), line(2, "pop", 50.0)) == {
        "full": "parity.supply_price",
        "pop": "parity.full_conflict",
    }


def test_one_mode_alone_and_orders_yet_to_come_have_no_parity():
    assert parity(line(1, "pop", 50.0)) == {}
    assert parity(line(1, "pop", 50.0), line(2, "semi_jit", 99.0, days=-3)) == {}


def test_each_tier_has_its_policy():
    assert tier_policies(RULES, DAY).select("tier", "policy", "cover_days").rows() == [
        ("hot", "stock", 28.0), ("potential", "small_batches", 14.0), ("long_tail", "jit", 0.0),
    ]  # fmt: skip
