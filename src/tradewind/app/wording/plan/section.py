"""The parts a page is made of; the template knows these and nothing of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tradewind.app.wording.charts import Chart
from tradewind.app.wording.view import Table


@dataclass(frozen=True)
class Card:
    """One figure of the summary."""

    label: str
    value: str
    window: str
    meaning: str


@dataclass(frozen=True)
class Figure:
    """A chart (what is drawn, not its drawing) under its heading, with a sentence on how to read it."""

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
    rows: Table | None = None


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
    tables: Sequence[Table] = ()
