from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from tradewind.core.errors import ParameterError
from tradewind.core.text import render_rows
from tradewind.data.rules import load_rules
from tradewind.engine.modes import ModeChoice, ModeFacts, ModeParams, MonthDemand, choose_mode

DAY = date(2026, 3, 2)
RULES = (
    load_rules()
    .with_value("semi_stocked.leftover_loss", 0.10)
    .with_value("capital.annual_rate", 0.12)
    .with_value("mode_change.cost", 12.0)
    .with_value("mode_demand.spread", 0.05)
)
SCHEMA = {
    "sku": pl.String, "market": pl.String, "mode": pl.String, "margin": pl.Float64, "product_cost": pl.Float64,
    "inbound_cost": pl.Float64, "storage_month": pl.Float64, "currency": pl.String,
}  # fmt: skip


def economics(rows: list[tuple[str, str, str, float | None]], cost: float = 10.0, storage: float = 0.5) -> pl.DataFrame:
    """One row per (sku, market, mode, margin); storage only where goods are stocked ahead."""
    full = [(*row, cost, 0.0, storage if row[2] in ("semi_stocked", "overseas") else 0.0, "CNY") for row in rows]
    return pl.DataFrame(full, schema=SCHEMA, orient="row")


def month(rows: dict[tuple[str, str], list[float]]) -> MonthDemand:
    keys = pl.DataFrame(sorted(rows), schema={"sku": pl.String, "market": pl.String}, orient="row")
    return MonthDemand(keys, np.array([rows[key] for key in sorted(rows)]))


def choose(
    table: pl.DataFrame,
    demand: MonthDemand,
    previous: dict[str, str] | pl.DataFrame | None = None,
    tiers: dict[str, str] | None = None,
    params: ModeParams | None = None,
    fx: pl.DataFrame | None = None,
) -> ModeChoice:
    before = previous
    if isinstance(previous, dict):
        before = pl.DataFrame({"sku": list(previous), "mode": list(previous.values())})
    tier = pl.DataFrame({"sku": list(tiers), "tier": list(tiers.values())}) if tiers else None
    return choose_mode(ModeFacts(table, demand, before, tier, fx), RULES, on=DAY, params=params)


def chosen(choice: ModeChoice, sku: str = "a") -> tuple[str | None, str]:
    return choice.modes.filter(sku=sku).select("mode", "reason").row(0)


def worth(choice: ModeChoice, mode: str, sku: str = "a") -> float | None:
    rows = choice.options.filter((pl.col("sku") == sku) & (pl.col("mode") == mode))
    return rows["monthly_margin"].item()


STEADY = month({("a", "ES"): [10.0] * 10})
SWINGING = month({("a", "ES"): [float(v) for v in (0, 0, 0, 0, 0, 0, 0, 0, 0, 100)]})
TWO = economics([("a", "ES", "semi_jit", 5.0), ("a", "ES", "semi_stocked", 6.0)])


def test_just_in_time_earns_its_margin_on_whatever_is_asked_for():
    assert worth(choose(TWO, STEADY), "semi_jit") == pytest.approx(50.0)


def test_steady_goods_are_stocked_and_pay_half_a_months_storage():
    choice = choose(TWO, STEADY)
    assert worth(choice, "semi_stocked") == pytest.approx(60.0 - 0.5 * (10 - 5))
    assert chosen(choice) == ("semi_stocked", "mode_reason.first_semi_stocked")


def test_stock_is_bought_up_to_the_critical_ratio_and_leftovers_cost_money():
    # a unit left over costs 0.5 + 10 x (0.10 + 0.01) = 1.6, ratio 6 / 7.6 = 0.79: the 8th of ten draws
    draws = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]
    sold = [min(d, 8.0) for d in draws]
    money = [6 * s - 0.5 * (8 - s / 2) - 1.1 * (8 - s) for s in sold]
    choice = choose(TWO, month({("a", "ES"): draws}))
    assert worth(choice, "semi_stocked") == pytest.approx(sum(money) / 10)
    row = choice.options.filter(mode="semi_stocked").row(0, named=True)
    assert (row["monthly_margin_p10"], row["monthly_margin_p90"]) == pytest.approx(
        tuple(np.quantile(money, [0.1, 0.9]))
    )


