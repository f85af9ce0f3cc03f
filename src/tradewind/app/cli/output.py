"""How an answer is shown: sentences and tables for people, JSON for programs, errors in one line."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Mapping
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TextIO

from tradewind.core.text import text

if TYPE_CHECKING:
    from rich.console import Console

    from tradewind.app.usecases.errors import Explained
    from tradewind.app.wording.view import Table, View

PIPE_WIDTH = 1000
"""Columns a table may take where there is no terminal to fit it to."""


def print_view(view: View, lang: str) -> None:
    """Sentences and tables on standard output; a table is fitted to a terminal, not to a pipe."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    for part in view:
        if isinstance(part, str):
            console.print(part, soft_wrap=True)
        else:
            _print_table(console, part, lang)


def _print_table(console: Console, part: Table, lang: str) -> None:
    fitting = _fitting(part, console.width) if part.cut else len(part.headings)
    console.print(_drawn(part, fitting), crop=False)
    left_out = part.headings[fitting:]
    cut = text("cli_table.left_out", lang, columns=", ".join(left_out)) if left_out else ""
    for words in filter(None, (cut, part.more)):
        console.print(words, soft_wrap=True)


def print_json(data: Mapping[str, Any]) -> None:
    """The data of an answer on standard output."""
    sys.stdout.write(as_json_text(data, sys.stdout) + "\n")


def print_error(error: Explained, as_json: bool) -> None:
    """One line on standard error; with JSON asked for, one object on standard output as well."""
    if as_json:
        print_json({"error": {"code": error.code, "what": error.what, "fix": error.fix}})
    gap = " " if error.what[-1:].isascii() else ""
    sys.stderr.write(f"{error.what}{gap}{error.fix}".rstrip() + "\n")
    if os.environ.get("TRADEWIND_DEBUG"):
        traceback.print_exception(error.cause)


def as_json_text(data: Any, stream: TextIO) -> str:
    """JSON; where the stream is not UTF-8, letters beyond ASCII are escaped so that no reader stumbles."""
    utf8 = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"
    return json.dumps(data, ensure_ascii=not utf8, allow_nan=False, indent=2)


def _fitting(part: Table, width: int) -> int:
    """How many columns fit side by side, at least one."""
    from rich.cells import cell_len

    columns = zip(part.headings, *part.rows, strict=True)
    ends = accumulate(max(map(cell_len, cells)) + 3 for cells in columns)
    return max(1, sum(end <= width for end in ends))


def _drawn(part: Table, fitting: int) -> Any:
    from rich import box
    from rich.table import Table as Drawn

    from tradewind.app.cli.wrap import Words

    drawn = Drawn(title=part.title or None, box=box.SIMPLE, title_justify="left", title_style="bold", pad_edge=False)
    for i, heading in enumerate(part.headings[:fitting]):
        drawn.add_column(Words(heading), justify="right" if i in part.numbers else "left", overflow="fold")
    for row in part.rows:
        drawn.add_row(*map(Words, row[:fitting]))
    return drawn
