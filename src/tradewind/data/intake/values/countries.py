"""Countries by code or by their English or Chinese name; markets are ISO 3166 alpha-2.

Areas that are no country have codes only where ISO gives one. Of names in the UCI set: "Channel Islands" are two
territories (Jersey and Guernsey) and stand under Jersey, "West Indies" and "European Community" and
"Unspecified" are nobody's code and become ZZ, "the source does not say".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from itertools import chain

import polars as pl

from tradewind.data.intake.values import Read, mapped, no_problem
from tradewind.data.intake.values.country_names import ALIASES, of_site, plainer

_NO_COUNTRY = re.compile(r"^(EU|EZ|UN|QO|XA|XB|ZZ)$")


def read_country(raw: pl.Series, also: Mapping[str, str]) -> Read:
    """Alpha-2 codes; for a name nobody knows, the nearest one as a suggestion. "ZZ" (not stated) stays."""
    own = {_plain(name): code for name, code in also.items()}
    cells = [cell for cell in raw.unique() if cell is not None]
    value = mapped(raw, {cell: own.get(_plain(cell)) or code_of(cell) for cell in cells})
    wrong = value.is_null() & raw.is_not_null()
    if not wrong.any():
        return Read(value)
    nearest = {cell: _nearest(cell) for cell in raw.filter(wrong).unique()}
    return Read(value, no_problem(len(raw)).set(wrong, "country_unknown"), mapped(raw, nearest))


def code_of(name: str) -> str | None:
    """The alpha-2 code of a country by code (two or three letters) or by name, everyday or formal.

    >>> code_of("EIRE"), code_of("gbr"), code_of("巴西"), code_of("Untied Kingdom")
    ('IE', 'GB', 'BR', None)
    """
    for form, must_agree in chain(plainer(name), of_site(name)):
        code = _names().get(_plain(form))
        if code and (must_agree is None or _names().get(_plain(must_agree)) == code):
            return code
    return None


def _nearest(name: str) -> str | None:
    near = get_close_matches(_plain(name), _names(), n=1, cutoff=0.7)
    return _names()[near[0]] if near else None


def _plain(name: str) -> str:
    bare = unicodedata.normalize("NFKD", name).casefold().replace("&", "and")
    return re.sub(r"[^\w]|[\u0300-\u036f]|_", "", bare)


@cache
def _names() -> dict[str, str]:
    from babel import Locale
    from babel.core import get_global

    names = {"zz": "ZZ"}
    territories = [str(code) for code in Locale("en").territories]
    codes = {c for c in territories if re.match(r"^[A-Z]{2}$", c) and not _NO_COUNTRY.match(c)}
    for language in ("en", "zh", "zh_Hant"):
        for code, name in Locale.parse(language).territories.items():
            if code in codes and isinstance(code, str):
                names.setdefault(_plain(name), code)
                names.setdefault(_plain(re.sub(r"(特别行政区| SAR China)$", "", name)), code)
    for code, now in get_global("territory_aliases").items():
        if re.match(r"^[A-Z]{3}$", code) and now and now[0] in codes:
            names.setdefault(code.lower(), now[0])
    names.update({code.lower(): code for code in codes})
    names.update({_plain(alias): code for alias, code in ALIASES.items()})
    return names
