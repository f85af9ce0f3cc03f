"""A frame as a table, for the questions about prices and books until they are use cases."""

from __future__ import annotations

import polars as pl

from tradewind.app.asking import Grid
from tradewind.app.wording.figures import cell, heading


def grid_of(frame: pl.DataFrame, lang: str, title: str = "") -> Grid:
    """A frame as a small table for people: headings in their language, numbers flush right."""
    numbers = frozenset(i for i, c in enumerate(frame.columns) if frame[c].dtype.is_numeric())
    rows = [[cell(v, lang) for v in row] for row in frame.iter_rows()]
    return Grid([heading(c, lang) for c in frame.columns], rows, title, numbers)
