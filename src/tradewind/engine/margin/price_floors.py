"""To which price a unit that loses money has to be raised: where it earns nothing, and where it earns a target share.

The margin of a unit is found for a price by `unit_economics` itself, so that fees, tax and limits at the border follow
the price. It rises in a straight line but for jumps at such limits: false position (Illinois) finds the price in a few
steps, and keeps an end that is known to reach the target.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.rules import Rules
from tradewind.engine.margin.costing import Costing
from tradewind.engine.margin.economics import EconomicsParams, unit_economics

TARGET: Final = "pricing.target_margin"
"""The rule that says which share of the price a unit should leave."""

_KEY: Final = ["sku", "market", "mode"]
_ORDER: Final = ["platform", "shop", "order_id"]
_DOUBLINGS: Final = 5
_STEPS: Final = 8
_CENT: Final = 0.01
_ROUNDING: Final = 1e-7

Floats = npt.NDArray[np.float64]


def with_price_floors(
    economics: pl.DataFrame, order_lines: pl.DataFrame, rules: Rules, costing: Costing, *, as_of: datetime
) -> pl.DataFrame:
    """`economics` with break_even_price and target_price (base currency): of units that lose money, a price at which
    one earns nothing, and one at which it earns the share of the price that TARGET says, both up to the next cent.

    Null where nothing is lost, or where no price up to 32 times today's is enough. The price found reaches its target;
    none lower does, except across a jump at a limit. What buyers answer to another price is not in it.
    """
    losing = economics.filter(pl.col("margin") < 0).select(*_KEY, "price", "margin")
    if losing.is_empty():
        nothing = pl.lit(None, dtype=pl.Float64)
        return economics.with_columns(break_even_price=nothing, target_price=nothing)
    orders = order_lines.filter(pl.col("sku").is_in(losing["sku"].unique().implode())).select(_ORDER).unique()
    lines = order_lines.join(orders, on=_ORDER, how="semi")
    params = EconomicsParams(modes=tuple(losing["mode"].unique().sort()))

    def margins(prices: Floats) -> Floats:
        asked = losing.select(_KEY).with_columns(price=pl.Series(prices))
        found = unit_economics(lines, rules, costing, as_of=as_of, params=params, prices=asked)
        at = asked.join(found.select(*_KEY, "margin"), on=_KEY, how="left", maintain_order="left")
        return at["margin"].fill_null(float("nan")).to_numpy()

    now, margin = losing["price"].to_numpy(), losing["margin"].to_numpy()
    share = rules.value(TARGET, as_of.date())
    floors = losing.select(_KEY).with_columns(
        break_even_price=pl.Series(_lowest(now, margin, margins, 0.0), nan_to_null=True),
        target_price=pl.Series(_lowest(now, margin, margins, share), nan_to_null=True),
    )
    return economics.join(floors, on=_KEY, how="left", maintain_order="left")


def _lowest(now: Floats, margin: Floats, margins: Callable[[Floats], Floats], share: float) -> Floats:
    """The price from which a unit earns `share` of it, up to the next cent; NaN where none was found."""
    low, below = now.copy(), margin - share * now
    high, above = now.copy(), below.copy()
    for _ in range(_DOUBLINGS):
        short = ~(above >= 0)
        if not short.any():
            break
        low, below = np.where(short, high, low), np.where(short, above, below)
        high = np.where(short, 2 * high, high)
        above = np.where(short, margins(high) - share * high, above)
    held, last, near = above >= 0, np.zeros(len(now)), np.zeros(len(now), dtype=bool)
    for _ in range(_STEPS):
        open_ = held & ~near & (high - low > _CENT / 4)
        if not open_.any():
            break
        tried = np.where(open_, high - above * (high - low) / np.where(open_, above - below, 1.0), high)
        found = margins(tried) - share * tried
        up = open_ & (found >= -_ROUNDING)
        down = open_ & ~up
        near |= up & (found < _CENT / 4)
        below = np.where(up & (last > 0), below / 2, below)
        above = np.where(down & (last < 0), above / 2, above)
        high, above = np.where(up, tried, high), np.where(up, found, above)
        low, below = np.where(down, tried, low), np.where(down, found, below)
        last = np.where(up, 1.0, np.where(down, -1.0, last))
    return np.where(held, np.ceil(high / _CENT - 1e-6) * _CENT, np.nan)