def test_swinging_goods_are_sent_just_in_time():
    assert chosen(choose(TWO, SWINGING)) == ("semi_jit", "mode_reason.first_semi_jit")


def test_stock_for_all_markets_is_one_pool():
    table = economics([("a", m, "semi_stocked", 6.0) for m in ("ES", "FR")])
    opposite = month({("a", "ES"): [10.0, 0.0] * 5, ("a", "FR"): [0.0, 10.0] * 5})
    assert worth(choose(table, opposite), "semi_stocked") == pytest.approx(60.0 - 0.5 * 5)


def test_stock_abroad_is_one_pool_per_market():
    table = economics([("a", m, "overseas", 6.0) for m in ("ES", "FR")])
    opposite = month({("a", "ES"): [10.0, 0.0] * 5, ("a", "FR"): [0.0, 10.0] * 5})
    assert worth(choose(table, opposite), "overseas") < 60.0 - 0.5 * 5


def test_a_market_a_mode_does_not_serve_earns_nothing_in_it():
    table = economics([("a", "ES", "overseas", 6.0), ("a", "ES", "pop", 5.0), ("a", "FR", "pop", 5.0)])
    both = month({("a", "ES"): [10.0] * 10, ("a", "FR"): [10.0] * 10})
    choice = choose(table, both)
    assert worth(choice, "pop") == pytest.approx(100.0)
    assert worth(choice, "overseas") == pytest.approx(60.0 - 0.5 * 5)


ABROAD = economics(
    [
        ("a", "ES", "overseas", 6.0),
        *(("a", m, mode, v) for m in ("ES", "FR") for mode, v in (("pop", 5.0), ("semi_jit", 4.0))),
    ]
)
TWO_MARKETS = month({("a", "ES"): [10.0] * 10, ("a", "FR"): [10.0] * 10})


def by_market(**modes: str) -> pl.DataFrame:
    return pl.DataFrame({"sku": "a", "market": list(modes), "mode": list(modes.values())})


def test_a_market_a_mode_does_not_reach_stays_as_it_is():
    choice = choose(ABROAD, TWO_MARKETS, by_market(ES="pop", FR="semi_jit"), params=ModeParams(seed=1))
    row = choice.options.filter(mode="overseas").row(0, named=True)
    abroad = choose(ABROAD, month({("a", "ES"): [10.0] * 10}), by_market(ES="pop"), params=ModeParams(seed=1))
    assert row["monthly_margin"] == pytest.approx(worth(abroad, "overseas") + 10 * 4.0)
    assert (row["elsewhere"], row["reason"]) == ("FR", "mode_option.partly")
    assert choice.options.filter(mode="pop")["elsewhere"].item() is None


def test_what_a_change_brings_is_counted_from_how_each_market_is_sold_now():
    choice = choose(ABROAD, TWO_MARKETS, by_market(ES="overseas", FR="pop"))
    row = choice.modes.row(0, named=True)
    assert row["previous_mode"] == "overseas"
    assert row["present_margin"] == pytest.approx(60.0 - 0.5 * 5 + 50.0)
    assert choice.sold_in.rows() == [("a", "ES", "overseas"), ("a", "FR", "pop")]


def test_a_sku_in_two_modes_that_reach_the_same_markets_keeps_both_where_that_is_best():
    table = economics(
        [("a", "ES", "pop", 9.0), ("a", "ES", "semi_jit", 1.0), ("a", "FR", "pop", 1.0), ("a", "FR", "semi_jit", 9.0)]
    )
    choice = choose(table, TWO_MARKETS, by_market(ES="pop", FR="semi_jit"))
    assert chosen(choice) == ("mixed", "mode_reason.keep_mixed")
    assert worth(choice, "mixed") == choice.modes["present_margin"].item() == pytest.approx(180.0)
    assert choice.options["best_odds"].sum() == pytest.approx(1.0)
    other = choose(table, TWO_MARKETS, by_market(ES="semi_jit", FR="pop"))
    assert other.modes.select("previous_mode", "present_margin").row(0) == ("mixed", pytest.approx(20.0))
    assert chosen(other)[1].startswith("mode_reason.switch_")


