"""Headings are matched by alias, never by position."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from tradewind.data.intake.layout import Feed, Field

_NOISE = re.compile(r"[\s_\-./:()\[\]{}<>【】「」『』\"'‘’“”、,;!?*#\u200b\ufeff\x00-\x1f]+")


NEAR: Final = 85.0
"""Likeness from which a heading may stand for a field."""
_UNIT_ENDING: Final = r"(kg|公斤|千克|g|克|cm|厘米|mm|毫米|lbs?|磅|元|usd|cny|rmb)$"
_LEAST: Final = 2
"""One heading alone says nothing: many tables have a SKU."""


@cache
def plain(heading: str) -> str:
    """A heading without what people vary: white space, brackets, underscores, case, full-width forms.

    >>> plain(" Order_No. ") == plain("ORDER NO") == plain("Ｏrder（No）")
    True
    """
    return _NOISE.sub("", unicodedata.normalize("NFKC", heading).casefold())


@dataclass(frozen=True)
class Match:
    """How a row of headings fits a feed: field name -> position of its column, and what is missing."""

    feed: Feed
    columns: dict[str, int]
    missing: tuple[Field, ...]
    share: float
    foreign: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.missing and len(self.columns) >= _LEAST

    @property
    def sure(self) -> bool:
        """Complete, and by headings that only such a file has: a SKU and its name stand in any list, and say what it
        is only where nothing else stands in it. A heading of another kind of list (a quantity, an order number) among
        those of goods says that it is that other list."""
        telling = self.feed.telling
        told = not telling or self.share == 1 or any(name in self.columns for name in telling)
        return self.complete and told and not self.foreign

    @property
    def rank(self) -> tuple[int, int, float]:
        return (int(self.complete) + int(self.sure), len(self.columns), self.share)


@dataclass(frozen=True)
class UnreadHeading:
    """A heading of a file that was not read, and the column it may stand for (None: it is like none)."""

    heading: str
    perhaps: str | None


def unread(headings: Sequence[str], found: Match) -> tuple[UnreadHeading, ...]:
    """The headings that no field of the feed was read from, each with the free field whose name it comes near."""
    used = set(found.columns.values())
    free = [field for field in found.feed.fields if field.name not in found.columns and not field.personal]
    return tuple(
        UnreadHeading(heading, _perhaps(heading, free))
        for at, heading in enumerate(headings)
        if heading and at not in used
    )


def _perhaps(heading: str, fields: Sequence[Field]) -> str | None:
    shown = plain(heading)
    score, name = max(((likeness(field, shown), field.name) for field in fields), default=(0.0, ""))
    return name if score >= NEAR else None


def likeness(field: Field, heading: str) -> float:
    """How near a plain heading comes to one of the field's, from 0 to 100; its unit does not count."""
    from rapidfuzz import fuzz

    bare = re.sub(_UNIT_ENDING, "", heading)
    names = {name for alias in field.headings for name in (plain(alias), re.sub(_UNIT_ENDING, "", plain(alias)))}
    return max(fuzz.ratio(shown, name) for shown in (heading, bare) for name in names) if bare and names else 0.0


def match(headings: Sequence[str], feed: Feed) -> Match:
    """The columns of `headings` that belong to `feed`'s fields; of two columns for one field the first alias wins."""
    positions: dict[str, int] = {}
    for at, heading in enumerate(headings):
        if heading:
            positions.setdefault(plain(heading), at)
    columns: dict[str, int] = {}
    for field in feed.fields:
        found = [positions[a] for a in map(plain, field.headings) if a in positions]
        free = [at for at in found if at not in columns.values()]
        if free:
            columns[field.name] = free[0]
    missing = tuple(f for f in feed.required if f.name not in columns)
    named = sum(1 for h in headings if h)
    used = set(columns.values())
    foreign = tuple(h for at, h in enumerate(headings) if h and at not in used and plain(h) in feed.foreign)
    return Match(feed, columns, missing, len(columns) / named if named else 0.0, foreign)
