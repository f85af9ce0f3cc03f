"""What stands on the page: one file per section, each turning the plan's frames into words, charts and tables.

sections = page_sections(plan)
"""

from __future__ import annotations

from tradewind.app.wording.plan.actions import actions
from tradewind.app.wording.plan.capacity import capacity
from tradewind.app.wording.plan.demand import demand
from tradewind.app.wording.plan.finance import cash, fines, shop
from tradewind.app.wording.plan.health import health
from tradewind.app.wording.plan.margins import margins
from tradewind.app.wording.plan.modes import modes
from tradewind.app.wording.plan.orders import orders
from tradewind.app.wording.plan.plan import Plan
from tradewind.app.wording.plan.promises import promises
from tradewind.app.wording.plan.section import Section
from tradewind.app.wording.plan.summary import summary

__all__ = ["Section", "page_sections"]


def page_sections(plan: Plan) -> list[Section]:
    """All sections in reading order; one without data says what it lacks."""
    return [
        summary(plan),
        actions(plan),
        demand(plan),
        capacity(plan),
        orders(plan),
        promises(plan),
        margins(plan),
        modes(plan),
        cash(plan),
        fines(plan),
        shop(plan),
        health(plan),
    ]
