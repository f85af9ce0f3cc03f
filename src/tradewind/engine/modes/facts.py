"""What modes are compared on."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tradewind.engine.modes.month import MonthDemand


@dataclass(frozen=True)
class ModeFacts:
    """What modes are compared on.

    economics  of `unit_economics`
    month      the month's demand, drawn
    present    how each SKU is sold now: sku, mode, and market where its markets differ (`present_modes`)
    tiers      sku, tier; None: every mode is open to every SKU
    fx         rates for what a change costs; None: its share of the margin alone decides
    days       what each mode promises: mode, market, days (`delivery_days`); None: a promise changes no demand
    stocked    goods on hand and on the way in warehouses that only their mode sends from: sku, units; None: none
    """

    economics: pl.DataFrame
    month: MonthDemand
    present: pl.DataFrame | None = None
    tiers: pl.DataFrame | None = None
    fx: pl.DataFrame | None = None
    days: pl.DataFrame | None = None
    stocked: pl.DataFrame | None = None