def test_two_modes_are_for_a_tier_only_where_both_are():
    choice = choose(
        economics([("a", "ES", "pop", 5.0), ("a", "ES", "semi_stocked", 5.0), ("a", "FR", "pop", 5.0),
                   ("a", "FR", "semi_stocked", 5.0)]),
        TWO_MARKETS, by_market(ES="pop", FR="semi_stocked"), {"a": "long_tail"},
    )  # fmt: skip
    assert choice.options.filter(mode="mixed").select("allowed", "reason").row(0) == (
        False,
        "mode_option.not_for_tier",
    )
    assert chosen(choice)[0] == "pop"


def test_where_a_market_is_sold_in_a_mode_that_cannot_be_computed_nothing_is_said_against_it():
    choice = choose(ABROAD, TWO_MARKETS, by_market(ES="pop", FR="full"))
    assert chosen(choice) == ("mixed", "mode_reason.present_unknown")
    assert worth(choice, "overseas") is None


def test_a_sku_not_sold_yet_is_sold_as_chosen():
    assert choose(TWO, STEADY).sold_in.rows() == [("a", "ES", "semi_stocked")]


def test_a_small_gain_is_no_reason_to_change():
    table = economics([("a", "ES", "semi_jit", 5.0), ("a", "ES", "pop", 5.3)])
    assert chosen(choose(table, STEADY, {"a": "semi_jit"})) == ("semi_jit", "mode_reason.stay_semi_jit")
    assert chosen(choose(table, STEADY)) == ("pop", "mode_reason.first_pop")


def test_a_large_gain_is():
    table = economics([("a", "ES", "semi_jit", 5.0), ("a", "ES", "pop", 6.0)])
    assert chosen(choose(table, STEADY, {"a": "semi_jit"})) == ("pop", "mode_reason.switch_pop")


def test_a_change_must_pay_even_where_the_other_mode_sells_less_than_is_assumed():
    # 60 a month against 50 and 4 for the change: it pays while nine tenths of the sales stay, at the cautious end
    table = economics([("a", "ES", "semi_jit", 5.0), ("a", "ES", "pop", 6.0)])
    before = pl.DataFrame({"sku": ["a"], "mode": ["semi_jit"]})
    said = [
        choose_mode(ModeFacts(table, STEADY, before), RULES.with_value("mode_demand.spread", spread), on=DAY).modes
        for spread in (0.07, 0.09)
    ]
    assert [m["mode"].item() for m in said] == ["pop", "semi_jit"]
    assert said[0]["sales_to_keep"].item() == pytest.approx(5 / 6)


def test_a_gain_below_the_cost_of_changing_is_not():
    table = economics([("a", "ES", "semi_jit", 5.0), ("a", "ES", "pop", 6.0)])
    soon = ModeParams(payback_months=1.0)  # 10 a month against 12
    assert chosen(choose(table, STEADY, {"a": "semi_jit"}, params=soon)) == ("semi_jit", "mode_reason.stay_semi_jit")


def test_the_cost_of_changing_is_taken_in_the_base_currency():
    table = economics([("a", "ES", "semi_jit", 5.0), ("a", "ES", "pop", 6.0)]).with_columns(currency=pl.lit("JPY"))
    fx = pl.DataFrame({"currency": ["CNY"], "quote": ["JPY"], "on_date": [DAY], "rate": [20.0]})  # 80 yen a month
    assert chosen(choose(table, STEADY, {"a": "semi_jit"}, fx=fx)) == ("semi_jit", "mode_reason.stay_semi_jit")
    assert chosen(choose(table, STEADY, {"a": "semi_jit"})) == ("pop", "mode_reason.switch_pop")


def test_the_choice_of_last_time_is_the_choice_again():
    first = choose(TWO, STEADY)
    again = choose(TWO, STEADY, {"a": first.modes["mode"][0]})
    assert chosen(again) == ("semi_stocked", "mode_reason.keep_semi_stocked")


def test_the_long_tail_is_not_stocked_ahead():
    choice = choose(TWO, STEADY, tiers={"a": "long_tail"})
    assert chosen(choice) == ("semi_jit", "mode_reason.only_semi_jit")
    assert choice.options.filter(mode="semi_stocked").select("allowed", "reason").row(0) == (
        False,
        "mode_option.not_for_tier",
    )


