"""A plan as the report sees it: its frames, whether or not a room wrote them, and what was loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

import polars as pl

from tradewind.app.wording.figures import named
from tradewind.core.text import catalogue
from tradewind.core.weeks import week_of


class Run(Protocol):
    """What a run offers the report."""

    @property
    def id(self) -> str: ...
    @property
    def as_of(self) -> datetime: ...
    @property
    def seed(self) -> int: ...
    @property
    def horizon_weeks(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def versions(self) -> Mapping[str, int]: ...
    @property
    def tables(self) -> Mapping[str, pl.DataFrame]: ...


@dataclass(frozen=True)
class Plan:
    """A run, the language it is told in, and the workspace's state of health (frames by name; may be empty)."""

    run: Run
    lang: str
    health: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    def table(self, name: str, *needed: str) -> pl.DataFrame | None:
        """The frame of that name, if it has rows and all columns `needed`."""
        frame = self.run.tables.get(name)
        if frame is None or not frame.height or not set(needed) <= set(frame.columns):
            return None
        return frame

    def say(self, key: str, **values: Any) -> str:
        return catalogue(self.lang)[key].format(**values)

    @property
    def currency(self) -> str:
        return self.run.currency

    @property
    def first_week(self) -> date:
        return week_of(self.run.as_of)

    def loaded(self) -> set[str] | None:
        """Tables of the workspace that have rows; None where nobody knows."""
        frame = self.health.get("loaded")
        if frame is None or not {"table", "rows"} <= set(frame.columns):
            return None
        return set(frame.filter(pl.col("rows") > 0)["table"])

    def missing(self, section: str, *tables: str) -> str:
        """Why a section is empty: the tables it needs that are not loaded, or that there is nothing to say."""
        loaded = self.loaded()
        lacking = [t for t in tables if loaded is None or t not in loaded]
        if not lacking and loaded is not None:
            return self.say(f"report_nothing.{section}")
        names = self.say("report_word.comma").join(named("table", t, self.lang) for t in lacking)
        return self.say("report_missing.sentence", what=self.say(f"report_missing.{section}"), tables=names)
