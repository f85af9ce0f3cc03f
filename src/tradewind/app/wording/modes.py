"""Modes in words: the choice of each SKU, and of one SKU all ways side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tradewind.app.usecases.modes import ModesResult
from tradewind.app.wording.figures import cents, money, named, number, share
from tradewind.app.wording.sentences import row_sentences, sentence
from tradewind.app.wording.view import Table, View
from tradewind.core.text import text

_NOT_OFFERED: Final = (("full", "no_supply_price"), ("overseas", "no_card_abroad"))
"""Modes named even where they are no option, and why they are none."""


def modes_view(result: ModesResult, lang: str) -> View:
    """The choice; of one SKU its options, the full-managed offer and its tier; prices that clash."""
    parts: list[str | Table] = [_choices(result, lang)]
    if result.sku is None:
        parts.append(text("modes_text.one_sku", lang, shown=result.modes.frame.height, skus=result.modes.rows))
    else:
        parts += [_options(result, lang), *row_sentences(result.full_managed, lang), _policy(result, lang)]
    return [*parts, *row_sentences(result.clashes, lang)]


def _choices(result: ModesResult, lang: str) -> Table:
    frame = result.modes.frame
    rows = [
        [
            row["sku"], _mode(row["previous_mode"], lang), _mode(row["mode"], lang),
            money(row["monthly_margin"], result.currency, lang), said,
        ]
        for row, said in zip(frame.iter_rows(named=True), row_sentences(frame, lang), strict=True)
    ]  # fmt: skip
    heads = _heads(("sku", "now", "chosen", "margin", "reason"), lang)
    return Table(heads, rows, text("modes_text.choice", lang), frozenset({3}))


def _options(result: ModesResult, lang: str) -> Table:
    rows = [_option(row, result.currency, lang) for row in result.options.iter_rows(named=True)]
    there = set(result.options["mode"])
    rows += [
        [_mode(mode, lang), *["-"] * 9, text(f"mode_option.{why}", lang)]
        for mode, why in _NOT_OFFERED
        if mode not in there
    ]
    names = ("mode", "unit", "month", "spread", "fines", "capital", "switch", "wrong", "odds", "multiplier", "remark")
    return Table(_heads(names, lang), rows, text("modes_text.options", lang), frozenset(range(1, 10)))


def _option(row: Mapping[str, Any], currency: str, lang: str) -> list[str]:
    return [
        _mode(row["mode"], lang),
        cents(row["unit_margin"], currency, lang),
        money(row["monthly_margin"], currency, lang),
        f"{money(row['monthly_margin_p10'], '', lang)} … {money(row['monthly_margin_p90'], '', lang)}",
        money(row["late_fines"], currency, lang),
        money(row["capital_tied"], currency, lang),
        money(row["switching_cost"], currency, lang),
        money(row["wrong_costs"], currency, lang),
        share(row["best_odds"], lang),
        number(row["break_even_multiplier"], lang, 2),
        sentence(row["reason"], dict(row), lang),
    ]


def _policy(result: ModesResult, lang: str) -> str:
    """What the SKU's tier means for its stock."""
    if result.tiers.is_empty():
        return text("modes_text.no_tier", lang)
    tier = str(result.tiers["tier"][0])
    row = result.policies.filter(tier=tier).row(0, named=True)
    cover, review = number(row["cover_days"], lang), number(row["review_days"], lang)
    said = f"tier_policy_text.{row['policy']}"
    return text(said, lang, tier=named("tier", tier, lang), cover=cover, review=review)


def _mode(name: str | None, lang: str) -> str:
    return "-" if name is None else named("mode", name, lang)


def _heads(names: tuple[str, ...], lang: str) -> list[str]:
    return [text(f"modes_head.{name}", lang) for name in names]
