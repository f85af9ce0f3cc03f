"""A waterfall for people: whole cents that add up."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from tradewind.core.money import rounded
from tradewind.engine.margin.value import COMPONENTS, COSTS

_DUST = 8
"""Decimals beyond which a float sum is noise: 1.005 must not become 1.00 for being stored as 1.00499999999999989."""


def statement(waterfall: pl.DataFrame) -> dict[str, Decimal | None]:
    """All lines of a waterfall (or of its part that was filtered) added up, in the currency's minor unit.

    Each component is rounded half-up once; `margin` is the rounded revenue less the rounded costs, so that
    the statement adds up to the cent. It may differ from the rounded sum of margins by half a cent per
    component. A component unknown in any line is None, and so is the margin then.

    >>> lines = pl.DataFrame({c: [0.0] for c in COSTS} | {"revenue": [100.0], "base_service_fee": [3.5],
    ...                      "operation_fee": [5.2], "currency": ["CNY"]})
    >>> statement(lines)["margin"]
    Decimal('91.30')
    """
    if waterfall.is_empty():
        return dict.fromkeys((*COMPONENTS, "margin"), Decimal(0))
    currency = waterfall["currency"][0]
    sums = waterfall.select(pl.col(c).sum() for c in COMPONENTS).row(0, named=True)
    gaps = waterfall.select(pl.col(c).null_count() for c in COMPONENTS).row(0, named=True)
    lines: dict[str, Decimal | None] = {
        c: None if gaps[c] else rounded(round(sums[c], _DUST), currency) for c in COMPONENTS
    }
    known = [lines[c] for c in COSTS]
    revenue = lines["revenue"]
    costs = [cost for cost in known if cost is not None]
    lines["margin"] = None if revenue is None or len(costs) < len(known) else revenue - sum(costs, Decimal(0))
    return lines
