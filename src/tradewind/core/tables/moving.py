"""What is on its way: from suppliers, into warehouses, to buyers."""

from __future__ import annotations

import dataframely as dy

from tradewind.core.tables.words import CURRENCY, MARKET, MILESTONES, MODES, utc


class PurchaseOrders(dy.Schema):
    """What was ordered from suppliers; `node` is where it goes, null for the seller's own store."""

    purchase_id = dy.String(primary_key=True, min_length=1)
    line_no = dy.Int64(primary_key=True, min=1)
    supplier = dy.String(nullable=True)
    sku = dy.String(nullable=False, min_length=1)
    node = dy.String(nullable=True)
    ordered_at = utc()
    units = dy.Int64(nullable=False, min=1)
    unit_cost = dy.Float64(nullable=True, min=0)
    deposit_amount = dy.Float64(nullable=True, min=0)
    currency = dy.String(nullable=True, regex=CURRENCY)
    promised_on = dy.Date(nullable=True)
    shipped_at = utc(nullable=True)
    received_at = utc(nullable=True)
    received_units = dy.Int64(nullable=True, min=0)
    rejected_units = dy.Int64(nullable=True, min=0)
    called_off_at = utc(nullable=True)
    known_at = utc(nullable=False)


class Inbounds(dy.Schema):
    """Goods on their way into a platform's warehouse (备货单, 发货单): a row per consignment and SKU, step by step."""

    platform = dy.String(primary_key=True, min_length=1)
    shop = dy.String(primary_key=True, min_length=1)
    inbound_id = dy.String(primary_key=True, min_length=1)
    sku = dy.String(primary_key=True, min_length=1)
    node = dy.String(nullable=False, min_length=1)
    mode = dy.Enum(MODES, nullable=True)
    carrier = dy.String(nullable=True)
    tracking_no = dy.String(nullable=True)
    booked_at = utc()
    booked_units = dy.Int64(nullable=False, min=1)
    due_at = utc(nullable=True)
    sent_at = utc(nullable=True)
    sent_units = dy.Int64(nullable=True, min=0)
    received_at = utc(nullable=True)
    received_units = dy.Int64(nullable=True, min=0)
    inspected_at = utc(nullable=True)
    rejected_units = dy.Int64(nullable=True, min=0)
    rejected_reason = dy.String(nullable=True)
    put_away_at = utc(nullable=True)
    put_away_units = dy.Int64(nullable=True, min=0)
    known_at = utc(nullable=False)


class Parcels(dy.Schema):
    """What was sent: one row per parcel."""

    platform = dy.String(primary_key=True, min_length=1)
    shop = dy.String(primary_key=True, min_length=1)
    parcel_id = dy.String(primary_key=True, min_length=1)
    order_id = dy.String(nullable=True)
    tracking_no = dy.String(nullable=True)
    service = dy.String(nullable=False, min_length=1)
    node = dy.String(nullable=False, min_length=1)
    market = dy.String(nullable=False, regex=MARKET)
    region = dy.String(nullable=True)
    created_at = utc()
    promised_at = utc(nullable=True)
    weight_g = dy.Float64(nullable=True, min=0)
    freight_amount = dy.Float64(nullable=True, min=0)
    currency = dy.String(nullable=True, regex=CURRENCY)
    known_at = utc(nullable=False)


class Events(dy.Schema):
    """What happened to a parcel: canonical milestones, and the carrier's own code.

    Trackers know the tracking number alone: their events carry platform and shop "*" and the number as parcel_id.
    """

    platform = dy.String(primary_key=True, min_length=1)
    shop = dy.String(primary_key=True, min_length=1)
    parcel_id = dy.String(primary_key=True, min_length=1)
    milestone = dy.Enum(MILESTONES, primary_key=True)
    happened_at = utc(primary_key=True)
    place = dy.String(nullable=True)
    code = dy.String(nullable=True)
    known_at = utc(nullable=False)
