"""What may a request say? Its fields with bounds, units, choices and defaults, read off the dataclass that declares it.

    @dataclass(frozen=True, kw_only=True)
    class CashRequest:
        weeks: Annotated[int, Between(1, 52), Unit("weeks")] = 13

    read(CashRequest, {"weeks": "8"})

One reader per kind of value serves every door: a terminal and a URL hand over text, JSON and Python hand over values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from tradewind.core.errors import RequestError

Kind = Literal["text", "texts", "integer", "number", "moment", "path", "paths", "choice", "flag"]
T = TypeVar("T")

LARGEST: Final = 1_000_000_000_000.0
"""More than any price, weight or size: beyond it cents are lost."""


LARGEST_INTEGER: Final = 2**63 - 1
"""What a column of whole numbers holds; a limit beyond it is no limit."""

YEARS: Final = range(1900, 2201)
"""Years a moment may lie in: beyond them days cannot be counted on from."""


@dataclass(frozen=True)
class Between:
    """Both ends included; without `high` there is no end but what a computer can count to."""

    low: float
    high: float | None = None


@dataclass(frozen=True)
class Unit:
    """What a number counts: "weeks", "share", "g", "base currency" ..."""

    name: str


@dataclass(frozen=True)
class Positional:
    """Given by place in a terminal, not by name."""


@dataclass(frozen=True)
class Flags:
    """How a terminal writes the field where its name is not it; the first is the one shown."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Output:
    """A file or folder the answer is written to, on the machine of whoever asks."""


@dataclass(frozen=True)
class Input:
    """A file on the machine of whoever asks; a door on the network takes it as an upload."""


@dataclass(frozen=True)
class Field:
    """One field of a request. `low` and `high` bound integers and numbers, both included."""

    name: str
    kind: Kind
    default: Any
    required: bool
    choices: tuple[str, ...]
    low: float | None
    high: float | None
    unit: str | None
    positional: bool
    flags: tuple[str, ...]
    writes: bool
    reads: bool

    @property
    def flag(self) -> str:
        """How a terminal writes it: `--as-of`, or `PATH` for one given by place."""
        return self.name.upper() if self.positional else self.flags[0]

    @property
    def many(self) -> bool:
        return self.kind in {"texts", "paths"}


Label = Callable[[Field], str]


def by_name(field: Field) -> str:
    """What a field is called in an error of Python and REST."""
    return field.name


def fields_of(request: type[Any]) -> tuple[Field, ...]:
    """The fields of a request's dataclass, in order."""
    key: Any = request
    return _fields(key)


@cache
def _fields(request: Any) -> tuple[Field, ...]:
    hints = get_type_hints(request, include_extras=True)
    return tuple(_field(f.name, hints[f.name], f.default) for f in fields(request))


def read(request: type[T], given: Mapping[str, Any], label: Label = by_name, example: str = "-") -> T:
    """The request that `given` (field name -> text or value; absent and None: the default) describes.

    Raises RequestError for a value that cannot be one, a missing one, and a name that is no field; `label` says what
    the door calls a field, `example` how a whole request is written there.
    """
    known = {f.name: f for f in fields_of(request)}
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            code = "unknown_field" if near else "unknown_field_far"
            raise RequestError(code, field=name, near=(near or [""])[0], known=", ".join(known) or "-")
    values = {f.name: read_value(f, given[f.name], label) for f in known.values() if _given(given.get(f.name))}
    for field in known.values():
        if field.required and values.get(field.name) in (None, ()):
            raise RequestError("missing_value", option=label(field), field=field.name, example=example)
    return request(**values)


def read_value(field: Field, given: Any, label: Label = by_name) -> Any:
    """One field's value from text or a value. Raises RequestError where it cannot be one."""
    return _READERS[field.kind](field, given, label)


def _given(value: Any) -> bool:
    return value is not None and not (isinstance(value, Sequence) and not isinstance(value, str) and not value)


def _field(name: str, hint: Any, default: Any) -> Field:
    extras: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        extras = tuple(rest)
    found = {type(extra): extra for extra in extras}
    kind, choices = _kind(hint)
    low, high = _bounds(kind, found.get(Between))
    flags = found[Flags].names if Flags in found else ("--" + name.replace("_", "-"),)
    return Field(
        name,
        kind,
        None if default is MISSING else default,
        default is MISSING,
        choices,
        low,
        high,
        found[Unit].name if Unit in found else None,
        Positional in found,
        flags,
        Output in found,
        Input in found,
    )


