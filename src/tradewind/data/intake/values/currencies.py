"""Currencies by ISO 4217 code, by name and by the signs exports use.

Of the ISO codes only money counts: what was legal tender somewhere since 2000, as far back as facts are read. XXX (no
currency), XTS (test), XAU (gold) and units of account pay for nothing.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from functools import cache

import polars as pl

from tradewind.data.intake.values import Read, mapped, no_problem

_SINCE = date(2000, 1, 1)
SIGNS = {
    "$": "USD", "US$": "USD", "$US": "USD", "USD$": "USD", "美元": "USD", "美金": "USD", "DOLLAR": "USD",
    "€": "EUR", "EURO": "EUR", "EUROS": "EUR", "欧元": "EUR", "£": "GBP", "英镑": "GBP",
    "¥": "CNY", "¥CNY": "CNY", "CN¥": "CNY", "RMB": "CNY", "RMB¥": "CNY", "元": "CNY", "CNH": "CNY", "人民币": "CNY",
    "JP¥": "JPY", "円": "JPY", "日元": "JPY", "₽": "RUB", "РУБ": "RUB", "РУБ.": "RUB", "卢布": "RUB",
    "R$": "BRL", "雷亚尔": "BRL", "₩": "KRW", "韩元": "KRW", "A$": "AUD", "AU$": "AUD", "澳元": "AUD",
    "C$": "CAD", "CA$": "CAD", "加元": "CAD", "HK$": "HKD", "港币": "HKD", "港元": "HKD", "S$": "SGD", "NT$": "TWD",
    "MX$": "MXN", "₹": "INR", "₺": "TRY", "TL": "TRY", "₪": "ILS", "₴": "UAH", "ZŁ": "PLN", "₫": "VND", "฿": "THB",
    "SR": "SAR", "﷼": "SAR", "NZ$": "NZD", "₸": "KZT",
}  # fmt: skip
"""`$` alone is taken as US dollars and `¥` alone as yuan: what AliExpress exports mean by them."""


def read_currency(raw: pl.Series) -> Read:
    """ISO 4217 codes. A cell that is none is a problem; an empty one is left to the amount's own text."""
    known = {cell: currency_of(cell) for cell in raw.unique() if cell is not None}
    value = mapped(raw, known)
    wrong = value.is_null() & raw.is_not_null()
    return Read(value, no_problem(len(raw)).set(wrong, "currency_unknown") if wrong.any() else None)


def currency_of(text: str) -> str | None:
    """The code a currency's name, sign or code stands for.

    >>> currency_of("US $"), currency_of("usd"), currency_of("人民币"), currency_of("pieces")
    ('USD', 'USD', 'CNY', None)
    """
    plain = unicodedata.normalize("NFKC", text).upper().replace(" ", "").replace("￥", "¥")
    if plain in SIGNS:
        return SIGNS[plain]
    if is_money(plain):
        return plain
    letters = "".join(c for c in plain if c.isalpha() and c.isascii())
    signs = "".join(c for c in plain if not (c.isalpha() and c.isascii()))
    return letters if is_money(letters) and (not signs or signs in SIGNS) else None


def is_money(code: str) -> bool:
    """Whether an ISO 4217 code is one that people pay with.

    >>> is_money("CNY"), is_money("XXX"), is_money("QQQ")
    (True, False, False)
    """
    return code in _codes()


@cache
def _codes() -> frozenset[str]:
    from babel.core import get_global

    spans = (span for spans in get_global("territory_currencies").values() for span in spans)
    return frozenset(
        code for code, _, until, is_tender in spans if is_tender and (until is None or date(*until) >= _SINCE)
    )
