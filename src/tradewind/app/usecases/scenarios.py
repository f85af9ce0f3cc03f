"""What a change of rules, rates or services does to the margin table; nothing that is kept is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING

import polars as pl
import yaml

from tradewind.app.usecases.context import Context
from tradewind.app.usecases.requests import ScenarioRequest
from tradewind.app.usecases.result import Page, Provenance, paged
from tradewind.core.errors import UnknownNameError

if TYPE_CHECKING:
    from tradewind.app.planning.facts import Facts
    from tradewind.data.runs import Run
    from tradewind.engine.margin.what_if import Change, World


@dataclass(frozen=True)
class ScenariosResult:
    """`scenarios`: those that come with Tradewind, name -> changes."""

    scenarios: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class ScenarioResult:
    """`table`: rows of `compared` (what each SKU and market leaves a piece and a month, before and after), largest
    change first; `components`: what each costs a month, before and after.

    The sums are over rows whose margin is known before and after (None: there are none); `turned`: how many of these
    earn before and lose after; `lost`: rows whose margin is no longer known after.
    """

    provenance: Provenance
    currency: str
    scenario: str | None
    changes: Sequence[str]
    contribution: float | None
    contribution_after: float | None
    change: float | None
    turned: int
    lost: int
    components: pl.DataFrame
    table: Page


def compare_scenario(context: Context, request: ScenarioRequest) -> ScenariosResult | ScenarioResult:
    """The margin table before and after a patch over the rules; without a name or a change, what there is to ask for.

    Before is what the plan kept. After: the same sales and estimates, valued under the changed rules, rates and
    services. Raises UnknownNameError for a name of no scenario, ParameterError for a change that cannot be made.
    """
    from tradewind.engine.margin.what_if import by_component, compared, read_change

    ready = ready_scenarios()
    if request.name is None and not request.set:
        return ScenariosResult(ready)
    if request.name is not None and request.name not in ready and not request.set:
        raise UnknownNameError("scenario_unknown", field="name", name=request.name, known=", ".join(ready))
    stated = [*ready.get(request.name or "", []), *request.set]
    changes = [read_change(one) for one in stated]
    plan = context.plan(request.run)
    facts = context.facts_of(plan)
    before, after = plan["economics"], _changed_economics(facts, changes)
    table = compared(before, after, plan["month_units"], _present(facts))
    return _result(context, plan, request, stated, table, by_component(table, before, after))


def ready_scenarios() -> dict[str, list[str]]:
    """The scenarios that come with Tradewind: name -> changes."""
    folder = resources.files("tradewind") / "rulepacks" / "scenarios"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return {f.name.removesuffix(".yaml"): yaml.safe_load(f.read_text(encoding="utf-8")) for f in files}


def _changed_economics(facts: Facts, changes: Sequence[Change]) -> pl.DataFrame:
    """The economics of the same sales after the changes; tiers of freight cards follow rules and services."""
    from tradewind.engine.margin import unit_economics
    from tradewind.engine.margin.cards import lane_brackets, rescaled
    from tradewind.engine.margin.what_if import patched

    world = patched(_world(facts, changes), changes)
    brackets = lane_brackets(world.rules, facts.as_of.date(), world.services)
    costing = replace(
        facts.costing,
        services=world.services,
        fx=world.fx,
        brackets=rescaled(brackets, facts["services"], world.services),
    )
    return unit_economics(facts["order_lines"], world.rules, costing, as_of=facts.as_of)


def _world(facts: Facts, changes: Sequence[Change]) -> World:
    from tradewind.engine.margin.what_if import World

    asks = any(change.target == "service.most" for change in changes)
    most_used = _most_used(facts["parcels"]) if asks else None
    return World(facts.rules, facts["services"], facts["fx"], facts.base, most_used)


def _most_used(parcels: pl.DataFrame) -> str | None:
    counted = parcels.group_by("service").agg(n=pl.len()).sort(["n", "service"], descending=[True, False])
    return counted["service"][0] if counted.height else None


def _present(facts: Facts) -> pl.DataFrame:
    from tradewind.engine.modes import present_modes

    return present_modes(facts["order_lines"], as_of=facts.as_of)


def _result(
    context: Context,
    plan: Run,
    request: ScenarioRequest,
    changes: Sequence[str],
    table: pl.DataFrame,
    components: pl.DataFrame,
) -> ScenarioResult:
    known = table.filter(pl.col("change").is_not_null())
    before, after, change = (
        float(known[c].sum()) if known.height else None for c in ("contribution", "contribution_after", "change")
    )
    return ScenarioResult(
        context.provenance(plan),
        plan.currency,
        request.name,
        changes,
        before,
        after,
        change,
        turned=known.filter((pl.col("margin") >= 0) & (pl.col("margin_after") < 0)).height,
        lost=table.filter(pl.col("margin").is_not_null() & pl.col("margin_after").is_null()).height,
        components=components,
        table=paged(table, request.limit, request.after),
    )
