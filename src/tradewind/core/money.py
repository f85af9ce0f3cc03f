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

    `pairs` has `currency` (ISO 4217) and `day` (Date); `fx` is the fx table. Returns currency, day, rate: null where no
    rate is known on `day` or in the ten days before it. A rate counts both ways round. The stated one goes before its
    inverse, and that before two rates through a third currency, by its name where there are several.
    """
    pairs = pairs.select("currency", pl.col("day").cast(pl.Date)).unique()
    own = pairs.filter(pl.col("currency") == base).with_columns(rate=pl.lit(1.0))
    others = pairs.filter(pl.col("currency") != base)
    rates = pl.concat(
        [
            fx.select("currency", to="quote", on_date="on_date", known="rate", inverse=pl.lit(False)),
            fx.select(currency="quote", to="currency", on_date="on_date", known="rate", inverse=pl.lit(True)),
        ]
    ).sort("on_date")
    known = pl.col("known")
    legs = _as_of(others, rates).with_columns(rate=pl.when("inverse").then(1.0 / known).otherwise(known))
    direct = legs.filter(pl.col("to") == base).with_columns(legs=pl.lit(1))
    rest = legs.filter(pl.col("to") != base).select("currency", "day", "to", first="rate", first_inverse="inverse")
    to_base = _as_of(rest.select("day", currency="to").unique(), rates.filter(pl.col("to") == base))
    crossed = rest.join(to_base.select("day", "known", "inverse", to="currency"), on=["to", "day"]).with_columns(
        rate=pl.when("inverse").then(pl.col("first") / known).otherwise(pl.col("first") * known), legs=pl.lit(2)
    )
    columns = ["currency", "day", "rate", "legs", "to", "inverse"]
    found = (
        pl.concat([direct.select(columns), crossed.sort("first_inverse").select(columns)])
        .sort("legs", "to", "inverse", maintain_order=True)
        .unique(["currency", "day"], keep="first", maintain_order=True)
    )
    found = others.join(found.select("currency", "day", "rate"), on=["currency", "day"], how="left")
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


def _as_of(pairs: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """currency, day, to, inverse, known: the last rate of each currency of `pairs` to each other one, by its day."""
    wanted = pairs.join(rates.select("currency", "to", "inverse").unique(), on="currency")
    found = wanted.sort("day").join_asof(
        rates.with_columns(pl.col("on_date").alias("day")),
        on="day",
        by=["currency", "to", "inverse"],
        strategy="backward",
        tolerance=STALE_AFTER,
        check_sortedness=False,
    )
    return found.filter(pl.col("known").is_not_null()).drop("on_date")


def amount_in(base: str, amount: float, currency: str | None, day: date, fx: pl.DataFrame) -> float | None:
    """`amount` of `currency` in `base` on a day; None where it has none or no rate is known."""
    if currency is None:
        return None
    quote = pl.DataFrame({"currency": [currency], "day": [day]}, schema={"currency": pl.String, "day": pl.Date})
    rate: float | None = rates_to(base, quote, fx)["rate"].item()
    return None if rate is None else amount * rate
