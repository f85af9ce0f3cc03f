"""A quote in words: the waterfall, how its figures came about, and what rests on how rules are read."""

from __future__ import annotations

import polars as pl

from tradewind.app.usecases.margins import HALF_A_CENT
from tradewind.app.usecases.quote import ILLUSTRATIVE, QuoteResult
from tradewind.app.wording.figures import cents, named, number, share
from tradewind.app.wording.view import Table, View
from tradewind.core.rule_words import reading_cause, reading_meaning
from tradewind.core.text import text


def quote_view(result: QuoteResult, lang: str) -> View:
    """The sale, its waterfall, the explanations, then the tables of readings and rules."""
    head = text(
        "quote_text.head", lang, sku=result.sku, market=result.market, mode=named("mode", result.mode, lang),
        units=result.units, price=f"{result.price:,.2f}", currency=result.price_currency, on=result.on.isoformat(),
    )  # fmt: skip
    parts: list[str | Table] = [head, _waterfall(result, lang), *_not_loaded(result, lang)]
    if result.rules.is_empty():
        return [*parts, text("quote_text.no_rules", lang, on=result.on.isoformat())]
    parts += [*_weight(result, lang), *_odds(result, lang), *_advertising(result, lang), *_sureness(result, lang)]
    ways = [_ways(result, lang)] if result.ways.height else []
    return [*parts, *ways, _readings(result, lang), _rules(result, lang)]


def _waterfall(result: QuoteResult, lang: str) -> Table:
    """Line by line: the amount, what it is under other readings, and the first rules it rests on."""
    rows = []
    for row in result.lines.iter_rows(named=True):
        amount = row["amount"] if row["component"] == "revenue" or row["amount"] is None else -row["amount"]
        apart = row["amount"] is not None and row["high"] - row["low"] > HALF_A_CENT
        span = f"{cents(-row['high'], '', lang)} … {cents(-row['low'], '', lang)}" if apart else ""
        name = text(f"margin_lines.{row['component']}", lang)
        behind = _behind(result.rules.filter(component=row["component"]), lang)
        rows.append([name, cents(amount, result.currency, lang), span, behind])
    rows.append([text("margin_lines.margin", lang), cents(result.margin, result.currency, lang), "", ""])
    return Table(_heads(("line", "amount", "between", "rules"), lang), rows, "", frozenset({1, 2}))


def _behind(rules: pl.DataFrame, lang: str) -> str:
    first = [
        f"{row['rule']} = {row['value']} ({named('confidence', row['confidence'], lang)})"
        for row in rules.head(2).iter_rows(named=True)
    ]
    return "; ".join(first) + (f" +{rules.height - 2}" if rules.height > 2 else "")


def _not_loaded(result: QuoteResult, lang: str) -> list[str]:
    if result.near is None:
        return []
    return [text("quote_text.sku_unknown", lang, sku=result.sku, near=", ".join(result.near) or "-")]


def _weight(result: QuoteResult, lang: str) -> list[str]:
    """How the billable weight came about, and where the freight card is nobody's."""
    basis, said = result.basis, []
    if None not in (basis["weight_g"], basis["volume_cm3"], basis["divisor_used"]):
        volumetric = basis["volume_cm3"] / basis["divisor_used"] * 1000
        governs = "volume" if basis["volume_governs"] else "weight"
        said.append(
            text(
                f"quote_text.billable_{governs}", lang, actual=number(basis["weight_g"], lang),
                service=basis["service"], volumetric=number(volumetric, lang),
                divisor=number(basis["divisor_used"], lang), billed=number((basis["order_kg"] or 0) * 1000, lang),
            )
        )  # fmt: skip
    return [*said, text("quote_text.illustrative", lang)] if result.card == ILLUSTRATIVE else said


