"""What stands on the page: one file per section, each turning the plan's frames into words, charts and tables.

sections = page_sections(plan)
"""

from __future__ import annotations

from tradewind.app.report.plan import Plan
from tradewind.app.report.sections.actions import actions
from tradewind.app.report.sections.capacity import room
from tradewind.app.report.sections.demand import demand
from tradewind.app.report.sections.finance import cash, fines, shop
from tradewind.app.report.sections.health import health
from tradewind.app.report.sections.margins import margins
from tradewind.app.report.sections.modes import modes
from tradewind.app.report.sections.orders import orders
from tradewind.app.report.sections.promises import promises
from tradewind.app.report.sections.section import Section
from tradewind.app.report.sections.summary import summary

__all__ = ["Section", "page_sections"]


def page_sections(plan: Plan) -> list[Section]:
    """All sections in reading order; one without data says what it lacks."""
    return [
        summary(plan),
        actions(plan),
        demand(plan),
        room(plan),
        orders(plan),
        promises(plan),
        margins(plan),
        modes(plan),
        cash(plan),
        fines(plan),
        shop(plan),
        health(plan),
    ]
