"""What a cell in the wrong column could give away: a buyer's name, phone, e-mail or street, hidden before it is kept.

Personal columns are hashed or dropped by their heading. Where cells are shifted, a name may stand under "quantity"; the
row is then one to correct, and its values are kept beside the reason. Hidden is what can hardly be a wrong value of
its column but may be personal; file and row still lead to it.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.core.tables import Table

HIDDEN: Final = "•••"

_EMAIL = r"\S@\S"
_PHONE = r"^\+?\(?\d[\d\s()./-]{6,}\d$"
_PLAIN = r"^\d+([.,]\d+)?$|^\d{1,3}([., ]\d{3})+([.,]\d+)?$"
_DATE = r"^\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}"
_LETTERS = r"(\p{L}.*){5}|\p{L}+[\s,]+\p{L}+|\p{Han}{2,}"
_WORDS = r"\p{L}+[\s,]+\p{L}+|\p{Han}{2,4}$"
_STREET = r"\p{L}{2,}.*[\s,].*\d|\d.*[\s,].*\p{L}{3,}"
_CURRENCY_TEXT = r"^[A-Za-z]{2,3}\s?[$€£¥]?\s?-?[\d.,]+$|^-?[\d.,]+\s?[A-Za-z$€£¥]{1,3}$"
_CURRENCIES = r"^([A-Z]{2,3}|[$€£¥元])( / ([A-Z]{2,3}|[$€£¥元]))+$"


def hidden(text: pl.Expr, column: str, table: Table, suggestion: pl.Expr) -> pl.Expr:
    """`text` of `column`, or HIDDEN where it may be personal.

    An e-mail address or a telephone number is never kept. Letters are hidden where the column holds numbers, times or
    a fixed set of words, and several words where it holds a country that they do not resemble (`suggestion` is null).
    """
    personal = text.str.contains(_EMAIL) | (
        text.str.contains(_PHONE) & ~text.str.contains(_PLAIN) & ~text.str.contains(_DATE)
    )
    if table.empty().schema.get(column) != pl.String() or column == "currency":
        personal = personal | (
            text.str.contains(_LETTERS)
            & ~text.str.contains(f"{_CURRENCY_TEXT}|{_CURRENCIES}")
            & ~text.str.contains(_DATE)
        )
    elif column == "market":
        personal = personal | text.str.contains(_STREET) | (text.str.contains(_WORDS) & suggestion.is_null())
    return pl.when(personal.fill_null(False)).then(pl.lit(HIDDEN)).otherwise(text)
