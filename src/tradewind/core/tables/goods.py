"""What is sold, what it is made of, and who makes it."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from tradewind.core.tables.words import CURRENCY, MARKET, MODES, QUALIFICATIONS, utc


class Products(dy.Schema):
    """What is sold: one row per own SKU."""

    sku = dy.String(primary_key=True, min_length=1)
    title = dy.String(nullable=True)
    category = dy.String(nullable=True)
    unit_cost = dy.Float64(nullable=True, min=0)
    currency = dy.String(nullable=True, regex=CURRENCY)
    weight_g = dy.Float64(nullable=True, min=0)
    length_mm = dy.Float64(nullable=True, min=0)
    width_mm = dy.Float64(nullable=True, min=0)
    height_mm = dy.Float64(nullable=True, min=0)
    supplier = dy.String(nullable=True)
    supplier_lead_time_days = dy.Float64(nullable=True, min=0)
    moq_units = dy.Int64(nullable=True, min=1)
    carton_units = dy.Int64(nullable=True, min=1)
    hs_code = dy.String(nullable=True)
    launched_on = dy.Date(nullable=True)
    known_at = utc(nullable=True)

    @dy.rule()
    def cost_has_currency(cls) -> pl.Expr:
        return pl.col("unit_cost").is_null() | pl.col("currency").is_not_null()


class Listings(dy.Schema):
    """What the platform calls it: platform SKU or variant -> own SKU."""

    platform = dy.String(primary_key=True, min_length=1)
    shop = dy.String(primary_key=True, min_length=1)
    listing_id = dy.String(primary_key=True, min_length=1)
    sku = dy.String(nullable=False, min_length=1)
    market = dy.String(nullable=True, regex=MARKET)
    mode = dy.Enum(MODES, nullable=True)
    list_price = dy.Float64(nullable=True, min=0)
    currency = dy.String(nullable=True, regex=CURRENCY)
    known_at = utc(nullable=True)


class Bundles(dy.Schema):
    """What a bundle is made of: one row per component; a component may be a bundle itself."""

    bundle_sku = dy.String(primary_key=True, min_length=1)
    sku = dy.String(primary_key=True, min_length=1)
    units = dy.Int64(nullable=False, min=1)
    known_at = utc(nullable=True)

    @dy.rule()
    def not_in_itself(cls) -> pl.Expr:
        return pl.col("bundle_sku") != pl.col("sku")


class Suppliers(dy.Schema):
    """Who makes the goods: how fast and how much, when closed, and how paid."""

    supplier = dy.String(primary_key=True, min_length=1)
    qualification = dy.Enum(QUALIFICATIONS, nullable=True)
    region = dy.String(nullable=True)
    lead_time_days = dy.Float64(nullable=True, min=0)
    capacity_units_per_week = dy.Float64(nullable=True, min=0)
    deposit_share = dy.Float64(nullable=True, min=0, max=1)
    balance_days = dy.Float64(nullable=True, min=0)
    closes_on = dy.Date(nullable=True)
    reopens_on = dy.Date(nullable=True)
    ramp_weeks = dy.Float64(nullable=True, min=0)
    known_at = utc(nullable=True)
