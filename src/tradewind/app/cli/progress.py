"""How far long work has come: a bar on standard error, none where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tradewind.app.commands import Progress, silent
from tradewind.core.text import catalogue


@contextmanager
def shown_progress(lang: str, *, quiet: bool) -> Iterator[Progress]:
    """A progress whose bar appears with the first step told, and goes when the work ends."""
    if quiet or not sys.stderr.isatty():
        yield silent
        return
    bar = _Bar(lang)
    try:
        yield bar
    finally:
        bar.close()


class _Bar:
    """One line per step; a step without a known total pulses."""

    def __init__(self, lang: str) -> None:
        self._words = catalogue(lang)
        self._steps: dict[str, int] = {}
        self._live: Any = None

    def __call__(self, step: str, done: float = 0, total: float | None = None) -> None:
        live = self._opened()
        if step not in self._steps:
            self._finish_earlier()
            self._steps[step] = live.add_task(self._words.get(f"step.{step}", step), total=total)
        live.update(self._steps[step], completed=done, total=total)

    def close(self) -> None:
        if self._live is not None:
            self._finish_earlier()
            self._live.stop()

    def _finish_earlier(self) -> None:
        for task in self._opened().tasks:
            if not task.finished:
                whole = task.total or 1
                self._opened().update(task.id, total=whole, completed=whole)

    def _opened(self) -> Any:
        if self._live is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            console = Console(stderr=True)
            columns = (
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=30),
                TimeElapsedColumn(),
            )
            self._live = Progress(*columns, console=console, transient=True)
            self._live.start()
        return self._live
