"""What must hold for any order, whatever its numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tradewind.core.errors import MissingColumnError, RuleError
from tradewind.core.rules import Rules
from tradewind.core.tables import MODES, TABLES
from tradewind.data.rules import load_rules
from tradewind.engine.margin import COMPONENTS, COSTS, Costing, landed_margin, statement
from tradewind.engine.margin.customs import _EU, MARKET_RULES
from tradewind.engine.margin.routes import routes_on
from tradewind.engine.margin.terms import RULES_OF
from tradewind.engine.margin.waterfall import Variant, margin_variants

RULES = load_rules()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SLOW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
KEY = ("platform", "shop", "order_id", "line_no")

PRODUCTS = pl.DataFrame(
    {
        "sku": ["cup", "pen", "rod"],
        "unit_cost": [10.0, 1.0, 5.0],
        "currency": ["CNY", "USD", "CNY"],
        "weight_g": [89.0, 20.0, 300.0],
        "length_mm": [120.0, 30.0, 700.0],
        "width_mm": [80.0, 20.0, 30.0],
        "height_mm": [50.0, 50.0, 30.0],
    }
)
SERVICES = pl.DataFrame(
    {
        "service": ["std", "std"],
        "node": ["HZ", "HZ"],
        "market": ["ES", "FR"],
        "service_class": ["standard", "economy"],
        "freight_per_kg": [60.0, 8.0],
        "freight_per_parcel": [17.26, 2.0],
        "currency": ["CNY", "EUR"],
        "max_weight_g": [2000.0, None],
    }
)
FX = pl.DataFrame(
    {
        "currency": ["USD", "EUR"],
        "quote": ["CNY", "CNY"],
        "on_date": [date(2026, 3, 1)] * 2,
        "rate": [7.0, 8.0],
    }
)
TABLES_GIVEN = {"products": PRODUCTS, "services": SERVICES, "fx": FX}

line = st.fixed_dictionaries(
    {
        "sku": st.sampled_from(["cup", "pen", "rod"]),
        "units": st.integers(1, 5),
        "paid_amount": st.integers(0, 50_000).map(lambda cents: cents / 100),
    }
)
order = st.fixed_dictionaries(
    {
        "market": st.sampled_from(["ES", "FR"]),
        "mode": st.sampled_from(["semi_stocked", "semi_jit", "pop", "own"]),
        "currency": st.sampled_from(["CNY", "USD", "EUR"]),
        "lines": st.lists(line, min_size=1, max_size=4),
    }
)
orders = st.lists(order, min_size=1, max_size=4)


def frame(made: list[dict[str, object]], at: datetime = NOON) -> pl.DataFrame:
    rows = [
        {
            "platform": "aliexpress",
            "shop": "s",
            "order_id": f"{number:03}",
            "line_no": line_no,
            **{k: o[k] for k in ("market", "mode", "currency")},
            **one,
            "unit_price": 0.0,
            "ordered_at": at,
            "status": "paid",
            "known_at": at,
        }
        for number, o in enumerate(made)
        for line_no, one in enumerate(o["lines"], start=1)  # type: ignore[arg-type, var-annotated]
    ]
    schema = TABLES["order_lines"].empty().schema
    return pl.DataFrame([{c: row.get(c) for c in schema} for row in rows], schema=schema)


def margin(lines: pl.DataFrame, rules: Rules = RULES, **changed: pl.DataFrame) -> pl.DataFrame:
    return landed_margin(lines, rules, Costing("CNY", **{**TABLES_GIVEN, **changed}))


@SLOW
@given(orders)
def test_a_statement_adds_up_to_the_cent_and_is_near_the_exact_margin(made):
    waterfall = margin(frame(made))
    lines = statement(waterfall)
    assert lines["margin"] == lines["revenue"] - sum(lines[c] for c in COSTS)
    assert abs(lines["margin"] - Decimal(repr(waterfall["margin"].sum()))) <= Decimal("0.005") * len(COMPONENTS)


@SLOW
@given(orders)
def test_the_lines_of_an_order_bear_its_operation_fee_once(made):
    waterfall = margin(frame(made))
    paid = waterfall.group_by("order_id").agg(pl.col("operation_fee").sum(), pl.col("mode").first())
    for fee, mode in paid.select("operation_fee", "mode").iter_rows():
        assert fee == pytest.approx(5.20 if mode.startswith("semi") else 0.0)


NO_COST = {
    "returns.good_again_share",  # what a return brings back
    "semi.operation_fee_refund",
    "returns.seller_fault_share",  # less of the fee comes back, but only once of two clawbacks
    "semi.late_inbound_after",  # thresholds
    "oversize.longest_side",
    "oversize.three_sides",
    "oversize.weight",
    *(f"volumetric_divisor.{c}" for c in ("economy", "standard", "express")),
    *(f"eu.{rule}" for rule in ("duty_relief", "flat_duty_up_to")),
}
USED = {rule for of in RULES_OF.values() for rule in of.values()} | {
    of["FR"] for of in MARKET_RULES.values() if "FR" in of
}
FEES = sorted(id for id in USED - NO_COST if not isinstance(RULES.rows[id][0].value, str))


@pytest.mark.parametrize("rule", FEES)
def test_raising_any_fee_never_raises_a_margin(rule):
    lines = [{"sku": "cup", "units": 2, "paid_amount": 90.0}, {"sku": "rod", "units": 1, "paid_amount": 0.0}]
    kinds = [{"market": "FR", "mode": m, "currency": "EUR", "lines": lines} for m in MODES if m != "overseas"]
    was = RULES.rows[rule][0]
    dearer = RULES.with_value(rule, 1.0 if was.unit == "share" else was.value * 1.7)
    before, after = margin(frame(kinds))["margin"], margin(frame(kinds), dearer)["margin"]
    assert before.null_count() == 0
    assert (after <= before + 1e-9).all()


@SLOW
@given(orders, st.sampled_from(["unit_cost", "weight_g"]), st.floats(1.0, 4.0), st.sampled_from([0.0, 0.6]))
def test_a_dearer_or_heavier_product_never_raises_a_margin(made, column, factor, good_again):
    rules = RULES.with_value("returns.good_again_share", good_again)
    services = SERVICES.with_columns(max_weight_g=pl.lit(None, dtype=pl.Float64))
    dearer = PRODUCTS.with_columns(pl.col(column) * factor)
    lines = frame(made)
    before = margin(lines, rules, services=services)
    after = margin(lines, rules, services=services, products=dearer)
    assert (after["margin"] <= before["margin"] + 1e-9).all()


@SLOW
@given(orders, st.sampled_from(["freight_per_kg", "freight_per_parcel"]), st.floats(1.0, 4.0))
def test_dearer_freight_never_raises_a_margin(made, column, factor):
    lines = frame(made)
    dearer = margin(lines, services=SERVICES.with_columns(pl.col(column) * factor))
    assert (dearer["margin"] <= margin(lines)["margin"] + 1e-9).all()


@SLOW
@given(orders)
def test_splitting_a_line_into_two_equal_halves_changes_nothing(made):
    doubled = [{**o, "lines": [{**one, "units": 2 * one["units"]} for one in o["lines"]]} for o in made]
    halves = [
        {**o, "lines": [half for one in o["lines"] for half in [{**one, "paid_amount": one["paid_amount"] / 2}] * 2]}
        for o in made
    ]
    whole = (
        margin(frame(doubled))
        .group_by("order_id", "sku")
        .agg(pl.col(*COMPONENTS, "margin").sum())
        .sort("order_id", "sku")
    )
    split = (
        margin(frame(halves))
        .group_by("order_id", "sku")
        .agg(pl.col(*COMPONENTS, "margin").sum())
        .sort("order_id", "sku")
    )
    for column in (*COMPONENTS, "margin"):
        assert split[column].to_list() == pytest.approx(whole[column].to_list(), abs=1e-9)


def test_two_orders_instead_of_one_pay_what_is_per_order_twice():
    two_cups = {"sku": "cup", "units": 2, "paid_amount": 100.0}
    one_cup = {"sku": "cup", "units": 1, "paid_amount": 50.0}
    kind = {"market": "ES", "mode": "semi_jit", "currency": "CNY"}
    one = statement(margin(frame([{**kind, "lines": [two_cups]}])))
    two = statement(margin(frame([{**kind, "lines": [one_cup]}, {**kind, "lines": [one_cup]}])))
    changed = {c: two[c] - one[c] for c in COSTS if two[c] != one[c]}
    assert changed == {
        "operation_fee": Decimal("5.20"), "freight": Decimal("17.26"), "late_cost": Decimal("0.15"),
        "surcharges": Decimal("0.30"),
    }  # fmt: skip


def test_the_members_whose_rules_are_shared_are_those_of_the_pack():
    assert set(RULES.items("eu.members", on=date(2026, 11, 1))) == set(_EU)


def test_later_orders_change_no_earlier_margin():
    kind = {"market": "ES", "mode": "pop", "currency": "CNY", "lines": [{"sku": "cup", "units": 1, "paid_amount": 9.0}]}
    now, later = frame([kind]), frame([kind, kind], NOON + timedelta(days=200))
    both = pl.concat([now, later.filter(pl.col("order_id") == "001")])
    assert margin(both).filter(pl.col("order_id") == "000").equals(margin(now))


@SLOW
@given(orders, st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(made, seed):
    lines = frame(made)
    shuffled = lines.sample(fraction=1.0, shuffle=True, seed=seed)
    assert margin(shuffled).equals(margin(lines))


@SLOW
@given(orders)
def test_the_same_orders_kept_in_another_currency_are_the_same_money(made):
    """Paid in euro, so that both books exchange: every component is the other's at one rate."""
    lines = frame([{**o, "currency": "EUR"} for o in made])
    in_yuan = margin(lines)
    in_dollars = landed_margin(lines, RULES, Costing("USD", **TABLES_GIVEN))
    for column in (*COMPONENTS, "margin"):
        wanted = [None if v is None else v / 7.0 for v in in_yuan[column].to_list()]
        assert in_dollars[column].to_list() == pytest.approx(wanted, abs=1e-9)


