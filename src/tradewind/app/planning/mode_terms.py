"""What the choice of a mode rests on beside the month's margin: offers, prices across modes, policies, who decides.

`plan` keeps these frames and `tradewind modes` shows them: both ask here.
"""

from __future__ import annotations

import polars as pl

from tradewind.app.planning.facts import Facts
from tradewind.engine.margin import EconomicsParams, unit_economics
from tradewind.engine.modes import (
    MonthDemand,
    control_matrix,
    price_parity,
    probe_prices,
    supply_offers,
    tier_policies,
)

SUPPLIED = EconomicsParams(modes=("full",))


def channels(
    facts: Facts,
    economics: pl.DataFrame,
    month: MonthDemand,
    options: pl.DataFrame,
    *,
    sold: pl.DataFrame,
    present: pl.DataFrame,
    seed: int,
) -> dict[str, pl.DataFrame]:
    """The frames mode_offers, price_parity, tier_policies and mode_control of the month ahead.

    `sold`: the order lines asked about; `economics`: of these lines at the prices they sell at, without a quoted supply
    price (the retail price is read off it); `options`: of `choose_mode`; `present`: how each SKU is sold.
    """
    on = facts.as_of.date()
    asked = [supplied(facts, prices, sold=sold) for prices in probe_prices(economics)]
    return {
        "mode_offers": supply_offers(asked, economics, month, options, facts.rules, on, present=present, seed=seed),
        "price_parity": price_parity(sold, facts.rules, as_of=facts.as_of, base=facts.base, fx=facts["fx"]),
        "tier_policies": tier_policies(facts.rules, on),
        "mode_control": control_matrix(facts.rules, on),
    }


def supplied(facts: Facts, prices: pl.DataFrame, *, sold: pl.DataFrame) -> pl.DataFrame:
    """What full-managed leaves per piece at supply `prices` (sku, mode, price in base currency)."""
    rows = unit_economics(sold, facts.rules, facts.costing, as_of=facts.as_of, prices=prices, params=SUPPLIED)
    return rows.filter(pl.col("mode") == "full")
