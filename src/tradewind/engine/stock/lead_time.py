"""When goods ordered now can be sold: the supplier's days, then the way in, closed days not counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.weeks import WEEK

Days = npt.NDArray[np.datetime64]


def arrival_days(
    start: npt.ArrayLike, days: npt.ArrayLike, markets: Sequence[str], calendar: pl.DataFrame | None
) -> Days:
    """The day `days` working days after `start`, per row; closures of the row's market or of "ZZ" do not count.

    `start` (n,) or one date, `days` (n,) >= 0, a part of a day counting as a day; `markets` (n,). An order
    placed on a closed day starts on the next open one.
    """
    places = np.asarray(markets, dtype=np.str_)
    starts = np.broadcast_to(np.asarray(start, "datetime64[D]"), places.shape)
    whole_days = np.broadcast_to(np.ceil(np.asarray(days, float)).astype(np.int64), places.shape)
    out = np.empty(places.shape, "datetime64[D]")
    for place in np.unique(places):
        rows = places == place
        closed = closed_days(calendar, str(place))
        out[rows] = np.busday_offset(
            starts[rows], whole_days[rows], roll="forward", weekmask="1111111", holidays=closed
        )
    return out


def closed_days(calendar: pl.DataFrame | None, market: str) -> Days:
    """All days on which `market` is closed, by calendar rows of kind "closure" of the market or of "ZZ"."""
    if calendar is None:
        return np.array([], "datetime64[D]")
    rows = calendar.filter((pl.col("kind").cast(pl.String) == "closure") & pl.col("market").is_in([market, "ZZ"]))
    spans = [
        np.arange(np.datetime64(first, "D"), np.datetime64(last, "D"))
        for first, last in rows.select("starts_on", "ends_on").rows()
    ]
    return np.unique(np.concatenate(spans)) if spans else np.array([], "datetime64[D]")


def week_counted_from(days: Days, first_week: date) -> npt.NDArray[np.int64]:
    """The week from whose Monday goods arriving on these days count: that Monday or the next; 0 is `first_week`."""
    late = (days - np.datetime64(first_week, "D")).astype(np.int64)
    return np.maximum(-(-late // WEEK.days), 0)
