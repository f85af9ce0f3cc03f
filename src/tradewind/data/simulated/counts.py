"""The seller's weekly stock counts, taken on Sunday evening, with what is on the way."""

from __future__ import annotations

import numpy as np
import polars as pl

from tradewind.core.tables import TABLES
from tradewind.data.simulated.orders import SNAPSHOT_SECOND, moments
from tradewind.data.simulated.trading import Trading
from tradewind.data.simulated.world import World

_WEEK_SECONDS = 7 * 86_400


def stock_table(world: World, traded: Trading) -> pl.DataFrame:
    """One row per stock point and week, from the eve of the first week to the last day; zero is counted too.

    A point is listed from the eve of its SKU's launch until the listing ended and the shelf is empty.
    """
    scale, goods, places = world.scale, world.goods, world.places
    counts = len(traded.on_hand)
    week = np.arange(counts)
    wanted = week > counts - 1 - scale.count_weeks
    open_now = goods.life[:, np.minimum(week, scale.weeks - 1)].T > 0
    listed = open_now[:, places.sku] | (traded.on_hand > 0) | (traded.on_the_way > 0)
    at, point = np.nonzero(wanted[:, None] & listed & (goods.launch_week[places.sku] <= week[:, None]))
    taken = moments((at - 1) * _WEEK_SECONDS + SNAPSHOT_SECOND, scale)
    arrival = traded.next_arrival[at, point]
    days = pl.Series(np.where(arrival >= 0, arrival * 7, 0)).cast(pl.Int64)
    due = pl.DataFrame({"days": days, "coming": arrival >= 0}).select(
        pl.when("coming").then(pl.lit(scale.first_week) + pl.duration(days="days"))
    )
    columns = {
        "node": pl.Series(scale.nodes).gather(places.node[point]),
        "sku": pl.Series(goods.sku).gather(places.sku[point]),
        "taken_at": taken,
        "available_units": traded.on_hand[at, point],
        "locked_units": traded.locked[at, point],
        "on_the_way_units": traded.on_the_way[at, point],
        "on_the_way_due_on": due.to_series(),
        "known_at": taken,
    }
    return pl.DataFrame(columns).cast(TABLES["stock"].empty().schema)
