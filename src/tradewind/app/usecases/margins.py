"""What sales left: expected, really earned, and what would make it more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import polars as pl

from tradewind.app.planning.windows import ACCOUNT_WEEKS, RECENT_MONTHS
from tradewind.app.usecases.context import Context
from tradewind.app.usecases.requests import MarginRequest, SavingsRequest
from tradewind.app.usecases.result import Page, Provenance, Rows, paged

if TYPE_CHECKING:
    from tradewind.engine.actuals import Actuals

HALF_A_CENT: Final = 0.005
"""A cause that moved less in every row is not worth a column."""


@dataclass(frozen=True)
class ExpectedMarginResult:
    """`data`: mode, market, orders, units, revenue, margin (null where unknown), known_share (of revenue, 0 to 1)."""

    provenance: Provenance
    currency: str
    rows: int
    data: pl.DataFrame


@dataclass(frozen=True)
class ActualMarginResult:
    """`page`: rows of `margin_difference` by what was asked, largest difference first; `whole`: the one over all orders
    (None without any); `causes`: those that moved something in some row; `waterfall`: part by part, expected and
    actual; `unmatched`: sums settled for orders that are not loaded, by kind."""

    provenance: Provenance
    currency: str
    whole: Mapping[str, Any] | None
    page: Page
    causes: tuple[str, ...]
    waterfall: pl.DataFrame
    unmatched: pl.DataFrame


@dataclass(frozen=True)
class SavingsResult:
    """`page`: rows of the plan's table `savings`, most money first; `money`: what all of them save a month, of
    `fulfilment_cost` a month."""

    provenance: Provenance
    currency: str
    fulfilment_cost: float
    money: float
    page: Annotated[Page, Rows("savings")]


def margin(context: Context, request: MarginRequest) -> ExpectedMarginResult | ActualMarginResult:
    """What sales were expected to earn, by mode and market; `actual`: beside it what they earned, by cause."""
    return _actual(context, request) if request.actual else _expected(context, request)


def _expected(context: Context, request: MarginRequest) -> ExpectedMarginResult:
    from tradewind.engine.margin.summary import margin_by

    plan = context.kept("margin_lines", as_of=request.as_of)
    if plan is not None:
        currency, provenance, lines = plan.currency, Provenance.of_plan(plan), _placed(plan["margin_lines"], request)
    else:
        from tradewind.app.planning.value import expected_margin

        facts, provenance = context.known(request.as_of)
        currency, lines = facts.base, expected_margin(facts, _placed(facts["order_lines"], request))
    columns = ("mode", "market", "orders", "units", "revenue", "margin", "known_share")
    found = margin_by(lines).select(columns)
    return ExpectedMarginResult(provenance, currency, found.height, found)


def _placed(lines: pl.DataFrame, request: MarginRequest) -> pl.DataFrame:
    """The lines ordered in [since, until)."""
    if request.since is not None:
        lines = lines.filter(pl.col("ordered_at") >= request.since)
    return lines if request.until is None else lines.filter(pl.col("ordered_at") < request.until)


def _actual(context: Context, request: MarginRequest) -> ActualMarginResult:
    from tradewind.engine.actuals import CAUSES, margin_difference, margin_lines

    found, currency, provenance = _actuals(context, request)
    by = margin_difference(found.lines, request.by)
    whole = by if request.by == "all" else margin_difference(found.lines)
    return ActualMarginResult(
        provenance,
        currency,
        whole=whole.row(0, named=True) if found.lines.height else None,
        page=paged(by, request.limit, request.after),
        causes=tuple(c for c in CAUSES if (by[c].abs() >= HALF_A_CENT).any()),
        waterfall=margin_lines(found.lines),
        unmatched=found.unmatched,
    )


def _actuals(context: Context, request: MarginRequest) -> tuple[Actuals, str, Provenance]:
    """Of the latest plan where it kept the time asked about, else computed."""
    from tradewind.engine.actuals import Actuals

    plan = context.kept("actual_lines", "strange_sums", as_of=request.as_of)
    if plan is not None and _is_kept(request.since, plan.as_of):
        lines = _placed(plan["actual_lines"], request)
        return Actuals(lines, plan["strange_sums"]), plan.currency, Provenance.of_plan(plan)
    from tradewind.app.planning.account import actuals

    facts, provenance = context.known(request.as_of)
    return actuals(facts, request.since, request.until), facts.base, provenance


def _is_kept(since: datetime | None, as_of: datetime) -> bool:
    return since is None or since >= as_of - timedelta(weeks=ACCOUNT_WEEKS)


def find_savings(context: Context, request: SavingsRequest) -> SavingsResult:
    """Changes that lower fulfilment cost, of what the seller may decide. Raises UnknownRunError."""
    from tradewind.engine.margin.savings import fulfilment_cost

    plan = context.plan(request.run)
    savings = plan["savings"]
    return SavingsResult(
        context.provenance(plan),
        plan.currency,
        fulfilment_cost=fulfilment_cost(plan["margin_by"]) / RECENT_MONTHS,
        money=float(savings["money"].sum()),
        page=paged(savings, request.limit, request.after),
    )
