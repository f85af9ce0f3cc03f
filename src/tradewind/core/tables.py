"""The tables everything is said in: one schema each, long format, units in the names.

Times are UTC, weeks are Mondays, markets are ISO 3166 alpha-2 ("ZZ" where the source does not say),
money has its currency beside it, weights are grams and lengths millimetres.

Each `Table` says which columns identify a row, which identify the group an export replaces as a
whole (all lines of an order), and from when a row was known: a plan made as of a moment sees only rows
whose `known_at` is not later. Where a source does not say (a product's weight), the first version
counts as always known, `known_at` null.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import dataframely as dy
import polars as pl

MODES: Final = ("full", "semi_stocked", "semi_jit", "pop", "overseas", "own")
ORDER_STATUSES: Final = ("placed", "paid", "shipped", "delivered", "cancelled")
NODE_KINDS: Final = ("seller", "origin", "preferred", "overseas")
SERVICE_CLASSES: Final = ("economy", "standard", "express")
MILESTONES: Final = (
    "handed_over", "collected", "received_at_hub", "export_cleared", "departed", "arrived",
    "import_cleared", "out_for_delivery", "delivered", "exception", "returned", "lost",
)  # fmt: skip
RETURN_KINDS: Final = ("return", "refund", "cancellation")
CALENDAR_KINDS: Final = ("sale", "holiday", "closure")

MARKET = r"^[A-Z]{2}$"
CURRENCY = r"^[A-Z]{3}$"


def _utc(*, nullable: bool = False, primary_key: bool = False) -> dy.Datetime:
    return dy.Datetime(nullable=nullable, primary_key=primary_key, time_zone="UTC", time_unit="us")


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
    known_at = _utc(nullable=True)

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
    known_at = _utc(nullable=True)


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
    known_at = _utc(nullable=True)


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
    known_at = _utc(nullable=True)


class OrderLines(dy.Schema):
    """What buyers ordered: one row per order line, cancelled ones kept and dated."""

    platform = dy.String(primary_key=True, min_length=1)
    shop = dy.String(primary_key=True, min_length=1)
    order_id = dy.String(primary_key=True, min_length=1)
    line_no = dy.Int64(primary_key=True, min=1)
    sku = dy.String(nullable=False, min_length=1)
    market = dy.String(nullable=False, regex=MARKET)
    mode = dy.Enum(MODES, nullable=True)
    ordered_at = _utc()
    units = dy.Int64(nullable=False, min=1)
    unit_price = dy.Float64(nullable=False, min=0)
    discount = dy.Float64(nullable=True, min=0)
    paid_amount = dy.Float64(nullable=True, min=0)
    currency = dy.String(nullable=False, regex=CURRENCY)
    status = dy.Enum(ORDER_STATUSES, nullable=False)
    cancelled_at = _utc(nullable=True)
    buyer_key = dy.String(nullable=True)
    postcode_prefix = dy.String(nullable=True)
    known_at = _utc(nullable=False)


class Stock(dy.Schema):
    """What lay where at a moment, and what was on its way there."""

    node = dy.String(primary_key=True, min_length=1)
    sku = dy.String(primary_key=True, min_length=1)
    taken_at = _utc(primary_key=True)
    available_units = dy.Int64(nullable=False, min=0)
    locked_units = dy.Int64(nullable=True, min=0)
    on_the_way_units = dy.Int64(nullable=True, min=0)
    on_the_way_due_on = dy.Date(nullable=True)
    known_at = _utc(nullable=False)


class Parcels(dy.Schema):
    """What was sent: one row per parcel."""

    platform = dy.String(primary_key=True, min_length=1)
    shop = dy.String(primary_key=True, min_length=1)
    parcel_id = dy.String(primary_key=True, min_length=1)
    order_id = dy.String(nullable=True)
    service = dy.String(nullable=False, min_length=1)
    node = dy.String(nullable=False, min_length=1)
    market = dy.String(nullable=False, regex=MARKET)
    region = dy.String(nullable=True)
    created_at = _utc()
    promised_at = _utc(nullable=True)
    weight_g = dy.Float64(nullable=True, min=0)
    freight_amount = dy.Float64(nullable=True, min=0)
    currency = dy.String(nullable=True, regex=CURRENCY)
    known_at = _utc(nullable=False)


class Events(dy.Schema):
    """What happened to a parcel: canonical milestones."""

    platform = dy.String(primary_key=True, min_length=1)
    shop = dy.String(primary_key=True, min_length=1)
    parcel_id = dy.String(primary_key=True, min_length=1)
    milestone = dy.Enum(MILESTONES, primary_key=True)
    happened_at = _utc(primary_key=True)
    place = dy.String(nullable=True)
    known_at = _utc(nullable=False)


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
    opened_at = _utc()
    known_at = _utc(nullable=False)


class Calendar(dy.Schema):
    """What is known ahead: sales events, holidays, factory closures; market "ZZ" means all markets."""

    event = dy.String(primary_key=True, min_length=1)
    market = dy.String(primary_key=True, regex=MARKET)
    starts_on = dy.Date(primary_key=True)
    ends_on = dy.Date(nullable=False)
    kind = dy.Enum(CALENDAR_KINDS, nullable=False)
    known_at = _utc(nullable=True)

    @dy.rule()
    def ends_after_start(cls) -> pl.Expr:
        return pl.col("ends_on") > pl.col("starts_on")


class Fx(dy.Schema):
    """Exchange rates: one `currency` is worth `rate` units of `quote` on that day."""

    currency = dy.String(primary_key=True, regex=CURRENCY)
    quote = dy.String(primary_key=True, regex=CURRENCY)
    on_date = dy.Date(primary_key=True)
    rate = dy.Float64(nullable=False, min_exclusive=0)
    known_at = _utc(nullable=False)


@dataclass(frozen=True)
class Table:
    """A schema and what intake, lake and snapshots must know of it.

    `key` identifies a row; `group` (a prefix of the key) what an export replaces as a whole;
    `fact_time` the column a row's `known_at` is taken from when the source gives none.
    """

    name: str
    schema: type[dy.Schema]
    group: tuple[str, ...]
    fact_time: str | None = None

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(self.schema.primary_key())

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.schema.column_names())

    def empty(self) -> pl.DataFrame:
        return self.schema.create_empty()


TABLES: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        Table("products", Products, ("sku",)),
        Table("listings", Listings, ("platform", "shop", "listing_id")),
        Table("nodes", Nodes, ("node",)),
        Table("services", Services, ("service", "node", "market")),
        Table("order_lines", OrderLines, ("platform", "shop", "order_id"), "ordered_at"),
        Table("stock", Stock, ("node", "sku", "taken_at"), "taken_at"),
        Table("parcels", Parcels, ("platform", "shop", "parcel_id"), "created_at"),
        Table("events", Events, ("platform", "shop", "parcel_id", "milestone", "happened_at"), "happened_at"),
        Table("returns", Returns, ("platform", "shop", "return_id"), "opened_at"),
        Table("calendar", Calendar, ("event", "market", "starts_on")),
        Table("fx", Fx, ("currency", "quote", "on_date"), "on_date"),
    )
}
