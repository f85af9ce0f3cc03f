"""Look at the books: what was really earned, fines and their evidence, cash to come, the shop's figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from tradewind.app.asking import Answer, Ask, Grid
from tradewind.app.cli.console import words
from tradewind.app.cli.loading import grid_of
from tradewind.app.wording.figures import heading, money, named, share
from tradewind.app.wording.plan.finance import flow_table, health_sentence, low_sentence
from tradewind.app.wording.sentences import row_sentences
from tradewind.core.errors import RequestError

CAUSE_COLUMNS = ("orders", "expected_margin", "earned", "difference")
HALF_A_CENT = 0.005
FLOW_COLUMNS = ("payouts", "purchases", "selling", "running", "fx_spread")


def margin(ask: Ask) -> Answer:
    """What sales were expected to earn; with --actual, beside what they earned, by cause."""
    from tradewind.app.planning.account import actuals
    from tradewind.app.planning.value import expected_margin as expected
    from tradewind.engine.actuals import CAUSES, margin_difference, margin_lines
    from tradewind.engine.margin.summary import margin_by

    facts = _facts(ask)
    if not ask["actual"]:
        lines = facts["order_lines"].filter(_between(ask))
        frame = margin_by(expected(facts, lines)).select(
            "mode", "market", "orders", "units", "revenue", "margin", "known_share"
        )
        shown = _shown(frame, ("revenue", "margin"), facts.base, ask)
        data = {"rows": frame.height, "currency": facts.base, "data": frame.to_dicts()}
        return Answer(data, [shown, words(ask.lang)("said.margin_expected")])
    found = actuals(facts, ask["since"], ask["until"])
    frame = margin_difference(found.lines, ask["by"])
    whole = margin_difference(found.lines).row(0, named=True) if found.lines.height else None
    causes = [c for c in CAUSES if (frame[c].abs() >= HALF_A_CENT).any()]
    keys = [c for c in frame.columns if c in ("mode", "market", "sku", "order_id", "shop")]
    table = (
        frame.rename({"margin": "earned"})
        .select(*keys, *CAUSE_COLUMNS, *causes, "open_orders", "unknown_orders")
        .head(ask["limit"])
    )
    amounts = (*CAUSE_COLUMNS[1:], *causes)
    parts: list[str | Grid] = [_shown(table, amounts, facts.base, ask)]
    say = words(ask.lang)
    if frame.height > table.height:
        parts.append(say("said.more_rows", shown=table.height, rows=f"{frame.height:,}"))
    parts += _not_compared(whole, facts.base, ask)
    parts += [
        say("said.strange_sums", rows=f"{r['rows']:,}", kind=named("settlement_kind", r["kind"], ask.lang),
            amount=money(r["amount"], facts.base, ask.lang))
        for r in found.unmatched.to_dicts()
    ]  # fmt: skip
    waterfall = margin_lines(found.lines)
    data = {"currency": facts.base, "whole": whole, "data": frame.to_dicts(), "waterfall": waterfall.to_dicts()}
    return Answer(data | {"strange": found.unmatched.to_dicts()}, parts)


def _not_compared(whole: dict[str, Any] | None, base: str, ask: Ask) -> list[str | Grid]:
    say = words(ask.lang)
    if whole is None:
        return [say("said.margin_nothing")]
    out: list[str | Grid] = []
    if whole["open_orders"]:
        worth = money(whole["open_revenue"], base, ask.lang)
        out.append(say("said.not_settled", orders=f"{whole['open_orders']:,}", revenue=worth))
    if whole["unknown_orders"]:
        worth = money(whole["unknown_revenue"], base, ask.lang)
        parts = ", ".join(named("margin_lines", c, ask.lang) for c in whole["unknown"] or [])
        out.append(say("said.not_known", orders=f"{whole['unknown_orders']:,}", revenue=worth, parts=parts or "-"))
    return out


def fines(ask: Ask) -> Answer:
    """Fines with their deadlines and what the record says; with --fine, every fact on record about one."""
    from tradewind.app.planning.account import fees_back
    from tradewind.app.planning.account import fines as judged

    facts = _facts(ask)
    frame = judged(facts)
    say = words(ask.lang)
    if ask["fine"] is not None:
        return _one_fine(ask, facts, frame)
    told = frame if ask["all"] else frame.filter("open")
    back = fees_back(facts)
    owed = back.filter(pl.col("reason") == "fee_back.claim")
    data = {"currency": facts.base, "fines": frame.to_dicts(), "fees_back": back.to_dicts()}
    if not told.height:
        parts: list[str | Grid] = [say("said.no_fines", rows=f"{frame.height:,}")]
    else:
        top = told.head(ask["limit"])
        rows = [
            [
                r["fine_id"], named("fine_kind", r["kind"], ask.lang), money(r["money"], facts.base, ask.lang),
                r["appeal_by"].strftime("%Y-%m-%d") if r["appeal_by"] else "-",
                "-" if r["days_left"] is None else f"{r['days_left']:.1f}",
                named("fine_status", r["status"] or "open", ask.lang), said,
            ]
            for r, said in zip(top.to_dicts(), row_sentences(top, ask.lang), strict=True)
        ]  # fmt: skip
        names = ("fine_id", "fine_kind", "fine_money", "appeal_by", "days_left", "status", "record")
        parts = [Grid([heading(n, ask.lang) for n in names], rows, "", frozenset({2, 4}))]
        parts += [say("said.more_rows", shown=top.height, rows=f"{told.height:,}")] if told.height > top.height else []
    against = frame.filter(pl.col("open") & (pl.col("verdict") == "against"))
    worth = money(float(against["money"].sum()), facts.base, ask.lang)
    parts.append(say("said.fines_against", rows=f"{against.height:,}", worth=worth))
    if owed.height:
        rest = money(float(owed["rest"].sum()), facts.base, ask.lang)
        parts.append(say("said.fees_owed", rows=f"{owed.height:,}", rest=rest))
    return Answer(data, parts)


def _one_fine(ask: Ask, facts: Any, frame: pl.DataFrame) -> Answer:
    from tradewind.app.planning.account import fine_facts
    from tradewind.engine.fines import evidence

    mine = frame.filter(pl.col("fine_id") == ask["fine"])
    if not mine.height:
        raise RequestError("unknown_fine", fine=ask["fine"])
    chosen = facts["fines"].filter(pl.col("fine_id") == ask["fine"])
    facts_found = evidence(replace(fine_facts(facts), fines=chosen), as_of=facts.as_of)
    shown = facts_found.with_columns(
        what=pl.Series([_what(w, ask.lang) for w in facts_found["what"]], dtype=pl.String)
    ).select("at", "what", "of", "detail")
    said = row_sentences(mine, ask.lang)
    return Answer({"fine": mine.to_dicts(), "evidence": facts_found.to_dicts()}, [*said, grid_of(shown, ask.lang)])


def _what(what: str, lang: str) -> str:
    """A fact's name: a scan by its milestone, a step of a consignment, a claim."""
    kind, dot, name = what.partition(".")
    return f"{named('fact', kind, lang)}: {named('fact_of', name, lang)}" if dot else named("fact", kind, lang)


