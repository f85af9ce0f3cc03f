"""A scenario is a patch over rules, rates and services."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest

from tradewind.core.errors import ParameterError, RuleError
from tradewind.data.rules import load_rules
from tradewind.engine.margin import COMPONENTS
from tradewind.engine.margin.what_if import Change, World, by_component, compared, patched, read_change

RULES = load_rules()
DAY = date(2026, 11, 20)
FX = pl.DataFrame(
    {"currency": ["USD", "EUR", "CNY"], "quote": ["CNY", "CNY", "USD"], "on_date": [DAY] * 3, "rate": [7.0, 8.0, 0.14]}
)
SERVICES = pl.DataFrame(
    {"service": ["std", "fast"], "freight_per_kg": [60.0, 100.0], "freight_per_parcel": [10.0, 20.0]}
)
WORLD = World(RULES, SERVICES, FX, "CNY", most_used="std")


@pytest.mark.parametrize(
    ("said", "change"),
    [
        ("semi.base_service_fee=0.05", Change("semi.base_service_fee", "=", 0.05)),
        ("semi.base_service_fee=5%", Change("semi.base_service_fee", "=", 0.05)),
        ("semi.operation_fee=*1.2", Change("semi.operation_fee", "*", 1.2)),
        ("us.duty_rate_assumed=+0.1", Change("us.duty_rate_assumed", "+", 0.1)),
        ("eu.flat_duty_paid_by=platform", Change("eu.flat_duty_paid_by", "=", "platform")),
        ("service.std=lost", Change("service.std", "lost")),
    ],
)
def test_a_change_is_read_as_it_is_written(said, change):
    assert read_change(said) == change


@pytest.mark.parametrize(
    "said", ["semi.base_service_fee", "=0.05", "fx.USD=*", "semi.operation_fee=+much", "fx.USD=*nan"]
)
def test_what_is_no_change_is_refused(said):
    with pytest.raises(ParameterError):
        read_change(said)


def after(*said: str) -> World:
    return patched(WORLD, [read_change(one) for one in said])


def test_rules_are_set_multiplied_raised_and_read_otherwise():
    rules = after(
        "semi.base_service_fee=0.05", "semi.operation_fee=*1.5", "pop.commission=+0.02", "eu.flat_duty_paid_by=platform"
    ).rules
    assert rules.value("semi.base_service_fee", on=DAY) == 0.05
    assert rules.value("semi.operation_fee", on=DAY) == pytest.approx(7.80)
    assert rules.value("pop.commission", on=DAY) == pytest.approx(0.10)
    assert rules.choice("eu.flat_duty_paid_by", on=DAY) == "platform"
    assert RULES.value("semi.base_service_fee", on=DAY) == 0.035


def test_a_value_set_holds_where_the_rule_had_ended():
    assert RULES.find("us.section_122", DAY) is None
    assert after("us.section_122=0.10").rules.value("us.section_122", on=DAY) == 0.10


def test_a_currency_falls_whichever_way_it_is_quoted():
    assert after("fx.USD=*0.5").fx["rate"].to_list() == [3.5, 8.0, 0.28]
    assert after("fx.*=*0.5").fx["rate"].to_list() == [3.5, 4.0, 0.28]


def test_services_are_lost_or_dearer():
    assert after("service.most=lost").services["service"].to_list() == ["fast"]
    assert after("service.fast=*1.1").services["freight_per_kg"].to_list() == pytest.approx([60.0, 110.0])


@pytest.mark.parametrize(
    "said",
    [
        "service.none=lost",
        "fx.USD=+1",
        "fx.USD=lost",
        "fx.QQQ=*2",
        "eu.flat_duty_paid_by=*2",
        "semi.operation_fee=dear",
        "semi.base_service_fee=5",
        "semi.base_service_fee=*100",
    ],
)
def test_a_change_that_cannot_be_made_is_refused(said):
    with pytest.raises(ParameterError, match=re.escape(said.partition("=")[0])):
        after(said)


def test_a_per_cent_without_its_sign_is_refused_with_how_to_write_it():
    with pytest.raises(ParameterError, match=r"semi\.base_service_fee=5\.0 makes .* 500%.*5%"):
        after("semi.base_service_fee=5")


def test_a_rule_that_is_not_there_is_named():
    with pytest.raises(RuleError, match=r"semi\.nothing"):
        after("semi.nothing=1")


def test_the_table_is_in_the_present_mode_and_the_largest_change_comes_first():
    before = pl.DataFrame(
        {
            "sku": ["a", "a", "b"], "market": ["ES"] * 3, "mode": ["pop", "semi_jit", "pop"],
            "margin": [5.0, 9.0, 2.0], "currency": ["CNY"] * 3,
        }
    )  # fmt: skip
    later = before.with_columns(margin=pl.Series([4.0, 9.0, None]))
    units = pl.DataFrame({"sku": ["a", "b"], "market": ["ES", "ES"], "monthly_units": [10.0, 3.0]})
    table = compared(before, later, units, pl.DataFrame({"sku": ["a"], "market": ["ES"], "mode": ["pop"]}))
    assert table.select("sku", "mode", "contribution", "contribution_after", "change").rows() == [
        ("a", "pop", 50.0, 40.0, -10.0),
        ("b", "pop", 6.0, None, None),
    ]


def test_a_change_is_written_as_it_was_read():
    for said in ("fx.USD=*0.5", "pop.commission=+0.02", "semi.operation_fee=6.0", "service.std=lost", "a.b=platform"):
        assert str(read_change(said)) == said


def test_all_services_or_the_most_used_one_change_and_the_others_stay():
    assert after("service.*=lost").services.height == 0
    assert after("service.*=*2").services["freight_per_parcel"].to_list() == [20.0, 40.0]
    assert after("service.most=*2").services.rows() == [("std", 120.0, 20.0), ("fast", 100.0, 20.0)]
    with pytest.raises(ParameterError):
        patched(World(RULES, SERVICES, FX, "CNY"), [read_change("service.most=lost")])
    with pytest.raises(ParameterError):
        after("service.std=+1")


@pytest.mark.parametrize("said", ["fx.USD=*0", "fx.USD=*-1", "fx.USD=7", "service.std=5", "semi.operation_fee=lost"])
def test_a_rate_or_a_card_can_only_be_multiplied(said):
    with pytest.raises(ParameterError):
        after(said)


def test_a_currency_quoted_against_another_than_the_base_moves_only_as_the_one_meant():
    fx = FX.with_columns(quote=pl.Series(["EUR", "CNY", "EUR"]))
    assert patched(World(RULES, SERVICES, fx, "CNY"), [read_change("fx.USD=*2")]).fx["rate"].to_list() == [
        14.0,
        8.0,
        0.14,
    ]


def test_a_duty_may_be_up_to_twice_the_value():
    assert after("us.duty_rate_assumed=200%").rules.value("us.duty_rate_assumed", on=DAY) == 2.0
    with pytest.raises(ParameterError, match="201%"):
        after("us.duty_rate_assumed=201%")


def test_without_a_mode_at_present_the_one_that_earned_most_is_compared():
    before = pl.DataFrame(
        {"sku": ["a"] * 3, "market": ["ES"] * 3, "mode": ["pop", "semi_jit", "own"], "margin": [5.0, 9.0, None],
         "currency": ["CNY"] * 3}
    )  # fmt: skip
    units = pl.DataFrame({"sku": ["a"], "market": ["ES"], "monthly_units": [10.0]})
    nowhere = pl.DataFrame(schema={"sku": pl.String, "market": pl.String, "mode": pl.String})
    table = compared(before, before.with_columns(pl.col("margin") - 1), units, nowhere)
    assert table.select("mode", "change").rows() == [("semi_jit", -10.0)]
    elsewhere = pl.DataFrame({"sku": ["a"], "market": ["ES"], "mode": ["full"]})
    assert compared(before, before, units, elsewhere)["mode"].to_list() == ["semi_jit"]


def test_the_largest_change_comes_first_whichever_way_it_goes():
    before = pl.DataFrame(
        {"sku": list("abc"), "market": ["ES"] * 3, "mode": ["pop"] * 3, "margin": [5.0] * 3, "currency": ["CNY"] * 3}
    )
    later = before.with_columns(margin=pl.Series([6.0, 2.0, 5.0]))
    units = pl.DataFrame({"sku": list("abc"), "market": ["ES"] * 3, "monthly_units": [10.0] * 3})
    table = compared(before, later, units, before.select("sku", "market", "mode"))
    assert table.select("sku", "change").rows() == [("b", -30.0), ("a", 10.0), ("c", 0.0)]


def test_components_are_added_up_over_the_rows_known_in_both():
    costs = {c: [1.0, 1.0] for c in COMPONENTS if c != "revenue"}
    before = pl.DataFrame({"sku": ["a", "b"], "market": ["ES"] * 2, "mode": ["pop"] * 2, "price": [9.0, 7.0], **costs})
    later = before.with_columns(price=pl.Series([8.0, 7.0]), freight=pl.Series([3.0, 50.0]))
    table = before.select("sku", "market", "mode", monthly_units=pl.lit(10.0), change=pl.Series([-1.0, None]))
    found = {name: rest for name, *rest in by_component(table, before, later).iter_rows()}
    assert found["revenue"] == [90.0, 80.0, -10.0]
    assert found["freight"] == [10.0, 30.0, 20.0]
    assert found["duty"] == [10.0, 10.0, 0.0]
