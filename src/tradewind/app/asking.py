"""What asking consists of: a command's options and how each is read, the question, and the answer.

The answer is data with the words to show beside it, so that a terminal, a program and a page get the same figures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, Literal, Protocol

from tradewind.core.errors import RequestError

Kind = Literal["text", "texts", "whole", "amount", "moment", "path", "paths", "choice", "switch"]


@dataclass(frozen=True)
class Option:
    """One thing a command takes. `least` and `most` bound a whole number, both included; `most` an amount too.

    Kinds: text; texts (repeated); whole (a number with a `least`); amount (a number from 0); moment (date or
    ISO time, UTC); path; paths; choice (one of `choices`); switch (given or not). `argument` options are given
    by place, not by name; `written` is how an option is written where its name is not it.
    """

    name: str
    kind: Kind = "text"
    default: Any = None
    argument: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    short: str | None = None
    written: str | None = None

    @property
    def flag(self) -> str:
        """How the option is written: `--as-of`, or `PATH` for one given by place."""
        return self.name.upper() if self.argument else "--" + (self.written or self.name.replace("_", "-"))

    def read(self, given: Any) -> Any:
        """The option's value from what was typed. Raises RequestError where it cannot be one."""
        if given is None or given == []:
            return [] if self.kind in {"texts", "paths"} and self.default is None else self.default
        return _READERS[self.kind](self, given)


@dataclass(frozen=True)
class Command:
    """A name, where its answer comes from, its options, and under which heading help lists it."""

    name: str
    answer: str
    heading: Literal["start", "plan", "look", "tend"]
    options: tuple[Option, ...] = ()
    example: str = ""


class Progress(Protocol):
    """Told how far long work has come: a catalogue id or words, steps done, steps in all (None: unknown)."""

    def __call__(self, step: str, done: float = 0, total: float | None = None) -> None: ...


def silent(step: str, done: float = 0, total: float | None = None) -> None:
    """The progress of a door that shows none."""


@dataclass(frozen=True)
class Ask:
    """A command being asked: its options as read, the workspace's folder, and who listens."""

    options: Mapping[str, Any]
    folder: Path
    lang: str = "en"
    progress: Progress = silent

    def __getitem__(self, name: str) -> Any:
        return self.options[name]


@dataclass(frozen=True)
class Grid:
    """A small table for people: headings and cells, already words; `numbers` are set flush right.

    `cut`: columns that do not fit the terminal are left out and named, instead of being folded.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    numbers: frozenset[int] = frozenset()
    cut: bool = False


@dataclass(frozen=True)
class Answer:
    """What a command gives back: `data` for programs, `parts` (sentences and grids) for people.

    `failures` are errors beside the part that worked (one bad file among several).
    """

    data: Mapping[str, Any]
    parts: Sequence[str | Grid] = ()
    failures: Sequence[Exception] = field(default_factory=tuple)


def _text(option: Option, given: Any) -> str:
    if not str(given).strip():
        raise RequestError("empty_value", option=option.flag)
    return str(given)


def _whole(option: Option, given: Any) -> int:
    try:
        value = int(str(given))
    except ValueError:
        raise RequestError("invalid_integer", option=option.flag, value=given, allowed=_span(option)) from None
    if (option.least is not None and value < option.least) or (option.most is not None and value > option.most):
        raise RequestError("invalid_integer", option=option.flag, value=given, allowed=_span(option))
    return value


_MOST: Final = 1_000_000_000_000
"""More than any price, weight or size: beyond it cents are lost."""


def _amount(option: Option, given: Any) -> float:
    try:
        value = float(str(given))
    except ValueError:
        value = math.nan
    most = _MOST if option.most is None else option.most
    if not 0 <= value <= most:
        raise RequestError("invalid_number", option=option.flag, value=given, most=f"{most:,}")
    return value


def _span(option: Option) -> str:
    if option.most is None:
        return f">= {option.least}"
    return f"{option.least}-{option.most}"


def _moment(option: Option, given: Any) -> datetime:
    """A day counts from its midnight UTC; a time without a zone is UTC."""
    if isinstance(given, datetime):
        return given if given.tzinfo else given.replace(tzinfo=UTC)
    if isinstance(given, date):
        return datetime(given.year, given.month, given.day, tzinfo=UTC)
    try:
        read = datetime.fromisoformat(str(given))
    except ValueError:
        raise RequestError("invalid_date", option=option.flag, value=given) from None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def _choice(option: Option, given: Any) -> str:
    if str(given) not in option.choices:
        raise RequestError("invalid_choice", option=option.flag, value=given, choices=", ".join(option.choices))
    return str(given)


_READERS: Final[dict[str, Callable[[Option, Any], Any]]] = {
    "text": _text,
    "texts": lambda option, given: [_text(option, g) for g in given],
    "whole": _whole,
    "amount": _amount,
    "moment": _moment,
    "path": lambda option, given: Path(_text(option, given)).expanduser(),
    "paths": lambda option, given: [Path(_text(option, g)).expanduser() for g in given],
    "choice": _choice,
    "switch": lambda _, given: bool(given),
}
