"""How far long work has come: a bar on standard error; where nobody watches, only that it waits for another."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tradewind.app.asking import Progress, silent
from tradewind.core.text import catalogue


@contextmanager
def shown_progress(lang: str, *, quiet: bool) -> Iterator[Progress]:
    """A progress whose bar appears with the first step told, and goes when the work ends."""
    if quiet or not sys.stderr.isatty():
        yield silent if quiet else _waiting_said(lang)
        return
    bar = _Bar(lang)
    try:
        yield bar
    finally:
        bar.close()


def _waiting_said(lang: str) -> Progress:
    words = catalogue(lang)

    def tell(step: str, done: float = 0, total: float | None = None) -> None:
        if step == "another_writer":
            sys.stderr.write(f"{words['step.another_writer']} …\n")

    return tell


class _Bar:
    """One line: the step at work, how far it has come (it pulses where nobody knows), and the time since the start."""

    def __init__(self, lang: str) -> None:
        self._words = catalogue(lang)
        self._live: Any = None
        self._task: Any = None

    def __call__(self, step: str, done: float = 0, total: float | None = None) -> None:
        name = next((w for p in ("", "step.", "cli_step.") if (w := self._words.get(p + step))), step)
        if self._live is None:
            self._open(name)
        self._live.update(self._task, description=name, completed=done, total=total)

    def close(self) -> None:
        if self._live is not None:
            self._live.stop()

    def _open(self, name: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=30), TimeElapsedColumn())
        self._live = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._live.add_task(name)
        self._live.start()
