"""The parts a page is made of; the template knows these and nothing of the plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from tradewind.app.report.charts import Chart
from tradewind.app.wording.figures import cell, heading, money, share


@dataclass(frozen=True)
class Card:
    """One figure of the summary."""

    label: str
    value: str
    window: str
    meaning: str


@dataclass(frozen=True)
class PageTable:
    """Headings and cells as words; `numbers` are columns set flush right; `more` says what was left out."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()
    caption: str = ""
    more: str = ""


@dataclass(frozen=True)
class Figure:
    """A chart under its heading, with a sentence on how to read it."""

    title: str
    chart: Chart
    note: str = ""


@dataclass(frozen=True)
class Item:
    """One action: its place, its money, what to do, why, and the rows behind it."""

    rank: int
    money: str
    kind: str
    sentence: str
    rows: PageTable | None = None


@dataclass(frozen=True)
class Section:
    """A part of the page; `missing` stands where there is nothing to show."""

    id: str
    title: str
    lead: Sequence[str] = ()
    missing: str = ""
    cards: Sequence[Card] = ()
    items: Sequence[Item] = ()
    figures: Sequence[Figure] = ()
    tables: Sequence[PageTable] = ()


def page_table(
    frame: pl.DataFrame,
    lang: str,
    *,
    caption: str = "",
    more: str = "",
    moneys: Sequence[str] = (),
    shares: Sequence[str] = (),
    currency: str = "",
) -> PageTable:
    """A frame as a table of a page: `moneys` with their currency, `shares` in per cent, headings in words."""

    def written(column: str) -> Callable[[Any], str]:
        if column in moneys:
            return lambda v: money(v, currency, lang)
        return (lambda v: share(v, lang)) if column in shares else (lambda v: cell(v, lang))

    columns = [[written(c)(v) for v in frame[c].to_list()] for c in frame.columns]
    numbers = frozenset(i for i, c in enumerate(frame.columns) if frame[c].dtype.is_numeric())
    return PageTable(
        [heading(c, lang) for c in frame.columns], list(zip(*columns, strict=True)), numbers, caption, more
    )
