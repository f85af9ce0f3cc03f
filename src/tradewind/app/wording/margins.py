"""Margins, expected and actual, and savings in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tradewind.app.usecases.margins import ActualMarginResult, ExpectedMarginResult, SavingsResult
from tradewind.app.wording.figures import money, named, share
from tradewind.app.wording.sentences import row_sentences
from tradewind.app.wording.tables import more_rows
from tradewind.app.wording.view import Table, View, with_money
from tradewind.core.text import text

_COMPARED: Final = ("orders", "expected_margin", "earned", "difference")
_KEYS: Final = ("mode", "market", "sku", "order_id", "shop")


def expected_view(result: ExpectedMarginResult, lang: str) -> View:
    """What is left by mode and market."""
    table = with_money(result.data, ("revenue", "margin"), result.currency, lang)
    return [table, text("finance.margin_expected", lang)]


def actual_view(result: ActualMarginResult, lang: str) -> View:
    """Expected beside earned with the causes, then what could not be compared."""
    frame = result.page.frame.rename({"margin": "earned"})
    keys = [c for c in frame.columns if c in _KEYS]
    shown = frame.select(*keys, *_COMPARED, *result.causes, "open_orders", "unknown_orders")
    return [
        with_money(shown, (*_COMPARED[1:], *result.causes), result.currency, lang),
        *more_rows(shown.height, result.page.rows, lang),
        *_not_compared(result.whole, result.currency, lang),
        *(_unmatched(row, result.currency, lang) for row in result.unmatched.iter_rows(named=True)),
    ]


def _not_compared(whole: Mapping[str, Any] | None, currency: str, lang: str) -> list[str]:
    if whole is None:
        return [text("finance.margin_nothing", lang)]
    out = []
    if whole["open_orders"]:
        revenue = money(whole["open_revenue"], currency, lang)
        out.append(text("finance.not_settled", lang, orders=f"{whole['open_orders']:,}", revenue=revenue))
    if whole["unknown_orders"]:
        revenue = money(whole["unknown_revenue"], currency, lang)
        parts = ", ".join(named("margin_lines", c, lang) for c in whole["unknown"] or []) or "-"
        out.append(text("finance.not_known", lang, orders=f"{whole['unknown_orders']:,}", revenue=revenue, parts=parts))
    return out


def _unmatched(row: Mapping[str, Any], currency: str, lang: str) -> str:
    kind, amount = named("settlement_kind", row["kind"], lang), money(row["amount"], currency, lang)
    return text("finance.strange_sums", lang, rows=f"{row['rows']:,}", kind=kind, amount=amount)


def savings_view(result: SavingsResult, lang: str) -> View:
    """What each change would save a month and why, then the sum against what fulfilment costs."""
    top, currency, cost = result.page.frame, result.currency, result.fulfilment_cost
    if not result.page.rows:
        return [text("savings_text.none", lang)]
    rows = [
        [money(row["money"], currency, lang), text(f"saving_kind.{row['kind']}", lang), said]
        for row, said in zip(top.iter_rows(named=True), row_sentences(top, lang), strict=True)
    ]
    headings = [text(f"savings_head.{name}", lang) for name in ("money", "kind", "why")]
    part = share(result.money / cost if cost > 0 else None, lang)
    whole = money(result.money, currency, lang)
    sums = text("savings_text.sum", lang, money=whole, cost=money(cost, currency, lang), share=part)
    return [Table(headings, rows, "", frozenset({0})), sums]
