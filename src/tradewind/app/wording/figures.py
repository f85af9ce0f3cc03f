"""How a figure is written: thousands separators, the currency beside the amount, ISO dates, "unknown" for null."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

from tradewind.core.money import rounded
from tradewind.core.text import catalogue

MONEY_UNIT_LENGTH = 3
WHOLE_FROM = 100
"""Amounts of this size and more are shown without the minor unit."""


def money(amount: float | None, currency: str, lang: str) -> str:
    """An amount with its currency: `1,234 CNY`, `8.71 CNY`.

    >>> money(-1234.5, "CNY", "en"), money(8.705, "CNY", "en"), money(None, "CNY", "en")
    ('-1,235 CNY', '8.71 CNY', 'unknown')
    """
    if not _known(amount):
        return unknown(lang)
    assert amount is not None
    if abs(amount) >= WHOLE_FROM:
        return f"{rounded(amount, 'JPY'):,} {currency}"
    return f"{rounded(amount, currency):,} {currency}"


def cents(amount: float | None, currency: str, lang: str) -> str:
    """An amount to the cent, whatever its size: a waterfall must add up on the page.

    >>> cents(1234.567, "CNY", "en")
    '1,234.57 CNY'
    """
    if not _known(amount):
        return unknown(lang)
    assert amount is not None
    return f"{rounded(round(amount, 8) + 0.0, currency or 'CNY'):,} {currency}".rstrip()


def number(value: float | None, lang: str, digits: int = 0) -> str:
    """A count or a measure: `12,345`; small ones keep a digit so that a slow mover is not shown as 0."""
    if not _known(value):
        return unknown(lang)
    assert value is not None
    if digits == 0 and value != round(value) and abs(value) < WHOLE_FROM:
        digits = 1 if abs(value) >= 1 else 2
    return f"{value:,.{digits}f}"


def share(value: float | None, lang: str) -> str:
    """A share as per cent: `87 %`; below ten per cent with one digit."""
    if not _known(value):
        return unknown(lang)
    assert value is not None
    return f"{value * 100:.{1 if abs(value) < 0.1 and value else 0}f} %"


def quantity(value: float | None, unit: str, lang: str) -> str:
    """A metric's value in its unit: money where the unit is a currency's code, per cent where it is a share."""
    if len(unit) == MONEY_UNIT_LENGTH and unit.isupper():
        return money(value, unit, lang)
    if unit == "share":
        return share(value, lang)
    shown = number(value, lang)
    name = catalogue(lang).get(f"unit.{unit}", unit)
    return shown if not _known(value) or not name else f"{shown} {name}"


def exchange_rate(value: float | None) -> str:
    """A rate with the digits that matter, as banks quote it: six.

    >>> exchange_rate(7.1765), exchange_rate(0.04812346), exchange_rate(1625000.0), exchange_rate(None)
    ('7.1765', '0.0481235', '1625000', '-')
    """
    if value is None:
        return "-"
    return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.0f}"  # never as 1.6e+06


def cell(value: Any, lang: str) -> str:
    """A value of any column as a person reads it; null is said, never shown as zero."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "-"
    if isinstance(value, bool):
        return catalogue(lang)["report_word.yes" if value else "report_word.no"]
    if isinstance(value, (int, float)):
        return _plain_number(value, lang)
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(cell(v, lang) for v in value) or "-"
    return str(value)


def _plain_number(value: float, lang: str) -> str:
    """A price is shown to the cent; what was computed is rounded to what can be read."""
    if isinstance(value, float) and value != round(value) and abs(value - round(value, 2)) < 1e-9:
        return f"{value:,.2f}"
    if value == round(value) or abs(value) >= WHOLE_FROM:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else number(value, lang)


def _day(value: date) -> str:
    """A moment at midnight is a day."""
    if isinstance(value, datetime) and (value.hour, value.minute, value.second) != (0, 0, 0):
        return value.strftime("%Y-%m-%d %H:%M")
    return value.strftime("%Y-%m-%d")


def unknown(lang: str) -> str:
    return catalogue(lang)["report_word.unknown"]


def heading(column: str, lang: str) -> str:
    """A column's heading; its own name where the catalogue has no word for it."""
    return catalogue(lang).get(f"column.{column}", column.replace("_", " "))


def named(group: str, name: str, lang: str) -> str:
    """The word for an id of a group (`mode.pop`, `tier.hot`); the id itself where there is none."""
    return catalogue(lang).get(f"{group}.{name}", name.replace("_", " "))


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
