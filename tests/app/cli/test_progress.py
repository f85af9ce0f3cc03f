"""Whoever watches sees that work goes on, also where it tells no steps; whoever reads the output sees nothing of it."""

from __future__ import annotations

import io
import sys
import time

import pytest

from tradewind.app.cli import progress
from tradewind.app.cli.progress import shown_progress
from tradewind.app.planning.cycle import STEPS
from tradewind.core.text import LANGUAGES, catalogue


class Watched(io.StringIO):
    def isatty(self) -> bool:
        return True


def screen(monkeypatch: pytest.MonkeyPatch, *, patience_s: float, watched: bool = True) -> io.StringIO:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "PATIENCE_S", patience_s)
    monkeypatch.setattr(sys, "stderr", Watched() if watched else io.StringIO())
    return sys.stderr


@pytest.mark.parametrize(("lang", "words"), [("en", "Working"), ("zh", "正在计算")])
def test_long_work_without_steps_shows_that_it_goes_on(monkeypatch, lang, words):
    shown = screen(monkeypatch, patience_s=0.01)
    with shown_progress(lang, quiet=False):
        until = time.monotonic() + 10
        while words not in shown.getvalue() and time.monotonic() < until:
            time.sleep(0.01)
    assert words in shown.getvalue()


def test_short_work_without_steps_shows_nothing(monkeypatch):
    shown = screen(monkeypatch, patience_s=0.2)
    with shown_progress("en", quiet=False):
        pass
    time.sleep(0.3)
    assert shown.getvalue() == ""


def test_a_step_told_is_shown_at_once(monkeypatch):
    shown = screen(monkeypatch, patience_s=60.0)
    with shown_progress("en", quiet=False) as tell:
        tell("demand", 1, 9)
        tell("stock", 2, 9)
    assert "Forecasting demand" in shown.getvalue()


@pytest.mark.parametrize(("quiet", "watched"), [(True, True), (False, False)])
def test_no_bar_in_a_file_nor_where_programs_read(monkeypatch, quiet, watched):
    shown = screen(monkeypatch, patience_s=0.01, watched=watched)
    with shown_progress("en", quiet=quiet) as tell:
        tell("demand", 1, 9)
        time.sleep(0.1)
    assert shown.getvalue() == ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_step_of_a_plan_has_words(lang):
    assert {f"step.{step}" for step in (*STEPS, "seller", "report", "at_work")} <= catalogue(lang).keys()
