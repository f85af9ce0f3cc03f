"""What every result carries: where its figures come from, and a page of a longer table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

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
class Rows:
    """Annotates a frame or page of a result that holds rows of a plan's table (core/plan_tables)."""

    table: str


@dataclass(frozen=True)
class Page:
    """Some rows of a table: `rows` in all, `frame` those asked for, `next` what `after` is to be for those after them
    (None at the end)."""

    frame: pl.DataFrame
    rows: int
    next: int | None


def paged(frame: pl.DataFrame, limit: int, after: int = 0) -> Page:
    """`limit` rows of `frame` after the first `after` ones."""
    return Page(frame.slice(after, limit), frame.height, next_page(frame.height, limit, after))


def next_page(rows: int, limit: int, after: int) -> int | None:
    """What `after` is to be for the rows after these, of `rows` in all; None where there are none."""
    end = after + limit
    return end if end < rows else None


Form: TypeAlias = Literal["eligibility", "consignment", "freight_card"]


@dataclass(frozen=True)
class FormResult:
    """An empty form that was written, to be filled in and handed back."""

    file: Path
    form: Form
