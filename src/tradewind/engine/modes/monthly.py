"""What a mode brings a SKU in a month, scenario by scenario.

JIT, POP and full sell what is asked for: unit margin x demand. Stocked modes buy Q ahead, the smallest Q with
P(demand <= Q) >= margin / (margin + cost of a unit left over) (newsvendor; Silver, Pyke, Thomas 2017, ch. 9), and earn

    margin x min(demand, Q) - storage x (Q - sold / 2) - left over x outlay x (leftover loss + capital rate / 12)

so that stock-outs and leftovers count. A stocked mode that earns nothing per unit buys the expected demand: its loss
shows. semi_stocked pools all markets in one stock, overseas has one stock per market.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.rules import Rules
from tradewind.engine.modes.month import Draws, MonthDemand, sku_starts

Floats = npt.NDArray[np.float64]

_STOCKED = {"semi_stocked": "all markets", "overseas": "each market"}
"""Modes that buy ahead, and over which demand one stock is pooled."""
_BLOCK = 4_000
_SCHEMA = {
    "sku": pl.String,
    "mode": pl.String,
    "monthly_margin": pl.Float64,
    "monthly_margin_p10": pl.Float64,
    "monthly_margin_p90": pl.Float64,
}


def monthly_values(economics: pl.DataFrame, month: MonthDemand, rules: Rules, on: date) -> pl.DataFrame:
    """sku, mode, monthly_margin, monthly_margin_p10 and _p90 for every mode offered to the SKU; null where unknown."""
    considered = economics.filter(pl.col("margin").is_not_null()).select("sku", "market").unique()
    keys = month.keys.with_row_index("_row").join(considered, on=["sku", "market"], how="inner").sort("_row")
    rate = rules.value("capital.annual_rate", on=on) / 12
    parts = []
    for mode in economics["mode"].cast(pl.String).unique().sort().to_list():
        unit = keys.join(_unit_terms(economics, mode), on=["sku", "market"], how="left").sort("_row")
        loss = rules.value(f"{mode}.leftover_loss", on=on) + rate if mode in _STOCKED else 0.0
        parts.append(_mode_values(mode, unit, month.draws, loss))
    skus = month.keys.select("sku").unique()
    found = pl.concat([pl.DataFrame(schema=_SCHEMA), *parts])
    offered = economics.select("sku", pl.col("mode").cast(pl.String)).unique().join(skus, on="sku", how="semi")
    return offered.join(found, on=["sku", "mode"], how="left").sort("sku", "mode")


def _unit_terms(economics: pl.DataFrame, mode: str) -> pl.DataFrame:
    return economics.filter(pl.col("mode").cast(pl.String) == mode).select(
        "sku",
        "market",
        "margin",
        outlay=pl.col("product_cost") + pl.col("inbound_cost"),
        storage="storage_month",
        offered=pl.lit(True),
    )


def _mode_values(mode: str, unit: pl.DataFrame, draws: Draws, loss: float) -> pl.DataFrame:
    """The mode's monthly margin per SKU, in blocks of rows so that memory stays flat."""
    skus, starts = sku_starts(unit.select("sku"))
    ends = np.append(starts[1:], unit.height)
    frames = []
    for first in range(0, len(starts), _BLOCK):
        last = min(first + _BLOCK, len(starts))
        rows = unit[int(starts[first]) : int(ends[last - 1])]
        demand = draws[rows["_row"].to_numpy()].astype(np.float64)
        profit = _profits(mode, rows, demand, starts[first:last] - starts[first], loss)
        low, high = np.quantile(profit, [0.1, 0.9], axis=1)
        frames.append(
            pl.DataFrame(
                {
                    "sku": skus[first:last],
                    "mode": [mode] * (last - first),
                    "monthly_margin": profit.mean(axis=1),
                    "monthly_margin_p10": low,
                    "monthly_margin_p90": high,
                }
            )
        )
    found = pl.concat(frames) if frames else pl.DataFrame(schema=_SCHEMA)
    needed = ["margin", "storage", "outlay"] if mode in _STOCKED else ["margin"]
    missing = pl.any_horizontal(pl.col(c).is_null() for c in needed) & pl.col("offered").fill_null(False)
    known = unit.group_by("sku").agg(bad=missing.any(), offered=pl.col("offered").fill_null(False).any())
    known = known.filter(~pl.col("bad") & pl.col("offered")).select("sku")
    return found.join(known, on="sku", how="semi")


def _profits(mode: str, unit: pl.DataFrame, demand: Floats, starts: npt.NDArray[np.int64], loss: float) -> Floats:
    """The month's margin (skus, scenarios)."""
    margin, outlay, storage = (
        unit[c].fill_null(0.0).to_numpy().astype(np.float64) for c in ("margin", "outlay", "storage")
    )
    demand = demand * unit["offered"].fill_null(False).to_numpy().astype(np.float64)[:, None]
    if mode not in _STOCKED:
        return _sum_by(demand * margin[:, None], starts)
    pools = starts if _STOCKED[mode] == "all markets" else np.arange(unit.height)
    weight = demand.mean(axis=1)
    pooled = _sum_by(demand, pools)
    terms = [_weighted(column, weight, pools) for column in (margin, storage, storage + outlay * loss)]
    bought = _bought(pooled, terms[0], terms[2])[:, None]
    served = np.divide(np.minimum(pooled, bought), pooled, out=np.ones_like(pooled), where=pooled > 0)
    sold = pooled * served
    left_value = (terms[2] - terms[1])[:, None]
    cost = terms[1][:, None] * (bought - sold / 2) + left_value * (bought - sold)
    earned = _sum_by(
        demand * margin[:, None] * np.repeat(served, np.diff(np.append(pools, unit.height)), axis=0), starts
    )
    return earned - (cost if pools is starts else _sum_by(cost, starts))


def _bought(demand: Floats, margin: Floats, leftover_cost: Floats) -> Floats:
    """Units bought ahead: the newsvendor quantile of the draws; the expected demand where a unit earns nothing."""
    total = margin + leftover_cost
    ratio = np.divide(margin, total, out=np.ones_like(margin), where=total > 0)
    scenarios = demand.shape[1]
    place = np.clip(np.ceil(ratio * scenarios - 1e-9).astype(int) - 1, 0, scenarios - 1)
    quantile = np.take_along_axis(np.sort(demand, axis=1), place[:, None], axis=1)[:, 0]
    return np.ceil(np.where(margin > 0, quantile, demand.mean(axis=1)) - 1e-9)


def _weighted(value: Floats, weight: Floats, starts: npt.NDArray[np.int64]) -> Floats:
    """Mean of `value` per group by `weight`; plain where all weights are zero."""
    weight = weight + 1e-12
    return np.add.reduceat(value * weight, starts) / np.add.reduceat(weight, starts)


def _sum_by(values: Floats, starts: npt.NDArray[np.int64]) -> Floats:
    return np.add.reduceat(values, starts, axis=0)
