"""Where goods lie and how they travel; what lies where."""

from __future__ import annotations

import dataframely as dy

from tradewind.core.tables.words import CURRENCY, MARKET, NODE_KINDS, SERVICE_CLASSES, utc


class Nodes(dy.Schema):
    """Where goods can lie: the seller's own store, origin, preferred and overseas warehouses."""

    node = dy.String(primary_key=True, min_length=1)
    kind = dy.Enum(NODE_KINDS, nullable=False)
    market = dy.String(nullable=False, regex=MARKET)
    capacity_m3 = dy.Float64(nullable=True, min=0)
    storage_cost_per_m3_week = dy.Float64(nullable=True, min=0)
    inbound_cost_per_unit = dy.Float64(nullable=True, min=0)
    inbound_days = dy.Float64(nullable=True, min=0)
    currency = dy.String(nullable=True, regex=CURRENCY)
    known_at = utc(nullable=True)


class Services(dy.Schema):
    """How a parcel travels: carrier and product, from a node to a market, with its freight card."""

    service = dy.String(primary_key=True, min_length=1)
    node = dy.String(primary_key=True, min_length=1)
    market = dy.String(primary_key=True, regex=MARKET)
    carrier = dy.String(nullable=True)
    service_class = dy.Enum(SERVICE_CLASSES, nullable=True)
    freight_per_kg = dy.Float64(nullable=True, min=0)
    freight_per_parcel = dy.Float64(nullable=True, min=0)
    currency = dy.String(nullable=True, regex=CURRENCY)
    volumetric_divisor_cm3_per_kg = dy.Float64(nullable=True, min=1)
    max_weight_g = dy.Float64(nullable=True, min=0)
    known_at = utc(nullable=True)


class Stock(dy.Schema):
    """What lay where at a moment, and what was on its way there."""

    node = dy.String(primary_key=True, min_length=1)
    sku = dy.String(primary_key=True, min_length=1)
    taken_at = utc(primary_key=True)
    available_units = dy.Int64(nullable=False, min=0)
    locked_units = dy.Int64(nullable=True, min=0)
    on_the_way_units = dy.Int64(nullable=True, min=0)
    on_the_way_due_on = dy.Date(nullable=True)
    known_at = utc(nullable=False)


class Reservations(dy.Schema):
    """Units of the common stock that another channel keeps for itself, as counted at a moment."""

    node = dy.String(primary_key=True, min_length=1)
    sku = dy.String(primary_key=True, min_length=1)
    channel = dy.String(primary_key=True, min_length=1)
    taken_at = utc(primary_key=True)
    units = dy.Int64(nullable=False, min=0)
    expires_on = dy.Date(nullable=True)
    known_at = utc(nullable=False)
