"""In which of the old encodings a text is that is no UTF-8, by how plausible its letters are in each.

A handful of cells is often all there is (one SKU with an ä), too little for statistics over bytes (which take 杯子 in
GBK for Big5). So each encoding that fits every byte is judged by what its text would say: letters that one
language of that encoding uses, Chinese characters in common use, none from private areas, no lone Cyrillic letter in a
Latin word. The alphabets are those of the Unicode locale data. Headings that a known source uses settle it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from tradewind.data.intake.headings import plain
from tradewind.data.intake.layout import layouts

LANGUAGES: Final = {
    "gb18030": ("zh",),
    "cp950": ("zh_Hant",),
    "cp932": ("ja",),
    "cp949": ("ko",),
    "euc_jp": ("ja",),
    "cp1252": ("de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "en", "ca"),
    "cp1250": ("pl", "cs", "sk", "hu", "hr", "sl", "ro"),
    "cp1251": ("ru", "uk", "bg", "sr"),
    "cp1254": ("tr",),
    "cp1253": ("el",),
    "cp1257": ("lt", "lv", "et"),
}
"""The encodings looked at, the likelier first, with the languages written in them."""

_FIRST: Final = {"gb18030": 0.15, "cp1252": 0.05}
_PLAUSIBLE: Final = 0.78
_CLEARLY: Final = 0.1
_HEADING: Final = 1.0
_MOST_WORDS: Final = 2000
_RARE_OF: Final = 0.02
_WORD: Final = re.compile(r"[^\s,;|\"']{1,200}")
_RUN: Final = re.compile(r"[^\W\d_]+")
_CASES: Final = re.compile(r"lU(?!l)|UUl+U")
_CODECS: Final = {
    "zh": ("gb2312", 0xB0, 0xD7),
    "zh_Hant": ("big5", 0xA4, 0xC6),
    "ja": ("euc_jp", 0xB0, 0xCF),
    "ko": ("euc_kr", 0xB0, 0xC8),
}
"""National standards, with the first and last row of the characters in everyday use."""
_CEDILLA: Final = {"ro": "ţş"}
_BEFORE_NUMBERS: Final = "€£¥¢Øø"
_SIGNS: Final = "€£¥¢°®™©«»“”„‘’–—…·•½¼¾²³±×§¿¡ºª№"
_WIDE: Final = re.compile(r"[\u3000-\u303f\uff00-\uffef]")


@dataclass(frozen=True)
class Reading:
    """A text in one encoding: how plausible it is (0 to about 1, more where it has known headings), and a few of its
    words that are not ASCII."""

    encoding: str
    score: float
    words: tuple[str, ...]


def readings(raw: bytes) -> list[Reading]:
    """The plausible readings of a text, the best first; several where they differ and none is clearly better.

    `raw` are its lines with letters beyond ASCII, or the first of them.
    """
    found = [reading for encoding in LANGUAGES if (reading := _reading(raw, encoding)) is not None]
    found = sorted((r for r in found if r.score >= _PLAUSIBLE), key=lambda r: -r.score)
    best = found[:1]
    return best + [r for r in found[1:] if r.score > best[0].score - _CLEARLY and r.words != best[0].words]


def _reading(raw: bytes, encoding: str) -> Reading | None:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return None
    words = tuple(dict.fromkeys(word for word in _WORD.findall(text) if not word.isascii()))[:_MOST_WORDS]
    if not words:  # spaces that do not break, and nothing else
        return Reading(encoding, 1.0 + _FIRST.get(encoding, 0.0), ())
    known = any(plain(word) in _known_headings() for word in words)
    score = max(_mean(words, language) for language in LANGUAGES[encoding])
    return Reading(encoding, score + _FIRST.get(encoding, 0.0) + _HEADING * known, words)


@cache
def _known_headings() -> frozenset[str]:
    names = (plain(h) for one in layouts().values() for feed in one.feeds for f in feed.fields for h in f.headings)
    return frozenset(name for name in names if not name.isascii())


def _mean(words: tuple[str, ...], language: str) -> float:
    scores = [score for word in words for score in _scores(word, language)]
    return sum(scores) / len(scores)


def _scores(word: str, language: str) -> Iterator[float]:
    """How much each letter beyond ASCII is at home in a word of that language, from 0 to 1."""
    common, rare = _letters(language)
    strange = any(_is_strange(run) for run in _RUN.findall(word) if not run.isascii())
    for at, letter in enumerate(word):
        if letter.isascii():
            continue
        before, after = word[at - 1 : at], word[at + 1 : at + 2]
        if unicodedata.category(letter) in ("Co", "Cc", "Cn", "Cs"):
            yield 0.0
        elif letter in _BEFORE_NUMBERS and (before.isdigit() or after.isdigit() or not (before + after).strip()):
            yield 1.0
        elif not letter.isalpha():
            inside = before.isalpha() and after.isalpha()
            yield 0.9 if _WIDE.match(letter) else 0.0 if inside or letter not in _SIGNS else 0.8
        elif strange or (letter.lower() != letter.upper() and _is_beside_digits(before, after)):
            yield 0.2
        else:
            yield (
                1.0
                if letter.lower() in common
                else 0.8
                if letter.lower() in rare
                else 0.4
                if _is_known(letter, language)
                else 0.1
            )


def _is_beside_digits(before: str, after: str) -> bool:
    return (before + after).isdigit()


def _is_strange(letters: str) -> bool:
    """Of letters not all ASCII: small and capital ones as no word has them, one letter of another script alone among
    Latin ones, one Korean syllable by itself."""
    foreign = [c for c in letters if not unicodedata.name(c, "LATIN").startswith("LATIN")]
    cases = "".join("U" if c.isupper() else "l" if c.islower() else "-" for c in letters)
    if _CASES.search(cases) or (foreign and "lU" in cases):
        return True
    latin = [c for c in letters if c.isascii()]
    has_case = any(c.lower() != c.upper() for c in foreign)
    if has_case:
        return bool(latin) or len(letters) == 1
    alone = len(foreign) == 1
    return alone and (unicodedata.name(foreign[0], "").startswith("HANGUL") or any(c.islower() for c in latin))


@cache
def _letters(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """Letters in common use, and rare ones, beyond ASCII: of Chinese those of our own pages and of places' names."""
    from babel import Locale

    locale = Locale.parse(language)
    names = [*locale.territories.values(), *locale.languages.values(), *locale.currencies.values()]
    names += [name for of in (locale.months, locale.days) for name in of["format"]["wide"].values()]
    counts = Counter(
        letter for name in names for letter in str(name).lower() if not letter.isascii() and letter.isalpha()
    )
    counts.update(dict.fromkeys(_CEDILLA.get(language, ""), max(counts.values(), default=0)))
    if language in _CODECS:
        syllables = _standard(language) if language == "ko" else frozenset()
        return frozenset(counts) | _own(language) | syllables, _standard(language)
    least = _RARE_OF * max(counts.values(), default=0)
    return frozenset(c for c, n in counts.items() if n >= least), frozenset(counts)


def _own(language: str) -> frozenset[str]:
    """The Chinese characters of our own pages and of the headings we know: the words of the trade."""
    if language != "zh":
        return frozenset()
    from importlib.resources import files

    texts = [
        one.read_text("utf-8") for one in files("tradewind.core.messages.zh").iterdir() if one.name.endswith(".toml")
    ]
    texts += [h for one in layouts().values() for feed in one.feeds for f in feed.fields for h in f.headings]
    return frozenset(letter for text in texts for letter in text if "\u4e00" <= letter <= "\u9fff")


def _is_known(letter: str, language: str) -> bool:
    return language in _CODECS and letter.encode(_CODECS[language][0], "ignore") != b""


@cache
def _standard(language: str) -> frozenset[str]:
    """The first level of the national standard: characters in use, ordered there before rare ones."""
    codec, first, last = _CODECS[language]
    pairs = (bytes((a, b)) for a in range(first, last + 1) for b in range(0x40, 0xFF))
    kana = (chr(code) for code in range(0x3041, 0x30FF)) if language == "ja" else ()
    return frozenset(letter for pair in pairs if len(letter := pair.decode(codec, "ignore")) == 1) | frozenset(kana)
