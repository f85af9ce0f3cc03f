"""The plan in money, one card a figure."""

from __future__ import annotations

from tradewind.app.wording.figures import quantity
from tradewind.app.wording.plan.plan import Plan
from tradewind.app.wording.plan.section import Card, Section
from tradewind.core.text import catalogue


def summary(plan: Plan) -> Section:
    """Every figure of the registry that the run holds; one that is not known says so."""
    title = plan.say("report_section.summary")
    frame = plan.table("summary", "metric", "value", "unit")
    if frame is None:
        return Section("summary", title, missing=plan.missing("summary", "order_lines"))
    words = catalogue(plan.lang)
    cards = [
        Card(
            words.get(f"metric.{r['metric']}", r["metric"].replace("_", " ")),
            quantity(r["value"], r["unit"], plan.lang),
            words.get(f"window.{r.get('window')}", ""),
            words.get(f"metric_meaning.{r['metric']}", ""),
        )
        for r in frame.iter_rows(named=True)
    ]
    return Section("summary", title, cards=cards)