def cash(ask: Ask) -> Answer:
    """The cash calendar of a plan, from what shop.yaml says now."""
    from tradewind.app.planning.cash import cash_terms
    from tradewind.app.workspace import Workspace
    from tradewind.data.rules import load_rules
    from tradewind.engine.cash import CashPaths, CashPlan, calendar_of

    workspace = Workspace(ask.folder)
    run = workspace.load_run(ask["run"])
    terms = cash_terms(workspace.snapshot().shop_profile, load_rules(overrides=run.own_rules or ""), run.as_of.date())
    if ask["spread"] is not None:
        terms = replace(terms, fx_spread=ask["spread"])
    weeks, low = calendar_of(CashPaths.from_frame(run["cash_paths"]), terms, min(ask["weeks"], run.horizon_weeks))
    plan = CashPlan(weeks, low, run["cash_notes"])
    data = {
        "run": run.id, "currency": run.currency, "fx_spread": terms.fx_spread, "weeks": plan.weeks.to_dicts(),
        "low": plan.low.to_dicts(), "notes": plan.notes.to_dicts(), "payout_lags": run["payout_lags"].to_dicts(),
    }  # fmt: skip
    return Answer(data, _cash_parts(plan, run["payout_lags"], terms.fx_spread, run.currency, ask))


