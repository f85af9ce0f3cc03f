"""What a month of demand brings in one mode, scenario by scenario.

JIT and POP sell all that is demanded: unit margin x demand. Stocked modes buy Q ahead, the smallest Q with
P(demand <= Q) >= margin / (margin + cost of a unit left over) (newsvendor; Silver, Pyke, Thomas 2017, ch. 9), and earn

    margin x min(demand, Q) - storage x (Q - sold / 2) - left over x outlay x (leftover loss + capital rate / 12)

so that stock-outs and leftovers count. A stocked mode that earns nothing per unit buys the expected demand: its loss
shows. semi_stocked pools all markets in one stock, overseas has one stock per market. full is stocked too where the
contract leaves the seller with what is unsold (rule full.stock_risk), else it sells all that is demanded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.rules import Rules
from tradewind.core.weeks import WEEKS_A_MONTH

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]

_STOCKED = {"semi_stocked": "all markets", "overseas": "each market", "full": "all markets"}
"""Modes that buy ahead, and over which demand one stock is pooled."""
_DAYS_A_MONTH = 7 * WEEKS_A_MONTH


def is_stocked(rules: Rules, mode: str, on: date) -> bool:
    """Whether the seller buys ahead in a mode and is left with what does not sell."""
    return mode in _STOCKED and (mode != "full" or rules.choice("full.stock_risk", on=on) == "seller")


def leftover_loss(rules: Rules, mode: str, on: date) -> float:
    """What a unit left over at the month's end loses, as a share of the outlay: its value and a month's capital."""
    return rules.value(f"{mode}.leftover_loss", on=on) + rules.value("capital.annual_rate", on=on) / 12


@dataclass(frozen=True)
class MonthlyEarnings:
    """A month of some SKUs, one row per SKU: `profit` by scenario; on average `capital_tied` up, `units` demanded and
    `late_fines`; `known` is False where a figure behind them is missing."""

    profit: Floats
    capital_tied: Floats
    units: Floats
    late_fines: Floats
    known: Flags

    @classmethod
    def none(cls, skus: int, scenarios: int) -> MonthlyEarnings:
        return cls(
            np.zeros((skus, scenarios)), np.zeros(skus), np.zeros(skus), np.zeros(skus), np.ones(skus, dtype=bool)
        )

    def add(self, other: MonthlyEarnings, skus: Flags) -> None:
        """Adds what those of the `skus` earn elsewhere; the money is added in place."""
        self.profit[skus] += other.profit
        self.capital_tied[skus] += other.capital_tied
        self.units[skus] += other.units
        self.late_fines[skus] += other.late_fines
        self.known[skus] &= other.known


def unit_terms(economics: pl.DataFrame, mode: str, rules: Rules, on: date) -> pl.DataFrame:
    """What a unit leaves, ties up and costs in `mode` by sku and market; `offered` where the mode reaches."""
    late = pl.col("late_cost") if "late_cost" in economics.columns else pl.lit(None, dtype=pl.Float64)
    return economics.filter(pl.col("mode").cast(pl.String) == mode).select(
        "sku",
        "market",
        "margin",
        outlay=pl.col("product_cost") + pl.col("inbound_cost"),
        storage="storage_month",
        late_cost=late,
        months_tied=pl.lit(rules.value(f"{mode}.capital_days", on=on) / _DAYS_A_MONTH),
        offered=pl.lit(True),
    )


def earnings_in(
    mode: str, unit: pl.DataFrame, demand: Floats, starts: Rows, loss: float | None, where: Flags
) -> MonthlyEarnings:
    """What the rows `where` of `unit` (of `unit_terms`: one per sku and market, the SKUs beginning at `starts`) earn in
    `mode` at `demand` (rows, scenarios); `loss` of a unit left over (None: nothing is bought ahead).

    Money tied up: what is sold for the mode's days from paying to being paid, and what is left over.
    """
    if not where.all():
        demand = demand * where[:, None]
    needed = ["margin"] if loss is None else ["margin", "storage", "outlay"]
    missing = unit.select(pl.any_horizontal(pl.col(c).is_null() for c in needed)).to_series().to_numpy() & where
    margin, outlay, storage, months, late = (
        unit[c].fill_null(0.0).to_numpy().astype(np.float64)
        for c in ("margin", "outlay", "storage", "months_tied", "late_cost")
    )
    expected = demand.mean(axis=1)
    profit, capital_tied = _sum_by(demand * margin[:, None], starts), _sum_by(expected * outlay * months, starts)
    if loss is not None:
        each = _STOCKED[mode] == "each market"
        pools = np.arange(len(demand)) if each else starts
        pooled = demand if each else _sum_by(demand, starts)
        worth = demand * margin[:, None] if each else profit
        margin, outlay, storage = (_weighted(c, expected, pools) for c in (margin, outlay, storage))
        profit, left = _stocked(pooled, worth, margin, outlay, storage, loss)
        if each:
            profit, left = _sum_by(profit, starts), _sum_by(left, starts)
        capital_tied = capital_tied + left
    late_fines = _sum_by(expected * late, starts)
    return MonthlyEarnings(
        profit, capital_tied, _sum_by(expected, starts), late_fines, ~np.logical_or.reduceat(missing, starts)
    )


def _stocked(
    demand: Floats, worth: Floats, margin: Floats, outlay: Floats, storage: Floats, loss: float
) -> tuple[Floats, Floats]:
    """Profit (pools, scenarios) and money in what is left over on average (pools), of goods bought ahead."""
    spoilt = outlay * loss
    bought = _bought(demand, margin, storage + spoilt)[:, None]
    sold = np.minimum(demand, bought)
    served = np.divide(sold, demand, out=np.ones_like(demand), where=demand > 0)
    left = bought - sold
    profit = worth * served - storage[:, None] * (bought - sold / 2) - spoilt[:, None] * left
    return profit, left.mean(axis=1) * outlay


def _bought(demand: Floats, margin: Floats, leftover_cost: Floats) -> Floats:
    """Units bought ahead: the newsvendor quantile of the draws; the expected demand where a unit earns nothing."""
    total = margin + leftover_cost
    ratio = np.divide(margin, total, out=np.ones_like(margin), where=total > 0)
    scenarios = demand.shape[1]
    rank = np.clip(np.ceil(ratio * scenarios - 1e-9).astype(int) - 1, 0, scenarios - 1)
    quantile = np.take_along_axis(np.sort(demand, axis=1), rank[:, None], axis=1)[:, 0]
    return np.ceil(np.where(margin > 0, quantile, demand.mean(axis=1)) - 1e-9)


def _weighted(value: Floats, weight: Floats, starts: Rows) -> Floats:
    """Mean of `value` per group by `weight`; plain where all weights are zero."""
    weight = weight + 1e-12
    return np.add.reduceat(value * weight, starts) / np.add.reduceat(weight, starts)


def _sum_by(values: Floats, starts: Rows) -> Floats:
    return np.add.reduceat(values, starts, axis=0)
