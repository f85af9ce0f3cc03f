"""How a terminal is spoken to: its language, its encoding, its tables, and JSON for programs."""

from __future__ import annotations

import json
import locale
import math
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import accumulate, pairwise
from typing import Any, TextIO

from tradewind.app.asking import Answer, Grid
from tradewind.app.cli.errors import Explained, explained
from tradewind.core.text import LANGUAGES, text

PIPE_WIDTH = 1000
"""Columns a table may take where there is no terminal to fit it to."""


def prepare_streams() -> None:
    """A character the console does not have becomes a question mark, never a crash."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def chosen_language(args: Sequence[str]) -> str:
    """`--lang`, else TRADEWIND_LANG, else the system's language, else English."""
    told = [b for a, b in pairwise(args) if a == "--lang"]
    told += [a.partition("=")[2] for a in args if a.startswith("--lang=")]
    if told:
        return told[-1] if told[-1] in LANGUAGES else _system_language()
    named = os.environ.get("TRADEWIND_LANG", "").strip().lower()[:2]
    return named if named in LANGUAGES else _system_language()


def _system_language() -> str:
    spoken = next((v for n in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := os.environ.get(n))), None)
    if spoken is None:
        spoken = locale.getlocale()[0] or ""
    return "zh" if spoken.lower().startswith(("zh", "chinese")) else "en"


def print_answer(answer: Answer, lang: str, as_json: bool) -> None:
    """The answer on standard output; failures beside it as errors."""
    failures = [explained(e, lang) for e in answer.failures]
    if as_json:
        data = dict(answer.data)
        if failures:
            data["errors"] = [_error_json(e) for e in failures]
        sys.stdout.write(as_json_text(data, sys.stdout) + "\n")
        return
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    for part in answer.parts:
        if isinstance(part, Grid):
            fitting = _fitting(part, console.width) if part.cut else len(part.headings)
            console.print(_table(part, fitting), crop=False)
            if left_out := part.headings[fitting:]:
                console.print(text("said.left_out", lang, columns=", ".join(left_out)), soft_wrap=True)
        else:
            console.print(part, soft_wrap=True)
    for failure in failures:
        print_error(failure, as_json=False)


def print_error(error: Explained, as_json: bool) -> None:
    """One line on standard error; with JSON asked for, one object on standard output as well."""
    if as_json:
        sys.stdout.write(as_json_text({"error": _error_json(error)}, sys.stdout) + "\n")
    gap = " " if error.what.isascii() else ""
    sys.stderr.write(f"{error.what}{gap}{error.fix}".rstrip() + "\n")
    if os.environ.get("TRADEWIND_DEBUG"):
        traceback.print_exception(error.cause)


def as_json_text(data: Any, stream: TextIO) -> str:
    """JSON; where the stream is not UTF-8, letters beyond ASCII are escaped so that no reader stumbles."""
    utf8 = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"
    return json.dumps(_plain(data), ensure_ascii=not utf8, allow_nan=False, indent=2)


def _plain(value: Any) -> Any:
    """Days and times as ISO text; what is not a number as null."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)) or hasattr(value, "to_list"):
        return [_plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, (str, int, float)) else str(value)


def _error_json(error: Explained) -> dict[str, str]:
    return {"code": error.code, "what": error.what, "fix": error.fix}


def _fitting(grid: Grid, width: int) -> int:
    """How many columns fit side by side, at least one."""
    from rich.cells import cell_len

    columns = zip(grid.headings, *grid.rows, strict=True)
    ends = accumulate(max(map(cell_len, cells)) + 3 for cells in columns)
    return max(1, sum(end <= width for end in ends))


def _table(grid: Grid, fitting: int) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=grid.title or None, box=box.SIMPLE, title_justify="left", title_style="bold", pad_edge=False)
    for i, heading in enumerate(grid.headings[:fitting]):
        table.add_column(heading, justify="right" if i in grid.numbers else "left", overflow="fold")
    for row in grid.rows:
        table.add_row(*(Text(cell) for cell in row[:fitting]))
    return table


def words(lang: str) -> Any:
    """`text` with the language filled in, for functions that say many sentences."""
    return lambda key, **values: text(key, lang, **values)
