"""The planning run, read top to bottom: gather -> observe -> predict -> value -> decide -> account -> act -> save.

A newcomer who reads `plan` knows the whole flow: each stage hands frames to the engine's rooms and gives back a frozen
dataclass of frames, one file a stage. `core.plan_tables` says what each kept frame holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tradewind.app.forms.shop_profile import read_profile
from tradewind.app.planning.account import account
from tradewind.app.planning.act import act, least_money
from tradewind.app.planning.decide import decide
from tradewind.app.planning.facts import Facts
from tradewind.app.planning.observe import observe, with_histories
from tradewind.app.planning.predict import predict
from tradewind.app.planning.value import value
from tradewind.core.errors import ParameterError
from tradewind.core.plan_tables import conform_plan
from tradewind.core.tables import TABLES
from tradewind.data.runs import Run
from tradewind.engine.margin.evidence import settled_readings

if TYPE_CHECKING:
    from tradewind.app.workspace import Snapshot, Workspace

Progress = Callable[[str, int, int], None]

HORIZON: Final = (5, 52)
STEPS: Final = ("observe", "demand", "scenarios", "transit", "margin", "modes", "stock", "finance", "actions", "save")
NOT_KEPT: Final = ("recent",)
"""Frames that one stage hands to the next and no plan keeps."""


def run(
    workspace: Workspace,
    *,
    as_of: datetime | None = None,
    horizon_weeks: int = 13,
    seed: int = 0,
    progress: Progress | None = None,
) -> Run:
    """Plan from what `workspace` knew at `as_of` (None: all that is loaded) and keep the plan.

    Raises ParameterError for a horizon outside 5 to 52 weeks, NotEnoughDataError where nothing is loaded.
    """
    if not HORIZON[0] <= horizon_weeks <= HORIZON[1]:
        raise ParameterError("parameter_range", name="horizon_weeks", value=horizon_weeks, allowed="5 to 52")
    snapshot = workspace.snapshot(as_of)
    tables = plan(gather(snapshot), horizon_weeks=horizon_weeks, seed=seed, progress=progress)
    _teller(progress)("save")
    conform_plan(tables)
    return workspace.save_run(tables, snapshot=snapshot, seed=seed, horizon_weeks=horizon_weeks, progress=progress)


def gather(snapshot: Snapshot) -> Facts:
    """Everything a plan is made from, read once. Raises RuleError, and UnreadableFileError for a shop profile."""
    read_profile(snapshot.shop_profile)
    return Facts(
        as_of=snapshot.as_of,
        tables={name: snapshot[name] for name in TABLES},
        corrections=snapshot.corrections,
        rules=settled_readings(snapshot.rules(), snapshot["settlements"]),
        base=snapshot.base,
        previous_tiers=snapshot.previous_tiers,
        shop_file=snapshot.shop_profile,
    )


def plan(
    facts: Facts, *, horizon_weeks: int = 13, seed: int = 0, progress: Progress | None = None
) -> dict[str, pl.DataFrame]:
    """All frames of a plan by name; pure: the same facts, horizon and seed give the same frames."""
    tell = _teller(progress)
    tell("observe")
    facts = with_histories(facts)
    observed = observe(facts)
    predicted = predict(facts, observed, horizon_weeks, seed, tell)
    tell("margin")
    valued = value(facts)
    decided = decide(facts, observed, predicted, valued, seed=seed, tell=tell)
    tell("finance")
    accounted = account(facts, predicted, valued, decided, horizon_weeks=horizon_weeks, seed=seed)
    tell("actions")
    frames = dict(frames_of(observed, predicted, valued, decided, accounted))
    acted = act(frames, facts.base, least_money(facts))
    return frames | dict(frames_of(acted))


def frames_of(*stages: Any) -> Iterator[tuple[str, pl.DataFrame]]:
    """The frames a plan keeps of its stages, by the names of their fields."""
    for stage in stages:
        for field in fields(stage):
            found = getattr(stage, field.name)
            if isinstance(found, pl.DataFrame) and field.name not in NOT_KEPT:
                yield field.name, found
            elif is_dataclass(found) and field.name != "paths":
                yield from frames_of(found)


def _teller(progress: Progress | None) -> Callable[[str], None]:
    """Tells how many steps are done; says nothing where nobody listens."""

    def tell(step: str) -> None:
        if progress is not None:
            progress(step, STEPS.index(step), len(STEPS))

    return tell
