"""What every result carries: where its figures come from, and a page of a longer table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from tradewind.data.runs import Run


@dataclass(frozen=True)
class Provenance:
    """What an answer rests on.

    `run`: the plan it was read from; None where it was computed from the tables (`versions`) at `as_of`.
    `newer_data`: the workspace has data, rules or a shop profile that this plan has not seen.
    """

    as_of: datetime | None = None
    run: str | None = None
    versions: Mapping[str, int] = field(default_factory=dict)
    newer_data: bool = False

    @classmethod
    def of_plan(cls, run: Run, newer_data: bool = False) -> Provenance:
        """The provenance of an answer read from a kept plan."""
        return cls(run.as_of, run.id, dict(run.versions), newer_data)


@dataclass(frozen=True)
class Page:
    """Some rows of a table: `rows` in all, `frame` those asked for, `next` what `after` is to be for those after them
    (None at the end)."""

    frame: pl.DataFrame
    rows: int
    next: int | None


def paged(frame: pl.DataFrame, limit: int, after: int = 0) -> Page:
    """`limit` rows of `frame` after the first `after` ones."""
    end = after + limit
    return Page(frame.slice(after, limit), frame.height, end if end < frame.height else None)
