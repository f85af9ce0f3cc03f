"""Charts as specifications: what is drawn and the words on it. `app.report.charts` draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Outlook:
    """One line of the future beside its past: `past` (week, units), `ahead` (week, mean, p10, p90)."""

    title: str
    past: pl.DataFrame
    ahead: pl.DataFrame


@dataclass(frozen=True)
class BandWords:
    """The words on a chart of the future."""

    sold: str
    expected: str
    above: str
    below: str
    band: str
    unit: str


@dataclass(frozen=True)
class OutlookChart:
    """One large chart of past and future, its lines named where they end."""

    key: str
    alt: str
    outlook: Outlook
    words: BandWords


@dataclass(frozen=True)
class OutlookGrid:
    """Small charts of past and future side by side, each with its own scale."""

    key: str
    alt: str
    outlooks: Sequence[Outlook]


@dataclass(frozen=True)
class Bar:
    """A name, its share of the whole (0 to 1), and the words at its end."""

    name: str
    value: float
    label: str


@dataclass(frozen=True)
class ShareChart:
    """Flat bars from 0 to 100 %, named on the left and labelled on the right."""

    key: str
    alt: str
    title: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Waterfall:
    """What is paid, each cost (positive), and what is left, as (name, amount)."""

    title: str
    paid: tuple[str, float]
    costs: Sequence[tuple[str, float]]
    left: tuple[str, float]


@dataclass(frozen=True)
class WaterfallChart:
    """Waterfalls side by side on a wide page, one below the other on a phone."""

    key: str
    alt: str
    waterfalls: Sequence[Waterfall]


@dataclass(frozen=True)
class CapacityWords:
    """The words on a chart of warehouse capacity."""

    demand: str
    stock: str
    capacity: str
    no_limit: str


@dataclass(frozen=True)
class CapacityChart:
    """One panel a warehouse: its name and week, demand_m3, stock_m3, capacity_m3 (null: no limit)."""

    key: str
    alt: str
    nodes: Sequence[tuple[str, pl.DataFrame]]
    words: CapacityWords


@dataclass(frozen=True)
class CashWords:
    """The words on a chart of cash."""

    high: str
    middle: str
    low: str
    zero: str


@dataclass(frozen=True)
class CashChart:
    """Cash on hand to come: `weeks` has week, balance_p10, balance_p50, balance_p90; amounts may be below zero."""

    key: str
    alt: str
    weeks: pl.DataFrame
    words: CashWords


Chart = OutlookChart | OutlookGrid | ShareChart | WaterfallChart | CapacityChart | CashChart
