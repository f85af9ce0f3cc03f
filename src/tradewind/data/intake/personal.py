"""What a cell in the wrong column could give away: a buyer's name, telephone number, e-mail or street.

Personal columns are hashed or dropped by their heading. Where cells have slipped, a name may stand under "order" or
"quantity". Two things keep it out: the number of an order, parcel or return has to look like one (`is_no_number`),
else its row waits for correction; and of a row that waits, only what its column can hold beside personal data is kept
(`hidden`). File and row still lead to the rest.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.core.tables import Table

HIDDEN: Final = "•••"

EVENT_NUMBERS: Final = frozenset({
    "order_id", "child_order_id", "parcel_id", "return_id", "settlement_id", "fine_id", "inbound_id", "purchase_id",
    "tracking_no", "tracking", "number", "licence_plate", "adjustment_id", "shipment_id", "item_id", "package",
    "package_id",
})  # fmt: skip
"""Fields that hold the number of an order, a parcel, a return or what else happens: never a name or a text."""
WITH_BUYERS: Final = frozenset({"order_lines", "parcels", "events", "returns", "settlements", "fines"})
"""Tables whose sources have buyers, so that any text in a row may be one's."""

_EMAIL = r"\S@\S"
_TELEPHONE = (
    r"^\+\s?\d[\d\s()./-]{6,}$|^\(\+?\d[\d\s()./-]{6,}$|^\d{2,3}([ .]\d{2,4}){2,3}$|^\d{3}-\d{3}-\d{3,4}$"
    r"|^0\d{1,4}[-/ ]\d{5,}$"
)
_TAX_NUMBER = r"^\d{2,3}\.\d{3}\.\d{3}[-/]"
_WORDS = r"\p{L}{2,}['’.]?[\s,]+(\p{L}['’.]?[\s,]+)*['’]?\p{L}{2,}"
_NAME = r"^\p{Lu}\p{Ll}+(['’-]\p{L}+)*$|^[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}·]{2,}$"
_STREET = r"\p{L}{3,}\.?,?\s+(\p{L}{1,2}\.?\s*)?\d|\d\p{L}?,?\s+\p{L}{3,}|\p{Han}[省市区县镇乡路街巷弄楼室栋]|\d[号號]"
_LABEL = r"^(?i)(order|invoice|parcel|return|refund|shipment|settlement|consignment|number|no)\.?\s*[#:]?\s*"

_SAYS_SOMETHING = r"[\p{L}\p{N}]"
_NUMBER = (
    r"^(\p{L}{0,3}[$€£¥￥]?\s?){0,2}[-(]?"
    r"(\d{1,6}([.,]\d{1,4})?|\d{1,3}[,' ]\d{3}(\.\d{1,4})?|\d{1,3}\.\d{3}(,\d{1,4})?)"
    r"\)?\s?%?(\p{L}{0,3}[$€£¥￥]?)( \p{Lu}{3})?( ⇕)?$"
    r"|^[-=+.,OolI' ]*(\d[-=+.,OolI' ]*){1,6}$"
)
_MOMENT = (
    r"^\d{1,4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,4}日?([T ]+\d{1,2}[:.时]\d{2}([:.分]\d{2}([.,]\d+)?秒?)?)?"
    r"\s?(?i:am|pm|z|utc|gmt)?\s?([+-]\d{1,2}(:?\d{2})?)?$"
)
_SCIENTIFIC = r"^\d([.,]\d+)?[eE]\+?\d{1,2}$"
_SHORT = r"^[a-z$€£¥元]{1,3}$|^[A-Z]{1,3}$|^\d{1,4}$"
_CURRENCIES = r"^(\p{L}{0,3}[$€£¥￥]?)( / \p{L}{0,3}[$€£¥￥]?)+$"
_NO_CALENDARS = r"^-?\d+ \?$"
_CODE = r"^[=\p{L}\p{N}._/#:+&*-]+$"
_LONG_NUMBER = r"^\d{7,}$"
_UNLIKE_TELEPHONE = r"\p{L}.*\d|\d.*\p{L}|^\d{1,6}$|^[\d-]{14,}$"


def is_no_number(text: pl.Expr, shape: str | None) -> pl.Expr:
    """Whether `text` cannot be the number of an order, a parcel or a return: it has not the platform's `shape` (a
    pattern for all of it) or, where none is known, reads like a name, a street, an e-mail, telephone or tax number."""
    if shape is not None:
        return ~text.str.contains(f"^(?:{shape})$")
    bare = text.str.replace(_LABEL, "")
    return bare.str.contains("|".join((_EMAIL, _TELEPHONE, _TAX_NUMBER, _WORDS, _NAME, _STREET)))


def hidden(
    text: pl.Expr,
    column: str,
    table: Table,
    suggestion: pl.Expr,
    *,
    seen: pl.Series | None = None,
    doubtful: pl.Expr | None = None,
) -> pl.Expr:
    """`text` of `column` (of no column of the table: of a field it has not), or HIDDEN where it may be personal.

    `suggestion` is null where a country or a word resembles none. `seen` are the column's values in good rows of the
    file: they may be shown. Of rows that are `doubtful` (many cells wrong, a number that is none: cells may have
    slipped) no other text is.
    """
    slipped = pl.lit(False) if doubtful is None else doubtful
    known = pl.lit(False) if seen is None else text.is_in(seen.unique().implode())
    shown = _may_be_shown(text, column, table, suggestion, known, slipped) & ~text.str.contains(_EMAIL)
    return pl.when(text.str.contains(_SAYS_SOMETHING) & ~shown.fill_null(False)).then(pl.lit(HIDDEN)).otherwise(text)


def _may_be_shown(  # noqa: PLR0911 (a table of kinds)
    text: pl.Expr, column: str, table: Table, suggestion: pl.Expr, known: pl.Expr, slipped: pl.Expr
) -> pl.Expr:
    if table.name not in WITH_BUYERS:
        return ~text.str.contains(f"{_TELEPHONE}|{_TAX_NUMBER}")
    kind = table.empty().schema.get(column)
    if kind is None:
        return text.str.contains(f"{_NUMBER}|{_MOMENT}|{_SHORT}|{_SCIENTIFIC}|{_CURRENCIES}")
    if isinstance(kind, pl.Enum):
        return text.is_in(kind.categories.implode()) | text.str.contains(_SHORT)
    if kind.is_temporal():
        return text.str.contains(f"{_MOMENT}|{_NO_CALENDARS}|{_SHORT}")
    if kind != pl.String():
        return text.str.contains(f"{_NUMBER}|{_CURRENCIES}|{_SHORT}")
    if column in ("currency", "quote"):
        return text.str.contains(f"{_SHORT}|{_CURRENCIES}")
    if column == "market":
        return text.str.contains(_SHORT) | (suggestion.is_not_null() & ~text.str.contains(r"\d"))
    if column in ("buyer_key", "postcode_prefix"):
        return pl.lit(True)
    if column in EVENT_NUMBERS:
        unlike = ~slipped | text.str.contains(_UNLIKE_TELEPHONE)
        return text.str.contains(_SCIENTIFIC) | (~is_no_number(text, None) & text.str.contains(r"\d") & unlike)
    is_code = text.str.contains(_CODE) & ~text.str.contains(f"{_NAME}|{_LONG_NUMBER}|{_TELEPHONE}|{_TAX_NUMBER}")
    return known | (~slipped & is_code)
