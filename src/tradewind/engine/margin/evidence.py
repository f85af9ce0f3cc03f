"""What the seller's own settlements say about who pays: a reading settled by the record, not by a guess."""

from __future__ import annotations

from datetime import date

import polars as pl

from tradewind.core.rules import Rules
from tradewind.engine.margin.customs import MARKET_RULES

LEAST_ORDERS = 30
"""Orders settled after a charge began that must show none of it before it is taken to be the platform's."""
_RULE = "eu.flat_duty_paid_by"


def settled_readings(rules: Rules, settlements: pl.DataFrame) -> Rules:
    """`rules` with the flat duty read as the platform's, where the settlements since it began do not show it.

    At least LEAST_ORDERS orders to its markets settled, none with an amount of kind "tax". Only the reading that
    nobody chose otherwise is settled so.
    """
    rows = rules.rows.get(_RULE, ())
    begins: date | None = rows[0].valid_from if rows else None
    if begins is None or any(row.reading != row.default for row in rows):
        return rules
    markets = list(MARKET_RULES["flat_paid_by"])
    since = settlements.filter(
        (pl.col("settled_at").dt.date() >= begins) & pl.col("market").is_in(markets) & pl.col("order_id").is_not_null()
    )
    charged = since.filter((pl.col("kind").cast(pl.String) == "tax") & (pl.col("amount") != 0)).height
    orders = since.filter(pl.col("kind").cast(pl.String) == "sale").select("platform", "shop", "order_id").n_unique()
    return rules.with_reading(_RULE, "platform") if orders >= LEAST_ORDERS and not charged else rules
