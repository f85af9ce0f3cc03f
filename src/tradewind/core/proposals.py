"""What a room proposes to do: one shape for every kind of action, so that all of them can be ranked together.

A proposal says what to do, for which SKU, market, node or service, what it is expected to be worth in the workspace's
currency (null: not known), why in one sentence, and which rows stand behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import polars as pl

Frames = Mapping[str, pl.DataFrame]
"""The frames of a plan by name."""

Proposer = Callable[[Frames, str], pl.DataFrame]
"""Frames of a plan and its currency -> PROPOSAL; it is named like its action, for the title `action.<name>.title`."""

PROPOSAL: Final[dict[str, pl.DataType]] = {
    "action": pl.String(),
    "expected_money": pl.Float64(),
    "sku": pl.String(),
    "market": pl.String(),
    "node": pl.String(),
    "service": pl.String(),
    "reason": pl.String(),
    "args": pl.String(),
    "evidence_table": pl.String(),
    "evidence": pl.String(),
}
"""`args` (JSON) fills the placeholders of the sentence `reason`; `evidence` (JSON, column -> value) selects the rows of
`evidence_table` behind it."""

SELLERS: Final = ("seller", "both")
"""Who decides (rules control.<decision>.<mode>) where a decision is the seller's, alone or within limits."""


def proposals(
    rows: pl.DataFrame, action: str, money: str, currency: str, *, evidence_table: str, by: Sequence[str]
) -> pl.DataFrame:
    """PROPOSAL, one for each of `rows`, whose own values fill its sentence.

    `rows`: `reason` (message id), the column `money`, the columns `by` that select the evidence, and any of sku,
    market, node, service.
    """
    filled = rows.with_columns(pl.lit(currency).alias("currency"))
    plain = [name for name, kind in filled.schema.items() if not kind.is_nested()]
    identity = [
        pl.col(name).cast(pl.String) if name in rows.columns else pl.lit(None, dtype=pl.String).alias(name)
        for name in ("sku", "market", "node", "service")
    ]
    return filled.select(
        pl.lit(action).alias("action"),
        pl.col(money).cast(pl.Float64).alias("expected_money"),
        *identity,
        pl.col("reason").cast(pl.String),
        pl.struct(plain).struct.json_encode().alias("args"),
        pl.lit(evidence_table).alias("evidence_table"),
        pl.struct(by).struct.json_encode().alias("evidence"),
    )


def decided_by_others(mode_control: pl.DataFrame, decision: str) -> list[str]:
    """The modes in which a decision is not the seller's, by the control matrix (decision, mode, decided_by)."""
    others = mode_control.filter((pl.col("decision") == decision) & ~pl.col("decided_by").is_in(SELLERS))
    return others["mode"].sort().to_list()
