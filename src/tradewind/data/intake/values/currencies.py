"""Currencies by ISO 4217 code, by name and by the signs exports use.

Of the ISO codes only money counts: what was legal tender somewhere since 2000, as far back as facts are read. XXX (no
currency), XTS (test), XAU (gold) and units of account pay for nothing.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from functools import cache
from typing import Final

import polars as pl

from tradewind.data.intake.values import Read, mapped, no_problem

_SINCE = date(2000, 1, 1)
SIGNS = {
    "$": "USD", "US$": "USD", "$US": "USD", "USD$": "USD", "美元": "USD", "美金": "USD", "DOLLAR": "USD",
    "€": "EUR", "EURO": "EUR", "EUROS": "EUR", "欧元": "EUR", "£": "GBP", "英镑": "GBP",
    "¥": "CNY", "¥CNY": "CNY", "CN¥": "CNY", "RMB": "CNY", "RMB¥": "CNY", "元": "CNY", "CNH": "CNY", "人民币": "CNY",
    "JP¥": "JPY", "円": "JPY", "日元": "JPY", "₽": "RUB", "РУБ": "RUB", "卢布": "RUB",
    "R$": "BRL", "雷亚尔": "BRL", "₩": "KRW", "韩元": "KRW", "A$": "AUD", "AU$": "AUD", "澳元": "AUD",
    "C$": "CAD", "CA$": "CAD", "加元": "CAD", "HK$": "HKD", "港币": "HKD", "港元": "HKD", "S$": "SGD", "NT$": "TWD",
    "MX$": "MXN", "₹": "INR", "₺": "TRY", "TL": "TRY", "₪": "ILS", "₴": "UAH", "ZŁ": "PLN", "₫": "VND", "฿": "THB",
    "SR": "SAR", "﷼": "SAR", "NZ$": "NZD", "₸": "KZT", "KČ": "CZK", "FT": "HUF", "LEI": "RON", "ЛВ": "BGN", "RP": "IDR",
    "RM": "MYR", "₱": "PHP", "Đ": "VND", "S/": "PEN", "AR$": "ARS", "CLP$": "CLP", "COP$": "COP",
    "₦": "NGN", "SFR": "CHF", "₾": "GEL", "৳": "BDT", "新台币": "TWD", "台币": "TWD", "NTD": "TWD",
    "新加坡元": "SGD", "新币": "SGD", "泰铢": "THB", "越南盾": "VND", "印尼盾": "IDR", "马币": "MYR", "林吉特": "MYR",
    "菲律宾比索": "PHP", "墨西哥比索": "MXN", "波兰兹罗提": "PLN", "兹罗提": "PLN", "瑞典克朗": "SEK",
    "挪威克朗": "NOK", "丹麦克朗": "DKK", "捷克克朗": "CZK", "瑞士法郎": "CHF", "新西兰元": "NZD", "纽元": "NZD",
    "里拉": "TRY", "坚戈": "KZT", "韩币": "KRW", "日币": "JPY", "澳币": "AUD", "加币": "CAD", "英磅": "GBP",
}  # fmt: skip
"""`$` alone is taken as US dollars and `¥` alone as yuan where nothing else says: what AliExpress means by them."""

SHARED: Final = {
    "$": (
        "USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "BRL", "ARS", "CLP", "COP", "UYU", "DOP", "JMD", "TTD",
        "BBD", "BSD", "BZD", "FJD", "NAD", "XCD", "BMD", "KYD", "BND", "MOP",
    ),
    "DOLLAR": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD"),
    "¥": ("CNY", "JPY"),
    "元": ("CNY", "TWD", "HKD", "MOP", "JPY"),
    "£": ("GBP", "EGP", "LBP", "GIP", "FKP", "SHP"),
    "KR": ("SEK", "NOK", "DKK", "ISK"),
    "RS": ("INR", "PKR", "LKR", "NPR", "MUR"),
    "FR": ("CHF", "XOF", "XAF"),
    "DH": ("AED", "MAD"),
    "P": ("PHP", "BWP"),
}  # fmt: skip
"""Signs of several currencies, the likeliest first."""

NO_CENTS: Final = ("IDR", "VND", "KRW", "JPY", "CLP", "COP", "PYG", "UGX", "ISK", "HUF", "TWD")
"""Currencies whose amounts have no decimals in practice: 100.000 of them is a hundred thousand."""


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
    plain = _plain(text)
    if plain in SIGNS:
        return SIGNS[plain]
    if is_money(plain):
        return plain
    letters = "".join(c for c in plain if c.isalpha() and c.isascii())
    signs = "".join(c for c in plain if not (c.isalpha() and c.isascii()))
    return letters if is_money(letters) and (not signs or signs in SIGNS) else None


def named_in(text: str) -> str | None:
    """What the text of an amount says of its currency: a code, or the sign that several share (a key of `SHARED`).

    >>> named_in("US $"), named_in("$"), named_in("kr."), named_in("C$ CAD"), named_in("pcs")
    ('USD', '$', 'KR', 'CAD', None)
    """
    plain = _plain(text)
    found = plain if plain in SHARED else currency_of(text)
    parts = text.split()
    if found or len(parts) != 2:
        return found
    one, other = (named_in(part) for part in parts)
    return next((a for a, b in ((one, other), (other, one)) if a and b and a not in SHARED and agrees(b, a)), None)


def likeliest(named: str | None) -> str | None:
    """The code of what an amount names, where nothing else says: none for a sign such as `kr`, that means any."""
    return SIGNS.get(named, None if named in SHARED else named) if named else None


def agrees(named: str, stated: str) -> bool:
    """Whether an amount that names one may be in the stated currency.

    >>> agrees("$", "CAD"), agrees("$", "EUR"), agrees("USD", "CAD"), agrees("¥", "JPY")
    (True, False, False, True)
    """
    return stated in SHARED[named] if named in SHARED else named == stated


def is_money(code: str) -> bool:
    """Whether an ISO 4217 code is one that people pay with.

    >>> is_money("CNY"), is_money("XXX"), is_money("QQQ")
    (True, False, False)
    """
    return code in _codes()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper().replace(" ", "").rstrip(".")


@cache
def _codes() -> frozenset[str]:
    from babel.core import get_global

    spans = (span for spans in get_global("territory_currencies").values() for span in spans)
    return frozenset(
        code for code, _, until, is_tender in spans if is_tender and (until is None or date(*until) >= _SINCE)
    )
