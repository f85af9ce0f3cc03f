"""What was promised and what happened, and what being late has cost so far."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tradewind.engine.transit.on_time import MIN_LATE_ORDERS, cost_of_lateness, deliveries

START = datetime(2026, 9, 1, 8, tzinfo=UTC)


def world(days_taken: list[float | None], promised_days: int = 10) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One parcel and order per entry; None is still on the way."""
    n = len(days_taken)
    parcels = pl.DataFrame(
        {
            "platform": ["ae"] * n,
            "shop": ["s"] * n,
            "parcel_id": [f"p{i}" for i in range(n)],
            "order_id": [f"o{i}" for i in range(n)],
            "service": ["std"] * n,
            "market": ["ES"] * n,
            "created_at": [START] * n,
            "promised_at": [START + timedelta(days=promised_days)] * n,
        }
    )
    events = pl.DataFrame(
        [
            {
                "platform": "ae",
                "shop": "s",
                "parcel_id": f"p{i}",
                "milestone": "delivered",
                "happened_at": START + timedelta(days=days),
            }
            for i, days in enumerate(days_taken)
            if days is not None
        ]
    )
    return parcels, events


def test_on_time_is_by_calendar_day_and_open_parcels_are_left_out():
    parcels, events = world([4.0, 10.3, 11.0, None])
    delivered = deliveries(parcels, events, as_of=START + timedelta(days=30))
    assert delivered["parcels"].item() == 3
    assert delivered["on_time"].item() == pytest.approx(2 / 3)
    assert delivered["days"].item() == pytest.approx((4 + 10.3 + 11) / 3)


def test_only_recent_deliveries_count():
    parcels, events = world([4.0])
    assert deliveries(parcels, events, as_of=START + timedelta(weeks=20), weeks=13).height == 0


def test_lateness_costs_what_late_orders_were_refunded_beyond_the_others():
    late = MIN_LATE_ORDERS
    parcels, events = world([20.0] * late + [5.0] * late)
    orders = parcels.select("platform", "shop", "order_id").with_columns(paid=pl.lit(100.0))
    refunds = orders.head(15).select("platform", "shop", "order_id", refunded="paid")
    prompt = orders.tail(3).select("platform", "shop", "order_id", refunded="paid")
    cost = cost_of_lateness(parcels, events, orders, pl.concat([refunds, prompt]))
    assert cost == pytest.approx(15 / late - 3 / late)


def test_too_few_late_orders_tell_nothing():
    parcels, events = world([20.0] * 5 + [5.0] * 100)
    orders = parcels.select("platform", "shop", "order_id").with_columns(paid=pl.lit(100.0))
    assert cost_of_lateness(parcels, events, orders, orders.clear().rename({"paid": "refunded"})) is None
