"""What a user can ask for: one list of commands, from which every door is built.

A command names its options and the function that answers it (`module:function`, imported only when
the command is asked). The answer is data with the words to show beside it, so that a terminal, a
program and a page get the same figures. Help texts are catalogue ids: `ask.<command>.help`,
`ask.<command>.<option>`, and `every.<option>` for the options all commands share.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, Literal, Protocol

from tradewind.core.errors import ParameterError

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
        """The option's value from what was typed. Raises ParameterError where it cannot be one."""
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


_CLI = "tradewind.app.cli"
_TABLE = Option("table", argument=True)
_RUN = Option("run")
_WAIT = Option("wait", "whole", 30, least=0)
_MODES: Final = ("semi_stocked", "semi_jit", "pop", "overseas", "full", "own")
_LIMIT = Option("limit", "whole", 20, least=0)

COMMANDS: Final[tuple[Command, ...]] = (
    Command(
        "demo",
        f"{_CLI}.demo:demo",
        "start",
        (
            Option("dir", "path", "tradewind-demo", argument=True),
            Option("scale", "choice", "small", choices=("tiny", "small", "large")),
            Option("seed", "whole", 7, least=0),
        ),
        "tradewind demo",
    ),
    Command(
        "init",
        f"{_CLI}.loading:init",
        "start",
        (
            Option("dir", "path", "shop", argument=True),
            Option("currency", default="CNY"),
            Option("ledger"),
            Option("lake"),
        ),
        "tradewind init shop --currency CNY",
    ),
    Command(
        "import",
        f"{_CLI}.loading:import_files",
        "start",
        (
            Option("path", "paths", argument=True, required=True),
            Option("layout", written="as"),
            Option("map", "path"),
            Option("shop"),
            _WAIT,
        ),
        "tradewind import orders.xlsx parcels.csv",
    ),
    Command(
        "health",
        f"{_CLI}.loading:health",
        "start",
        (Option("export", "path"),),
        "tradewind health --export fixes.xlsx",
    ),
    Command(
        "template",
        f"{_CLI}.loading:template",
        "start",
        (Option("dir", "path", "templates", argument=True),),
        "tradewind template templates",
    ),
    Command(
        "run",
        f"{_CLI}.planning:run",
        "plan",
        (
            Option("as_of", "moment"),
            Option("horizon_weeks", "whole", 13, least=5, most=52),
            Option("seed", "whole", 0, least=0),
            _WAIT,
        ),
        "tradewind run --as-of 2026-11-02",
    ),
    Command(
        "rerun",
        f"{_CLI}.planning:rerun",
        "plan",
        (Option("run_id", argument=True, required=True),),
        "tradewind rerun 3f2a91",
    ),
    Command(
        "backtest",
        f"{_CLI}.planning:backtest",
        "plan",
        (
            Option("weeks", "whole", 13, least=1, most=520),
            Option("unit_margin", "amount", 1.0),
            Option("lost_sale_cost", "amount", 0.0),
            Option("holding_cost", "amount", 0.2),
            Option("lead_time_weeks", "whole", 2, least=0, most=52),
        ),
        "tradewind backtest --weeks 13",
    ),
    Command(
        "actions",
        f"{_CLI}.looking:actions",
        "look",
        (Option("limit", "whole", 10, least=0), _RUN),
        "tradewind actions --limit 20",
    ),
    Command(
        "report",
        f"{_CLI}.planning:report",
        "look",
        (_RUN, Option("to", "path")),
        "tradewind report --to out --lang zh",
    ),
    Command(
        "show",
        f"{_CLI}.looking:show",
        "look",
        (_TABLE, _LIMIT, Option("where", "texts"), Option("columns"), _RUN),
        "tradewind show orders --limit 5 --where node=HZ",
    ),
    Command(
        "export",
        f"{_CLI}.looking:export",
        "look",
        (
            Option("table", argument=True, required=True),
            Option("to", "path", required=True),
            Option("where", "texts"),
            Option("columns"),
            _RUN,
        ),
        "tradewind export orders --to orders.xlsx",
    ),
    Command(
        "eligibility",
        f"{_CLI}.checking:eligibility",
        "look",
        (Option("file", "path", argument=True, required=True), Option("template", "switch"), Option("on", "moment")),
        "tradewind eligibility sheet.yaml --template",
    ),
    Command(
        "preflight",
        f"{_CLI}.checking:preflight_check",
        "look",
        (
            Option("consignment", argument=True, required=True),
            Option("template", "switch"),
            Option("attributes", "path"),
            Option("service"),
            Option("markets"),
            Option("at", "moment"),
            Option("limit", "whole", 60, least=0),
        ),
        "tradewind preflight goods.xlsx --service CAINIAO_STANDARD --markets ES,FR",
    ),
    Command(
        "explain",
        f"{_CLI}.checking:explain_code",
        "look",
        (Option("code", argument=True), Option("on", "moment")),
        "tradewind explain E102",
    ),
    Command(
        "quote",
        f"{_CLI}.pricing:quote",
        "look",
        (
            Option("sku", default="-"),
            Option("market", required=True),
            Option("mode", "choice", "semi_jit", choices=_MODES),
            Option("price", "amount", required=True),
            Option("currency"),
            Option("units", "whole", 1, least=1),
            Option("on", "moment"),
            Option("cost", "amount"),
            Option("weight_g", "amount"),
            Option("size_cm"),
            Option("hs_code"),
            Option("battery", "switch"),
            Option("card"),
            Option("per_kg", "amount"),
            Option("per_parcel", "amount"),
            Option("divisor", "amount"),
            Option("inbound", "amount"),
            Option("fx", "texts"),
            Option("duty_rate", "amount"),
            Option("returns_rate", "amount", most=1),
            Option("ad_cost", "amount"),
            Option("conversion", "amount", most=1),
        ),
        "tradewind quote --sku SKU-001 --market ES --mode semi_jit --price 12.90",
    ),
    Command(
        "modes",
        f"{_CLI}.moding:modes",
        "look",
        (Option("sku"), Option("supply_price", "amount"), _RUN),
        "tradewind modes --sku SKU-001",
    ),
    Command(
        "scenario",
        f"{_CLI}.what_if:scenario",
        "look",
        (Option("name", argument=True), Option("set", "texts"), _RUN),
        "tradewind scenario freight_up_20",
    ),
    Command(
        "savings",
        f"{_CLI}.what_if:savings",
        "look",
        (_LIMIT, _RUN),
        "tradewind savings",
    ),
    Command(
        "margin",
        f"{_CLI}.keeping:margin",
        "look",
        (
            Option("actual", "switch"),
            Option("by", "choice", "mode", choices=("all", "mode", "market", "sku", "order")),
            Option("since", "moment", written="from"),
            Option("until", "moment", written="to"),
            _LIMIT,
            Option("as_of", "moment"),
        ),
        "tradewind margin --actual --by market",
    ),
    Command(
        "fines",
        f"{_CLI}.keeping:fines",
        "look",
        (Option("fine"), Option("all", "switch"), _LIMIT, Option("as_of", "moment")),
        "tradewind fines --all",
    ),
    Command(
        "cash",
        f"{_CLI}.keeping:cash",
        "look",
        (Option("weeks", "whole", 13, least=1, most=52), Option("spread", "amount", most=1), _RUN),
        "tradewind cash --weeks 13",
    ),
    Command(
        "shop-health",
        f"{_CLI}.keeping:shop_health",
        "look",
        (Option("as_of", "moment"),),
        "tradewind shop-health",
    ),
    Command("runs", f"{_CLI}.looking:runs", "tend", (), "tradewind runs"),
    Command(
        "rules",
        f"{_CLI}.ruling:rules",
        "tend",
        (
            Option("what", "choice", "list", argument=True, choices=("list", "show", "diff", "check", "card")),
            Option("first", argument=True),
            Option("second", argument=True),
            Option("on", "moment"),
            Option("pack"),
            Option("find"),
            Option("within", "whole", 30, least=0),
            Option("template", "switch"),
        ),
        "tradewind rules show semi.late_inbound_after",
    ),
)

EVERY: Final = (
    Option("workspace", "path", short="-w"),
    Option("lang", "choice", choices=("en", "zh")),
    Option("json", "switch"),
)
"""The options every command takes."""


def command(name: str) -> Command:
    """The command of that name. Raises KeyError where there is none."""
    return {c.name: c for c in COMMANDS}[name]


def _text(option: Option, given: Any) -> str:
    if not str(given).strip():
        raise ParameterError("ask_value_empty", option=option.flag)
    return str(given)


def _whole(option: Option, given: Any) -> int:
    try:
        value = int(str(given))
    except ValueError:
        raise ParameterError("ask_not_whole", option=option.flag, value=given, allowed=_span(option)) from None
    if (option.least is not None and value < option.least) or (option.most is not None and value > option.most):
        raise ParameterError("ask_not_whole", option=option.flag, value=given, allowed=_span(option))
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
        raise ParameterError("ask_not_an_amount", option=option.flag, value=given, most=f"{most:,}")
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
        raise ParameterError("ask_not_a_date", option=option.flag, value=given) from None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def _choice(option: Option, given: Any) -> str:
    if str(given) not in option.choices:
        raise ParameterError("ask_not_a_choice", option=option.flag, value=given, choices=", ".join(option.choices))
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