def _bounds(kind: Kind, said: Between | None) -> tuple[float | None, float | None]:
    if said is not None:
        return said.low, LARGEST_INTEGER if kind == "integer" and said.high is None else said.high
    return (0.0, LARGEST) if kind == "number" else (None, None)


def _kind(hint: Any) -> tuple[Kind, tuple[str, ...]]:
    if get_origin(hint) in {Union, UnionType}:
        hint = next(one for one in get_args(hint) if one is not NoneType)
    if get_origin(hint) is Literal:
        return "choice", get_args(hint)
    if get_origin(hint) is tuple:
        return ("paths" if get_args(hint)[0] is Path else "texts"), ()
    return _KINDS[hint], ()


_KINDS: Final[dict[Any, Kind]] = {
    str: "text",
    int: "integer",
    float: "number",
    datetime: "moment",
    Path: "path",
    bool: "flag",
}


def _text(field: Field, given: Any, label: Label) -> str:
    if not str(given).strip():
        raise RequestError("empty_value", option=label(field), field=field.name)
    if not _is_text(str(given), "surrogateescape" if field.kind in {"path", "paths"} else "strict"):
        raise RequestError("no_text", option=label(field), field=field.name)
    return str(given)


def _is_text(given: str, errors: str) -> bool:
    """Whether a file or a table can hold it: no zero byte, no half of a character. Paths may be bytes in disguise."""
    try:
        given.encode("utf-8", errors)
    except UnicodeEncodeError:
        return False
    return "\0" not in given


def _text_or_file(field: Field, given: Any, label: Label) -> str | Path:
    """A text that may name a file stays a path where a door hands over the file itself."""
    return given if field.reads and isinstance(given, Path) else _text(field, given, label)


def _texts(field: Field, given: Any, label: Label) -> tuple[str, ...]:
    every = [given] if isinstance(given, (str, Path)) else given
    return tuple(_text(field, one, label) for one in every)


def _path(field: Field, given: Any, label: Label) -> Path:
    path = Path(_text(field, given, label))
    try:
        return path.expanduser()
    except RuntimeError:
        return path  # "~name" of nobody: a file may be called so


def _paths(field: Field, given: Any, label: Label) -> tuple[Path, ...]:
    every = [given] if isinstance(given, (str, Path)) else given
    return tuple(_path(field, one, label) for one in every)


def _integer(field: Field, given: Any, label: Label) -> int:
    try:
        value = int(str(given))
    except ValueError:
        raise _out_of_range("invalid_integer", field, given, label) from None
    if not _within(field, value):
        raise _out_of_range("invalid_integer", field, given, label)
    return value


def _number(field: Field, given: Any, label: Label) -> float:
    try:
        value = float(str(given))
    except ValueError:
        value = math.nan
    if not _within(field, value):
        raise _out_of_range("invalid_number", field, given, label)
    return value


def _within(field: Field, value: float) -> bool:
    return (field.low is None or value >= field.low) and (field.high is None or value <= field.high)


def _out_of_range(code: str, field: Field, given: Any, label: Label) -> RequestError:
    low, high = ("" if end is None else f"{end:,.15g}" for end in (field.low, field.high))
    allowed = f">= {low}" if not high or field.high == LARGEST_INTEGER else f"{low}-{high}"
    return RequestError(code, option=label(field), field=field.name, value=given, allowed=allowed, least=low, most=high)


def _moment(field: Field, given: Any, label: Label) -> datetime:
    """A day counts from its midnight UTC; a time without a zone is UTC."""
    try:
        found = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
        if found.year in YEARS:
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise RequestError("invalid_date", option=label(field), field=field.name, value=given)


def _choice(field: Field, given: Any, label: Label) -> str:
    if str(given) not in field.choices:
        choices = ", ".join(field.choices)
        raise RequestError("invalid_choice", option=label(field), field=field.name, value=given, choices=choices)
    return str(given)


_TRUE, _FALSE = {"true", "1", "yes", "on"}, {"false", "0", "no", "off"}


def _flag(field: Field, given: Any, label: Label) -> bool:
    said = str(given).strip().lower()
    if said not in _TRUE | _FALSE:
        raise RequestError("invalid_choice", option=label(field), field=field.name, value=given, choices="true, false")
    return said in _TRUE


_READERS: Final[dict[Kind, Callable[[Field, Any, Label], Any]]] = {
    "text": _text_or_file,
    "texts": _texts,
    "integer": _integer,
    "number": _number,
    "moment": _moment,
    "path": _path,
    "paths": _paths,
    "choice": _choice,
    "flag": _flag,
}