def test_a_sku_that_fell_to_the_long_tail_leaves_the_warehouse_even_at_a_loss():
    table = economics([("a", "ES", "semi_jit", 5.0), ("a", "ES", "semi_stocked", 6.0), ("a", "ES", "pop", 4.0)])
    choice = choose(table, STEADY, {"a": "semi_stocked"}, {"a": "long_tail"})
    assert chosen(choice) == ("semi_jit", "mode_reason.tier_semi_jit")


def test_a_mode_of_unknown_margin_is_shown_and_not_chosen():
    table = economics([("a", "ES", "semi_jit", 5.0), ("a", "ES", "semi_stocked", None)])
    choice = choose(table, STEADY)
    assert chosen(choice) == ("semi_jit", "mode_reason.only_semi_jit")
    row = choice.options.filter(mode="semi_stocked").row(0, named=True)
    assert (row["monthly_margin"], row["allowed"], row["reason"]) == (None, False, "mode_option.margin_unknown")


def test_a_present_mode_of_unknown_margin_is_kept():
    table = economics([("a", "ES", "semi_jit", 5.0), ("a", "ES", "semi_stocked", None)])
    assert chosen(choose(table, STEADY, {"a": "semi_stocked"})) == ("semi_stocked", "mode_reason.present_unknown")
    assert chosen(choose(table, STEADY, {"a": "full"})) == ("full", "mode_reason.present_unknown")


def test_a_market_where_no_margin_is_known_is_left_out_of_all_modes():
    table = economics([("a", "ES", "semi_jit", 5.0), ("a", "ES", "pop", 4.0), ("a", "BR", "semi_jit", None)])
    both = month({("a", "ES"): [10.0] * 10, ("a", "BR"): [99.0] * 10})
    assert worth(choose(table, both), "semi_jit") == pytest.approx(50.0)


def test_without_any_known_margin_nothing_is_chosen():
    choice = choose(economics([("a", "ES", "pop", None)]), STEADY)
    assert chosen(choice) == (None, "mode_reason.unknown")


def test_where_every_mode_loses_the_least_loss_is_shown_as_one():
    table = economics([("a", "ES", "semi_jit", -5.0), ("a", "ES", "pop", -4.0), ("a", "ES", "semi_stocked", -6.0)])
    choice = choose(table, STEADY)
    assert chosen(choice) == ("pop", "mode_reason.loses")
    assert worth(choice, "semi_stocked") == pytest.approx(-60.0 - 0.5 * 5)


def test_a_dearer_mode_is_never_worth_more():
    draws = month({("a", "ES"): [float(v) for v in range(20)]})
    values = [
        worth(choose(economics([("a", "ES", "semi_stocked", m)]), draws), "semi_stocked") for m in (1.0, 2.0, 9.0)
    ]
    assert values == sorted(values)


def test_the_order_of_rows_does_not_matter_and_skus_do_not_touch_each_other():
    rows = [(sku, m, mode, 5.0) for sku in "ab" for m in ("ES", "FR") for mode in ("pop", "semi_stocked", "overseas")]
    demand = {(sku, m): [float(v) for v in range(10)] for sku in "ab" for m in ("ES", "FR")}
    both = choose(economics(rows), month(demand))
    shuffled = choose(economics(rows[::-1]), month(demand))
    assert both.options.equals(shuffled.options)
    alone = choose(economics([r for r in rows if r[0] == "b"]), month({k: v for k, v in demand.items() if k[0] == "b"}))
    assert both.options.filter(sku="b").equals(alone.options)


def test_a_sku_without_economics_has_no_mode_and_says_so():
    choice = choose(economics([]), STEADY)
    assert chosen(choice) == (None, "mode_reason.unknown")
    assert choice.options.is_empty()


def test_every_reason_is_a_sentence_in_both_languages():
    choice = choose(TWO, STEADY)
    assert render_rows(choice.modes, "reason", "en").to_list() == [
        "Stocking it in the platform's warehouse should bring 58 CNY a month, 8 more than the next best way."
    ]
    assert render_rows(choice.options, "reason", "zh").to_list() == ["可选", "可选"]


@pytest.mark.parametrize("name", ["switch_share", "payback_months"])
def test_a_negative_hurdle_is_refused(name):
    with pytest.raises(ParameterError, match=name):
        ModeParams(**{name: -0.1})
