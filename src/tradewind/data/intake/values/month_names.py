"""Months as they are written out in exports: full names and abbreviations of sixteen languages."""

from __future__ import annotations

import unicodedata
from typing import Final

_NAMES: Final = """
1 january jan januari januar jänner janvier janv jan. gennaio gen enero ene janeiro ocak oca styczeń stycznia sty
  январь января янв leden ledna
2 february feb februari februar feber février févr fév febbraio febrero fevereiro fev şubat şub luty lutego lut
  февраль февраля фев февр únor února
3 march mar mars märz mrz maart mrt marts marzo março mart marzec marca март марта мар maret březen března
4 april apr avril avr aprile abril abr nisan nis kwiecień kwietnia kwi апрель апреля апр duben dubna
5 may mai mei maj maggio mag mayo maio mayıs maja май мая květen května
6 june jun juin juni giugno giu junio junho haziran haz czerwiec czerwca cze июнь июня июн červen června
7 july jul juillet juil juli luglio lug julio julho temmuz tem lipiec lipca lip июль июля июл červenec července
8 august aug août aou augustus augusti agosto ago ağustos ağu sierpień sierpnia sie август августа авг agustus agt srpen
  srpna
9 september sep sept septembre settembre set sett septiembre setiembre setembro eylül eyl wrzesień września wrz
  сентябрь сентября сен сент září
10 october oct octobre oktober okt ottobre ott octubre outubro out ekim eki październik października paź
  октябрь октября окт říjen října
11 november nov novembre noviembre novembro kasım kas listopad listopada lis ноябрь ноября ноя нояб listopadu
12 december dec décembre déc dezember dez desember des dicembre dic diciembre dezembro aralık ara grudzień grudnia gru
  декабрь декабря дек prosinec prosince
"""


def bare(text: str) -> str:
    """Lower case, without accents and dots: `Févr.` -> `fevr`, `MAYIS` and `mayıs` -> `mayis`."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
    return "".join(c for c in plain if not unicodedata.combining(c)).replace(".", "").replace("ł", "l")


def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    number = 0
    for word in _NAMES.split():
        if word.isdigit():
            number = int(word)
        else:
            assert found.setdefault(bare(word), number) == number, word
    return found


MONTHS: Final = _months()
"""Number of the month by its name as `bare` leaves it."""
