"""The books on the page: cash to come, fines that can be appealed, the shop's figures."""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.app.wording.charts import CashChart, CashWords
from tradewind.app.wording.figures import heading, money, named
from tradewind.app.wording.finance import flow_table, low_sentence, note_sentences
from tradewind.app.wording.plan.plan import Plan
from tradewind.app.wording.plan.section import Figure, Section
from tradewind.app.wording.sentences import row_sentences, sentence
from tradewind.app.wording.view import Table, table_of

_ON_PAGE: Final = 15
_FLOWS: Final = ("payouts", "purchases", "selling", "running", "fx_spread", "balance_p50")


def cash(plan: Plan) -> Section:
    """The calendar's chart, what comes in and goes out, the lowest point, and what was really earned beside it."""
    title = plan.say("report_section.cash")
    weeks, low = plan.table("cash_weeks", "week", "balance_p50"), plan.table("cash_low", "low_week")
    if weeks is None or low is None:
        return Section("cash", title, missing=plan.missing("cash", "settlements"))
    name = plan.say("report_books.cash_chart", currency=plan.currency)
    said = CashWords(**{w: plan.say(f"report_books.{w}") for w in ("high", "middle", "low", "zero")})
    figure = Figure(name, CashChart("cash", name, weeks, said), plan.say("report_books.cash_note"))
    lead = [low_sentence(low.row(0, named=True), plan.currency, plan.lang)]
    notes = plan.table("cash_notes")
    lead += [] if notes is None else note_sentences(notes, plan.currency, plan.lang)
    flows = table_of(
        flow_table(weeks).select("week", *_FLOWS), plan.lang, title=plan.say("report_books.cash_table"),
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
            title=plan.say("report_books.actual_table"), moneys=amounts, currency=plan.currency,
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
    lead = [plan.say("said.fines_against", rows=f"{against.height:,}", worth=worth)]
    top = found.sort(pl.col("verdict") != "against", "appeal_by", "fine_id", nulls_last=True).head(_ON_PAGE)
    rows = [
        [
            r["fine_id"], named("fine_kind", r["kind"], plan.lang), money(r["money"], plan.currency, plan.lang),
            r["appeal_by"].strftime("%Y-%m-%d") if r["appeal_by"] else "-",
            "-" if r["days_left"] is None else f"{r['days_left']:.1f}", said,
        ]
        for r, said in zip(top.to_dicts(), row_sentences(top, plan.lang), strict=True)
    ]  # fmt: skip
    names = ("fine_id", "fine_kind", "fine_money", "appeal_by", "days_left", "record")
    more = plan.say("report_word.more_rows", rows=f"{found.height - top.height:,}") if found.height > top.height else ""
    table = Table([heading(n, plan.lang) for n in names], rows, numbers=frozenset({2, 4}), more=more)
    return Section("fines", title, lead, tables=[table])


def shop(plan: Plan) -> Section:
    """The shop's figures against the thresholds."""
    title = plan.say("report_section.shop_health")
    frame = plan.table("shop_health", "figure", "state")
    if frame is None:
        return Section("shop_health", title, missing=plan.missing("shop_health", "order_lines"))
    rows = [
        [
            r["shop"],
            named("shop_figure_state", r["state"], plan.lang),
            health_sentence(r, plan.lang),
            named("confidence", r["confidence"], plan.lang),
        ]
        for r in frame.to_dicts()
    ]
    names = ("shop", "state", "record", "confidence")
    return Section("shop_health", title, tables=[Table([heading(n, plan.lang) for n in names], rows)])


def health_sentence(row: dict[str, object], lang: str) -> str:
    """A figure and its threshold in their own unit."""
    return sentence(str(row["reason"]), row, lang)
