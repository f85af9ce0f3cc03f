"""One of a few words: a status, a mode, a kind of warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

import polars as pl

from tradewind.data.intake.headings import plain
from tradewind.data.intake.values import Read, mapped, no_problem


def read_choice(raw: pl.Series, choices: Mapping[str, str]) -> Read:
    """The canonical word for each cell; for a word nobody knows, the allowed ones that come nearest."""
    words = {plain(name): meant for name, meant in choices.items()}
    cells = [cell for cell in raw.unique() if cell is not None]
    value = mapped(raw, {cell: words.get(plain(cell)) for cell in cells})
    wrong = value.is_null() & raw.is_not_null()
    if not wrong.any():
        return Read(value)
    nearest: dict[str, str | None] = {cell: _nearest(cell, words) for cell in raw.filter(wrong).unique()}
    return Read(value, no_problem(len(raw)).set(wrong, "word_unknown"), mapped(raw, nearest))


def _nearest(cell: str, words: Mapping[str, str]) -> str:
    near = get_close_matches(plain(cell), words, n=1, cutoff=0.6)
    return words[near[0]] if near else ", ".join(dict.fromkeys(words.values()))
