"""What is known of days: sales events, holidays, closures; exchange rates."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from tradewind.core.tables.words import CALENDAR_KINDS, CURRENCY, MARKET, utc


class Calendar(dy.Schema):
    """What is known ahead: sales events, holidays, factory closures; market "ZZ" means all markets."""

    event = dy.String(primary_key=True, min_length=1)
    market = dy.String(primary_key=True, regex=MARKET)
    starts_on = dy.Date(primary_key=True)
    ends_on = dy.Date(nullable=False)
    kind = dy.Enum(CALENDAR_KINDS, nullable=False)
    known_at = utc(nullable=True)

    @dy.rule()
    def ends_after_start(cls) -> pl.Expr:
        return pl.col("ends_on") > pl.col("starts_on")


class Fx(dy.Schema):
    """Exchange rates: one `currency` is worth `rate` units of `quote` on that day."""

    currency = dy.String(primary_key=True, regex=CURRENCY)
    quote = dy.String(primary_key=True, regex=CURRENCY)
    on_date = dy.Date(primary_key=True)
    rate = dy.Float64(nullable=False, min_exclusive=0)
    known_at = utc(nullable=False)
