"""What will sell: all together, the largest SKUs, and every market, with the odds beside the expectation."""

from __future__ import annotations

from datetime import date

import polars as pl

from tradewind.app.wording.charts import BandWords, Outlook, OutlookChart, OutlookGrid
from tradewind.app.wording.figures import number
from tradewind.app.wording.plan.plan import Plan
from tradewind.app.wording.plan.section import Figure, Section
from tradewind.app.wording.view import Table, table_of
from tradewind.core.distribution import Distribution
from tradewind.core.weeks import WEEK
from tradewind.engine.metrics import METRICS, values

TOP_SKUS = 6
PAST_TOTALS = ("past_totals", "sales_totals", "demand_past")


def demand(plan: Plan) -> Section:
    """Bands of totals come from the plan's own totals, never from adding up the bands of their parts."""
    title = plan.say("report_section.demand")
    frame = plan.table("demand", "sku", "market", "week", "mean")
    if frame is None:
        return Section("demand", title, missing=plan.missing("demand", "order_lines"))
    figures = [f for f in (_total(plan), _top_skus(plan, frame)) if f is not None]
    lead = [_spoken(plan, frame)]
    return Section("demand", title, lead, figures=figures, tables=_by_market(plan))


def _spoken(plan: Plan, frame: pl.DataFrame) -> str:
    weeks = frame["week"].n_unique()
    expected = METRICS["expected_units"]
    units = number(values(expected.source, expected.grain, {"demand": frame})["value"].item(), plan.lang)
    return plan.say(
        "report_demand.lead",
        units=units,
        weeks=weeks,
        skus=f"{frame['sku'].n_unique():,}",
        markets=frame["market"].n_unique(),
    )


def _words(plan: Plan) -> BandWords:
    names = ("sold", "expected", "above", "below", "band", "unit")
    return BandWords(**{n: plan.say(f"report_band.{n}") for n in names})


def _total(plan: Plan) -> Figure | None:
    totals = plan.table("demand_totals", "group", "key", "week", "mean", "p10", "p90")
    ahead = totals.filter(pl.col("group") == "total") if totals is not None else None
    if ahead is None or not ahead.height:
        return None
    title = plan.say("report_demand.total")
    chart = OutlookChart("demand-total", title, Outlook(title, _past(plan), ahead), _words(plan))
    return Figure(title, chart, plan.say("report_band.note"))


def _past(plan: Plan) -> pl.DataFrame:
    """Units sold a week in all, up to the plan's first week."""
    for name in PAST_TOTALS:
        if (told := plan.table(name, "group", "week", "units")) is not None:
            return told.filter(pl.col("group") == "total").select("week", "units").sort("week")
    sales = plan.table("sales", "week", "units")
    if sales is None:
        return pl.DataFrame(schema={"week": pl.Date, "units": pl.Int64})
    return _without_gaps(sales.group_by("week").agg(pl.col("units").sum()).sort("week"))


def _top_skus(plan: Plan, frame: pl.DataFrame) -> Figure | None:
    """The SKUs that sell most, each in its largest market; the band of one pair is its own law's."""
    if not {"p_zero", "quantiles", "tail"} <= set(frame.columns):
        return None
    pairs = frame.group_by("sku", "market").agg(pl.col("mean").sum())
    top = (
        pairs.with_columns(whole=pl.col("mean").sum().over("sku"))
        .sort("whole", "sku", "mean", "market", descending=[True, False, True, False])
        .unique("sku", keep="first", maintain_order=True)
    )
    outlooks = [_pair(plan, frame, r["sku"], r["market"]) for r in top.head(TOP_SKUS).iter_rows(named=True)]
    title = plan.say("report_demand.top")
    return Figure(title, OutlookGrid("demand-top", title, outlooks), plan.say("report_demand.top_note"))


def _pair(plan: Plan, frame: pl.DataFrame, sku: str, market: str) -> Outlook:
    chosen = (pl.col("sku") == sku) & (pl.col("market") == market)
    ahead = frame.filter(chosen).sort("week")
    band = Distribution.from_frame(ahead, "count").quantile([[0.1, 0.9]] * ahead.height)
    ahead = ahead.select("week", "mean").with_columns(p10=pl.Series(band[:, 0]), p90=pl.Series(band[:, 1]))
    sales = plan.table("sales", "sku", "market", "week", "units")
    past = pl.DataFrame(schema={"week": pl.Date, "units": pl.Int64})
    if sales is not None:
        past = _without_gaps(sales.filter(chosen).select("week", "units").sort("week"), plan.first_week)
    return Outlook(f"{sku}  {market}", past, ahead)


def _without_gaps(past: pl.DataFrame, end: date | None = None) -> pl.DataFrame:
    """Weeks without a row, from the first to the last (or up to, not including, `end`), are weeks without a sale."""
    if not past.height:
        return past
    first, last = past["week"].to_list()[0], past["week"].to_list()[-1]
    stop = last if end is None else end - WEEK
    weeks = pl.DataFrame({"week": pl.date_range(first, max(stop, first), "1w", eager=True)})
    return weeks.join(past, on="week", how="left").with_columns(pl.col("units").fill_null(0))


def _by_market(plan: Plan) -> list[Table]:
    totals = plan.table("demand_totals", "group", "key", "week", "mean", "p10", "p90")
    if totals is None:
        return []
    first = totals.filter(pl.col("group") == "market").sort("key", "week")
    if not first.height:
        return []
    table = first.group_by("key", maintain_order=True).agg(
        next_week=pl.col("mean").first(),
        p10=pl.col("p10").first(),
        p90=pl.col("p90").first(),
        horizon=pl.col("mean").sum(),
        peak_week=pl.col("week").sort_by("mean", descending=True).first(),
    )
    table = table.rename({"key": "market"}).sort("horizon", "market", descending=[True, False])
    table = table.with_columns(pl.col("next_week", "p10", "p90", "horizon").round(0))
    return [table_of(table, plan.lang, title=plan.say("report_demand.markets"))]
