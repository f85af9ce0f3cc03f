"""The tables everything is said in: one schema each, long format, units in the names.

Times are UTC, weeks are Mondays, markets are ISO 3166 alpha-2 ("ZZ" where the source does not say),
money has its currency in the next column, weights are grams and lengths millimetres.

Each `Table` says which columns identify a row, which identify the group an export replaces as a
whole (all lines of an order), and from when a row was known: a plan made as of a moment sees only rows
whose `known_at` is not later. Where a source does not say (a product's weight), the first version
counts as always known, `known_at` null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import dataframely as dy
import polars as pl

from tradewind.core.tables.goods import Bundles, Listings, Products, Suppliers
from tradewind.core.tables.moving import Events, Inbounds, Parcels, PurchaseOrders
from tradewind.core.tables.places import Nodes, Reservations, Services, Stock
from tradewind.core.tables.times import Calendar, Fx
from tradewind.core.tables.trade import Fines, OrderLines, Returns, Settlements, Traffic
from tradewind.core.tables.words import (
    CALENDAR_KINDS,
    CURRENCY,
    FINE_KINDS,
    FINE_STATUSES,
    MARKET,
    MILESTONES,
    MODES,
    NODE_KINDS,
    ORDER_STATUSES,
    QUALIFICATIONS,
    RETURN_KINDS,
    SERVICE_CLASSES,
    SETTLEMENT_KINDS,
    SETTLEMENT_STATUSES,
    TRAFFIC_CHANNELS,
)


@dataclass(frozen=True)
class Table:
    """A schema and what intake, lake and snapshots must know of it.

    `key` identifies a row; `group` (a prefix of the key) what an export replaces as a whole;
    `fact_time` the column a row's `known_at` is taken from when the source gives none. `later` names moments that
    may lie after the fact (a cancellation, a receipt) and what each brought: as of before it, those columns are as
    given here, and the moment is null.
    """

    name: str
    schema: type[dy.Schema]
    group: tuple[str, ...]
    fact_time: str | None = None
    later: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(self.schema.primary_key())

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.schema.column_names())

    def empty(self) -> pl.DataFrame:
        return _empty(self.schema).clone()


@cache
def _empty(schema: type[dy.Schema]) -> pl.DataFrame:
    """Made once: two milliseconds each time, and a quote asks for two dozen."""
    return schema.create_empty()


TABLES: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        Table("products", Products, ("sku",)),
        Table("listings", Listings, ("platform", "shop", "listing_id")),
        Table("bundles", Bundles, ("bundle_sku",)),
        Table("suppliers", Suppliers, ("supplier",)),
        Table("nodes", Nodes, ("node",)),
        Table("services", Services, ("service", "node", "market")),
        Table(
            "order_lines",
            OrderLines,
            ("platform", "shop", "order_id"),
            "ordered_at",
            later={"cancelled_at": {"status": "paid"}},
        ),
        Table("stock", Stock, ("node", "sku", "taken_at"), "taken_at"),
        Table("reservations", Reservations, ("node", "sku", "channel", "taken_at"), "taken_at"),
        Table(
            "purchase_orders",
            PurchaseOrders,
            ("purchase_id",),
            "ordered_at",
            later={
                "shipped_at": {},
                "received_at": {"received_units": None, "rejected_units": None},
                "called_off_at": {},
            },
        ),
        Table(
            "inbounds",
            Inbounds,
            ("platform", "shop", "inbound_id"),
            "booked_at",
            later={
                "sent_at": {"sent_units": None, "tracking_no": None, "carrier": None},
                "received_at": {"received_units": None},
                "inspected_at": {"rejected_units": None, "rejected_reason": None},
                "put_away_at": {"put_away_units": None},
            },
        ),
        Table("parcels", Parcels, ("platform", "shop", "parcel_id"), "created_at"),
        Table("events", Events, ("platform", "shop", "parcel_id", "milestone", "happened_at"), "happened_at"),
        Table("returns", Returns, ("platform", "shop", "return_id"), "opened_at"),
        Table("settlements", Settlements, ("platform", "shop", "settlement_id"), "settled_at"),
        Table("fines", Fines, ("platform", "shop", "fine_id"), "fined_at"),
        Table("traffic", Traffic, ("platform", "shop", "sku", "market", "on_date", "channel"), "on_date"),
        Table("calendar", Calendar, ("event", "market", "starts_on")),
        Table("fx", Fx, ("currency", "quote", "on_date"), "on_date"),
    )
}

__all__ = [
    "CALENDAR_KINDS",
    "CURRENCY",
    "FINE_KINDS",
    "FINE_STATUSES",
    "MARKET",
    "MILESTONES",
    "MODES",
    "NODE_KINDS",
    "ORDER_STATUSES",
    "QUALIFICATIONS",
    "RETURN_KINDS",
    "SERVICE_CLASSES",
    "SETTLEMENT_KINDS",
    "SETTLEMENT_STATUSES",
    "TABLES",
    "TRAFFIC_CHANNELS",
    "Bundles",
    "Calendar",
    "Events",
    "Fines",
    "Fx",
    "Inbounds",
    "Listings",
    "Nodes",
    "OrderLines",
    "Parcels",
    "Products",
    "PurchaseOrders",
    "Reservations",
    "Returns",
    "Services",
    "Settlements",
    "Stock",
    "Suppliers",
    "Table",
    "Traffic",
]
