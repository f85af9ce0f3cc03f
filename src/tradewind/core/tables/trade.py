"""What was sold, what came back, what was paid and fined, and who looked."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from tradewind.core.tables.words import (
    CURRENCY,
    FINE_KINDS,
    FINE_STATUSES,
    MARKET,
    MODES,
    ORDER_STATUSES,
    RETURN_KINDS,
    SETTLEMENT_KINDS,
    SETTLEMENT_STATUSES,
    TRAFFIC_CHANNELS,
    utc,
)


class OrderLines(dy.Schema):
    """What buyers ordered: one row per order line, cancelled ones kept and dated.

    A price that the source does not say is null (some exports hold no money), and then the currency may be.
    """

    platform = dy.String(primary_key=True, min_length=1)
    shop = dy.String(primary_key=True, min_length=1)
    order_id = dy.String(primary_key=True, min_length=1)
    line_no = dy.Int64(primary_key=True, min=1)
    sku = dy.String(nullable=False, min_length=1)
    listing_id = dy.String(nullable=True)
    market = dy.String(nullable=False, regex=MARKET)
    mode = dy.Enum(MODES, nullable=True)
    ordered_at = utc()
    units = dy.Int64(nullable=False, min=1)
    unit_price = dy.Float64(nullable=True, min=0)
    discount = dy.Float64(nullable=True, min=0)
    paid_amount = dy.Float64(nullable=True, min=0)
    shipping_paid = dy.Float64(nullable=True, min=0)
    currency = dy.String(nullable=True, regex=CURRENCY)
    status = dy.Enum(ORDER_STATUSES, nullable=False)
    cancelled_at = utc(nullable=True)
    buyer_key = dy.String(nullable=True)
    postcode_prefix = dy.String(nullable=True)
    known_at = utc(nullable=False)

    @dy.rule()
    def price_has_currency(cls) -> pl.Expr:
        return (pl.col("unit_price").is_null() & pl.col("paid_amount").is_null()) | pl.col("currency").is_not_null()


class Returns(dy.Schema):
    """What came back, was refunded or was called off after the sale: dated facts beside the order."""

    platform = dy.String(primary_key=True, min_length=1)
    shop = dy.String(primary_key=True, min_length=1)
    return_id = dy.String(primary_key=True, min_length=1)
    line_no = dy.Int64(primary_key=True, min=1)
    order_id = dy.String(nullable=True)
    sku = dy.String(nullable=False, min_length=1)
    market = dy.String(nullable=False, regex=MARKET)
    kind = dy.Enum(RETURN_KINDS, nullable=False)
    units = dy.Int64(nullable=False, min=1)
    refund_amount = dy.Float64(nullable=True, min=0)
    currency = dy.String(nullable=True, regex=CURRENCY)
    reason = dy.String(nullable=True)
    opened_at = utc()
    known_at = utc(nullable=False)


class Settlements(dy.Schema):
    """What money moved and why: one row per amount, positive to the seller, negative from the seller.

    A `payout` is the sum the platform pays out; the other kinds are what it is made of.
    """

    platform = dy.String(primary_key=True, min_length=1)
    shop = dy.String(primary_key=True, min_length=1)
    settlement_id = dy.String(primary_key=True, min_length=1)
    line_no = dy.Int64(primary_key=True, min=1)
    order_id = dy.String(nullable=True)
    sku = dy.String(nullable=True)
    market = dy.String(nullable=True, regex=MARKET)
    kind = dy.Enum(SETTLEMENT_KINDS, nullable=False)
    description = dy.String(nullable=True)
    amount = dy.Float64(nullable=False)
    currency = dy.String(nullable=False, regex=CURRENCY)
    status = dy.Enum(SETTLEMENT_STATUSES, nullable=True)
    settled_at = utc()
    known_at = utc(nullable=False)


class Fines(dy.Schema):
    """What the platform fined the shop for, until when an appeal is open, and what came of it."""

    platform = dy.String(primary_key=True, min_length=1)
    shop = dy.String(primary_key=True, min_length=1)
    fine_id = dy.String(primary_key=True, min_length=1)
    kind = dy.Enum(FINE_KINDS, nullable=False)
    order_id = dy.String(nullable=True)
    inbound_id = dy.String(nullable=True)
    amount = dy.Float64(nullable=False, min=0)
    currency = dy.String(nullable=False, regex=CURRENCY)
    fined_at = utc()
    appeal_by = utc(nullable=True)
    status = dy.Enum(FINE_STATUSES, nullable=True)
    reason = dy.String(nullable=True)
    known_at = utc(nullable=False)


class Traffic(dy.Schema):
    """How many saw and clicked in a day, what coupons and advertising cost; known when the day is over."""

    platform = dy.String(primary_key=True, min_length=1)
    shop = dy.String(primary_key=True, min_length=1)
    sku = dy.String(primary_key=True, min_length=1)
    market = dy.String(primary_key=True, regex=MARKET)
    on_date = dy.Date(primary_key=True)
    channel = dy.Enum(TRAFFIC_CHANNELS, primary_key=True)
    impressions = dy.Int64(nullable=True, min=0)
    visitors = dy.Int64(nullable=True, min=0)
    clicks = dy.Int64(nullable=True, min=0)
    carts = dy.Int64(nullable=True, min=0)
    coupons_used = dy.Int64(nullable=True, min=0)
    coupon_amount = dy.Float64(nullable=True, min=0)
    ad_spend = dy.Float64(nullable=True, min=0)
    currency = dy.String(nullable=True, regex=CURRENCY)
    known_at = utc(nullable=False)
