"""Many possible futures: demand drawn for all rows and weeks together, tied by what they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.distribution import Distribution
from tradewind.core.scenarios import Factor, row_keys, sample
from tradewind.engine.demand.panel import with_category

FACTORS = ("market_week", "category_week", "series")


@dataclass(frozen=True)
class DemandPaths:
    """keys: sku, market (rows); weeks: the Mondays; draws: (rows, weeks, scenarios) units demanded."""

    keys: pl.DataFrame
    weeks: list[date]
    draws: npt.NDArray[np.float32]


def sample_paths(
    demand: pl.DataFrame,
    products: pl.DataFrame | None = None,
    *,
    scenarios: int = 200,
    seed: int,
    shares: Mapping[str, float],
) -> DemandPaths:
    """Draws of a demand frame that keep each row's own odds exactly and tie rows together by `shares`.

    market_week: shocks all SKUs of a market share in a week; category_week: those of a category in a
    market; series: what stays wrong about a pair's level for the whole horizon.
    """
    demand = demand.sort("sku", "market", "week")
    keys = demand.select("sku", "market").unique(maintain_order=True)
    weeks = demand["week"].unique().sort().to_list()
    grouped = with_category(keys, products)
    columns = {"market_week": ["market"], "category_week": ["market", "category"], "series": ["sku", "market"]}
    factors = [
        Factor(name, row_keys(grouped, columns[name]), shares[name], weekly=name != "series")
        for name in FACTORS
        if shares.get(name)
    ]
    steps = [week.toordinal() // 7 for week in weeks]
    distribution = Distribution.from_frame(demand, "count")
    draws = sample(distribution, row_keys(keys, ["sku", "market"]), steps, scenarios, seed, factors)
    return DemandPaths(keys, weeks, draws)
