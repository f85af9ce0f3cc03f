"""What is on its way, delivery by delivery: open consignments and purchase orders."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import polars as pl

GIVEN_UP_AFTER: Final = timedelta(days=60)
"""A delivery this long overdue, or this long on its way without a date, is not counted on."""


def on_the_way(
    inbounds: pl.DataFrame, purchase_orders: pl.DataFrame, nodes: pl.DataFrame, as_of: datetime
) -> pl.DataFrame:
    """node, sku, due_on (null: not said), units of each delivery still open at `as_of`; tables as in core.tables.

    A consignment is open until it is put away; then what was sent (booked, where nothing was sent yet) less what was
    rejected is to come. A purchase order is open until it is received or called off; without a node it goes to the
    seller's own store, where there is exactly one. Deliveries overdue by more than 60 days are left out.
    """
    rejected = pl.col("rejected_units").fill_null(0)
    sent = pl.coalesce("received_units", "sent_units", "booked_units") - rejected
    consigned = inbounds.filter((pl.col("booked_at") <= as_of) & pl.col("put_away_at").is_null()).select(
        pl.col("node", "sku").cast(pl.String), due_on=pl.col("due_at").dt.date(), units=sent, since="booked_at"
    )
    own = nodes.filter(pl.col("kind").cast(pl.String) == "seller")["node"].cast(pl.String)
    store = own[0] if len(own) == 1 else None
    still_open = pl.col("received_at").is_null() & pl.col("called_off_at").is_null()
    bought = purchase_orders.filter((pl.col("ordered_at") <= as_of) & still_open).select(
        pl.col("node").cast(pl.String).fill_null(pl.lit(store, pl.String)),
        pl.col("sku").cast(pl.String),
        due_on="promised_on",
        units="units",
        since="ordered_at",
    )
    expected_since = pl.coalesce(pl.col("due_on").cast(pl.Datetime("us", "UTC")), "since")
    return (
        pl.concat([consigned, bought])
        .filter(pl.col("node").is_not_null() & (pl.col("units") > 0) & (expected_since > as_of - GIVEN_UP_AFTER))
        .group_by("node", "sku", "due_on")
        .agg(pl.col("units").sum())
        .sort("node", "sku", "due_on", nulls_last=True)
    )
