"""A quote as data for programs and in words for people."""

from __future__ import annotations

from typing import Any

import polars as pl

from tradewind.app.asking import Ask, Grid
from tradewind.app.cli.console import words
from tradewind.app.cli.ruling import reading_words, why_words
from tradewind.app.wording.figures import named, number, share, unknown
from tradewind.core.money import rounded


def quote_data(found: Any, conversion: float | None) -> dict[str, Any]:
    from tradewind.engine.margin.quote import break_even_cpc

    ad_cost = found.lines.filter(component="ad_cost")["amount"][0]
    return {
        "sku": found.sale.sku,
        "market": found.sale.market,
        "mode": found.sale.mode,
        "on": found.sale.on,
        "price": found.sale.price,
        "price_currency": found.sale.currency,
        "units": found.sale.units,
        "currency": found.currency,
        "lines": found.lines.to_dicts(),
        "margin": found.margin,
        "margin_known_part": found.margin_known_part,
        "unknown": found.unknown,
        "between_readings": found.ends,
        "break_even_cpc": break_even_cpc(found.margin, ad_cost, conversion),
        "ways": found.ways.to_dicts(),
        "basis": found.basis,
        "rules": found.rules.to_dicts(),
        "readings": found.readings.to_dicts(),
    }


def quote_parts(
    found: Any, ask: Ask, conversion: float | None, *, before: list[str], illustrative: bool, settled: bool
) -> list[str | Grid]:
    """The quote in words: `before` follows the waterfall; `settled`: the workspace's settlements chose a reading."""
    say, lang, base = words(ask.lang), ask.lang, found.currency
    sale = found.sale
    parts: list[str | Grid] = [
        say("quote_said.head", sku=sale.sku, market=sale.market, mode=named("mode", sale.mode, lang), units=sale.units,
            price=f"{sale.price:,.2f}", currency=sale.currency, on=sale.on.isoformat()),
        _waterfall(found, ask),
    ]  # fmt: skip
    parts += before
    if found.rules.is_empty():
        return [*parts, say("quote_said.no_rules", on=sale.on.isoformat())]
    parts += _explained(found, ask, conversion, illustrative)
    if settled and (found.rules["rule"] == "eu.flat_duty_paid_by").any():
        parts.append(say("quote_said.settled"))
    if found.unknown:
        names = ", ".join(say(f"margin_lines.{c}") for c in found.unknown)
        parts.append(say("quote_said.unknown", names=names, known=cents(found.margin_known_part, base, lang)))
    else:
        worst, best = (cents(found.ends[e], base, lang) for e in ("cautious", "generous"))
        parts.append(say("quote_said.ends", worst=worst, best=best))
    ways = [_ways(found, ask)] if found.ways.height else []
    return [*parts, *ways, _readings(found, ask), _rules(found, ask)]


def _ways(found: Any, ask: Ask) -> Grid:
    """The sale by each service the mode's parcels go by, and on average over them."""
    say, lang, base = words(ask.lang), ask.lang, found.currency
    mean = found.ways.select(
        *((pl.col(c) * pl.col("share")).sum() / pl.col("share").filter(pl.col(c).is_not_null()).sum()
          for c in ("freight", "margin"))
    ).row(0)  # fmt: skip
    rows = [
        [r["service"], share(r["share"], lang), cents(r["freight"], base, lang), cents(r["margin"], base, lang)]
        for r in found.ways.iter_rows(named=True)
    ]
    rows.append([say("quote_said.mean"), "", *(cents(money, base, lang) for money in mean)])
    heads = [say(f"quote_head.{h}") for h in ("service", "share")] + [
        say(f"margin_lines.{line}") for line in ("freight", "margin")
    ]
    return Grid(heads, rows, say("quote_said.ways"), frozenset({1, 2, 3}))


def _waterfall(found: Any, ask: Ask) -> Grid:
    say, lang, base = words(ask.lang), ask.lang, found.currency
    rows = []
    for r in found.lines.iter_rows(named=True):
        amount = r["amount"] if r["component"] == "revenue" or r["amount"] is None else -r["amount"]
        apart = r["amount"] is not None and r["high"] - r["low"] > 0.005
        span = f"{cents(-r['high'], '', lang)} … {cents(-r['low'], '', lang)}" if apart else ""
        behind = found.rules.filter(component=r["component"])
        rows.append([say(f"margin_lines.{r['component']}"), cents(amount, base, lang), span, _behind(behind, lang)])
    rows.append([say("margin_lines.margin"), cents(found.margin, base, lang), "", ""])
    heads = [say(f"quote_head.{h}") for h in ("line", "amount", "between", "rules")]
    return Grid(heads, rows, "", frozenset({1, 2}))


