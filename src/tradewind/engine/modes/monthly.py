"""What a mode brings a SKU in a month, over all its markets and scenarios.

A market that a mode does not reach (a warehouse abroad reaches few) stays as it is: what it brings in the mode it is
sold in at present is part of what the mode brings. So two modes differ by what changing over would bring, and the
present is worth what it is worth, also where a SKU is sold in one mode here and in another there.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.rules import Rules
from tradewind.engine.modes.earning import (
    Flags,
    Floats,
    MonthlyEarnings,
    Rows,
    earnings_in,
    is_stocked,
    leftover_loss,
    unit_terms,
)
from tradewind.engine.modes.effect import demand_factors, multipliers
from tradewind.engine.modes.facts import ModeFacts
from tradewind.engine.modes.month import MIXED, Draws, sku_starts, with_present
from tradewind.engine.modes.speed import cautious_factor, log_gain

_BLOCK = 1_000
_THREADS = 2
_SCHEMA = {
    "sku": pl.String,
    "mode": pl.String,
    "monthly_margin": pl.Float64,
    "monthly_margin_p10": pl.Float64,
    "monthly_margin_p90": pl.Float64,
    "cautious_margin": pl.Float64,
    "monthly_units": pl.Float64,
    "late_fines": pl.Float64,
    "capital_tied": pl.Float64,
    "margin_if_known": pl.Float64,
    "best_odds": pl.Float64,
    "elsewhere": pl.String,
}


def monthly_values(
    facts: ModeFacts, rules: Rules, on: date, *, mixed: pl.Series | None = None, seed: int = 0
) -> pl.DataFrame:
    """What every mode offered to a SKU brings in the month; null where unknown.

    sku, mode, monthly_margin, monthly_margin_p10 and _p90; cautious_margin (the month's, if demand in a mode other than
    the present one comes out at its cautious end, see speed.py); monthly_units (demanded), late_fines (expected), and
    capital_tied (money in goods and on the way, on average); margin_if_known: what the SKU would bring if one knew
    beforehand which mode turns out best, in each scenario (its excess over the best mode's margin is the worth of
    knowing; Raiffa and Schlaifer 1961, ch. 4); best_odds: in what share of scenarios this mode is the best;
    elsewhere: the markets the mode does not reach, which stay as they are.
    Demand is that of the modes in `facts.present` (see `with_present`); another mode's is its multiple (effect.py), and
    what its promise does, where `facts.days` (of `delivery_days`) knows both modes' (speed.py). SKUs
    in `mixed` have a row more, mode MIXED: all markets as they are.
    """
    economics, month = facts.economics, facts.month
    considered = economics.filter(pl.col("margin").is_not_null()).select("sku", "market").unique()
    pairs = month.keys.with_row_index("_row").join(considered, on=["sku", "market"], how="inner").sort("_row")
    keys = with_present(pairs, facts.present)
    keys = keys.with_columns(mixed=pl.lit(False) if mixed is None else pl.col("sku").is_in(mixed.implode()))
    terms = _ModeTerms.of(economics, keys, rules, on, facts.days, month.draws.shape[1], seed)
    found = _by_blocks(terms, keys, month.draws)
    skus = month.keys.select("sku").unique()
    offered = economics.select("sku", pl.col("mode").cast(pl.String)).unique().join(skus, on="sku", how="semi")
    every = pl.concat([offered, found.filter(mode=MIXED).select("sku", "mode")])
    return every.join(found, on=["sku", "mode"], how="left").sort("sku", "mode")


@dataclass(frozen=True)
class _ModeTerms:
    """Row by row (sku, market): what a unit earns in each mode and one left over loses in it; each mode's demand
    multiplier by scenario; the mode the row's demand was seen in (empty: none), and that mode's stated multiplier; how
    many days slower each mode's promise is than that one's (0: not known), what a day does in each scenario, and demand
    in each mode at its cautious end.
    """

    units: dict[str, pl.DataFrame]
    loss: dict[str, float]
    factors: dict[str, Floats]
    present: npt.NDArray[np.str_]
    base: Floats
    slower: dict[str, Floats]
    gain: Floats
    caution: dict[str, Floats]

    @classmethod
    def of(
        cls,
        economics: pl.DataFrame,
        keys: pl.DataFrame,
        rules: Rules,
        on: date,
        days: pl.DataFrame | None,
        scenarios: int,
        seed: int,
    ) -> _ModeTerms:
        modes = economics["mode"].cast(pl.String).unique().sort().to_list()
        units = {
            m: keys.select("_row", "sku", "market")
            .join(unit_terms(economics, m, rules, on), on=["sku", "market"], how="left")
            .sort("_row")
            .with_columns(pl.col("offered").fill_null(False))
            for m in modes
        }
        loss = {m: leftover_loss(rules, m, on) for m in modes if is_stocked(rules, m, on)}
        present_mode = keys["present"].fill_null("")
        base = present_mode.replace_strict(multipliers(rules, on), default=1.0, return_dtype=pl.Float64).to_numpy()
        slower = {mode: _days_slower(keys, mode, days) for mode in modes}
        return cls(
            units,
            loss,
            demand_factors(rules, on, scenarios, seed=seed),
            present_mode.to_numpy().astype(str),
            base,
            slower,
            log_gain(rules, on, scenarios, seed=seed),
            {mode: cautious_factor(rules, on, slower[mode]) for mode in modes},
        )

    def demand_in(self, demand: Floats, mode: str, rows: Rows) -> Floats:
        """The demand of the rows if they were sold in `mode`."""
        present_mode = self.present[rows]
        other = (present_mode != mode) & (present_mode != "")
        if mode not in self.factors or not other.any():
            return demand
        moved = demand * self.factors[mode]
        moved /= self.base[rows][:, None]
        if self.slower[mode].any():
            moved *= np.exp(-np.outer(self.slower[mode][rows], self.gain))
        moved[~other] = demand[~other]
        return moved

    def cautious_in(self, mode: str, expected: Floats, block: _Block) -> Floats:
        """Demand of the block's SKUs in `mode` at its cautious end, as a share of what is `expected` of their rows."""
        present = self.present[block.rows]
        moved = (present != mode) & (present != "")
        share = np.where(moved, self.caution[mode][block.rows], 1.0)
        weight = expected + 1e-12
        return np.add.reduceat(share * weight, block.starts) / np.add.reduceat(weight, block.starts)

    def earnings_in(self, mode: str, demand: Floats, rows: Rows, starts: Rows, where: Flags) -> MonthlyEarnings:
        return earnings_in(mode, self.units[mode][rows], demand, starts, self.loss.get(mode), where)


