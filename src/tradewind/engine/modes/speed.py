"""What a faster or slower promise does to demand, until it is estimated from the shop's own sales.

    factor of a scenario = (1 + e) ** (days at present - days in the other mode)

with e, the sales gained per day faster, lognormal of the stated mean and coefficient of variation (rules
promise_demand.per_day and .spread). The mean lies between what was measured when a promised date was moved (Cui, Lu,
Sun, Golden, M&SOM 26(1), 2024: 0.73 % a day) and when delivery grew faster (Fisher, Gallino, Xu 2019: 1.5 % a business
day), both within about a week; compounded over weeks it is less certain, as the spread grows with the days.
"""

from __future__ import annotations

import math
import zlib
from datetime import date
from statistics import NormalDist
from typing import Final

import numpy as np
import polars as pl

from tradewind.core.rules import Rules
from tradewind.engine.modes.effect import Floats

LEAST_KNOWN: Final = 0.5
"""Share of a mode's parcels whose promise must be known for their mean to stand for all."""


def delivery_days(routes: pl.DataFrame, promises: pl.DataFrame) -> pl.DataFrame:
    """The days that are promised in each mode and market: mode, market, days (the mean over the mix of services its
    parcels take), sorted; no row where too little is known.

    `routes`: mode, market, service, node, share (`route_mix`); `promises`: service, node, market, promise_days, parcels
    (`promise`), a lane's regions weighted by their parcels.
    """
    lane = ["service", "node", "market"]
    known = promises.drop_nulls("promise_days").with_columns(weight=pl.col("parcels").fill_null(0) + 1e-9)
    by_lane = known.group_by(lane).agg(days=(pl.col("promise_days") * pl.col("weight")).sum() / pl.col("weight").sum())
    share = pl.col("share").sum()
    return (
        routes.join(by_lane, on=lane)
        .group_by("mode", "market")
        .agg(days=(pl.col("days") * pl.col("share")).sum() / share, known=share)
        .filter(pl.col("known") >= LEAST_KNOWN)
        .select(pl.col("mode").cast(pl.String), pl.col("market").cast(pl.String), "days")
        .sort("mode", "market")
    )


def log_gain(rules: Rules, on: date, scenarios: int, *, seed: int = 0) -> Floats:
    """ln(1 + e) of each scenario, the same for all SKUs: what is not known is the response, not the SKU."""
    mean, cv = rules.value("promise_demand.per_day", on=on), rules.value("promise_demand.spread", on=on)
    s = math.sqrt(math.log1p(cv**2))
    grid = np.array([NormalDist().inv_cdf((i + 0.5) / scenarios) for i in range(scenarios)])
    drawn = np.exp(s * np.random.default_rng([seed, zlib.crc32(b"promise_demand")]).permutation(grid))
    return np.log1p(mean * drawn / drawn.mean())


def cautious_factor(rules: Rules, on: date, days_slower: Floats) -> Floats:
    """What demand in another mode is at its cautious end (one case in ten), as a share of what is expected of it.

    `days_slower`: of the other mode's promise than the present one's, by row. Both doubts, of the mode (rule
    mode_demand.spread) and of the response to the promise, are lognormal and add up in the exponent.
    """
    mode, e, cv = (
        rules.value(name, on=on) for name in ("mode_demand.spread", "promise_demand.per_day", "promise_demand.spread")
    )
    spread = np.sqrt(math.log1p(mode**2) + (e * cv * days_slower) ** 2)
    factor: Floats = np.exp(NormalDist().inv_cdf(0.1) * spread - spread**2 / 2)
    return factor
