"""What a faster or slower promise does to demand, and to the choice of a mode."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from tests.engine.modes.test_choice import DAY, RULES, STEADY, economics
from tradewind.engine.modes import ModeFacts, choose_mode, delivery_days
from tradewind.engine.modes.speed import cautious_factor, log_gain

SURE = RULES.with_value("mode_demand.spread", 0.0).with_value("promise_demand.spread", 0.0)
ROUTES = pl.DataFrame(
    [("pop", "ES", "slow", "yw", 0.75), ("pop", "ES", "fast", "yw", 0.25), ("semi_jit", "ES", "fast", "hz", 1.0)],
    schema=["mode", "market", "service", "node", "share"],
    orient="row",
)
PROMISES = pl.DataFrame(
    [
        ("slow", "yw", "ES", 20, 30),
        ("slow", "yw", "ES", 24, 10),
        ("fast", "yw", "ES", None, 0),
        ("fast", "hz", "ES", 9, 5),
    ],
    schema={
        "service": pl.String,
        "node": pl.String,
        "market": pl.String,
        "promise_days": pl.Int64,
        "parcels": pl.Int64,
    },
    orient="row",
)


def test_a_mode_promises_what_its_mix_of_services_does_as_far_as_it_is_known():
    # slow: (20 x 30 + 24 x 10) / 40 = 21; fast from yw is not known, three quarters are
    days = delivery_days(ROUTES, PROMISES)
    assert days.select("mode", "market").rows() == [("pop", "ES"), ("semi_jit", "ES")]
    assert days["days"].to_list() == pytest.approx([21.0, 9.0])


def test_a_mode_of_which_less_than_half_is_known_promises_nothing():
    unknown = PROMISES.filter(pl.col("service") == "fast")
    assert delivery_days(ROUTES, unknown)["mode"].to_list() == ["semi_jit"]


def test_the_gain_of_a_day_is_the_stated_one_on_average_and_the_same_with_the_same_seed():
    drawn = log_gain(RULES, DAY, 1000, seed=3)
    assert np.expm1(drawn).mean() == pytest.approx(0.011)
    assert np.expm1(drawn).std() == pytest.approx(0.011 * 0.4, rel=0.02)
    assert (drawn == log_gain(RULES, DAY, 1000, seed=3)).all()
    assert (drawn != log_gain(RULES, DAY, 1000, seed=4)).any()


def test_demand_at_its_cautious_end_falls_with_the_days_between_the_promises():
    same, slower, faster = cautious_factor(
        RULES.with_value("mode_demand.spread", 0.25), DAY, np.array([0.0, 14.0, -14.0])
    )
    # ln s = sqrt(ln 1.0625) = 0.2462; exp(-1.2816 x 0.2462 - 0.2462^2 / 2) = 0.7076
    assert same == pytest.approx(0.7076, abs=1e-4)
    assert slower == faster < same
    assert cautious_factor(SURE, DAY, np.array([0.0])) == 1.0


def facts(pop: float, semi_jit: float, days: dict[str, float]) -> ModeFacts:
    table = economics([("a", "ES", "pop", pop), ("a", "ES", "semi_jit", semi_jit)])
    rows = [(mode, "ES", one) for mode, one in days.items()]
    schema = {"mode": pl.String, "market": pl.String, "days": pl.Float64}
    promised = pl.DataFrame(rows, schema=schema, orient="row")
    return ModeFacts(table, STEADY, pl.DataFrame({"sku": ["a"], "mode": ["semi_jit"]}), days=promised)


def test_a_slower_promise_sells_less_by_what_a_day_does_compounded():
    options = choose_mode(facts(10.0, 5.0, {"pop": 21.0, "semi_jit": 9.0}), SURE, on=DAY).options
    pop = options.filter(mode="pop").row(0, named=True)
    assert pop["monthly_units"] == pytest.approx(10.0 / 1.011**12)
    assert pop["monthly_margin"] == pytest.approx(100.0 / 1.011**12)
    assert options.filter(mode="semi_jit")["monthly_units"].item() == pytest.approx(10.0)


def test_where_one_of_the_promises_is_not_known_it_changes_no_demand():
    options = choose_mode(facts(10.0, 5.0, {"pop": 21.0}), SURE, on=DAY).options
    assert options.filter(mode="pop")["monthly_units"].item() == pytest.approx(10.0)


def test_a_change_must_pay_at_the_cautious_end_of_demand():
    unsure = RULES.with_value("mode_demand.spread", 0.25)
    same = {"pop": 9.0, "semi_jit": 9.0}
    # 14.0 a unit: cautiously 0.7076 x 140 = 99.1; 100 a month now and 4 a month for the change
    found = choose_mode(facts(14.0, 10.0, same), unsure, on=DAY)
    assert found.options.filter(mode="pop")["cautious_margin"].item() == pytest.approx(99.06, abs=0.01)
    assert found.options.filter(mode="semi_jit")["cautious_margin"].item() == pytest.approx(100.0)
    assert found.modes["mode"].to_list() == ["semi_jit"]
    assert choose_mode(facts(15.0, 10.0, same), unsure, on=DAY).modes["mode"].to_list() == ["pop"]
    slower = replace(facts(15.0, 10.0, {"pop": 30.0, "semi_jit": 9.0}))
    assert choose_mode(slower, unsure, on=DAY).modes["mode"].to_list() == ["semi_jit"]


def test_a_loss_grows_no_smaller_by_caution():
    options = choose_mode(facts(-2.0, 10.0, {}), RULES.with_value("mode_demand.spread", 0.25), on=DAY).options
    pop = options.filter(mode="pop").row(0, named=True)
    assert pop["cautious_margin"] == pytest.approx(pop["monthly_margin"])


def routes(*rows: tuple[str, float]) -> pl.DataFrame:
    """Of mode pop in ES: the service and its share; all sent from yw."""
    columns = ["service", "share"]
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        mode=pl.lit("pop"), market=pl.lit("ES"), node=pl.lit("yw")
    )


def promised(*rows: tuple[str, int | None, int | None]) -> pl.DataFrame:
    schema = {"service": pl.String, "promise_days": pl.Int64, "parcels": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(market=pl.lit("ES"), node=pl.lit("yw"))


def test_a_mix_of_services_promises_its_mean_by_share():
    both = promised(("slow", 20, 5), ("fast", 8, 5))
    assert delivery_days(routes(("slow", 0.75), ("fast", 0.25)), both)["days"].to_list() == pytest.approx([17.0])
    assert delivery_days(routes(("slow", 0.5), ("fast", 0.1)), both)["days"].to_list() == pytest.approx([10.8 / 0.6])


def test_half_of_a_mode_is_enough_to_stand_for_all():
    slow = promised(("slow", 20, 5))
    assert delivery_days(routes(("slow", 0.5), ("fast", 0.5)), slow)["days"].to_list() == pytest.approx([20.0])
    assert delivery_days(routes(("slow", 0.49), ("fast", 0.51)), slow).is_empty()


def test_regions_without_parcels_count_as_good_as_nothing_and_alone_count_alike():
    assert delivery_days(routes(("slow", 1.0)), promised(("slow", 20, 4), ("slow", 90, None)))[
        "days"
    ].to_list() == pytest.approx([20.0])
    assert delivery_days(routes(("slow", 1.0)), promised(("slow", 20, 0), ("slow", 10, None)))[
        "days"
    ].to_list() == pytest.approx([15.0])


def test_it_does_not_matter_in_which_order_the_promises_come():
    by_order = [
        choose_mode(facts(10.0, 5.0, dict(days)), SURE, on=DAY).options.select(
            "mode", "monthly_units", "monthly_margin"
        )
        for days in ([("pop", 21.0), ("semi_jit", 9.0)], [("semi_jit", 9.0), ("pop", 21.0)])
    ]
    assert by_order[0].equals(by_order[1])
