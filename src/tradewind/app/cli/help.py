"""The pages of help: what there is to ask, and what each command takes, in boxes under their headings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

import tradewind
from tradewind.app.cli.line import ALONE, HelpPage, Page
from tradewind.app.cli.shared import Shared
from tradewind.app.cli.wrap import wrapped
from tradewind.app.usecases.registry import USE_CASES, UseCase
from tradewind.app.usecases.request import Field, fields_of
from tradewind.app.wording.requests import details, field_words, summary
from tradewind.core.text import text

if TYPE_CHECKING:
    from rich.console import Console

WIDEST: Final = 110
"""Columns; longer lines are hard to read."""

Row = tuple[str, ...]
"""Cells of a line of a box, the last of them words."""


def print_page(page: Page, lang: str) -> None:
    """One page on standard output."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    console.width = min(console.width, WIDEST)
    if not isinstance(page, HelpPage):
        console.print(f"tradewind {tradewind.__version__}")
    elif isinstance(page.about, UseCase):
        _print_use_case(console, page.about, lang)
    else:
        _print_list(console, page.about, lang)


def _print_use_case(console: Console, use_case: UseCase, lang: str) -> None:
    fields = fields_of(use_case.request)
    _print_words(console, text("cli_help.usage", lang, line=_usage(use_case, lang)))
    _print_words(console, summary(use_case, lang))
    _print_words(console, details(use_case, lang))
    _print_words(console, text("cli_help.example", lang, example=f"tradewind {use_case.example}"))
    by_place = [(f.flag, _described(use_case, f, lang)) for f in fields if f.positional]
    _print_box(console, text("cli_heading.arguments", lang), by_place)
    by_name = [(*_written(f), _described(use_case, f, lang)) for f in fields if not f.positional]
    _print_box(console, text("cli_heading.options", lang), [*by_name, *_shared_rows(lang)])


def _print_list(console: Console, group: str | None, lang: str) -> None:
    """All there is to ask, or what belongs to one group."""
    line = " ".join(("tradewind", *([group] if group else []), text("cli_help.command", lang)))
    _print_words(console, text("cli_help.usage", lang, line=line))
    about = (
        text("cli_help.alone", lang, group=group, alone=f"{group} {ALONE}") if group else text("cli_help.about", lang)
    )
    _print_words(console, about)
    listed = [u for u in USE_CASES if not group or u.name.startswith(f"{group} ")]
    for heading, members in groupby(listed, key=lambda u: u.heading):
        rows = [(u.name, summary(u, lang)) for u in members]
        _print_box(console, text(f"cli_heading.{heading}", lang), rows)
    version = [] if group else [("--version", "", "", text("cli_help.version", lang))]
    _print_box(console, text("cli_heading.options", lang), [*version, *_shared_rows(lang)])


def _usage(use_case: UseCase, lang: str) -> str:
    """`tradewind export TABLE --to PATH [OPTIONS]`: what is required stands without brackets."""
    needed, free = [], []
    for field in fields_of(use_case.request):
        name = f"{field.flag}..." if field.many else field.flag
        if field.required:
            needed.append(name if field.positional else f"{name} {_metavar(field)}")
        elif field.positional:
            free.append(f"[{name}]")
    return " ".join(("tradewind", use_case.name, *needed, *free, text("cli_help.options", lang)))


def _shared_rows(lang: str) -> list[Row]:
    every = [(*_written(field), text(f"every.{field.name}", lang)) for field in fields_of(Shared)]
    return [*every, ("--help", "-h", "", text("cli_help.help", lang))]


def _written(field: Field) -> Row:
    """The flag, a short one, and what is to follow it."""
    short = next((name for name in field.flags if not name.startswith("--")), "")
    return field.flag, short, _metavar(field)


def _described(use_case: UseCase, field: Field, lang: str) -> str:
    words = field_words(use_case, field, lang)
    if field.default is None or field.default is False or field.default == ():
        return words
    gap = " " if words[-1:].isascii() else ""
    return words + gap + text("cli_help.default", lang, value=str(field.default))


def _metavar(field: Field) -> str:
    if field.kind == "integer" and field.low is not None and field.high is not None:
        return f"{field.low:g}-{field.high:g}"
    return "|".join(field.choices) or _METAVARS[field.kind]


_METAVARS: Final = {
    "text": "TEXT",
    "texts": "NAME=VALUE",
    "integer": "N",
    "number": "X",
    "moment": "DATE",
    "path": "PATH",
    "paths": "PATH",
    "flag": "",
}


def _print_words(console: Console, words: str) -> None:
    if words:
        console.print(" " + wrapped(words, console.width - 2).replace("\n", "\n "), end="\n\n", soft_wrap=True)


def _print_box(console: Console, heading: str, rows: Sequence[Row]) -> None:
    """Rows under each other, the words wrapped in what is left of the width."""
    from rich.cells import cell_len
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    names = [max(cell_len(cell) for cell in cells) for cells in list(zip(*rows, strict=True))[:-1]]
    room = console.width - 4 - sum(names) - 2 * len(names)
    grid = Table.grid(padding=(0, 2, 0, 0))
    for width in names:
        grid.add_column(min_width=width, no_wrap=True)
    for *cells, words in rows:
        styled = [
            Text(cell, "bold cyan" if cell.startswith("-") or not i else "yellow") for i, cell in enumerate(cells)
        ]
        grid.add_row(*styled, Text(wrapped(words, room)))
    console.print(Panel(grid, title=Text(heading), title_align="left", border_style="dim"))
