"""What to do today, most money first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from tradewind.app.usecases.context import Context
from tradewind.app.usecases.requests import ActionsRequest
from tradewind.app.usecases.result import Page, Provenance, Rows, paged


@dataclass(frozen=True)
class ActionsResult:
    """`page`: rows of the plan's table `actions`, by rank."""

    provenance: Provenance
    currency: str
    page: Annotated[Page, Rows("actions")]


def list_actions(context: Context, request: ActionsRequest) -> ActionsResult:
    """The actions of a plan. Raises UnknownRunError where no plan is kept."""
    plan = context.plan(request.run)
    page = paged(plan["actions"], request.limit, request.after)
    return ActionsResult(context.provenance(plan), plan.currency, page)
