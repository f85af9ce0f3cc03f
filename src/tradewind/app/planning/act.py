"""Last stage: every decision as an action ranked by money, and the figures of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from tradewind.engine.actions import proposed, rank_actions
from tradewind.engine.metrics import summary


@dataclass(frozen=True)
class Acted:
    """actions: what to do, most money first; summary: the figures of the plan."""

    actions: pl.DataFrame
    summary: pl.DataFrame


def act(frames: Mapping[str, pl.DataFrame], base: str) -> Acted:
    """What to do about all that was found and decided; `frames` are the plan's, `base` its currency."""
    actions = rank_actions(proposed(frames, base), base)
    return Acted(actions, summary({**frames, "actions": actions}, base))