def test_lines_come_back_sorted_by_their_key():
    kind = {"market": "ES", "mode": "pop", "currency": "CNY", "lines": [{"sku": "cup", "units": 1, "paid_amount": 9.0}]}
    lines = frame([kind] * 3).reverse()
    assert margin(lines)["order_id"].to_list() == ["000", "001", "002"]


def test_a_given_day_replaces_the_orders_own_for_rules_and_rates():
    kind = {
        "market": "ES",
        "mode": "pop",
        "currency": "USD",
        "lines": [{"sku": "cup", "units": 1, "paid_amount": 10.0}],
    }
    early = frame([kind], at=NOON - timedelta(days=60))
    own_day = landed_margin(early, RULES, Costing("CNY", **TABLES_GIVEN))
    today = landed_margin(early, RULES, Costing("CNY", **TABLES_GIVEN), on=date(2026, 3, 2))
    assert own_day["revenue"].to_list() == [None]
    assert today["revenue"].to_list() == [70.0]


def test_orders_alone_give_what_they_can_and_name_the_rest():
    kind = {
        "market": "ES",
        "mode": "pop",
        "currency": "CNY",
        "lines": [{"sku": "cup", "units": 1, "paid_amount": 100.0}],
    }
    waterfall = landed_margin(frame([kind]), RULES)
    assert waterfall["commission"].to_list() == [8.0]
    assert waterfall["margin"].to_list() == [None]
    assert waterfall["unknown"].to_list() == [["freight", "product_cost", "capital_cost"]]


