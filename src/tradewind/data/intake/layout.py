"""What a layout is: headings -> fields -> rows of the tables, declared rather than programmed.

A `Layout` has one `Feed` per kind of file (Olist has an orders file, an items file, ...). A feed lists its
`Field`s: the canonical name, every heading seen for it, and how its cells are read. `Output`s say which
table rows are made from a feed's parsed rows, as Polars expressions over the fields' names.

To add a layout, copy a file of `layouts/` and change it: every module there with a `LAYOUT` is known.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Final

import polars as pl

from tradewind.core.errors import UnknownLayoutError

MAIN_SHOP: Final = "main"
"""The shop of a file that names none, unless the one who imports it does."""

_EACH: Final = re.compile(r"^(unit|list|moq|carton)_|^price$|_per_|^line_no$")
"""Names of amounts and counts that are said of each row."""


@dataclass(frozen=True)
class Field:
    """One column of a source: `name` is ours, `headings` are theirs, `kind` says how a cell is read.

    Kinds: text, code (order and SKU numbers), whole, number, money, moment, day, country, currency, choice,
    buyer (hashed at once), postcode (cut to its first three characters).

    required     the heading must be there for the feed to be recognised
    time_zone    of moments that state none
    choices      for kind choice: what a cell may say -> canonical value
    also         for kind country: names that only this source uses -> ISO 3166 alpha-2
    future       a moment or day may lie after the import (a promise, a holiday)
    month_first  dates that leave the order of day and month open are month first, as the source writes them; a column
                 that shows days first is read so
    alike        an amount that every row of one thing repeats (an order's freight): a cell merged over rows
                 is what each of them says, where other amounts are shared out
    shape        of the number of an order or parcel: a pattern that all of the platform's have; what has it not is
                 a cell to correct
    """

    name: str
    headings: tuple[str, ...]
    kind: str
    required: bool = False
    time_zone: str = "UTC"
    choices: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)
    future: bool = False
    month_first: bool = False
    alike: bool = False
    shape: str | None = None

    @property
    def adds_up(self) -> bool:
        """Whether the cells of several rows add up, as those of a price or of what one piece costs do not."""
        return self.kind in ("money", "whole") and not self.alike and not _EACH.search(self.name)

    @property
    def personal(self) -> bool:
        return self.kind in ("buyer", "buyer_key", "postcode")


@dataclass(frozen=True)
class LeaveOut:
    """Rows that are no facts of ours (postage, test lines): counted under `reason`, not loaded, not to correct."""

    reason: str
    where: pl.Expr


@dataclass(frozen=True)
class Note:
    """Rows that are loaded and of which something is worth knowing: counted under `reason`."""

    reason: str
    where: pl.Expr


@dataclass(frozen=True)
class Check:
    """Rows where `fails` holds go to the rows to correct, because of `field`; shown is what `value` holds, else it."""

    problem: str
    field: str
    fails: pl.Expr
    value: str | None = None


@dataclass(frozen=True)
class Feed:
    """One kind of file or sheet. `group` are the fields whose rows must stay together (an order's lines).

    fill_down   fields filled in one row of a group only (an order's total); they are copied to its other rows
    once_by     where this field is filled, rows that say the same are one row stated again: it names the row (a line
                number, a licence plate), or the source is known to state its rows twice. Elsewhere each counts where it
                becomes a line of its table (a row a piece), and the import says how many there were
    repeats     that rows say the same is usual (a statement whose amounts add up): each counts, and nothing is said
    dated_by    a moment that the source's rows do not state (a list of stock): empty cells take the file's own
                (see `dating`)
    lines_by    fields that distinguish a group's rows: a group that two files of one zip both hold with the same
                ones is one order exported twice, not one in two parts
    telling     fields of which at least one must be there, beside the required ones, to be sure what the file is
    foreign     headings, as `headings.plain` leaves them, that say that a file is about something else
    clears      a cell that says one of the words in `values.CLEAR` empties what is known of its column
    refused     the error that says why such a file is known and not read (what it tells is told elsewhere)
    split       makes several rows of one (an order whose goods stand in one cell): a frame of text in, a frame of
                text out; may fill fields that no heading brings
    """

    name: str
    fields: tuple[Field, ...]
    group: tuple[str, ...]
    fill_down: tuple[str, ...] = ()
    once_by: str = "line_no"
    repeats: bool = False
    dated_by: str | None = None
    lines_by: tuple[str, ...] = ("sku",)
    clears: bool = False
    telling: tuple[str, ...] = ()
    foreign: frozenset[str] = frozenset()
    refused: str | None = None
    split: Callable[[pl.DataFrame], pl.DataFrame] | None = None
    leave_out: tuple[LeaveOut, ...] = ()
    notes: tuple[Note, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def required(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields if f.required)


@dataclass(frozen=True)
class Join:
    """Adds the fields of another feed's row with the same `on`; a small feed, held in memory."""

    feed: str
    on: str


@dataclass(frozen=True)
class Variant:
    """One of several rows made from one row of a feed, where `where` holds: its own `columns` beside the output's."""

    columns: Mapping[str, pl.Expr]
    where: pl.Expr


@dataclass(frozen=True)
class Output:
    """Rows of `table` made from `feed`: table columns are the fields of the same name, or `columns`.

    `variants` make several rows of one: a ledger's columns of income and cost become an amount a row.

    `joins` bring fields of other feeds; `where` picks the feed's rows; rows of one key that differ only
    in a `most_common` column collapse to its most frequent value (a product's title in a list of sales).
    With `by_product` a row that cannot be used is passed over in silence: the main output reports it. `file` and
    `row` name fields that hold where a row first came from, in place of where it stands now.
    """

    table: str
    feed: str
    columns: Mapping[str, pl.Expr] = field(default_factory=dict)
    where: pl.Expr | None = None
    joins: tuple[Join, ...] = ()
    most_common: str | None = None
    by_product: bool = False
    file: str | None = None
    row: str | None = None
    variants: tuple[Variant, ...] = ()


@dataclass(frozen=True)
class Layout:
    """A source's files and what they become.

    joined     all files of this layout in a folder belong together (tables to join); else each stands alone
    merge      rows are corrections: they replace rows of the same key, not whole groups
    encodings  tried after UTF-8, before GB18030
    own        described by its user in a mapping: goes before those that come with Tradewind
    """

    name: str
    feeds: tuple[Feed, ...]
    outputs: tuple[Output, ...]
    joined: bool = False
    merge: bool = False
    encodings: tuple[str, ...] = ()
    own: bool = False

    def feed(self, name: str) -> Feed:
        return next(f for f in self.feeds if f.name == name)


@cache
def layouts() -> dict[str, Layout]:
    """All layouts by name, from the modules of `layouts/`."""
    import tradewind.data.intake.layouts as folder

    found = [import_module(f"{folder.__name__}.{m.name}").LAYOUT for m in pkgutil.iter_modules(folder.__path__)]
    return {layout.name: layout for layout in sorted(found, key=lambda one: one.name)}


def layout_named(name: str, own: Sequence[Layout] = ()) -> Layout:
    """The layout called `name`, one of Tradewind's or of `own`; raises UnknownLayoutError with the names there are."""
    known = {**layouts(), **{layout.name: layout for layout in own}}
    if name not in known:
        raise UnknownLayoutError("layout_name_unknown", layout=name, layouts=", ".join(known))
    return known[name]
