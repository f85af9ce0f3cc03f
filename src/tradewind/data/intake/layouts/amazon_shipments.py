"""Amazon's fulfilled shipments report (FBA, 49 columns): a row per item sent, here a parcel per shipment.

The warehouse is that of the marketplace's country (`fba-de`), the fulfilment centre is the place of the hand-over.
Orders of other shops (channel "Non-Amazon") are parcels too: "Non-Amazon DE" leaves from `fba-de`, one without a
country from the country it goes to. Addresses and names are not kept; the order lines come from the orders report.
"""

from __future__ import annotations

import polars as pl

from tradewind.data.intake.amazon import ENCODINGS, ORDER_NUMBER, SHOP, channel_market, fba_node
from tradewind.data.intake.fields import code, country, moment, text
from tradewind.data.intake.layout import Feed, Layout, Output

_market = pl.coalesce("ship_country", channel_market("channel"), pl.lit("ZZ"))
# A shipment of several items comes once per item: the one with the least number speaks for it.
_first_item = pl.col("item_id") == pl.col("item_id").min().over("parcel_id")

SHIPMENTS = Feed(
    "fba_shipments",
    fields=(
        code("order_id", "amazon-order-id", shape=ORDER_NUMBER),
        code("parcel_id", "shipment-id"),
        code("item_id", "shipment-item-id"),
        moment("created_at", "payments-date", "purchase-date", required=False),
        moment("sent_at", "shipment-date"),
        text("service_level", "ship-service-level"),
        text("region", "ship-state"),
        country("ship_country", "ship-country", required=False),
        text("carrier", "carrier"),
        code("tracking_no", "tracking-number", required=False),
        moment("promised_at", "estimated-arrival-date", required=False, future=True),
        text("centre", "fulfillment-center-id"),
        text("channel", "sales-channel", required=True),
    ),
    group=("parcel_id",),
)

LAYOUT = Layout(
    name="amazon-shipments",
    feeds=(SHIPMENTS,),
    outputs=(
        Output(
            "parcels",
            "fba_shipments",
            columns={
                **SHOP,
                "service": pl.coalesce("service_level", "carrier", pl.lit("fba")),
                "node": fba_node(pl.coalesce(channel_market("channel"), "ship_country")),
                "market": _market,
                "created_at": pl.coalesce("created_at", "sent_at"),
                "known_at": pl.col("sent_at"),
            },
            where=_first_item,
        ),
        Output(
            "events",
            "fba_shipments",
            columns={
                **SHOP,
                "milestone": pl.lit("handed_over"),
                "happened_at": pl.col("sent_at"),
                "place": pl.col("centre"),
            },
            where=_first_item,
        ),
    ),
    encodings=ENCODINGS,
)
