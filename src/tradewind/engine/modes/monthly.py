"""What a mode brings a SKU in a month, scenario by scenario.

JIT and POP sell what is asked for: unit margin x demand. Stocked modes buy Q ahead, the smallest Q with
P(demand <= Q) >= margin / (margin + cost of a unit left over) (newsvendor; Silver, Pyke, Thomas 2017, ch. 9), and earn

    margin x min(demand, Q) - storage x (Q - sold / 2) - left over x outlay x (leftover loss + capital rate / 12)

so that stock-outs and leftovers count. A stocked mode that earns nothing per unit buys the expected demand: its loss
shows. semi_stocked pools all markets in one stock, overseas has one stock per market. full is stocked too where the
contract leaves the seller with what is unsold (rule full.stock_risk), else it sells what is asked for.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.rules import Rules
from tradewind.engine.modes.effect import demand_factors, multipliers
from tradewind.engine.modes.month import Draws, MonthDemand, sku_starts

Floats = npt.NDArray[np.float64]

_STOCKED = {"semi_stocked": "all markets", "overseas": "each market", "full": "all markets"}
"""Modes that buy ahead, and over which demand one stock is pooled."""
_BLOCK = 1_000
_THREADS = 2
_SCHEMA = {
    "sku": pl.String,
    "mode": pl.String,
    "monthly_margin": pl.Float64,
    "monthly_margin_p10": pl.Float64,
    "monthly_margin_p90": pl.Float64,
    "monthly_units": pl.Float64,
    "late_fines": pl.Float64,
    "capital_tied": pl.Float64,
    "margin_if_known": pl.Float64,
    "best_odds": pl.Float64,
}
_DAYS_A_MONTH = 365 / 12


def monthly_values(
    economics: pl.DataFrame,
    month: MonthDemand,
    rules: Rules,
    on: date,
    *,
    present: pl.DataFrame | None = None,
    seed: int = 0,
) -> pl.DataFrame:
    """What every mode offered to a SKU brings in the month; null where unknown.

    sku, mode, monthly_margin, monthly_margin_p10 and _p90; monthly_units (asked for), late_fines (expected), and
    capital_tied (money in goods and on the way, on average); margin_if_known: what the SKU would bring if one knew
    beforehand which mode turns out best, in each scenario (its excess over the best mode's margin is the worth of
    knowing; Raiffa and Schlaifer 1961, ch. 4); best_odds: in what share of scenarios this mode is the best.
    Demand is that of the mode in `present` (sku, mode); another mode's is its multiple, see effect.py.
    """
    considered = economics.filter(pl.col("margin").is_not_null()).select("sku", "market").unique()
    keys = month.keys.with_row_index("_row").join(considered, on=["sku", "market"], how="inner").sort("_row")
    modes = economics["mode"].cast(pl.String).unique().sort().to_list()
    units = {
        m: keys.join(_unit_terms(economics, m, rules, on), on=["sku", "market"], how="left").sort("_row") for m in modes
    }
    loss = {m: leftover_loss(rules, m, on) for m in modes if is_stocked(rules, m, on)}
    factors = _Factors.of(rules, on, month.draws.shape[1], keys, present, seed)
    found = _by_blocks(units, month.draws, loss, factors)
    skus = month.keys.select("sku").unique()
    offered = economics.select("sku", pl.col("mode").cast(pl.String)).unique().join(skus, on="sku", how="semi")
    return offered.join(found, on=["sku", "mode"], how="left").sort("sku", "mode")


def is_stocked(rules: Rules, mode: str, on: date) -> bool:
    """Whether the seller buys ahead in a mode and is left with what does not sell."""
    return mode in _STOCKED and (mode != "full" or rules.choice("full.stock_risk", on=on) == "seller")


def leftover_loss(rules: Rules, mode: str, on: date) -> float:
    """What a piece left over at the month's end loses, as a share of the outlay: its value and a month's capital."""
    return rules.value(f"{mode}.leftover_loss", on=on) + rules.value("capital.annual_rate", on=on) / 12


@dataclass(frozen=True)
class _Factors:
    """Each mode's multiplier by scenario, and per row the mode its demand was seen in (empty: none, so no effect) and
    that mode's stated multiplier."""

    by_mode: dict[str, Floats]
    present: npt.NDArray[np.str_]
    base: Floats

    @classmethod
    def of(
        cls, rules: Rules, on: date, scenarios: int, keys: pl.DataFrame, present: pl.DataFrame | None, seed: int
    ) -> _Factors:
        seen = pl.Series([""] * keys.height, dtype=pl.String)
        if present is not None:
            known = present.select("sku", seen=pl.col("mode").cast(pl.String))
            seen = keys.join(known, on="sku", how="left", maintain_order="left")["seen"].fill_null("")
        base = seen.replace_strict(multipliers(rules, on), default=1.0, return_dtype=pl.Float64).to_numpy()
        return cls(demand_factors(rules, on, scenarios, seed=seed), seen.to_numpy().astype(str), base)

    def applied(self, demand: Floats, mode: str, rows: slice) -> Floats:
        seen = self.present[rows]
        other = (seen != mode) & (seen != "")
        if mode not in self.by_mode or not other.any():
            return demand
        moved = demand * self.by_mode[mode]
        moved /= self.base[rows][:, None]
        moved[~other] = demand[~other]
        return moved


