"""Last stage: every decision as an action ranked by money, and the figures of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from tradewind.app.planning.facts import Facts
from tradewind.core.money import amount_in
from tradewind.engine.actions import proposed, rank_actions
from tradewind.engine.metrics import summary

LEAST_MONEY: Final = "actions.least_money"


@dataclass(frozen=True)
class Acted:
    """actions: what to do, most money first; summary: the figures of the plan."""

    actions: pl.DataFrame
    summary: pl.DataFrame


def act(frames: Mapping[str, pl.DataFrame], base: str, least_money: float = 0.0) -> Acted:
    """What to do about all that was found and decided; `frames` are the plan's, `base` its currency. What is worth less
    than `least_money` stands together with its kind."""
    actions = rank_actions(proposed(frames, base), base, least_money)
    return Acted(actions, summary({**frames, "actions": actions}, base))


def least_money(facts: Facts) -> float:
    """What an action must be worth to stand by itself (rule actions.least_money), in base currency; 0 where its rate is
    not known."""
    on = facts.as_of.date()
    least, currency = facts.rules.value(LEAST_MONEY, on=on), facts.rules.currency(LEAST_MONEY)
    return amount_in(facts.base, least, currency, on, facts["fx"]) or 0.0
