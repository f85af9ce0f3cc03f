"""The shop's figures against the thresholds: just under, exactly on, just over; where they are heading."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from tradewind.core.tables import TABLES
from tradewind.core.text import catalogue
from tradewind.data.rules import load_rules
from tradewind.engine.shop import FIGURES, ShopFacts, shop_health

RULES = load_rules()
AS_OF = datetime(2026, 11, 2, tzinfo=UTC)
NAMES = ("order_lines", "listings", "traffic", "parcels", "events", "inbounds", "returns", "fines")


def table(name: str, *rows: dict[str, Any]) -> pl.DataFrame:
    schema = TABLES[name].empty().schema
    always = {"platform": "ae", "shop": "yw", "known_at": None, "line_no": 1, "currency": "CNY", "market": "ES"}
    return pl.DataFrame([{c: {**always, **row}.get(c) for c in schema} for row in rows], schema=schema)


def day(ago: float) -> datetime:
    return AS_OF - timedelta(days=ago)


def order(n: int, ago: float = 5, **more: Any) -> dict[str, Any]:
    row = {"order_id": str(n), "sku": f"s{n}", "listing_id": f"L{n}", "mode": "pop", "ordered_at": day(ago)}
    return row | {"units": 1, "unit_price": 9.0, "status": "paid"} | more


def health(ratings: pl.DataFrame | None = None, **rows: list[dict[str, Any]]) -> pl.DataFrame:
    frames = {name: table(name, *rows.get(name, [])) for name in NAMES}
    return shop_health(ShopFacts(**frames, faults=(("wrong_goods", "seller"),)), RULES, as_of=AS_OF, ratings=ratings)


def figure_of(frame: pl.DataFrame, figure: str) -> tuple[Any, ...]:
    return frame.filter(figure=figure).select("cases", "of", "value", "state").row(0)


def listed(count: int) -> list[dict[str, Any]]:
    return [{"listing_id": f"L{n}", "sku": f"s{n}"} for n in range(count)]


@pytest.mark.parametrize(("sold", "state"), [(12, "broken"), (13, "kept"), (14, "kept")])
def test_sell_through_is_listings_sold_in_thirty_days_at_least_65_per_cent(sold, state):
    lines = [order(n) for n in range(sold)] + [order(19, ago=31)]
    assert figure_of(health(order_lines=lines, listings=listed(20)), "sell_through") == (sold, 20, sold / 20, state)


def test_without_listings_the_skus_looked_at_stand_in_and_without_either_it_is_unknown():
    seen = [{"sku": f"s{n}", "on_date": date(2026, 10, 20), "channel": "all"} for n in range(4)]
    assert figure_of(health(order_lines=[order(0)], traffic=seen), "sell_through") == (1, 4, 0.25, "broken")
    assert figure_of(health(order_lines=[order(0)]), "sell_through") == (None, None, None, "unknown")


def test_a_parcel_without_a_carriers_scan_in_five_days_is_late():
    lines = [order(n, ago=20) for n in range(3)] + [order(3, ago=2)]
    parcels = [
        {"parcel_id": f"P{n}", "order_id": str(n), "service": "std", "node": "YW", "created_at": day(20)}
        for n in range(3)
    ]
    scans = [
        {"parcel_id": "P0", "milestone": "collected", "happened_at": day(15)},
        {"parcel_id": "P1", "milestone": "collected", "happened_at": day(14)},
        {"parcel_id": "P2", "milestone": "announced", "happened_at": day(19)},
    ]
    found = health(order_lines=lines, parcels=parcels, events=scans)
    assert figure_of(found, "late_shipment_rate") == (2, 3, pytest.approx(2 / 3), "broken")
    assert figure_of(health(order_lines=lines, parcels=parcels), "late_shipment_rate")[3] == "unknown"


def test_a_consignment_is_late_when_received_after_it_was_due_or_missing():
    def inbound(n: int, received: float | None) -> dict[str, Any]:
        row = {
            "inbound_id": f"J{n}",
            "sku": "s",
            "node": "HZ",
            "booked_at": day(9),
            "booked_units": 1,
            "due_at": day(6),
        }
        return row | {"received_at": None if received is None else day(received)}

    rows = [inbound(0, 6), inbound(1, 5.9), inbound(2, None)]
    assert figure_of(health(order_lines=[order(0)], inbounds=rows), "late_inbound_rate")[:2] == (2, 3)


def test_fines_and_claims_are_set_against_the_orders_and_are_unknown_without_their_table():
    lines = [order(n) for n in range(50)]
    fines = [
        {"fine_id": f"F{n}", "kind": kind, "amount": 1.0, "fined_at": day(3), "status": status}
        for n, (kind, status) in enumerate(
            [("out_of_stock", "open"), ("out_of_stock", "cancelled"), ("violation", None)]
        )
    ]
    claims = [
        {
            "return_id": f"R{n}",
            "order_id": str(n),
            "sku": "s",
            "kind": kind,
            "units": 1,
            "reason": reason,
            "opened_at": day(1),
        }
        for n, (kind, reason) in enumerate(
            [("refund", "wrong_goods"), ("return", "changed_mind"), ("cancellation", None)]
        )
    ]
    found = health(order_lines=lines, fines=fines, returns=claims)
    assert figure_of(found, "not_sold_rate") == (1, 50, 0.02, "kept")
    assert figure_of(found, "violations")[2:] == (1.0, "broken")
    assert figure_of(found, "dispute_rate")[:2] == (2, 50)
    assert figure_of(found, "seller_fault_rate")[:2] == (1, 50)
    silent = health(order_lines=lines)
    assert {figure_of(silent, f)[3] for f in ("not_sold_rate", "violations", "dispute_rate")} == {"unknown"}


def rated(*values: tuple[int, float], figure: str = "positive_rate") -> pl.DataFrame:
    rows = [("ae", "yw", day(ago).date(), figure, value) for ago, value in values]
    return pl.DataFrame(rows, schema=["platform", "shop", "on", "figure", "value"], orient="row")


@pytest.mark.parametrize(("value", "state"), [(0.9549, "broken"), (0.955, "kept"), (0.96, "kept")])
def test_what_no_table_holds_is_asked_for_and_then_judged(value, state):
    unasked = health(order_lines=[order(0)]).filter(figure="positive_rate").row(0, named=True)
    assert (unasked["value"], unasked["asked"], unasked["reason"]) == (None, True, "shop_figure.ask")
    assert figure_of(health(rated((3, value)), order_lines=[order(0)]), "positive_rate")[2:] == (value, state)


def test_a_falling_figure_breaks_where_its_line_meets_the_threshold():
    falling = rated((0, 0.96), (7, 0.97), (14, 0.98), (21, 0.99))
    row = health(falling, order_lines=[order(0)]).filter(figure="positive_rate").row(0, named=True)
    assert row["per_week"] == pytest.approx(-0.01)
    assert (row["state"], row["days_left"], row["break_on"]) == ("soon", 4, date(2026, 11, 6))
    few = rated((0, 0.96), (7, 0.97), (14, 0.98))
    assert health(few, order_lines=[order(0)]).filter(figure="positive_rate")["break_on"].to_list() == [None]


@pytest.mark.parametrize(
    ("value", "state", "days"), [(0.975, "soon", 14), (0.995, "soon", 28), (0.99505, "kept", 29), (1.2, "kept", 172)]
)
def test_a_figure_that_would_break_within_four_weeks_breaks_soon(value, state, days):
    """Falling by a hundredth a week towards 0.955."""
    falling = rated(*((7 * week, value + week / 100) for week in range(4)))
    row = health(falling, order_lines=[order(0)]).filter(figure="positive_rate").row(0, named=True)
    assert (row["state"], row["days_left"]) == (state, days)
    assert row["break_on"] == (AS_OF + timedelta(days=days)).date()


def test_a_break_more_than_half_a_year_ahead_is_not_foretold():
    falling = rated(*((7 * week, 1.22 + week / 100) for week in range(4)))
    row = health(falling, order_lines=[order(0)]).filter(figure="positive_rate").row(0, named=True)
    assert (row["state"], row["per_week"], row["break_on"]) == ("kept", pytest.approx(-0.01), None)


def test_ratings_older_than_eight_weeks_do_not_bend_the_trend():
    recent = [(7 * week, 0.96 + week / 100) for week in range(5, 9)]
    with_old = health(rated(*recent, (57, 0.0)), order_lines=[order(0)]).filter(figure="positive_rate")
    assert with_old["per_week"].to_list() == [pytest.approx(-0.01)]


def test_what_is_broken_comes_first_then_what_breaks_soonest_then_what_is_kept_and_unknown():
    """Two of three sent too late, a rating that breaks in 4 days, one in 14, one that stands."""
    ratings = pl.concat([
        rated(*((7 * week, 0.975 + week / 100) for week in range(4))),
        rated(*((7 * week, 4.54 + week / 10) for week in range(4)), figure="dsr_service"),
        rated((0, 4.9), figure="dsr_delivery"),
        rated((0, 4.0), figure="dsr_described"),
    ])  # fmt: skip
    found = health(ratings, order_lines=[order(0)])
    states = [(figure, state) for figure, state in found.select("figure", "state").rows() if state != "unknown"]
    assert states == [
        ("dsr_described", "broken"),
        ("dsr_service", "soon"),
        ("positive_rate", "soon"),
        ("dsr_delivery", "kept"),
    ]
    assert found["state"].to_list() == sorted(found["state"], key=["broken", "soon", "kept", "unknown"].index)


def test_hiding_the_future_changes_nothing():
    lines = [order(n) for n in range(3)]
    later = {"order_lines": [*lines, order(9, ago=-1)], "fines": [
        {"fine_id": "F", "kind": "violation", "amount": 1.0, "fined_at": day(3)},
        {"fine_id": "G", "kind": "violation", "amount": 1.0, "fined_at": day(-2)},
    ]}  # fmt: skip
    before = {"order_lines": lines, "fines": later["fines"][:1]}
    assert health(rated((-1, 0.1)), **later).equals(health(**before))


def test_row_order_does_not_matter_and_no_orders_give_no_rows():
    lines = [order(n) for n in range(9)]
    assert health(order_lines=lines, listings=listed(9)).equals(
        health(order_lines=lines[::-1], listings=listed(9)[::-1])
    )
    assert health().height == 0


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_figure_and_state_has_words(lang):
    words = catalogue(lang)
    assert {f"metric.{f.name}" for f in FIGURES} <= words.keys()
    for f in FIGURES:
        assert {f"shop_figure.{state}_{f.bound}" for state in ("broken", "soon", "kept")} <= words.keys()


AGES = {**dict.fromkeys(range(14), 25), 14: 33, 15: 33, 16: 40, 17: 40, 18: 48, 19: 48}
"""Days since each of twenty listings was last sold: of them 14, 16, 18 and 20 were sold in the thirty days before today
and before one, two and three weeks ago."""


def test_the_trend_of_a_counted_figure_is_the_slope_of_its_weekly_values_as_far_back_as_orders_reach():
    lines = [order(n, ago=ago) for n, ago in AGES.items()] + [order(99, ago=52)]  # four weeks ago is not covered whole
    row = health(order_lines=lines, listings=listed(20)).filter(figure="sell_through").row(0, named=True)
    assert (row["cases"], row["of"], row["value"]) == (14, 20, 0.7)
    assert row["per_week"] == pytest.approx(-0.1)  # 1.0, 0.9, 0.8, 0.7
    # (0.65 - 0.70) / -0.1 = half a week: in the fourth day
    assert (row["days_left"], row["break_on"], row["state"]) == (4, date(2026, 11, 6), "soon")


def test_one_shop_more_changes_nothing_of_the_others():
    lines = [order(n, ago=ago) for n, ago in AGES.items()] + [order(99, ago=52)]
    alone = health(order_lines=lines, listings=listed(20)).filter(shop="yw")
    other = [order(n, ago=3, shop="hz") for n in range(5)]
    both = health(order_lines=lines + other, listings=listed(20) + [{**one, "shop": "hz"} for one in listed(5)])
    assert both.filter(shop="yw").sort("figure").equals(alone.sort("figure"))
    assert both.filter(shop="hz", figure="sell_through")["value"].to_list() == [1.0]
