"""The page: one self-contained file, no script or picture from elsewhere."""

from __future__ import annotations

from importlib import resources
from typing import Any

from tradewind.app.wording.plan import page_sections
from tradewind.app.wording.plan.plan import Plan

OPEN_ACTIONS = 15
"""Actions shown at once; the rest of the page's fifty unfold."""


def page(plan: Plan) -> str:
    """The whole plan as HTML. Whatever a cell holds is shown as text, never obeyed."""
    import jinja2

    from tradewind.app.report.charts import draw

    folder = resources.files("tradewind.app.report")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string((folder / "page.html").read_text(encoding="utf-8"))
    style = (folder / "page.css").read_text(encoding="utf-8")
    return template.render(
        lang={"en": "en", "zh": "zh-CN"}[plan.lang],
        say=plan.say,
        draw=draw,
        style=style,
        sections=page_sections(plan),
        open_actions=OPEN_ACTIONS,
        **_head(plan),
    )


def _head(plan: Plan) -> dict[str, Any]:
    run = plan.run
    as_of = run.as_of.strftime("%Y-%m-%d")
    versions = ", ".join(f"{name} {version}" for name, version in sorted(run.versions.items()))
    return {
        "title": plan.say("report_page.title", as_of=as_of),
        "subtitle": plan.say(
            "report_page.subtitle", weeks=run.horizon_weeks, week=plan.first_week.isoformat(), currency=run.currency
        ),
        "made": plan.say("report_page.made", run=run.id, seed=run.seed, as_of=as_of),
        "versions": plan.say("report_page.versions", versions=versions) if versions else "",
    }
