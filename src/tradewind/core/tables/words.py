"""The words the tables use: choices, and what a market and a currency look like."""

from __future__ import annotations

from typing import Final

import dataframely as dy

MODES: Final = ("full", "semi_stocked", "semi_jit", "pop", "overseas", "own")
ORDER_STATUSES: Final = ("placed", "paid", "shipped", "delivered", "cancelled")
NODE_KINDS: Final = ("seller", "origin", "preferred", "overseas")
SERVICE_CLASSES: Final = ("economy", "standard", "express")
MILESTONES: Final = (
    "handed_over", "collected", "received_at_hub", "export_cleared", "departed", "arrived",
    "import_cleared", "out_for_delivery", "at_pickup_point", "delivered",
    "exception", "customs_held", "delivery_failed", "returning", "returned", "lost", "destroyed", "cancelled",
    "announced", "in_transit",
)  # fmt: skip
RETURN_KINDS: Final = ("return", "refund", "cancellation")
CALENDAR_KINDS: Final = ("sale", "holiday", "closure")
QUALIFICATIONS: Final = ("qualified", "trial", "blocked")
SETTLEMENT_KINDS: Final = (
    "sale", "shipping_income", "subsidy", "refund", "commission", "affiliate", "service_fee", "operation_fee",
    "payment_fee", "freight", "first_leg", "last_mile", "packaging", "storage", "ads", "tax", "goods_cost", "fine",
    "adjustment", "payout", "other",
)  # fmt: skip
SETTLEMENT_STATUSES: Final = ("pending", "settled")
FINE_KINDS: Final = (
    "late_shipment", "late_inbound", "false_shipment", "out_of_stock", "wrong_goods", "quality", "violation", "other",
)  # fmt: skip
FINE_STATUSES: Final = ("open", "appealed", "upheld", "cancelled")
TRAFFIC_CHANNELS: Final = ("all", "organic", "ads", "affiliate")

MARKET = r"^[A-Z]{2}$"
CURRENCY = r"^[A-Z]{3}$"


def utc(*, nullable: bool = False, primary_key: bool = False) -> dy.Datetime:
    """A moment in UTC, to the microsecond."""
    return dy.Datetime(nullable=nullable, primary_key=primary_key, time_zone="UTC", time_unit="us")
