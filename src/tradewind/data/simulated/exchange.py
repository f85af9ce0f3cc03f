"""Exchange rates of the generated world: a daily random walk of each currency in CNY; the riyal follows the dollar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from tradewind.data.simulated.markets import MARKETS, NODES
from tradewind.data.simulated.randomness import Floats, stream
from tradewind.data.simulated.scales import Scale

BASE = "CNY"
_START = {"USD": 7.12, "EUR": 7.74, "PLN": 1.80, "BRL": 1.27, "KRW": 0.00515}
_DAILY = {"USD": 0.0018, "EUR": 0.0035, "PLN": 0.0042, "BRL": 0.0065, "KRW": 0.0040}
_RIYALS_PER_DOLLAR = 3.75
_LEAD_DAYS = 14


@dataclass(frozen=True)
class Exchange:
    """`rates[currency]` (days,) CNY for one unit, from `first` to the last day; a fortnight before the sales start."""

    first: date
    rates: dict[str, Floats]

    def at_start(self, currency: str) -> float:
        """The rate on the first day: what the seller set his prices by."""
        return 1.0 if currency == BASE else float(self.rates[currency][0])


def exchange(scale: Scale, seed: int) -> Exchange:
    """One path per currency the scale's markets and nodes use, the US dollar always among them."""
    first = scale.first_week - timedelta(days=_LEAD_DAYS)
    days = (scale.last_day - first).days + 1
    used = {"USD"} | {MARKETS[m].currency for m in scale.markets} | {NODES[n].currency for n in scale.nodes}
    rates = {c: _walk(c, days, seed) for c in sorted(used - {BASE, "SAR"})}
    if "SAR" in used:
        rates["SAR"] = rates["USD"] / _RIYALS_PER_DOLLAR
    return Exchange(first, rates)


def fx_table(paths: Exchange) -> pl.DataFrame:
    """The fx table; a day's rate is known from that day on."""
    parts = []
    for currency, path in sorted(paths.rates.items()):
        days = [paths.first + timedelta(days=i) for i in range(len(path))]
        parts.append(pl.DataFrame({"currency": currency, "quote": BASE, "on_date": days, "rate": path.round(6)}))
    known = pl.col("on_date").cast(pl.Datetime("us")).dt.replace_time_zone("UTC").alias("known_at")
    return pl.concat(parts).with_columns(known).sort("currency", "on_date")


def _walk(currency: str, days: int, seed: int) -> Floats:
    steps = stream(seed, f"fx {currency}").normal(0.0, _DAILY[currency], days)
    steps[0] = 0.0
    path: Floats = _START[currency] * np.exp(np.cumsum(steps))
    return path