def _days_slower(keys: pl.DataFrame, mode: str, days: pl.DataFrame | None) -> Floats:
    """By how many days the promise of `mode` is later than that of each row's present mode; 0 where not known."""
    if days is None:
        return np.zeros(keys.height)
    here = days.filter(mode=mode).select("market", own="days")
    there = days.select("market", present="mode", known="days")
    both = keys.join(here, on="market", how="left", maintain_order="left")
    both = both.join(there, on=["market", "present"], how="left", maintain_order="left")
    slower: Floats = both.select((pl.col("own") - pl.col("known")).fill_null(0.0)).to_series().to_numpy()
    return slower


@dataclass(frozen=True)
class _Block:
    """Some SKUs: their rows (sku, market) in `_ModeTerms`, the demand drawn for these, and where each SKU begins."""

    rows: Rows
    drawn: Floats
    starts: Rows

    @property
    def sizes(self) -> Rows:
        """Rows of each SKU."""
        return np.diff(np.append(self.starts, len(self.rows)))

    def each(self, by_sku: Flags) -> Flags:
        """A flag of each SKU, on all its rows."""
        return np.repeat(by_sku, self.sizes)

    def only(self, skus: Flags) -> tuple[Flags, _Block]:
        """Which rows are of `skus`, and the block of these alone."""
        part = self.each(skus)
        sizes = self.sizes[skus]
        return part, _Block(self.rows[part], self.drawn[part], np.cumsum(sizes) - sizes)


