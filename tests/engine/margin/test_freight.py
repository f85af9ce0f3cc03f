"""The weight that is billed and the card it is billed by, expression by expression."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.core.tables import TABLES
from tradewind.engine.margin.freight import (
    billable_g,
    billed_kg,
    card_freight,
    divisor,
    sent_parcels,
    with_card,
    with_parcel_weight,
)

FLOATS = (
    "weight_g", "volume_cm3", "order_weight_g", "order_volume_cm3", "max_weight_g", "volumetric_divisor_cm3_per_kg",
    "divisor_standard", "divisor_economy", "divisor_express", "order_kg", "order_parcels", "round_up_g", "first_g",
    "freight_per_kg", "freight_per_parcel", "tier_per_kg", "tier_per_parcel", "card_rate", "order_share", "units",
)  # fmt: skip
LINE = {"service_class": "standard", "divisor_standard": 8000.0, "divisor_economy": 6000.0, "divisor_express": 5000.0}


def line(**said: Any) -> pl.DataFrame:
    row = dict.fromkeys(FLOATS) | {"service_class": None, "tiered": False} | LINE | said
    return pl.DataFrame(
        [row], schema=dict.fromkeys(FLOATS, pl.Float64) | {"service_class": pl.String, "tiered": pl.Boolean}
    )


def value(expr: pl.Expr, **said: Any) -> float | None:
    return line(**said).select(expr).item()


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, 8000.0),
        ({"service_class": "economy"}, 6000.0),
        ({"service_class": "express"}, 5000.0),
        ({"service_class": None}, None),
        ({"volumetric_divisor_cm3_per_kg": 7000.0}, 7000.0),
        ({"volumetric_divisor_cm3_per_kg": 7000.0, "service_class": None}, 7000.0),
    ],
)
def test_the_cards_own_divisor_goes_before_that_of_its_class(said, found):
    assert value(divisor(), **said) == found


@pytest.mark.parametrize(
    ("weight", "volume", "billed"),
    [(300.0, 800.0, 300.0), (50.0, 800.0, 100.0), (None, 800.0, None), (50.0, None, None)],
)
def test_a_piece_is_billed_at_the_larger_of_its_weight_and_its_volume(weight, volume, billed):
    assert value(billable_g(), weight_g=weight, volume_cm3=volume) == billed


@pytest.mark.parametrize(
    ("weight", "volume", "pieces", "limit", "kg", "parcels", "governs"),
    [
        (1500.0, 8000.0, 1, None, 1.5, 1.0, False),
        (500.0, 8000.0, 1, None, 1.0, 1.0, True),
        (1000.0, 0.0, 2, 2000.0, 2.0, 1.0, False),
        (667.0, 0.0, 3, 2000.0, 2.001, 2.0, False),
        (1100.0, 0.0, 3, 2000.0, 3.3, 3.0, False),  # no two of them fit
        (700.0, 0.0, 5, 2000.0, 3.5, 3.0, False),
        (1.0, 0.0, 2001, 2000.0, 2.001, 2.0, False),
        (0.1 * 3 * 1000, 0.0, 20, 600.0, 6.0, 10.0, False),  # two are the limit to the last bit
        (100.0, 9600.0, 2, 2000.0, 2.4, 2.0, True),  # the volume is what is over the limit
        (1100.0, 0.0, 2.5, 2000.0, 2.75, 2.5, False),  # a mean of two and three
        (700.0, 0.0, 2.5, 1400.0, 1.75, 1.5, False),
        (2500.0, 0.0, 2, 2000.0, 5.0, 3.0, False),  # no parcel takes it
        (None, 8000.0, 1, None, None, 1.0, None),
    ],
)
def test_an_order_goes_in_as_few_parcels_as_its_pieces_need(weight, volume, pieces, limit, kg, parcels, governs):
    whole = {"order_weight_g": weight and weight * pieces, "order_volume_cm3": volume * pieces, "max_weight_g": limit}
    one = {"weight_g": weight, "volume_cm3": volume, "units": pieces, "order_share": 1.0}
    found = with_parcel_weight(line(**one, **whole)).row(0, named=True)
    assert found["order_kg"] == (None if kg is None else pytest.approx(kg))
    assert found["order_parcels"] == pytest.approx(parcels)
    assert found["volume_governs"] == governs
    assert found["parcel_g"] == (None if kg is None else pytest.approx(kg / parcels * 1000))


@pytest.mark.parametrize(
    ("weights", "units", "parcels"),
    [
        ((1100.0, 900.0), (1, 1), 1.0),
        ((1100.0, 900.0), (2, 1), 2.0),  # 3.1 kg by weight, and two pieces over half the limit
        ((1100.0, 900.0), (3, 1), 3.0),
        ((300.0, 200.0), (10, 10), 3.0),
    ],
)
def test_an_order_of_several_skus_needs_what_weight_and_heavy_pieces_need(weights, units, parcels):
    total = sum(weight * count for weight, count in zip(weights, units, strict=True))
    rows = [
        line(weight_g=weight, volume_cm3=0.0, units=count, order_share=count / sum(units), order_weight_g=total,
             order_volume_cm3=0.0, max_weight_g=2000.0).with_columns(sku=pl.lit(f"S{at}"), order_no=pl.lit(7))
        for at, (weight, count) in enumerate(zip(weights, units, strict=True))
    ]  # fmt: skip
    assert with_parcel_weight(pl.concat(rows))["order_parcels"].to_list() == [parcels, parcels]


@given(st.integers(1, 60), st.integers(1, 2000))
def test_parcels_of_equal_pieces_hold_them_all_and_no_fewer_would_do(pieces, weight):
    one = {"weight_g": float(weight), "volume_cm3": 0.0, "units": pieces, "order_share": 1.0, "max_weight_g": 2000.0}
    found = with_parcel_weight(line(**one, order_weight_g=float(weight * pieces), order_volume_cm3=0.0))
    parcels, in_one = found["order_parcels"].item(), 2000 // weight
    assert (parcels - 1) * in_one < pieces <= parcels * in_one


@pytest.mark.parametrize(
    ("kg", "parcels", "step", "first", "billed"),
    [
        (0.31, 1.0, None, None, 0.31),
        (0.31, 1.0, 100.0, None, 0.4),
        (0.3, 1.0, 100.0, None, 0.3),
        (0.31, 1.0, None, 500.0, 0.0),
        (0.81, 1.0, 100.0, 500.0, 0.4),
        (1.62, 2.0, 100.0, 500.0, 0.8),
        (None, 1.0, 100.0, 500.0, None),
        (None, 1.0, None, None, None),
    ],
)
def test_kilograms_are_rounded_up_a_parcel_and_counted_beyond_the_first_weight(kg, parcels, step, first, billed):
    found = value(billed_kg(), order_kg=kg, order_parcels=parcels, round_up_g=step, first_g=first)
    assert found == (None if billed is None else pytest.approx(billed))


def freight(**said: Any) -> float | None:
    card = {"freight_per_kg": 60.0, "freight_per_parcel": 10.0, "card_rate": 1.0, "order_share": 1.0, "units": 1.0}
    piece = {"weight_g": 500.0, "volume_cm3": 800.0, "order_weight_g": 500.0, "order_volume_cm3": 800.0}
    return with_parcel_weight(line(**{**card, **piece, **said})).select(card_freight()).item()


@pytest.mark.parametrize(
    ("said", "cost"),
    [
        ({}, 0.5 * 60 + 10),
        ({"card_rate": 2.0}, 80.0),
        (
            {"order_weight_g": 2000.0, "order_share": 0.25},
            2.0 * 60 * 0.25 + 10 * 0.25,
        ),  # a quarter by weight and by order
        ({"order_weight_g": 2000.0, "units": 2.0, "order_share": 0.5}, 2.0 * 60 * 0.5 + 10 * 0.5),
        ({"order_volume_cm3": 80_000.0, "order_weight_g": 1000.0, "order_share": 0.5}, 10.0 * 60 * 0.01 + 10 * 0.5),
        ({"order_weight_g": 0.0, "order_volume_cm3": 0.0, "weight_g": 0.0, "volume_cm3": 0.0, "order_share": 0.5}, 5.0),
        ({"order_weight_g": 3000.0, "max_weight_g": 2000.0, "order_share": 1 / 6}, 3.0 * 60 / 6 + 2 * 10 / 6),
        ({"max_weight_g": 500.0}, 40.0),
        ({"max_weight_g": 499.0}, None),
        ({"max_weight_g": 99.0, "weight_g": 50.0}, None),  # 800 cm3 count as 100 g
        ({"freight_per_kg": None}, None),
        ({"tiered": True, "tier_per_kg": 20.0, "tier_per_parcel": 3.0}, 0.5 * 20 + 3),
        ({"tiered": True}, None),
    ],
)
def test_a_lines_freight_is_its_share_of_its_orders(said, cost):
    assert freight(**said) == (None if cost is None else pytest.approx(cost))


def parcels(*rows: dict[str, Any]) -> pl.DataFrame:
    schema = TABLES["parcels"].empty().schema
    always = {"platform": "ae", "shop": "yw", "order_id": "1", "node": "HZ", "market": "ES", "currency": "CNY"}
    return pl.DataFrame([{c: {**always, **row}.get(c) for c in schema} for row in rows], schema=schema)


def at(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=UTC)


FX = pl.DataFrame(
    {
        "currency": ["USD", "USD"],
        "quote": ["CNY"] * 2,
        "on_date": [date(2026, 11, 1), date(2026, 11, 9)],
        "rate": [7.0, 8.0],
    }
)


def test_an_order_has_its_first_parcels_service_and_all_its_bills_each_at_the_rate_of_its_day():
    found = sent_parcels(
        parcels(
            {"parcel_id": "b", "service": "late", "created_at": at(9), "freight_amount": 2.0, "currency": "USD"},
            {"parcel_id": "a", "service": "first", "created_at": at(1), "freight_amount": 1.0, "currency": "USD"},
            {"parcel_id": "c", "service": "x", "created_at": at(1), "freight_amount": 9.0, "order_id": None},
        ),
        "CNY",
        FX,
    )
    assert found.select("order_id", "service", "node", "sent_freight").rows() == [("1", "first", "HZ", 23.0)]


@pytest.mark.parametrize("missing", [{"freight_amount": None}, {"freight_amount": 1.0, "currency": "BRL"}])
def test_one_bill_or_rate_that_is_missing_leaves_the_orders_freight_unknown(missing):
    whole = {"parcel_id": "a", "service": "std", "created_at": at(1), "freight_amount": 1.0}
    found = sent_parcels(
        parcels(whole, {"parcel_id": "b", "service": "std", "created_at": at(2), **missing}), "CNY", FX
    )
    assert found["sent_freight"].to_list() == [None]


def test_lines_keep_their_order_and_those_without_a_card_stay():
    card = {"service": "std", "node": "HZ", "market": "ES", "freight_per_kg": 60.0, "freight_per_parcel": 10.0}
    card |= {"currency": "CNY", "service_class": "standard"}
    schema = TABLES["services"].empty().schema
    services = pl.DataFrame([{c: card.get(c) for c in schema}], schema=schema)
    nodes = pl.DataFrame(
        {"node": ["HZ"], "inbound_cost_per_unit": [0.5], "storage_cost_per_m3_week": [7.0], "currency": ["CNY"]}
    )
    lines = pl.DataFrame({"service": ["std", "none", "std"], "node": ["HZ", "HZ", "YW"], "market": ["ES"] * 3})
    found = with_card(lines, services, nodes)
    assert found.select("service", "freight_per_kg", "inbound_cost_per_unit").rows() == [
        ("std", 60.0, 0.5), ("none", None, 0.5), ("std", None, None),
    ]  # fmt: skip