def _odds(result: QuoteResult, lang: str) -> list[str]:
    """The odds that are counted: remote areas, returns, late inbound."""
    basis, said = result.basis, []
    if basis["remote_odds"]:
        said.append(text("quote_text.remote", lang, odds=share(basis["remote_odds"], lang)))
    recorded = basis["late_record"] is not None and result.mode == "semi_jit"
    odds, late = share(basis["returns_rate"], lang), share(basis["late_odds"], lang)
    key = "quote_text.returns_recorded" if recorded else "quote_text.returns"
    return [*said, text(key, lang, odds=odds, late=late)]


def _advertising(result: QuoteResult, lang: str) -> list[str]:
    """What advertising may cost at most: a click where the conversion is known, else an order."""
    if result.break_even_cpc is not None:
        cpc = cents(result.break_even_cpc, result.currency, lang)
        return [text("quote_text.cpc", lang, cpc=cpc, conversion=share(result.conversion, lang))]
    ad_cost = result.lines.filter(component="ad_cost")["amount"][0]
    if result.margin is None or ad_cost is None:
        return []
    return [text("quote_text.ads", lang, most=cents(result.margin + ad_cost, result.currency, lang))]


def _sureness(result: QuoteResult, lang: str) -> list[str]:
    """What the record settled, and what is unknown, or the margin between the readings."""
    said = []
    if result.settled and (result.rules["rule"] == "eu.flat_duty_paid_by").any():
        said.append(text("quote_text.settled", lang))
    if result.unknown:
        names = ", ".join(text(f"margin_lines.{c}", lang) for c in result.unknown)
        known = cents(result.margin_known_part, result.currency, lang)
        return [*said, text("quote_text.unknown", lang, names=names, known=known)]
    worst, best = (cents(result.between_readings[end], result.currency, lang) for end in ("cautious", "generous"))
    return [*said, text("quote_text.ends", lang, worst=worst, best=best)]


def _ways(result: QuoteResult, lang: str) -> Table:
    """The sale by each service the mode's parcels go by, and on average over them."""
    rows = [
        [
            row["service"], share(row["share"], lang),
            *(cents(row[c], result.currency, lang) for c in ("freight", "margin")),
        ]
        for row in result.ways.iter_rows(named=True)
    ]  # fmt: skip
    mean = result.ways.select(
        (pl.col(c) * pl.col("share")).sum() / pl.col("share").filter(pl.col(c).is_not_null()).sum()
        for c in ("freight", "margin")
    ).row(0)
    rows.append([text("quote_text.mean", lang), "", *(cents(amount, result.currency, lang) for amount in mean)])
    heads = [*_heads(("service", "share"), lang), *(text(f"margin_lines.{c}", lang) for c in ("freight", "margin"))]
    return Table(heads, rows, text("quote_text.ways", lang), frozenset({1, 2, 3}))


def _readings(result: QuoteResult, lang: str) -> Table:
    """Readings not taken that would change the margin."""
    differs = pl.col("difference").is_null() | (pl.col("difference") != 0)
    taken = dict(result.readings.filter("taken").select("rule", "reading").iter_rows())
    rows = [
        [
            row["rule"],
            *(f"{name}: {reading_meaning(row['rule'], name, lang)}" for name in (taken[row["rule"]], row["reading"])),
            cents(row["difference"], result.currency, lang),
            reading_cause(row["rule"], row["why"], lang),
        ]
        for row in result.readings.filter(~pl.col("taken") & differs).iter_rows(named=True)
    ]
    heads = _heads(("rule", "taken", "other", "difference", "why"), lang)
    return Table(heads, rows, text("quote_text.readings", lang), frozenset({3}))


def _rules(result: QuoteResult, lang: str) -> Table:
    rows = [
        [
            text(f"margin_lines.{row['component']}", lang), row["rule"], f"{row['value']} {row['unit']}",
            named("confidence", row["confidence"], lang), row["reading"] or "", row["source"],
        ]
        for row in result.rules.iter_rows(named=True)
    ]  # fmt: skip
    heads = _heads(("line", "rule", "value", "confidence", "taken", "source"), lang)
    return Table(heads, rows, text("quote_text.rules", lang))


def _heads(names: tuple[str, ...], lang: str) -> list[str]:
    return [text(f"quote_head.{name}", lang) for name in names]
