"""Sales events, holidays and factory closures: what is known ahead, and how strongly buyers respond.

The files have name, market and dates (the calendar table); `lift` stays in the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from tradewind.core.tables import TABLES
from tradewind.data.simulated.markets import MARKETS
from tradewind.data.simulated.randomness import Floats

ALL_MARKETS = "ZZ"
_DAY = timedelta(days=1)
_DEFERRAL_DAYS, _DEFERRAL = 5, 0.92
SPRING_FESTIVAL = {2024: date(2024, 2, 10), 2025: date(2025, 1, 29), 2026: date(2026, 2, 17), 2027: date(2027, 2, 6)}
_RAMADAN = {2024: date(2024, 3, 11), 2025: date(2025, 3, 1), 2026: date(2026, 2, 18), 2027: date(2027, 2, 8)}
_EASTER = {2024: date(2024, 3, 31), 2025: date(2025, 4, 20), 2026: date(2026, 4, 5), 2027: date(2027, 3, 28)}
_CHUSEOK = {2024: date(2024, 9, 17), 2025: date(2025, 10, 6), 2026: date(2026, 9, 25), 2027: date(2027, 9, 15)}


@dataclass(frozen=True)
class Event:
    """One row of the calendar, `ends_on` exclusive; `lift` multiplies a day's visits, `discount` is off the price."""

    event: str
    market: str
    starts_on: date
    ends_on: date
    kind: str
    lift: float = 1.0
    discount: float = 0.0


def events_between(first: date, last: date, markets: tuple[str, ...]) -> list[Event]:
    """All events that overlap [first, last) and concern one of `markets` or suppliers in CN."""
    relevant = {*markets, ALL_MARKETS, "CN"}
    candidates = [e for year in range(first.year, last.year + 1) for e in _of_year(year)]
    return [e for e in candidates if e.market in relevant and e.starts_on < last and e.ends_on > first]


def calendar_table(events: list[Event]) -> pl.DataFrame:
    """The calendar as the seller's file has it: known ahead, so `known_at` is null."""
    rows = [(e.event, e.market, e.starts_on, e.ends_on, e.kind, None) for e in events]
    schema = TABLES["calendar"].empty().schema
    return pl.DataFrame(rows, schema=schema, orient="row").sort("event", "market", "starts_on")


def daily_lift(events: list[Event], first: date, days: int, markets: tuple[str, ...]) -> Floats:
    """Multiple of an ordinary day's visits, (days, markets); buyers defer in the five days before a big sale."""
    lift = np.ones((days, len(markets)))
    for e in events:
        for j, market in enumerate(markets):
            if e.market not in (market, ALL_MARKETS) or e.lift == 1.0:
                continue
            strength = MARKETS[market].sale if e.kind == "sale" else 1.0
            start, stop = (e.starts_on - first).days, (e.ends_on - first).days
            lift[max(start, 0) : max(stop, 0), j] *= 1.0 + (e.lift - 1.0) * strength
            if e.lift >= 2.0:
                lift[max(start - _DEFERRAL_DAYS, 0) : max(start, 0), j] *= _DEFERRAL
    return lift


def daily_discount(events: list[Event], first: date, days: int, markets: tuple[str, ...]) -> Floats:
    """Share off the price on sale days, (days, markets)."""
    off = np.zeros((days, len(markets)))
    for e in events:
        for j, market in enumerate(markets):
            if e.market in (market, ALL_MARKETS):
                start, stop = max((e.starts_on - first).days, 0), max((e.ends_on - first).days, 0)
                off[start:stop, j] = np.maximum(off[start:stop, j], e.discount)
    return off


def open_days(events: list[Event], first: date, days: int) -> Floats:
    """1 on days suppliers in China work, 0 in closures, (days,)."""
    at_work = np.ones(days)
    for e in events:
        if e.kind == "closure" and e.market == "CN":
            at_work[max((e.starts_on - first).days, 0) : max((e.ends_on - first).days, 0)] = 0.0
    return at_work


def _of_year(year: int) -> list[Event]:
    return [*_sales(year), *_holidays(year), *_closures(year)]


def _sales(year: int) -> list[Event]:
    black_friday = _nth_weekday(year, 11, weekday=3, nth=4) + _DAY
    choice_days = [
        Event("Choice Day", ALL_MARKETS, date(year, month, 1), date(year, month, 4), "sale", 1.35, 0.05)
        for month in range(1, 13)
    ]
    return [
        *choice_days,
        Event("3.28 Anniversary", ALL_MARKETS, date(year, 3, 19), date(year, 3, 29), "sale", 1.9, 0.10),
        Event("6.18 Summer Sale", ALL_MARKETS, date(year, 6, 15), date(year, 6, 26), "sale", 1.8, 0.10),
        Event("Back to School", ALL_MARKETS, date(year, 8, 18), date(year, 8, 29), "sale", 1.35, 0.05),
        Event("11.11", ALL_MARKETS, date(year, 11, 11), date(year, 11, 14), "sale", 6.0, 0.18),
        Event("Black Friday", ALL_MARKETS, black_friday, black_friday + 4 * _DAY, "sale", 3.6, 0.15),
        Event("12.12", ALL_MARKETS, date(year, 12, 12), date(year, 12, 14), "sale", 2.4, 0.10),
    ]


def _holidays(year: int) -> list[Event]:
    christian = ("ES", "FR", "PL", "BR", "US", "DE")
    ramadan, eid = _RAMADAN[year], _RAMADAN[year] + 30 * _DAY
    seollal, chuseok, easter = SPRING_FESTIVAL[year], _CHUSEOK[year], _EASTER[year]
    return [
        *(Event("Christmas", m, date(year, 12, 24), date(year, 12, 27), "holiday", 0.7) for m in christian),
        *(Event("New Year", m, date(year, 1, 1), date(year, 1, 2), "holiday", 0.85) for m in christian),
        *(Event("Easter", m, easter - 2 * _DAY, easter + 2 * _DAY, "holiday", 0.88) for m in christian),
        Event("Three Kings", "ES", date(year, 1, 2), date(year, 1, 6), "holiday", 1.35),
        Event("Ramadan", "SA", ramadan, eid, "holiday", 1.45),
        Event("Eid al-Fitr", "SA", eid, eid + 5 * _DAY, "holiday", 0.65),
        Event("Seollal", "KR", seollal - _DAY, seollal + 2 * _DAY, "holiday", 0.7),
        Event("Chuseok", "KR", chuseok - _DAY, chuseok + 2 * _DAY, "holiday", 0.7),
    ]


def _closures(year: int) -> list[Event]:
    festival = SPRING_FESTIVAL[year]
    return [
        Event("Spring Festival", "CN", festival - 10 * _DAY, festival + 14 * _DAY, "closure"),
        Event("National Day", "CN", date(year, 10, 1), date(year, 10, 8), "closure"),
    ]


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
