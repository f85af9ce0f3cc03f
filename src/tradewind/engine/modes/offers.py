"""Full-managed: the supply price below which to walk away, and the one to answer with.

What a unit earns at supply price p is a p - c (revenue less what is taken of it, less what it costs), so two points of
`unit_economics` give a and c. Over the month, with demand D in full-managed and Q units supplied ahead, of which what
is unsold comes back and loses h a unit (rule full.stock_risk; nothing where the platform buys outright):

    V(p)       = max over Q of (a p - c) E min(D, Q) - h E (Q - D)+
    floor      = c / a                                                   nothing is left
    walk-away  = min over Q of ((M + h E (Q - D)+) / E min(D, Q) + c) / a     where V equals M, the best other mode's
    limit      = mean retail price x (1 - the platform's take)
    counter    = walk-away + share x (limit - walk-away)                 where there is room (Nash 1950)

Q runs over the scenarios' own demands, among which the best Q lies (newsvendor). The platform sets the retail price: it
is an input, taken to be today's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.rules import Rules
from tradewind.engine.modes.earning import is_stocked, leftover_loss
from tradewind.engine.modes.effect import demand_factors, multipliers
from tradewind.engine.modes.facts import ModeFacts
from tradewind.engine.modes.month import MonthDemand, sku_starts, with_present

Floats = npt.NDArray[np.float64]

_FULL = "full"
_PROBE = (1.0, 0.5)
_BLOCK = 2_000


def probe_prices(economics: pl.DataFrame) -> list[pl.DataFrame]:
    """Two supply prices per SKU (sku, mode, price) at which `unit_economics` is to value full-managed."""
    retail = pl.col("price").filter(pl.col("mode") != _FULL).mean()
    usual = (
        economics.group_by("sku", maintain_order=True)
        .agg(price=pl.coalesce(retail, pl.col("price").mean()))
        .drop_nulls()
        .sort("sku")
    )
    return [usual.select("sku", mode=pl.lit(_FULL), price=pl.col("price") * share) for share in _PROBE]


def supply_offers(
    facts: ModeFacts,
    at_prices: list[pl.DataFrame],
    options: pl.DataFrame,
    rules: Rules,
    *,
    on: date,
    seed: int = 0,
) -> pl.DataFrame:
    """One row per SKU with a known cost: sku, retail_price, floor_price, walk_away_price, platform_limit,
    counter_offer (null where there is no room), counter_margin (expected of the month at it), best_other_mode,
    best_other_margin, monthly_units, currency, reason.

    `at_prices`: the full-managed rows of `unit_economics` at the two `probe_prices`; `options`: of `choose_mode`;
    `seed` draws how uncertain demand in full-managed is (effect.py).
    """
    month = facts.month
    retail = (
        facts.economics.filter(pl.col("mode") != _FULL).group_by("sku", "market").agg(retail=pl.col("price").first())
    )
    pairs = month.keys.with_row_index("_row").with_columns(demand=pl.Series(month.draws.mean(axis=1).astype(float)))
    lines = pairs.join(_lines(at_prices), on=["sku", "market"], maintain_order="left")
    lines = lines.join(retail, on=["sku", "market"], how="left", maintain_order="left").sort("_row")
    loss = leftover_loss(rules, _FULL, on) if is_stocked(rules, _FULL, on) else None
    rows = _terms(lines, _best_others(options))
    demand = _Demand(month, lines, _demand_effect(rules, on, lines, facts.present, month.draws.shape[1], seed))
    walk_away, units = demand.over(lambda d, r: (_break_even(d, r, loss), d.mean(axis=1)), rows)
    take, share = rules.value("full.platform_take", on=on), rules.value("full.counter_share", on=on)
    rows = rows.with_columns(
        monthly_units=pl.Series(units),
        floor_price=pl.col("cost") / pl.col("slope"),
        walk_away_price=(pl.Series(walk_away).fill_nan(None) + pl.col("cost")) / pl.col("slope"),
        platform_limit=pl.col("retail_price") * (1 - take),
    )
    room = pl.col("platform_limit") > pl.col("walk_away_price")
    between = pl.col("walk_away_price") + share * (pl.col("platform_limit") - pl.col("walk_away_price"))
    rows = rows.with_columns(counter_offer=pl.when(room).then(between))
    (margin,) = demand.over(lambda d, r: (_best_value(d, r, loss),), rows)
    known = (pl.col("slope") > 0) & pl.col("cost").is_not_null() & pl.col("walk_away_price").is_finite()
    return rows.with_columns(
        counter_margin=pl.Series(margin).fill_nan(None),
        reason=pl.when(pl.col("platform_limit").is_null())
        .then(pl.lit("supply_offer.retail_unknown"))
        .when(room)
        .then(pl.lit("supply_offer.room"))
        .otherwise(pl.lit("supply_offer.no_room")),
    ).filter(known).select(
        "sku", "retail_price", "floor_price", "walk_away_price", "platform_limit", "counter_offer", "counter_margin",
        "best_other_mode", "best_other_margin", "monthly_units", "currency", "reason",
    ).sort("sku")  # fmt: skip


def _lines(at_prices: list[pl.DataFrame]) -> pl.DataFrame:
    """Per sku x market the straight line margin = a p - c through two points, and what a unit is laid out for."""
    high, low = (
        frame.filter(pl.col("mode") == _FULL).select(
            "sku", "market", "price", "margin", "currency", outlay=pl.col("product_cost") + pl.col("inbound_cost")
        )
        for frame in at_prices
    )
    both = high.join(low, on=["sku", "market"], suffix="_low")
    a = (pl.col("margin") - pl.col("margin_low")) / (pl.col("price") - pl.col("price_low"))
    return both.with_columns(a=a).select(
        "sku", "market", "a", "currency", "outlay", c=pl.col("a") * pl.col("price") - pl.col("margin")
    )


def _terms(lines: pl.DataFrame, best: pl.DataFrame) -> pl.DataFrame:
    """Per SKU, in the order of `lines`: slope a and cost c of a mean unit (null if one market's is unknown), outlay,
    retail price, and the best other mode."""
    d = pl.col("demand") + 1e-12
    mean = {
        name: (pl.col(of) * d).sum() / d.sum() for name, of in (("slope", "a"), ("cost", "c"), ("outlay", "outlay"))
    }
    priced = pl.col("retail").is_not_null()
    by_sku = lines.group_by("sku", maintain_order=True).agg(
        slope=mean["slope"],
        cost=pl.when(pl.col("c").is_not_null().all()).then(mean["cost"]),
        outlay=mean["outlay"],
        retail_price=pl.when(priced.any()).then((pl.col("retail") * d).sum() / d.filter(priced).sum()),
        currency=pl.col("currency").first(),
    )
    return by_sku.join(best, on="sku", how="left", maintain_order="left")


def _best_others(options: pl.DataFrame) -> pl.DataFrame:
    others = options.filter((pl.col("mode") != _FULL) & pl.col("monthly_margin").is_not_null())
    best = others.sort(["sku", "monthly_margin", "mode"], descending=[False, True, False])
    return best.unique("sku", keep="first", maintain_order=True).select(
        "sku", best_other_mode="mode", best_other_margin="monthly_margin"
    )


class _Demand:
    """The month's demand of each SKU in full-managed, over all markets, sorted by scenario; a block of SKUs at once."""

    def __init__(self, month: MonthDemand, lines: pl.DataFrame, factors: tuple[Floats, Floats]) -> None:
        self.draws, self.rows = month.draws, lines["_row"].to_numpy()
        _, starts = sku_starts(lines.select("sku"))
        self.bounds = np.append(starts, lines.height)
        self.factors = factors

    def over(self, answer: Callable[[Floats, pl.DataFrame], tuple[Floats, ...]], rows: pl.DataFrame) -> list[Floats]:
        """The arrays `answer` gives for each block's demand (skus, scenarios) and rows, end to end."""
        count = len(self.bounds) - 1
        blocks = [answer(self._of(first), rows[first : first + _BLOCK]) for first in range(0, count, _BLOCK)]
        empty = answer(np.zeros((0, self.draws.shape[1])), rows.clear())
        return [np.concatenate([part, *parts]) for part, *parts in zip(empty, *blocks, strict=True)]

    def _of(self, first: int) -> Floats:
        bounds = self.bounds[first : first + _BLOCK + 1]
        drawn = self.draws[self.rows[bounds[0] : bounds[-1]]].astype(np.float64)
        noise, scale = self.factors[0], self.factors[1][bounds[0] : bounds[-1], None]
        moved = drawn * np.where(np.isnan(scale), 1.0, noise[None, :] * scale)
        return np.sort(np.add.reduceat(moved, bounds[:-1] - bounds[0], axis=0), axis=1)


def _break_even(demand: Floats, rows: pl.DataFrame, loss: float | None) -> Floats:
    """The margin of a unit at which the month brings what the best other mode does."""
    target = rows["best_other_margin"].fill_null(0.0).clip(0.0).to_numpy()[:, None]
    sold, left = _sold_and_left(demand, loss)
    spent = target + _lost(rows, loss)[:, None] * left
    return np.divide(spent, sold, out=np.full_like(sold, np.inf), where=sold > 0).min(axis=1, initial=np.inf)


def _best_value(demand: Floats, rows: pl.DataFrame, loss: float | None) -> Floats:
    """The expected margin of the month at the counter-offer, with the best Q."""
    unit_margin = rows["slope"] * rows["counter_offer"] - rows["cost"]
    sold, left = _sold_and_left(demand, loss)
    value = (
        unit_margin.cast(pl.Float64).fill_null(np.nan).to_numpy()[:, None] * sold - _lost(rows, loss)[:, None] * left
    )
    best: Floats = value.max(axis=1, initial=-np.inf)
    return best


def _sold_and_left(demand: Floats, loss: float | None) -> tuple[Floats, Floats]:
    """E min(D, Q) and E (Q - D)+ for Q at each scenario's demand, in rising order; bought outright, Q has no end."""
    scenarios = demand.shape[1]
    if loss is None:
        return demand.mean(axis=1)[:, None], np.zeros((len(demand), 1))
    beyond = scenarios - np.arange(1, scenarios + 1)
    sold = (np.cumsum(demand, axis=1) + beyond * demand) / scenarios
    return sold, np.maximum(demand - sold, 0.0)


def _lost(rows: pl.DataFrame, loss: float | None) -> Floats:
    return rows["outlay"].cast(pl.Float64).fill_null(np.nan).to_numpy() * (loss or 0.0)


def _demand_effect(
    rules: Rules, on: date, lines: pl.DataFrame, present: pl.DataFrame | None, scenarios: int, seed: int
) -> tuple[Floats, Floats]:
    """The uncertain multiplier of full-managed by scenario, and per row of `lines` what it is to be scaled by: 1 / that
    of the mode its demand was seen in; nan where that is full-managed itself, or unknown: no effect."""
    noise = demand_factors(rules, on, scenarios, seed=seed)[_FULL]
    seen = with_present(lines.select("sku", "market"), present)
    moved = pl.col("present").is_not_null() & (pl.col("present") != _FULL)
    base = pl.col("present").replace_strict(multipliers(rules, on), default=1.0, return_dtype=pl.Float64)
    scale: Floats = seen.select(pl.when(moved).then(1 / base).otherwise(np.nan)).to_series().to_numpy()
    return noise, scale
