"""What exports of marketplaces in several countries have in common: each country's currency and clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from tradewind.data.intake.layout import Output, Variant

CURRENCIES: Final = {
    "US": "USD", "GB": "GBP", "DE": "EUR", "FR": "EUR", "IT": "EUR", "ES": "EUR", "IE": "EUR", "PL": "PLN",
    "ID": "IDR", "MY": "MYR", "PH": "PHP", "SG": "SGD", "TH": "THB", "VN": "VND", "TW": "TWD", "JP": "JPY",
    "BR": "BRL", "MX": "MXN", "CO": "COP", "CL": "CLP",
}  # fmt: skip
"""Market -> the currency its marketplace sells in, for exports that name none."""

ZONES: Final = {
    "US": "America/Los_Angeles", "GB": "Europe/London", "DE": "Europe/Berlin", "FR": "Europe/Paris",
    "IT": "Europe/Rome", "ES": "Europe/Madrid", "IE": "Europe/Dublin", "PL": "Europe/Warsaw", "ID": "Asia/Jakarta",
    "MY": "Asia/Kuala_Lumpur", "PH": "Asia/Manila", "SG": "Asia/Singapore", "TH": "Asia/Bangkok",
    "VN": "Asia/Ho_Chi_Minh", "TW": "Asia/Taipei", "JP": "Asia/Tokyo", "BR": "America/Sao_Paulo",
    "MX": "America/Mexico_City", "CO": "America/Bogota", "CL": "America/Santiago",
}  # fmt: skip
"""Market -> the clock its marketplace's times are of, for exports whose times state none."""


def currency_of_market(market: pl.Expr) -> pl.Expr:
    """The currency a market's marketplace sells in; null where it is not known."""
    return market.replace_strict(list(CURRENCIES), list(CURRENCIES.values()), default=None, return_dtype=pl.String)


def by_local_clock(column: str, market: pl.Expr) -> pl.Expr:
    """UTC of a moment that was read as UTC and is of the market's own clock; markets without one stay as read.

    Times that a clock shows twice are the first; times that it skips are an hour later.
    """
    local = pl.col(column).dt.replace_time_zone(None)
    found = []
    for code, zone in ZONES.items():
        zoned = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        later = local.dt.offset_by("1h").dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        found.append(pl.when(market == code).then(pl.coalesce(zoned, later).dt.convert_time_zone("UTC")))
    return pl.coalesce(*found, column)


def newest(*moments: pl.Expr) -> pl.Expr:
    """The last moment that the file knows of: what it does not date was known then at the latest."""
    return pl.max_horizontal(*moments).max()


def parcels_of(
    feed: str,
    whose: Mapping[str, pl.Expr],
    *,
    service: pl.Expr,
    node: pl.Expr,
    created: pl.Expr,
    sent: pl.Expr,
    delivered: pl.Expr | None = None,
) -> tuple[Output, Output]:
    """The parcels of an orders export whose rows name `tracking_no`, handed over when `sent` and delivered when so.

    A number is one parcel, however many goods it holds and rows it stands on. `whose`: platform, shop and market.
    """
    first = pl.col("tracking_no").is_not_null() & (
        pl.col("source_row") == pl.col("source_row").min().over("tracking_no")
    )
    named = {**whose, "parcel_id": pl.col("tracking_no")}
    found = {
        **named, "service": service, "node": node, "created_at": created, "known_at": sent,
        "currency": pl.lit(None, pl.String),
    }  # fmt: skip
    scans = {"handed_over": sent} | ({} if delivered is None else {"delivered": delivered})
    events = tuple(
        Variant({"milestone": pl.lit(milestone), "happened_at": at}, at.is_not_null())
        for milestone, at in scans.items()
    )
    return (
        Output("parcels", feed, columns=found, where=first),
        Output("events", feed, columns=named, where=first, variants=events, by_product=True),
    )
