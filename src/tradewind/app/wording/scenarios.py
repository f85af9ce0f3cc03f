"""Scenarios in words."""

from __future__ import annotations

from tradewind.app.usecases.margins import HALF_A_CENT
from tradewind.app.usecases.scenarios import ScenarioResult, ScenariosResult
from tradewind.app.wording.figures import cents, money, named
from tradewind.app.wording.view import Table, View
from tradewind.core.text import catalogue, text


def scenarios_view(result: ScenariosResult, lang: str) -> View:
    """The scenarios there are, and what each changes."""
    titles = catalogue(lang)
    rows = [
        [name, titles.get(f"scenario_title.{name}", name), "; ".join(changes)]
        for name, changes in result.scenarios.items()
    ]
    return [Table(_heads(("name", "what", "change"), lang), rows, text("scenario_text.list", lang))]


def scenario_view(result: ScenarioResult, lang: str) -> View:
    """The month before and after, by what happens, then by SKU and market."""
    title = catalogue(lang).get(f"scenario_title.{result.scenario}") or text("scenario_text.title", lang)
    sums = {
        name: money(amount, result.currency, lang)
        for name, amount in (
            ("before", result.contribution),
            ("after", result.contribution_after),
            ("change", result.change),
        )
    }
    return [
        text("scenario_text.head", lang, title=title, **sums),
        text("scenario_text.changed", lang, changes="; ".join(result.changes)),
        _components(result, lang),
        _table(result, lang),
        text("scenario_text.worse", lang, turned=result.turned, rows=result.table.rows, unknown=result.lost),
    ]


def _components(result: ScenarioResult, lang: str) -> Table:
    rows = [
        [
            text(f"margin_lines.{row['component']}", lang),
            *(money(row[c], result.currency, lang) for c in ("before", "after", "change")),
        ]
        for row in result.components.iter_rows(named=True)
        if row["change"] is not None and abs(row["change"]) > HALF_A_CENT
    ]
    return Table(_heads(("what", "month_before", "month_after", "change"), lang), rows, "", frozenset({1, 2, 3}))


def _table(result: ScenarioResult, lang: str) -> Table:
    currency = result.currency
    rows = [
        [
            row["sku"], row["market"], named("mode", row["mode"], lang), cents(row["margin"], currency, lang),
            cents(row["margin_after"], currency, lang), money(row["contribution"], currency, lang),
            money(row["contribution_after"], currency, lang), money(row["change"], currency, lang),
        ]
        for row in result.table.frame.iter_rows(named=True)
    ]  # fmt: skip
    heads = ("sku", "market", "mode", "before", "after", "contribution", "contribution_after", "change")
    return Table(_heads(heads, lang), rows, text("scenario_text.table", lang), frozenset(range(3, 8)))


def _heads(names: tuple[str, ...], lang: str) -> list[str]:
    return [text(f"scenario_head.{name}", lang) for name in names]
