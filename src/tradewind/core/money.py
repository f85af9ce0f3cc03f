"""Money: an amount always has its currency, and is converted at the rate of its own day.

Frames carry `<name>_amount` (float64) beside `currency`; rounding happens once, at the edge, with
`rounded`. Rates come from the `fx` table: one `currency` is worth `rate` units of `quote` on `on_date`.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce

import polars as pl

from tradewind.core.errors import MissingRateError

STALE_AFTER = "10d"
"""A rate older than this is no rate: markets close for holidays, not for weeks."""

_NO_MINOR_UNIT = {"JPY", "KRW", "CLP", "VND", "ISK", "UGX", "XAF", "XOF", "PYG"}


def rounded(amount: float, currency: str) -> Decimal:
    """`amount` rounded half-up to the currency's minor unit (ISO 4217).

    >>> rounded(8.705, "CNY"), rounded(1234.5, "JPY")
    (Decimal('8.71'), Decimal('1235'))
    """
    unit = Decimal(1) if currency in _NO_MINOR_UNIT else Decimal("0.01")
    return Decimal(repr(float(amount))).quantize(unit, rounding=ROUND_HALF_UP)


def added(amounts: Iterable[pl.Expr]) -> pl.Expr:
    """The sum of a row's amounts, null where one is, added one after the other.

    `polars.sum_horizontal` adds them in whatever order its threads come back, so that the last bit of the sum, and with
    it of a plan made once more, would be left to chance.
    """
    return reduce(operator.add, amounts)


def rates_to(base: str, pairs: pl.DataFrame, fx: pl.DataFrame) -> pl.DataFrame:
    """The rate into `base` for each distinct (currency, day) of `pairs`.

    `pairs` has `currency` (ISO 4217) and `day` (Date); `fx` is the fx table. Returns currency, day,
    rate: null where no rate is known on `day` or in the ten days before it. Rates may be quoted in
    any currency: both legs go through the quote that the currency and the base share.
    """
    pairs = pairs.select("currency", pl.col("day").cast(pl.Date)).unique()
    own = pairs.filter(pl.col("currency") == base).with_columns(rate=pl.lit(1.0))
    others = pairs.filter(pl.col("currency") != base)
    to_quote = pl.concat(
        [
            fx.select("currency", "quote", "on_date", "rate"),
            fx.select(currency="quote", quote="quote", on_date="on_date", rate=pl.lit(1.0)).unique(),
        ]
    ).sort("on_date")
    legs = _as_of(others.join(to_quote.select("currency", "quote").unique(), on="currency"), to_quote)
    base_legs = _as_of(
        others.select("day")
        .unique()
        .join(to_quote.filter(currency=base).select("currency", "quote").unique(), how="cross"),
        to_quote,
    ).select("day", "quote", base_rate="rate")
    crossed = (
        legs.join(base_legs, on=["day", "quote"])
        .with_columns(rate=pl.col("rate") / pl.col("base_rate"))
        .filter(pl.col("rate").is_not_null())
        .sort("quote")
        .unique(["currency", "day"], keep="first", maintain_order=True)
    )
    found = others.join(crossed.select("currency", "day", "rate"), on=["currency", "day"], how="left")
    return pl.concat([own, found]).sort("currency", "day")


def convert(frame: pl.DataFrame, amount: str, currency: str, day: str, base: str, fx: pl.DataFrame) -> pl.Series:
    """Column `amount` of `frame` in `base`, each row at the rate of its own `day`; null where no rate is known."""
    keyed = frame.select(
        amount=pl.col(amount).cast(pl.Float64), currency=pl.col(currency), day=pl.col(day).cast(pl.Date)
    )
    rates = rates_to(base, keyed, fx)
    joined = keyed.join(rates, on=["currency", "day"], how="left", maintain_order="left", nulls_equal=True)
    return (joined["amount"] * joined["rate"]).alias(amount)


def rate_on(currency: str, base: str, day: date, fx: pl.DataFrame) -> float:
    """One unit of `currency` in `base` on `day`. Raises MissingRateError where none is known."""
    rate = rates_to(base, pl.DataFrame({"currency": [currency], "day": [day]}), fx)["rate"].item()
    if rate is None:
        raise MissingRateError("rate_missing", currency=currency, base=base, day=day.isoformat())
    return float(rate)


def _as_of(pairs: pl.DataFrame, to_quote: pl.DataFrame) -> pl.DataFrame:
    return pairs.sort("day").join_asof(
        to_quote.with_columns(pl.col("on_date").alias("day")),
        on="day",
        by=["currency", "quote"],
        strategy="backward",
        tolerance=STALE_AFTER,
        check_sortedness=False,
    )


def amount_in(base: str, amount: float, currency: str | None, day: date, fx: pl.DataFrame) -> float | None:
    """`amount` of `currency` in `base` on a day; None where it has none or no rate is known."""
    if currency is None:
        return None
    quote = pl.DataFrame({"currency": [currency], "day": [day]}, schema={"currency": pl.String, "day": pl.Date})
    rate: float | None = rates_to(base, quote, fx)["rate"].item()
    return None if rate is None else amount * rate