def _behind(rules: pl.DataFrame, lang: str) -> str:
    first = [
        f"{r['rule']} = {r['value']} ({named('confidence', r['confidence'], lang)})"
        for r in rules.head(2).iter_rows(named=True)
    ]
    return "; ".join(first) + (f" +{rules.height - 2}" if rules.height > 2 else "")


def _explained(found: Any, ask: Ask, conversion: float | None, illustrative: bool) -> list[str]:
    """How the billable weight, the surcharges, returns and advertising came about, in words."""
    from tradewind.engine.margin.quote import break_even_cpc

    say, lang, b = words(ask.lang), ask.lang, found.basis
    said = []
    if b["weight_g"] is not None and b["volume_cm3"] is not None and b["divisor_used"] is not None:
        by_volume = b["volume_cm3"] / b["divisor_used"] * 1000
        governs = "volume" if b["volume_governs"] else "weight"
        said.append(
            say(f"quote_said.billable_{governs}", actual=number(b["weight_g"], lang), service=b["service"],
                volumetric=number(by_volume, lang), divisor=number(b["divisor_used"], lang),
                billed=number((b["order_kg"] or 0) * 1000, lang))
        )  # fmt: skip
    if illustrative:
        said.append(say("quote_said.illustrative"))
    if b["remote_odds"]:
        said.append(say("quote_said.remote", odds=share(b["remote_odds"], lang)))
    told = "returns" if b["late_record"] is None or found.sale.mode != "semi_jit" else "returns_recorded"
    said.append(say(f"quote_said.{told}", odds=share(b["returns_rate"], lang), late=share(b["late_odds"], lang)))
    ad_cost = found.lines.filter(component="ad_cost")["amount"][0]
    ceiling = break_even_cpc(found.margin, ad_cost, conversion)
    if ceiling is None and found.margin is not None and ad_cost is not None:
        said.append(say("quote_said.ads", most=cents(found.margin + ad_cost, found.currency, lang)))
    elif ceiling is not None:
        said.append(
            say("quote_said.cpc", cpc=cents(ceiling, found.currency, lang), conversion=share(conversion, lang))
        )  # fmt: skip
    return said


def _readings(found: Any, ask: Ask) -> Grid:
    say, lang = words(ask.lang), ask.lang
    telling = found.readings.filter(~pl.col("taken") & (pl.col("difference").is_null() | (pl.col("difference") != 0)))
    taken = dict(found.readings.filter("taken").select("rule", "reading").iter_rows())
    rows = [
        [
            r["rule"],
            *(f"{name}: {reading_words(r['rule'], name, lang)}" for name in (taken[r["rule"]], r["reading"])),
            cents(r["difference"], found.currency, lang),
            why_words(r["rule"], r["why"], lang),
        ]
        for r in telling.iter_rows(named=True)
    ]
    heads = [say(f"quote_head.{h}") for h in ("rule", "taken", "other", "difference", "why")]
    return Grid(heads, rows, say("quote_said.readings"), frozenset({3}))


def _rules(found: Any, ask: Ask) -> Grid:
    say = words(ask.lang)
    rows = [
        [say(f"margin_lines.{r['component']}"), r["rule"], f"{r['value']} {r['unit']}",
         named("confidence", r["confidence"], ask.lang), r["reading"] or "", r["source"]]
        for r in found.rules.iter_rows(named=True)
    ]  # fmt: skip
    heads = [say(f"quote_head.{h}") for h in ("line", "rule", "value", "confidence", "taken", "source")]
    return Grid(heads, rows, say("quote_said.rules"))


def cents(amount: float | None, currency: str, lang: str) -> str:
    """An amount to the cent, whatever its size: a waterfall must add up on the page."""
    if amount is None:
        return unknown(lang)
    return f"{rounded(round(amount, 8) + 0.0, currency or 'CNY'):,} {currency}".rstrip()
