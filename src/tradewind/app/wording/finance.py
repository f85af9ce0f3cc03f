"""Fines, cash and the shop's figures in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from tradewind.app.usecases.finance import CashResult, FineResult, FinesResult, ShopHealthResult
from tradewind.app.wording.figures import heading, money, named, share
from tradewind.app.wording.sentences import row_sentences, sentence
from tradewind.app.wording.tables import more_rows
from tradewind.app.wording.view import Table, View, table_of, with_money
from tradewind.core.text import text

FLOWS: Final = ("payouts", "purchases", "selling", "running", "fx_spread")
BALANCES: Final = ("balance_p10", "balance_p50", "balance_p90")


def fines_view(result: FinesResult, lang: str) -> View:
    """Each fine with its deadline and what the record says, then what is worth an appeal or a claim."""
    shown = result.fines.frame
    if shown.is_empty():
        parts: list[str | Table] = [text("finance.no_fines", lang, rows=f"{result.loaded:,}")]
    else:
        parts = [fines_table(shown, result.currency, lang), *more_rows(shown.height, result.fines.rows, lang)]
    worth = money(result.against_money, result.currency, lang)
    parts.append(text("finance.fines_against", lang, rows=f"{result.against:,}", worth=worth))
    if result.fees_claimed:
        rest = money(result.fees_rest, result.currency, lang)
        parts.append(text("finance.fees_owed", lang, rows=f"{result.fees_claimed:,}", rest=rest))
    return parts


def fines_table(fines: pl.DataFrame, currency: str, lang: str, status: bool = True) -> Table:
    """Fine, kind, amount, deadline, days left, status (where asked), and what the record says."""
    names = ["fine_id", "fine_kind", "fine_money", "appeal_by", "days_left", *["status"] * status, "record"]
    rows = [
        [*_fine_cells(row, currency, lang), *[named("fine_status", row["status"] or "open", lang)] * status, said]
        for row, said in zip(fines.iter_rows(named=True), row_sentences(fines, lang), strict=True)
    ]
    return Table([heading(name, lang) for name in names], rows, "", frozenset({2, 4}))


def _fine_cells(fine: Mapping[str, Any], currency: str, lang: str) -> list[str]:
    return [
        fine["fine_id"],
        named("fine_kind", fine["kind"], lang),
        money(fine["money"], currency, lang),
        fine["appeal_by"].strftime("%Y-%m-%d") if fine["appeal_by"] else "-",
        "-" if fine["days_left"] is None else f"{fine['days_left']:.1f}",
    ]


def fine_view(result: FineResult, lang: str) -> View:
    """What the record says of one fine, and every fact of it."""
    names = pl.Series([_fact(what, lang) for what in result.evidence["what"]], dtype=pl.String)
    facts = result.evidence.select("at", "what", "of", "detail").with_columns(what=names)
    return [*row_sentences(result.fine, lang), table_of(facts, lang)]


def _fact(what: str, lang: str) -> str:
    """A fact's name: a scan by its milestone, a step of a consignment, a claim."""
    kind, dot, name = what.partition(".")
    return f"{named('fact', kind, lang)}: {named('fact_of', name, lang)}" if dot else named("fact", kind, lang)


def cash_view(result: CashResult, lang: str) -> View:
    """Week by week what comes and goes, when cash is lowest, how long payouts take, what is left out."""
    parts: list[str | Table] = []
    if result.weeks.height:
        shown = flow_table(result.weeks)
        parts.append(with_money(shown, (*FLOWS, *BALANCES), result.currency, lang))
        parts.append(low_sentence(result.low.row(0, named=True), result.currency, lang))
        parts += _lags(result.payout_lags, lang)
        parts.append(text("finance.fx_spread", lang, share=share(result.fx_spread, lang)))
    return parts + note_sentences(result.notes, result.currency, lang)


def _lags(lags: pl.DataFrame, lang: str) -> list[str]:
    """Days from order to payout by market."""
    known = lags.filter((pl.col("start") == "ordered") & (pl.col("market") != "*")).drop_nulls("days_p50")
    days = [
        text("finance.lag", lang, market=r["market"], p10=f"{r['days_p10']:.0f}", p50=f"{r['days_p50']:.0f}",
             p90="-" if r["days_p90"] is None else f"{r['days_p90']:.0f}")
        for r in known.iter_rows(named=True)
    ]  # fmt: skip
    return [text("finance.lags", lang, days="; ".join(days))] if days else []


def flow_table(weeks: pl.DataFrame) -> pl.DataFrame:
    """The calendar as people read it: what comes in, what goes out, what is there."""
    return weeks.select(
        "week",
        payouts=pl.col("payouts_open") + pl.col("payouts_ahead"),
        purchases=pl.col("purchases_open") + pl.col("purchases_planned") + pl.col("purchases_later"),
        **{c: pl.col(c) for c in (*FLOWS[2:], *BALANCES)},
    )


def low_sentence(low: Mapping[str, Any], currency: str, lang: str) -> str:
    """When cash is lowest and how low."""
    amounts = {name: money(low[name], currency, lang) for name in ("low_p10", "low_p50", "low_p90")}
    key = "finance.cash_low" if low["opening_known"] else "finance.cash_low_change"
    return sentence(key, {"week": str(low["low_week"]), "odds": share(low["odds_short"], lang), **amounts}, lang)


def note_sentences(notes: pl.DataFrame, currency: str, lang: str) -> list[str]:
    """What a calendar leaves out."""
    return [
        text(note, lang, rows=f"{rows:,}", money=money(worth, currency, lang))
        for note, rows, worth in notes.select("note", "rows", "money").iter_rows()
    ]


def health_view(result: ShopHealthResult, lang: str) -> View:
    """Each figure against its threshold."""
    table = health_table(result.data, lang) if result.rows else text("finance.no_shop", lang)
    return [table, text("finance.thresholds", lang)]


def health_table(figures: pl.DataFrame, lang: str) -> Table:
    """Shop, state, the figure and its threshold, how sure the threshold is."""
    rows = [
        [
            row["shop"],
            named("shop_figure_state", row["state"], lang),
            said,
            named("confidence", row["confidence"], lang),
        ]
        for row, said in zip(figures.iter_rows(named=True), row_sentences(figures, lang), strict=True)
    ]
    return Table([heading(name, lang) for name in ("shop", "state", "record", "confidence")], rows)
