"""One sale taken apart."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from tradewind.core.tables import TABLES
from tradewind.data.rules import load_rules
from tradewind.engine.margin import COSTS, Costing
from tradewind.engine.margin.cards import rule_cards
from tradewind.engine.margin.evidence import LEAST_ORDERS, settled_readings
from tradewind.engine.margin.quote import Quote, Sale, break_even_cpc, quote

RULES = load_rules()
DAY = date(2026, 11, 20)
CUP = pl.DataFrame(
    {
        "sku": ["cup"], "unit_cost": [20.0], "currency": ["CNY"], "weight_g": [89.0],
        "length_mm": [120.0], "width_mm": [80.0], "height_mm": [50.0],
    }
)  # fmt: skip
FX = pl.DataFrame({"currency": ["EUR"], "quote": ["CNY"], "on_date": [DAY], "rate": [8.0]})


def asked(mode: str = "semi_jit", products: pl.DataFrame = CUP) -> Quote:
    services, brackets = rule_cards(RULES, DAY, node="-", names=("illustrative",))
    sale = Sale("cup", "ES", mode, 12.5, "EUR", DAY)
    costing = Costing("CNY", products=products, services=services, fx=FX, brackets=brackets)
    return quote(sale, RULES, costing, card="illustrative")


def amounts(found: Quote) -> dict[str, float]:
    return dict(found.lines.select("component", "amount").iter_rows())


def test_the_lines_of_a_quote_add_up_to_what_is_left():
    found = asked()
    lines = amounts(found)
    assert found.margin == pytest.approx(lines["revenue"] - sum(lines[c] for c in COSTS))
    assert lines["revenue"] == 100.0
    assert lines["freight"] == pytest.approx(22.60)
    assert lines["duty"] == pytest.approx(40.0)  # EUR 3 and 2


INSIDE = RULES.with_reading("tax.in_paid_amount", "inside")


@pytest.mark.parametrize(
    ("market", "paid", "flat"),
    [
        ("ES", 150.0, True),  # 21 % VAT in it: 123.97 EUR of goods
        ("ES", 181.5, True),  # 150.00 to the cent
        ("ES", 181.51, False),
        ("DE", 178.5, True),  # 19 %
        ("DE", 178.51, False),
        ("HU", 190.5, True),  # 27 %
    ],
)
def test_a_small_consignment_is_one_whose_value_without_tax_is_within_the_limit(market, paid, flat):
    services, brackets = rule_cards(RULES, DAY, node="-", names=("illustrative",))
    costing = Costing("CNY", products=CUP, services=services, fx=FX, brackets=brackets)
    found = amounts(quote(Sale("cup", market, "semi_jit", paid, "EUR", DAY), INSIDE, costing, card="illustrative"))
    assert (found["duty"] == pytest.approx(40.0)) == flat


def test_a_duty_by_value_is_not_on_the_tax():
    """South Korea: 10 % VAT in 330 dollars leaves 300, beyond the 150 that are free, at 8 %."""
    rules = INSIDE.with_value("kr.duty.general", 0.08).with_value("import_charges.paid_by", "seller")
    fx = pl.DataFrame({"currency": ["USD"], "quote": ["CNY"], "on_date": [DAY], "rate": [7.0]})
    found = amounts(quote(Sale("cup", "KR", "own", 330.0, "USD", DAY), rules, Costing("CNY", products=CUP, fx=fx)))
    assert found["duty"] == pytest.approx(300 * 0.08 * 7.0)
    assert found["tax"] == pytest.approx(30 * 7.0)


def test_every_cost_of_a_mode_names_its_rules_with_source_and_confidence():
    found = asked()
    named = set(found.rules["component"])
    assert named >= {c for c in COSTS if c != "product_cost"}
    assert found.rules.select("source", "confidence", "rule").null_count().sum_horizontal().item() == 0
    assert found.rules.filter(rule="eu.flat_duty_paid_by")["reading"].to_list() == ["seller"]


def test_the_money_between_readings_is_listed_rule_by_rule():
    readings = asked().readings.filter(~pl.col("taken"))
    differences = dict(readings.select("reading", "difference").iter_rows())
    assert differences["platform"] == pytest.approx(40.0 + 0.21 * 24.0)
    assert differences["not_yet"] == pytest.approx(16.0)
    assert differences["after_t1"] == pytest.approx(-0.60)
    assert differences["hs6" if "hs6" in differences else "ten_digits"] == 0.0


def test_the_span_of_a_component_holds_its_amount():
    spans = asked().lines
    assert spans.filter((pl.col("amount") < pl.col("low")) | (pl.col("amount") > pl.col("high"))).is_empty()
    assert spans.filter(component="late_cost").row(0)[1:] == pytest.approx((0.15, 0.15, 0.75))


def test_the_worst_reading_of_everything_leaves_no_more_than_the_best():
    ends = asked().ends
    assert ends["cautious"] < asked().margin < ends["generous"]


def test_a_missing_weight_is_named_and_leaves_no_margin():
    found = asked(products=CUP.with_columns(weight_g=pl.lit(None, dtype=pl.Float64)))
    assert found.margin is None
    assert found.unknown == ["oversize_fee", "freight"]


def test_a_click_may_cost_what_an_order_leaves_before_advertising_times_orders_per_click():
    assert break_even_cpc(18.0, 2.0, 0.05) == pytest.approx(1.0)
    assert break_even_cpc(-5.0, 2.0, 0.05) == 0.0
    assert break_even_cpc(None, 2.0, 0.05) is None
    assert break_even_cpc(18.0, 2.0, None) is None


def settlements(count: int, tax: float) -> pl.DataFrame:
    at = datetime(2026, 8, 1, tzinfo=UTC)
    rows = [
        {
            "platform": "p", "shop": "s", "settlement_id": str(i), "line_no": no, "order_id": str(i), "market": "ES",
            "kind": kind, "amount": amount, "currency": "EUR", "settled_at": at, "known_at": at,
        }
        for i in range(count)
        for no, (kind, amount) in enumerate([("sale", 10.0), ("tax", tax)], start=1)
    ]  # fmt: skip
    schema = TABLES["settlements"].empty().schema
    return pl.DataFrame([{c: row.get(c) for c in schema} for row in rows], schema=schema)


@pytest.mark.parametrize(
    ("orders", "tax", "payer"),
    [(LEAST_ORDERS, 0.0, "platform"), (LEAST_ORDERS - 1, 0.0, "seller"), (99, -3.0, "seller")],
)
def test_the_flat_duty_is_the_platforms_where_enough_settlements_show_none(orders, tax, payer):
    assert settled_readings(RULES, settlements(orders, tax)).choice("eu.flat_duty_paid_by", on=DAY) == payer


def test_a_reading_the_seller_chose_is_kept():
    chosen = load_rules(overrides="- {id: eu.flat_duty_paid_by, reading: platform}")
    assert settled_readings(chosen, settlements(99, -3.0)).choice("eu.flat_duty_paid_by", on=DAY) == "platform"


def by_ways(*ways: tuple[str, str, float]) -> Quote:
    """A cup whose parcels go by `ways` (service, node, share): std at 20, light at 8 and fast at 50 a parcel."""
    prices = {"std": 20.0, "light": 8.0, "fast": 50.0}
    card = {"market": "ES", "service_class": "standard", "freight_per_kg": 0.0, "currency": "CNY"}
    rows = [card | {"service": s, "node": n, "freight_per_parcel": prices[s]} for s in prices for n in ("HZ", "YW")]
    schema = TABLES["services"].empty().schema
    services = pl.DataFrame([{c: row.get(c) for c in schema} for row in rows], schema=schema)
    routes = pl.DataFrame(
        [("semi_jit", "ES", *way) for way in ways],
        schema=["mode", "market", "service", "node", "share"], orient="row",
    )  # fmt: skip
    sale = Sale("cup", "ES", "semi_jit", 12.5, "EUR", DAY)
    return quote(sale, RULES, Costing("CNY", products=CUP, services=services, fx=FX, routes=routes))


def test_the_sale_is_shown_by_each_service_of_its_modes_parcels_most_parcels_first():
    found = by_ways(("light", "HZ", 0.25), ("std", "HZ", 0.5), ("std", "YW", 0.25))
    assert found.ways.select("service", "share", "freight").rows() == [("std", 0.75, 20.0), ("light", 0.25, 8.0)]
    std, light = found.ways["margin"]
    assert light > std


def test_services_of_as_many_parcels_are_shown_by_name():
    found = by_ways(("std", "HZ", 0.25), ("light", "HZ", 0.25), ("fast", "HZ", 0.5))
    assert found.ways["service"].to_list() == ["fast", "light", "std"]


def test_a_mode_whose_parcels_go_one_way_has_none_to_show():
    assert by_ways(("std", "HZ", 0.5), ("std", "YW", 0.5)).ways.height == 0
    assert asked().ways.height == 0
