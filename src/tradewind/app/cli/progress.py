"""How far long work has come: a bar on standard error; where nobody watches, only that it waits for another."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tradewind.app.usecases.context import Progress, silent
from tradewind.core.text import catalogue

PATIENCE_S = 1.0
"""Work that tells no step shows after so long that it is going on."""


@contextmanager
def shown_progress(lang: str, *, quiet: bool) -> Iterator[Progress]:
    """A progress whose bar appears with the first step told, or when work takes long, and goes when the work ends."""
    if quiet or not sys.stderr.isatty():
        yield silent if quiet else _waiting_note(lang)
        return
    bar = _Bar(lang)
    try:
        yield bar
    finally:
        bar.close()


def _waiting_note(lang: str) -> Progress:
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
        self._opening = threading.Lock()
        self._waiting = threading.Timer(PATIENCE_S, self._open, ["at_work"])
        self._waiting.daemon = True
        self._waiting.start()

    def __call__(self, step: str, done: float = 0, total: float | None = None) -> None:
        self._open(step)
        self._live.update(self._task, description=self._name(step), completed=done, total=total)

    def close(self) -> None:
        self._waiting.cancel()
        self._waiting.join()
        if self._live is not None:
            self._live.stop()

    def _name(self, step: str) -> str:
        return next((w for p in ("", "step.") if (w := self._words.get(p + step))), step)

    def _open(self, step: str) -> None:
        """Once, by the first step told or by the timer, whichever comes first."""
        with self._opening:
            if self._live is None:
                self._live, self._task = self._begun(self._name(step))

    @staticmethod
    def _begun(name: str) -> tuple[Any, Any]:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=30), TimeElapsedColumn())
        live = Progress(*columns, console=Console(stderr=True), transient=True)
        task = live.add_task(name, total=None)
        live.start()
        return live, task
