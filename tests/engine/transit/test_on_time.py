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


def judged(first: list[float], second: list[float], refunded: int = 5) -> float | None:
    """Thirty orders of two parcels each that take so long (promised in ten days), and thirty on time; `refunded` of the
    first thirty cost their whole amount of 50."""
    late = MIN_LATE_ORDERS
    parcels, events = world([*first * late, *second * late, *[5.0] * late])
    order = [f"o{i % late}" for i in range(2 * late)] + [f"n{i}" for i in range(late)]
    parcels = parcels.with_columns(order_id=pl.Series(order))
    orders = parcels.select("platform", "shop", "order_id").unique(maintain_order=True).with_columns(paid=pl.lit(50.0))
    refunds = orders.filter(pl.col("order_id").str.starts_with("o")).head(refunded)
    return cost_of_lateness(parcels, events, orders, refunds.select("platform", "shop", "order_id", refunded="paid"))


def test_an_order_is_late_as_soon_as_one_of_its_parcels_is():
    assert judged([5.0], [20.0]) == pytest.approx(5 / MIN_LATE_ORDERS)
    assert judged([5.0], [6.0]) is None


def test_lateness_never_earns_money_and_orders_without_payment_tell_nothing():
    late = MIN_LATE_ORDERS
    parcels, events = world([20.0] * late + [5.0] * late)
    orders = parcels.select("platform", "shop", "order_id").with_columns(paid=pl.lit(100.0))
    prompt = orders.tail(3).select("platform", "shop", "order_id", refunded="paid")
    assert cost_of_lateness(parcels, events, orders, prompt) == 0.0
    unpaid = orders.with_columns(paid=pl.when(pl.int_range(pl.len()) < 1).then(0.0).otherwise("paid"))
    assert cost_of_lateness(parcels, events, unpaid, prompt) is None
    none_on_time, their_events = world([20.0] * late)
    assert cost_of_lateness(none_on_time, their_events, orders, prompt) is None


def test_services_and_markets_are_kept_separate_in_order():
    parcels, events = world([4.0, 12.0, 6.0])
    parcels = parcels.with_columns(service=pl.Series(["std", "std", "fast"]), market=pl.Series(["FR", "ES", "ES"]))
    found = deliveries(parcels, events, as_of=START + timedelta(days=30))
    assert found.rows() == [("fast", "ES", 1, 1.0, 6.0), ("std", "ES", 1, 0.0, 12.0), ("std", "FR", 1, 1.0, 4.0)]