def _by_blocks(units: dict[str, pl.DataFrame], draws: Draws, loss: dict[str, float], factors: _Factors) -> pl.DataFrame:
    """All modes block by block of SKUs, so that memory stays flat and modes meet scenario by scenario."""
    if not units:
        return pl.DataFrame(schema=_SCHEMA)
    rows = next(iter(units.values()))
    skus, starts = sku_starts(rows.select("sku"))
    ends = np.append(starts[1:], rows.height)

    def block(first: int) -> list[pl.DataFrame]:
        last = min(first + _BLOCK, len(starts))
        span = slice(int(starts[first]), int(ends[last - 1]))
        drawn = draws[rows["_row"][span].to_numpy()].astype(np.float64)
        return _block(units, drawn, span, starts[first:last] - starts[first], skus[first:last], loss, factors)

    # NumPy lets go of the interpreter while it computes; blocks come back in their order, so threads change nothing.
    with ThreadPoolExecutor(_THREADS) as threads:
        done = list(threads.map(block, range(0, len(starts), _BLOCK)))
    return pl.concat([pl.DataFrame(schema=_SCHEMA), *(frame for frames in done for frame in frames)])


def _block(
    units: dict[str, pl.DataFrame],
    drawn: Floats,
    span: slice,
    local: npt.NDArray[np.int64],
    skus: pl.Series,
    loss: dict[str, float],
    factors: _Factors,
) -> list[pl.DataFrame]:
    best = np.full((len(local), drawn.shape[1]), -np.inf)
    which = np.full(best.shape, -1, dtype=np.int8)
    found: list[tuple[str, npt.NDArray[np.bool_], dict[str, object]]] = []
    for number, (mode, every) in enumerate(units.items()):
        unit = every[span]
        demand = factors.applied(drawn, mode, span)
        profit, tied = _profits(mode, unit, demand, local, loss.get(mode))
        known = _known(mode in loss, unit, local)
        better = known[:, None] & (profit > best)
        best[better], which[better] = profit[better], number
        low, high = np.quantile(profit, [0.1, 0.9], axis=1)
        asked = demand.mean(axis=1) * unit["offered"].fill_null(False).to_numpy()
        told = {
            "sku": skus, "mode": [mode] * len(skus), "monthly_margin": profit.mean(axis=1), "monthly_margin_p10": low,
            "monthly_margin_p90": high, "monthly_units": _sum_by(asked, local),
            "late_fines": _sum_by(asked * unit["late_cost"].fill_null(0.0).to_numpy(), local), "capital_tied": tied,
        }  # fmt: skip
        found.append((mode, known, told))
    if_known = np.where(np.isfinite(best), best, 0.0).mean(axis=1)
    return [
        pl.DataFrame({**told, "margin_if_known": if_known, "best_odds": (which == number).mean(axis=1)}, schema=_SCHEMA)
        .filter(pl.Series(known))
        for number, (_, known, told) in enumerate(found)
    ]  # fmt: skip


def _known(stocked: bool, unit: pl.DataFrame, local: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Per SKU: offered somewhere, and every figure known wherever it is offered."""
    needed = ["margin", "storage", "outlay"] if stocked else ["margin"]
    offered = unit["offered"].fill_null(False).to_numpy()
    missing = unit.select(pl.any_horizontal(pl.col(c).is_null() for c in needed)).to_series().to_numpy() & offered
    good: npt.NDArray[np.bool_] = np.logical_or.reduceat(offered, local) & ~np.logical_or.reduceat(missing, local)
    return good


def _unit_terms(economics: pl.DataFrame, mode: str, rules: Rules, on: date) -> pl.DataFrame:
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


def _profits(
    mode: str, unit: pl.DataFrame, demand: Floats, starts: npt.NDArray[np.int64], loss: float | None
) -> tuple[Floats, Floats]:
    """The month's margin (skus, scenarios), and the money tied up on average (skus): what is sold for the mode's days
    from paying to being paid, and what is left over."""
    margin, outlay, storage = (
        unit[c].fill_null(0.0).to_numpy().astype(np.float64) for c in ("margin", "outlay", "storage")
    )
    offered = unit["offered"].fill_null(False).to_numpy()
    if not offered.all():
        demand = demand * offered[:, None]
    months = unit["months_tied"].fill_null(0.0).to_numpy().astype(np.float64)
    weight = demand.mean(axis=1)
    tied = _sum_by(weight * outlay * months, starts)
    worth = demand * margin[:, None]
    if loss is None:  # nothing is bought ahead
        return _sum_by(worth, starts), tied
    each = _STOCKED[mode] == "each market"
    pools = np.arange(unit.height) if each else starts
    pooled, worth = (demand, worth) if each else (_sum_by(demand, starts), _sum_by(worth, starts))
    pool_margin, pool_storage, pool_loss = (
        _weighted(column, weight, pools) for column in (margin, storage, storage + outlay * loss)
    )
    bought = _bought(pooled, pool_margin, pool_loss)[:, None]
    sold = np.minimum(pooled, bought)
    served = np.divide(sold, pooled, out=np.ones_like(pooled), where=pooled > 0)
    left = bought - sold
    profit = worth * served - pool_storage[:, None] * (bought - sold / 2) - (pool_loss - pool_storage)[:, None] * left
    left_over = left.mean(axis=1) * _weighted(outlay, weight, pools)
    if each:
        profit, left_over = _sum_by(profit, starts), _sum_by(left_over, starts)
    return profit, tied + left_over


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
