"""What the choice of a mode rests on beside the month's margin: offers, prices across modes, policies, who decides.

`plan` keeps these frames and `tradewind modes` shows them: both ask here.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tradewind.app.planning.facts import Facts
from tradewind.engine.margin import EconomicsParams, unit_economics
from tradewind.engine.modes import (
    ModeFacts,
    MonthDemand,
    control_matrix,
    price_parity,
    probe_prices,
    supply_offers,
    tier_policies,
)

SUPPLIED = EconomicsParams(modes=("full",))


@dataclass(frozen=True)
class ModeTerms:
    """mode_offers: supply prices of full-managed; price_parity: one SKU's prices across modes; tier_policies and
    mode_control: what the rules say of each tier, and who decides what in each mode."""

    mode_offers: pl.DataFrame
    price_parity: pl.DataFrame
    tier_policies: pl.DataFrame
    mode_control: pl.DataFrame


def mode_terms(
    facts: Facts,
    economics: pl.DataFrame,
    month: MonthDemand,
    options: pl.DataFrame,
    *,
    sold: pl.DataFrame,
    present: pl.DataFrame,
    seed: int,
) -> ModeTerms:
    """What the choice of a mode rests on beside the margin of the month ahead.

    `sold`: the order lines to look at; `economics`: of these lines at the prices they sell at, without a quoted supply
    price (the retail price is read off it); `options`: of `choose_mode`; `present`: how each SKU is sold.
    """
    on = facts.as_of.date()
    at_prices = [supplied(facts, prices, sold=sold) for prices in probe_prices(economics)]
    return ModeTerms(
        supply_offers(ModeFacts(economics, month, present), at_prices, options, facts.rules, on=on, seed=seed),
        price_parity(sold, facts.rules, as_of=facts.as_of, base=facts.base, fx=facts["fx"]),
        tier_policies(facts.rules, on),
        control_matrix(facts.rules, on),
    )


def supplied(facts: Facts, prices: pl.DataFrame, *, sold: pl.DataFrame) -> pl.DataFrame:
    """What full-managed leaves per piece at supply `prices` (sku, mode, price in base currency)."""
    rows = unit_economics(sold, facts.rules, facts.costing, as_of=facts.as_of, prices=prices, params=SUPPLIED)
    return rows.filter(pl.col("mode") == "full")
