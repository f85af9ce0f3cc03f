"""When does it arrive: what may be promised on each line, and how much reaches buyers within five days."""

from __future__ import annotations

import polars as pl

from tradewind.app.wording.charts import Bar, ShareChart
from tradewind.app.wording.figures import share
from tradewind.app.wording.plan.plan import Plan
from tradewind.app.wording.plan.section import Figure, Section
from tradewind.app.wording.sentences import row_sentences
from tradewind.app.wording.view import table_of

ON_PAGE = 15


def promises(plan: Plan) -> Section:
    """Lines with thin evidence have no promise, and say why."""
    title = plan.say("report_section.promises")
    frame = plan.table("promises", "service", "node", "market", "promise_days", "odds_5_days", "parcels")
    if frame is None:
        return Section("promises", title, missing=plan.missing("promises", "parcels", "events"))
    promised = frame.filter(pl.col("promise_days").is_not_null()).height
    lead = [plan.say("report_promises.lead", promised=promised, lines=frame.height)]
    figures = [f for f in (_five_days(plan, frame),) if f is not None]
    ranked = frame.sort("parcels", "market", "service", "node", descending=[True, False, False, False], nulls_last=True)
    shown = ranked.head(ON_PAGE)
    regional = "region" in shown.columns and shown["region"].null_count() < shown.height
    columns = [
        *(["market", "region"] if regional else ["market"]),
        "service",
        "node",
        "promise_days",
        "on_time_odds",
        "odds_5_days",
        "reachable_5_days",
        "parcels",
    ]
    table = shown.select(c for c in columns if c in shown.columns)
    if "reason" in shown.columns:
        table = table.with_columns(reason=pl.Series(row_sentences(shown, plan.lang), dtype=pl.String))
    more = plan.say("report_word.in_workbook", rows=f"{frame.height - ON_PAGE:,}") if frame.height > ON_PAGE else ""
    shares = ["on_time_odds", "odds_5_days"]
    return Section(
        "promises", title, lead, figures=figures, tables=[table_of(table, plan.lang, more=more, shares=shares)]
    )


def five_day_shares(frame: pl.DataFrame) -> pl.DataFrame:
    """By market: the expected share of parcels that arrive within 5 days, each line weighted by its parcels."""
    known = frame.filter(pl.col("odds_5_days").is_not_null() & (pl.col("parcels") > 0))
    return (
        known.group_by("market")
        .agg(
            share=(pl.col("odds_5_days") * pl.col("parcels")).sum() / pl.col("parcels").sum(),
            parcels=pl.col("parcels").sum(),
        )
        .sort("share", "market", descending=[True, False])
    )


def _five_days(plan: Plan, frame: pl.DataFrame) -> Figure | None:
    by_market = five_day_shares(frame)
    if not by_market.height:
        return None
    most = by_market.sort("parcels", "market", descending=[True, False]).head(20)["market"].implode()
    shown = by_market.filter(pl.col("market").is_in(most))
    bars = [Bar(r["market"], r["share"], share(r["share"], plan.lang)) for r in shown.iter_rows(named=True)]
    title = plan.say("report_promises.five_days")
    chart = ShareChart("five-days", title, plan.say("report_promises.axis"), bars)
    return Figure(title, chart, plan.say("report_promises.note"))
