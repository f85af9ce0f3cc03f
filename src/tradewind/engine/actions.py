"""What to do today, ranked by expected money.

Every room proposes its own actions (its proposals.py), all of one shape (core/proposals.py); here they are ranked. A
proposal whose worth is unknown is listed after those whose worth is known; nothing is invented to rank it.

    rank_actions(proposed(frames, currency="CNY"), currency="CNY")  ->  actions
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.core.proposals import Frames, Proposer
from tradewind.engine.cash import proposals as cash
from tradewind.engine.data_health import proposals as data_health
from tradewind.engine.fines import proposals as fines
from tradewind.engine.margin import proposals as margin
from tradewind.engine.modes import proposals as modes
from tradewind.engine.shop import proposals as shop
from tradewind.engine.stock import proposals as stock
from tradewind.engine.transit import proposals as transit

PROPOSERS: Final[tuple[Proposer, ...]] = tuple(
    proposer for room in (stock, modes, transit, margin, fines, cash, shop, data_health) for proposer in room.PROPOSERS
)


def proposed(frames: Frames, currency: str) -> pl.DataFrame:
    """What every room proposes from the frames of a plan, in no order: PROPOSAL."""
    return pl.concat([propose(frames, currency) for propose in PROPOSERS])


def rank_actions(proposals: pl.DataFrame, currency: str) -> pl.DataFrame:
    """`proposals` (PROPOSAL), best first: rank, action, expected_money, currency, and the rest of their columns.

    Ties are broken by action and identity, so that the order of the proposals does not matter.
    """
    ranked = proposals.sort(
        [pl.col("expected_money"), "action", "sku", "market", "node", "service", "evidence"],
        descending=[True, *[False] * 6],
        nulls_last=True,
    )
    return ranked.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("rank"),
        "action",
        "expected_money",
        pl.lit(currency).alias("currency"),
        pl.exclude("action", "expected_money"),
    )
