"""Plans made, made again, tested on the past, and listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

from tradewind.app.usecases.context import Context
from tradewind.app.usecases.requests import BacktestRequest, RerunRequest, RunRequest, RunsRequest
from tradewind.app.usecases.result import Page, Provenance, Rows, paged

if TYPE_CHECKING:
    import polars as pl

    from tradewind.data.runs import Run


@dataclass(frozen=True)
class PlanResult:
    """A plan: how it was made, its figures (contract PLAN_TABLES["summary"]) and the rows of each of its tables."""

    provenance: Provenance
    seed: int
    horizon_weeks: int
    currency: str
    summary: Annotated[pl.DataFrame, Rows("summary")]
    tables: Mapping[str, int]


@dataclass(frozen=True)
class RerunResult(PlanResult):
    """A plan made once more; `changed_tables` did not come out the same to the last bit."""

    same: bool
    changed_tables: tuple[str, ...]


@dataclass(frozen=True)
class BacktestResult:
    """`error`: how near each method's forecasts came; `money`: what one order rule would have cost on each.

    `stated`: the costs and times of the rule, the same for every method (see `PolicyCosts`); the frames are those of
    `planning.backtest`.
    """

    provenance: Provenance
    weeks: int
    stated: Mapping[str, float]
    error: pl.DataFrame
    money: pl.DataFrame


@dataclass(frozen=True)
class PlansResult:
    """The plans kept, newest first: id, created_at, as_of, seed, horizon_weeks, currency."""

    page: Page


def make_plan(context: Context, request: RunRequest) -> PlanResult:
    """Plan from what was known at `as_of`, and keep the plan. Raises NotEnoughDataError, WorkspaceBusyError."""
    return PlanResult(**_described(context, kept_plan(context, request)))


def kept_plan(context: Context, request: RunRequest) -> Run:
    """The plan that `make_plan` describes, with its tables."""
    from tradewind.app.planning import cycle
    from tradewind.app.workspace import Workspace

    return cycle.run(
        Workspace(context.folder, busy_timeout_s=request.wait),
        as_of=request.as_of,
        horizon_weeks=request.horizon_weeks,
        seed=request.seed,
        progress=context.progress,
    )


def remake_plan(context: Context, request: RerunRequest) -> RerunResult:
    """A kept plan made again from the data and rules it saw, and whether it came out the same; it is not kept.

    Raises UnknownRunError.
    """
    from tradewind.app.planning.rerun import rerun

    again = rerun(context.workspace, request.run_id, context.progress)
    changed = tuple(sorted(again.changed))
    return RerunResult(**_described(context, again), same=not changed, changed_tables=changed)


def backtest_plan(context: Context, request: BacktestRequest) -> BacktestResult:
    """The past replayed with what was known then, beside simple rules.

    Raises NotEnoughDataError where the history is too short, ParameterError for costs that cannot be.
    """
    from tradewind.app.planning.backtest import BacktestParams, backtest
    from tradewind.engine.stock.policy_simulation import PolicyCosts

    costs = PolicyCosts(
        unit_margin=request.unit_margin,
        holding_cost_per_week=request.holding_cost,
        lost_sale_cost=request.lost_sale_cost,
        lead_time_weeks=request.lead_time_weeks,
    )
    now = context.workspace.snapshot()
    frames = backtest(context.workspace, request.weeks, BacktestParams(money=costs), context.progress)
    return BacktestResult(Provenance(now.as_of, versions=now.versions), request.weeks, asdict(costs), **frames)


def list_plans(context: Context, request: RunsRequest) -> PlansResult:
    """The plans kept, newest first."""
    kept = context.workspace.kept_runs().reverse()
    return PlansResult(paged(kept, request.limit, request.after))


def _described(context: Context, plan: Run) -> dict[str, Any]:
    from tradewind.data.frames import row_counts

    return {
        "provenance": context.provenance(plan),
        "seed": plan.seed,
        "horizon_weeks": plan.horizon_weeks,
        "currency": plan.currency,
        "summary": plan["summary"],
        "tables": dict(sorted(row_counts(plan.tables).items())),
    }
