"""What to do today, ranked by expected money.

Every room proposes its own actions (its proposals.py), all of one shape (core/proposals.py); here they are ranked. A
proposal whose worth is unknown is listed after those whose worth is known; nothing is invented to rank it.

    rank_actions(proposed(frames, currency="CNY"), currency="CNY")  ->  actions
"""

from __future__ import annotations

import json
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


def rank_actions(proposals: pl.DataFrame, currency: str, least_money: float = 0.0) -> pl.DataFrame:
    """`proposals` (PROPOSAL), best first: rank, action, expected_money, currency, and the rest of their columns.

    Those of one kind worth less than `least_money` each are one row with their sum, where there are several. Ties are
    broken by action and identity, so that the order of the proposals does not matter.
    """
    ranked = _small_ones_together(proposals, currency, least_money).sort(
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


def _small_ones_together(proposals: pl.DataFrame, currency: str, least_money: float) -> pl.DataFrame:
    """`proposals` with those under `least_money` in one row a kind; one alone stays as it is. Its reason counts them
    and names the largest, its evidence are the rows of all."""
    small = (pl.col("expected_money") < least_money).fill_null(False)
    small = small & (small.sum().over("action") > 1)
    about = pl.concat_str("sku", "market", "node", "service", separator=" · ", ignore_nulls=True)
    together = (
        proposals.filter(small)
        .sort("expected_money", "sku", "market", "node", "service", "evidence", descending=[True, *[False] * 5])
        .group_by("action", maintain_order=True)
        .agg(
            pl.col("expected_money").sum(),
            *(pl.lit(None, pl.String).first().alias(name) for name in ("sku", "market", "node", "service")),
            reason=pl.lit("action.small.reason").first(),
            count=pl.len(),
            largest=about.first(),
            evidence_table=pl.col("evidence_table").first(),
            evidence=pl.col("evidence"),
        )
        .with_columns(pl.col("evidence").map_elements(_any_of, return_dtype=pl.String))
        .with_columns(least_money=pl.lit(least_money), currency=pl.lit(currency))
        .with_columns(args=pl.struct("count", "largest", "least_money", "currency").struct.json_encode())
    )
    return pl.concat([proposals.filter(~small), together.select(proposals.columns)])


def _any_of(evidence: pl.Series) -> str:
    """One selection of the rows that any of several selects: column -> its values."""
    values: dict[str, dict[str, None]] = {}
    for one in evidence:
        for column, value in json.loads(one).items():
            values.setdefault(column, {})[value] = None
    return json.dumps({column: list(found) for column, found in values.items()}, ensure_ascii=False)