def test_no_orders_give_an_empty_waterfall():
    assert margin(TABLES["order_lines"].empty()).is_empty()


def test_a_missing_column_is_named():
    with pytest.raises(MissingColumnError, match="unit_price"):
        landed_margin(TABLES["order_lines"].empty().drop("unit_price"), RULES)


def test_a_rule_pack_without_a_needed_rule_is_refused():
    rules = Rules({k: v for k, v in RULES.rows.items() if k != "pop.commission"})
    with pytest.raises(RuleError, match=r"pop\.commission"):
        margin(frame([]), rules)


def order_of_two(mode: str = "semi_jit") -> pl.DataFrame:
    """Two lines of one order to Spain, paid in euro."""
    row = {
        "platform": "p", "shop": "s", "order_id": "1", "market": "ES", "mode": mode, "ordered_at": NOON, "units": 2,
        "unit_price": 9.0, "currency": "EUR", "status": "paid", "known_at": NOON,
    }  # fmt: skip
    rows = [{**row, "line_no": number, "sku": sku} for number, sku in enumerate(("cup", "pen"), start=1)]
    schema = TABLES["order_lines"].empty().schema
    return pl.DataFrame([{c: one.get(c) for c in schema} for one in rows], schema=schema)


@pytest.mark.parametrize("mode", ["semi_jit", "pop", "full"])
def test_margins_of_several_variants_at_once_are_those_of_each_alone(mode):
    """Another reading, every reading at its worst, another way of the parcels: none leaks into the others."""
    costing = Costing("CNY", **TABLES_GIVEN)
    routes = routes_on(costing.services, costing.nodes, costing.parcels, None)
    elsewhere = routes.with_columns(service=pl.lit("none"))
    readings = [
        RULES,
        RULES.with_reading("semi.late_inbound_after", "after_t1"),
        RULES.with_stance("cautious"),
        RULES.with_stance("generous"),
        RULES,
    ]
    variants = [Variant(rules, routes) for rules in readings] + [Variant(RULES, elsewhere)]
    found = margin_variants(order_of_two(mode), variants, costing)
    for number, rules in enumerate(readings):
        alone = landed_margin(order_of_two(mode), rules, costing, in_full=True)
        assert found.filter(variant=number).select(alone.columns).drop("order_no").equals(alone.drop("order_no"))
    by_nothing = found.filter(variant=len(readings))
    assert by_nothing["service"].to_list() == ["none", "none"]
    assert by_nothing.height == 2