def _cash_parts(plan: Any, lags: Any, spread: float, base: str, ask: Ask) -> list[str | Grid]:
    say = words(ask.lang)
    parts: list[str | Grid] = []
    if plan.weeks.height:
        parts.append(
            _shown(flow_table(plan.weeks), (*FLOW_COLUMNS, "balance_p10", "balance_p50", "balance_p90"), base, ask)
        )
        low = plan.low.row(0, named=True)
        parts.append(low_sentence(low, base, ask.lang))
        law = lags.filter((pl.col("start") == "ordered") & (pl.col("market") != "*"))
        days = [
            say("said.lag", market=r["market"], p10=f"{r['days_p10']:.0f}", p50=f"{r['days_p50']:.0f}",
                p90="-" if r["days_p90"] is None else f"{r['days_p90']:.0f}")
            for r in law.drop_nulls("days_p50").to_dicts()
        ]  # fmt: skip
        parts += [say("said.lags", days="; ".join(days))] if days else []
        parts.append(say("said.fx_spread", share=share(spread, ask.lang)))
    parts += [
        say(r["note"], rows=f"{r['rows']:,}", money=money(r["money"], base, ask.lang)) for r in plan.notes.to_dicts()
    ]
    return parts


def shop_health(ask: Ask) -> Answer:
    """The shop's figures against the platform's thresholds, the broken ones first."""
    from tradewind.app.planning.account import shop_health as health

    frame = health(_facts(ask))
    say = words(ask.lang)
    rows = [
        [
            r["shop"],
            named("shop_figure_state", r["state"], ask.lang),
            health_sentence(r, ask.lang),
            named("confidence", r["confidence"], ask.lang),
        ]
        for r in frame.to_dicts()
    ]
    names = ("shop", "state", "record", "confidence")
    parts: list[str | Grid] = [Grid([heading(n, ask.lang) for n in names], rows)] if rows else [say("said.no_shop")]
    parts.append(say("said.thresholds"))
    return Answer({"rows": frame.height, "data": frame.to_dicts()}, parts)


def _facts(ask: Ask) -> Any:
    from tradewind.app.planning.cycle import gather
    from tradewind.app.planning.observe import with_histories
    from tradewind.app.workspace import Workspace

    workspace = Workspace(ask.folder)
    return with_histories(gather(workspace.snapshot(ask["as_of"])))


def _between(ask: Ask) -> pl.Expr:
    placed = pl.lit(True)
    if ask["since"] is not None:
        placed &= pl.col("ordered_at") >= ask["since"]
    if ask["until"] is not None:
        placed &= pl.col("ordered_at") < ask["until"]
    return placed


def _shown(frame: pl.DataFrame, amounts: tuple[str, ...], base: str, ask: Ask) -> Grid:
    """A frame as a grid, amounts as whole money without the currency in every cell, which the title names."""
    told = frame.with_columns(
        pl.Series(c, [money(v, base, ask.lang).removesuffix(f" {base}") for v in frame[c]], dtype=pl.String)
        for c in amounts
        if c in frame.columns
    )
    if "mode" in told.columns:
        told = told.with_columns(mode=pl.Series([named("mode", m or "", ask.lang) or "-" for m in told["mode"]]))
    if "known_share" in told.columns:
        told = told.with_columns(known_share=pl.Series([share(v, ask.lang) for v in told["known_share"]]))
    numbers = frozenset(i for i, c in enumerate(frame.columns) if frame[c].dtype.is_numeric())
    return replace(grid_of(told, ask.lang, base), numbers=numbers)
