"""The list of commands: every one answered somewhere, every option with words in both languages."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module

import pytest

from tradewind.app.asking import Option
from tradewind.app.commands import COMMANDS, EVERY
from tradewind.core.errors import ParameterError
from tradewind.core.text import LANGUAGES, catalogue


def test_every_command_is_answered_by_a_function_that_exists():
    for c in COMMANDS:
        module, function = c.answer.split(":")
        assert callable(getattr(import_module(module), function)), c.name


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_command_and_option_has_words(lang):
    words = catalogue(lang)
    needed = {
        f"request.{c.name.replace('-', '_')}.{o}" for c in COMMANDS for o in ("help", *(o.name for o in c.options))
    }
    needed |= {f"every.{o.name}" for o in EVERY} | {f"cli_heading.{c.heading}" for c in COMMANDS}
    assert needed <= words.keys()


@pytest.mark.parametrize("room", ["request", "cli_", "said", "report_", "column", "mode", "tier", "table", "unit"])
def test_both_languages_say_the_same_things_with_the_same_blanks(room):
    def blanks(lang: str) -> dict[str, set[str]]:
        import string

        own = {k: v for k, v in catalogue(lang).items() if k.startswith(room)}
        return {k: {n for _, n, _, _ in string.Formatter().parse(v) if n} for k, v in own.items()}

    assert blanks("en") == blanks("zh")


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("moment", "2026-11-02", datetime(2026, 11, 2, tzinfo=UTC)),
        ("moment", "2026-11-02T08:30:00+08:00", datetime(2026, 11, 2, 0, 30, tzinfo=UTC)),
        ("whole", "13", 13),
        ("texts", ["a=1"], ["a=1"]),
        ("texts", None, []),
        ("switch", True, True),
    ],
)
def test_options_read_what_was_typed(kind, given, value):
    assert Option("x", kind, least=0).read(given) == value


@pytest.mark.parametrize(("kind", "given"), [("moment", "soon"), ("whole", "1.5"), ("whole", "-1"), ("path", " ")])
def test_options_refuse_what_they_cannot_be(kind, given):
    with pytest.raises(ParameterError):
        Option("x", kind, least=0).read(given)
