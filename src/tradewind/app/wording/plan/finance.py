"""The books on the page: cash to come, fines that can be appealed, the shop's figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from tradewind.app.wording.charts import CashChart, CashWords
from tradewind.app.wording.figures import money, named
from tradewind.app.wording.finance import fines_table, flow_table, health_table, low_sentence, note_sentences
from tradewind.app.wording.plan.plan import Plan
from tradewind.app.wording.plan.section import Figure, Section
from tradewind.app.wording.view import Table, table_of

_ON_PAGE: Final = 15
_FLOWS: Final = ("payouts", "purchases", "selling", "running", "fx_spread", "balance_p50")


def cash(plan: Plan) -> Section:
    """The calendar's chart, what comes in and goes out, the lowest point, and what was really earned beside it."""
    title = plan.say("report_section.cash")
    weeks, low = plan.table("cash_weeks", "week", "balance_p50"), plan.table("cash_low", "low_week")
    if weeks is None or low is None:
        return Section("cash", title, missing=plan.missing("cash", "settlements"))
    name = plan.say("report_finance.cash_chart", currency=plan.currency)
    said = CashWords(**{w: plan.say(f"report_finance.{w}") for w in ("high", "middle", "low", "zero")})
    figure = Figure(name, CashChart("cash", name, weeks, said), plan.say("report_finance.cash_note"))
    lead = [low_sentence(low.row(0, named=True), plan.currency, plan.lang)]
    notes = plan.table("cash_notes")
    lead += [] if notes is None else note_sentences(notes, plan.currency, plan.lang)
    flows = table_of(
        flow_table(weeks).select("week", *_FLOWS), plan.lang, title=plan.say("report_finance.cash_table"),
        moneys=_FLOWS, currency=plan.currency,
    )  # fmt: skip
    return Section("cash", title, lead, figures=[figure], tables=[flows, *_earned(plan)])


def _earned(plan: Plan) -> list[Table]:
    frame = plan.table("margin_actual", "mode", "margin")
    if frame is None:
        return []
    amounts = ("expected_margin", "earned", "difference", "fee_rates", "freight", "returns", "fines", "fx")
    told = frame.rename({"margin": "earned"}).with_columns(
        mode=pl.Series([named("mode", m or "-", plan.lang) for m in frame["mode"]], dtype=pl.String)
    )
    return [
        table_of(
            told.select("mode", "orders", *amounts, "open_orders"), plan.lang,
            title=plan.say("report_finance.actual_table"), moneys=amounts, currency=plan.currency,
        )
    ]  # fmt: skip


def fines(plan: Plan) -> Section:
    """Open fines, the nearest deadline first."""
    title = plan.say("report_section.fines")
    frame = plan.table("fines", "fine_id", "verdict", "open")
    found = None if frame is None else frame.filter("open")
    if found is None or not found.height:
        return Section("fines", title, missing=plan.missing("fines", "fines"))
    against = found.filter(pl.col("verdict") == "against")
    worth = money(float(against["money"].sum()), plan.currency, plan.lang)
    lead = [plan.say("finance.fines_against", rows=f"{against.height:,}", worth=worth)]
    top = found.sort(pl.col("verdict") != "against", "appeal_by", "fine_id", nulls_last=True).head(_ON_PAGE)
    more = plan.say("report_word.more_rows", rows=f"{found.height - top.height:,}") if found.height > top.height else ""
    table = replace(fines_table(top, plan.currency, plan.lang, status=False), more=more)
    return Section("fines", title, lead, tables=[table])


def shop(plan: Plan) -> Section:
    """The shop's figures against the thresholds."""
    title = plan.say("report_section.shop_health")
    frame = plan.table("shop_health", "figure", "state")
    if frame is None:
        return Section("shop_health", title, missing=plan.missing("shop_health", "order_lines"))
    return Section("shop_health", title, tables=[health_table(frame, plan.lang)])