def _by_blocks(terms: _ModeTerms, keys: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """All modes block by block of SKUs, so that memory stays flat and modes meet scenario by scenario."""
    skus, starts = sku_starts(keys.select("sku"))
    ends = np.append(starts[1:], keys.height)
    places, mixed = keys["_row"].to_numpy(), keys["mixed"].to_numpy()

    def block(first: int) -> list[pl.DataFrame]:
        last = min(first + _BLOCK, len(starts))
        rows = np.arange(starts[first], ends[last - 1])
        drawn = draws[places[rows]].astype(np.float64)
        some = _Block(rows, drawn, starts[first:last] - starts[first])
        return _compared(terms, some, skus[first:last], keys["market"][rows], mixed[starts[first:last]])

    # NumPy lets go of the interpreter while it computes; blocks come back in their order, so threads change nothing.
    with ThreadPoolExecutor(_THREADS) as threads:
        done = list(threads.map(block, range(0, len(starts), _BLOCK)))
    return pl.concat([pl.DataFrame(schema=_SCHEMA), *(frame for frames in done for frame in frames)])


def _compared(terms: _ModeTerms, block: _Block, skus: pl.Series, market: pl.Series, mixed: Flags) -> list[pl.DataFrame]:
    best = np.full((len(skus), block.drawn.shape[1]), -np.inf)
    which = np.full(best.shape, -1, dtype=np.int8)
    found: list[tuple[Flags, dict[str, object]]] = []
    for number, (mode, month, kept, cautious) in enumerate(_months(terms, block, mixed)):
        better = month.known[:, None] & (month.profit > best)
        best[better], which[better] = month.profit[better], number
        low, high = np.quantile(month.profit, [0.1, 0.9], axis=1)
        figures = {
            "sku": skus, "mode": [mode] * len(skus), "monthly_margin": month.profit.mean(axis=1),
            "monthly_margin_p10": low, "monthly_margin_p90": high, "cautious_margin": cautious,
            "monthly_units": month.units,
            "late_fines": month.late_fines, "capital_tied": month.capital_tied,
            "elsewhere": _listed(market, kept, block),
        }  # fmt: skip
        found.append((month.known, figures))
    if_known = np.where(np.isfinite(best), best, 0.0).mean(axis=1)
    return [
        pl.DataFrame(
            {**figures, "margin_if_known": if_known, "best_odds": (which == number).mean(axis=1)}, schema=_SCHEMA
        ).filter(pl.Series(known))
        for number, (known, figures) in enumerate(found)
    ]


def _months(terms: _ModeTerms, block: _Block, mixed: Flags) -> Iterator[tuple[str, MonthlyEarnings, Flags, Floats]]:
    """What each mode brings, the rows that stay as they are in it, and its margin at the cautious end of demand (a loss
    grows no smaller by it); at last the present of the SKUs `mixed`."""
    known = terms.present[block.rows] != ""
    for mode in terms.units:
        offered = terms.units[mode]["offered"].to_numpy()[block.rows]
        demand = terms.demand_in(block.drawn, mode, block.rows)
        month = terms.earnings_in(mode, demand, block.rows, block.starts, offered)
        kept = ~offered & known
        moved = month.profit.mean(axis=1)
        caution = terms.cautious_in(mode, np.where(offered, demand.mean(axis=1), 0.0), block)
        _add_present(month, terms, block, kept)
        month.known[~np.logical_or.reduceat(offered, block.starts)] = False
        cautious = month.profit.mean(axis=1) - np.maximum(moved, 0.0) * (1.0 - caution)
        yield mode, month, kept, cautious
    if mixed.any():
        month = MonthlyEarnings.none(len(mixed), block.drawn.shape[1])
        _add_present(month, terms, block, block.each(mixed) & known)
        month.known[~mixed] = False
        yield MIXED, month, np.zeros_like(known), month.profit.mean(axis=1)


def _add_present(month: MonthlyEarnings, terms: _ModeTerms, block: _Block, where: Flags) -> None:
    """Adds what the rows `where` bring in the mode each is sold in at present."""
    present = terms.present[block.rows]
    for mode in np.unique(present[where]).tolist():
        here = where & (present == mode)
        skus = np.logical_or.reduceat(here, block.starts)
        if mode not in terms.units:
            month.known[skus] = False
            continue
        part, some = block.only(skus)
        month.add(terms.earnings_in(mode, some.drawn, some.rows, some.starts, here[part]), skus)


def _listed(market: pl.Series, rows: Flags, block: _Block) -> pl.Series:
    """The markets of the rows, one text per SKU; null for none."""
    order = pl.DataFrame({"_sku": np.arange(len(block.starts))})
    sku = np.repeat(order["_sku"].to_numpy(), block.sizes)
    figures = pl.DataFrame({"_sku": sku, "market": market.cast(pl.String)}).filter(pl.Series(rows, dtype=pl.Boolean))
    joined = figures.group_by("_sku").agg(pl.col("market").str.join(", "))
    return order.join(joined, on="_sku", how="left", maintain_order="left")["market"]
