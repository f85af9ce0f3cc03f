"""Headings are matched by alias, never by position."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from tradewind.data.intake.layout import Feed, Field

_NOISE = re.compile(r"[\s_\-./:()\[\]{}<>【】「」『』\"'‘’“”、,;!?*#\u200b\ufeff\x00-\x1f]+")


_LEAST = 2
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
